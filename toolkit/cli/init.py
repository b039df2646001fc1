"""``toolkit init``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.errors import InputError

app = typer.Typer(
    help="Write a study or an optimizer package to start from.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("study")
def init_study(
    name: Annotated[str, typer.Argument(help="Name of the study; writes NAME.toml here.")],
) -> None:
    """Write a commented study file to start from."""
    from toolkit import study as studies

    path = Path(f"{name}.toml")
    text = (Path(__file__).parents[1] / "templates" / "study.toml").read_text(encoding="utf-8")
    text = text.replace("{name}", name)
    studies.parse(text.encode(), str(path))
    if path.exists():
        raise InputError(f"{path}: exists already; choose another name or remove it.")
    path.write_text(text, encoding="utf-8")
    typer.echo(f"Wrote {path}. Next: toolkit optimize {path}")


@app.command("plugin")
def init_plugin(
    name: Annotated[str, typer.Argument(help="Name of the optimizer; makes the folder NAME here.")],
) -> None:
    """Write a package for an optimizer of your own: code, entry point, tests, README."""
    from toolkit import scaffold

    folder = scaffold.write_plugin(name, Path())
    typer.echo(f'Wrote {folder}. Next: pip install -e "./{folder}[test]" && pytest {folder}')
