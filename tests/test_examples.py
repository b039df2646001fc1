import importlib.util
from pathlib import Path

EXAMPLES = Path(__file__).parents[1] / "examples"


def load(name):
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_is_said_about_the_paper_is_what_the_script_prints(capsys):
    """docs/reproduction.md quotes this script line by line."""
    load("check_paper").main()
    printed = capsys.readouterr().out
    page = (EXAMPLES.parent / "docs" / "reproduction.md").read_text(encoding="utf-8")
    assert "\n".join("    " + line for line in printed.splitlines()) in page
