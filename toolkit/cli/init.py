"""``toolkit init``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from toolkit import terminal
from toolkit.errors import InputError

#: The file that tells an editor what a study may hold.
SCHEMA = "study.schema.json"
app = typer.Typer(
    help="Write a study, its schema, or an optimizer package.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("study")
def init_study(
    name: Annotated[str, typer.Argument(help="Name of the study; writes NAME.toml here.")],
) -> None:
    """Write a commented study file, of the feeder NAME if there is one."""
    from toolkit import feeders
    from toolkit import study as studies

    path = Path(f"{name}.toml")
    text = (Path(__file__).parents[1] / "templates" / "study.toml").read_text(encoding="utf-8")
    text = text.replace("{name}", name)
    text = text.replace("{feeder}", name if name in feeders.names() else "ieee12")
    if Path(SCHEMA).is_file():
        text = f"#:schema ./{SCHEMA}\n{text}"
    studies.parse(text.encode(), str(path))
    try:
        # Nothing is overwritten, and no link followed.
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(f"{path}: exists already; choose another name or remove it.") from None
    terminal.say(f"Wrote {path}. Next: toolkit optimize {path}")


@app.command("schema")
def init_schema() -> None:
    """Write study.schema.json, by which editors check studies.

    They also complete what you type.
    """
    from toolkit.files import write_text

    write_text(Path(SCHEMA), json.dumps(study_schema(), indent=1) + "\n")
    terminal.say(f"Wrote {SCHEMA}. First line of each study beside it: #:schema ./{SCHEMA}")


def study_schema() -> dict[str, Any]:
    """Return the JSON schema of a study file."""
    from toolkit.study import Study

    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": dialect, **Study.model_json_schema()}


@app.command("plugin")
def init_plugin(
    name: Annotated[str, typer.Argument(help="Name of the optimizer; makes the folder NAME here.")],
) -> None:
    """Write a package for an optimizer of your own.

    Code, entry point, tests and README.
    """
    from toolkit import scaffold

    folder = scaffold.write_plugin(name, Path())
    terminal.say(f'Wrote {folder}. Next: pip install -e "./{folder}[test]" && pytest {folder}')
