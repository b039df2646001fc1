"""The bundled scripts in plain OpenDSS: no part of the toolkit takes part here."""

from opendssdirect import dss


def compiled(master, *commands):
    """Return an engine of its own with a compiled script."""
    engine = dss.NewContext()
    for command in (f'redirect "{master}"', *commands):
        engine.Text.Command(command)
    return engine


def ask(engine, query):
    """Return what a property is, as text."""
    engine.Text.Command(f"? {query}")
    return engine.Text.Result()
