"""``toolkit init``."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from toolkit.cli import terminal

#: The file that tells an editor what a study may hold.
SCHEMA = "study.schema.json"
app = typer.Typer(
    help="Write a study, its schema, or a package for a plug-in.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("study")
def init_study(
    name: Annotated[str, typer.Argument(help="Name of the study; writes NAME.toml here.")],
) -> None:
    """Write a commented study file, of the feeder NAME if there is one."""
    from toolkit.common import files
    from toolkit.inputs import feeder_files, study_files

    path = Path(f"{name}.toml")
    text = (Path(__file__).parent / "study.toml").read_text(encoding="utf-8")
    text = text.replace("{name}", name)
    text = text.replace("{feeder}", name if name in feeder_files.names() else "ieee12")
    if Path(SCHEMA).is_file():
        text = f"#:schema ./{SCHEMA}\n{text}"
    study_files.parse(text.encode(), str(path))
    try:
        files.write_new(path, text.encode())
    except FileExistsError as error:
        raise files.exists_already(path) from error
    except OSError as error:
        raise files.unwritable(path, error) from error
    terminal.wrote(path, f". Next: toolkit optimize {path}")


@app.command("schema")
def init_schema() -> None:
    """Write study.schema.json, by which editors check studies.

    They also complete what you type.
    """
    from toolkit.common import files

    path, schema = Path(SCHEMA), study_schema()
    if os.path.lexists(path) and not _is_schema(files.read_json(path), schema):
        raise files.exists_already(path)
    files.write_text(path, json.dumps(schema, indent=1) + "\n")
    terminal.wrote(SCHEMA, f". First line of each study beside it: #:schema ./{SCHEMA}")


def study_schema() -> dict[str, Any]:
    """Return the JSON schema of a study file."""
    from toolkit.inputs.study import Study

    dialect = "https://json-schema.org/draft/2020-12/schema"
    schema = Study.model_json_schema()
    # An editor shows the description; the docstring goes on with an example in Python.
    schema["description"] = schema["description"].partition("\n\n")[0]
    return {"$schema": dialect, **schema}


def _is_schema(found: object, schema: dict[str, Any]) -> bool:
    """Say whether a file is the schema of a study, of this version or another."""
    same = ("$schema", "title")
    return isinstance(found, dict) and all(found.get(key) == schema[key] for key in same)


@app.command("plugin")
def init_plugin(
    name: Annotated[str, typer.Argument(help="Name of the optimizer; makes the folder NAME here.")],
) -> None:
    """Write a package for an optimizer of your own.

    Code, entry point, tests and README.
    """
    from toolkit.optimizer import scaffold

    say_next(scaffold.write_plugin(name, Path()))


@app.command("policy")
def init_policy(
    name: Annotated[str, typer.Argument(help="Name of the policy; makes the folder NAME here.")],
) -> None:
    """Write a package for a dispatch policy of your own.

    Code, entry point, tests and README.
    """
    from toolkit.problem.policies import scaffold

    say_next(scaffold.write_policy(name, Path()))


def say_next(folder: Path) -> None:
    """Say what to do with a package that has been written."""
    terminal.wrote(folder, f'. Next: pip install -e "./{folder}[test]" && pytest {folder}')
