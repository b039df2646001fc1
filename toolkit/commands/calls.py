"""What the Python functions share: types of arguments, keywords of a request, reading back."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec, TypeVar

from pydantic import PlainValidator

from toolkit import commands
from toolkit.commands.notebook_bar import notebook_bar
from toolkit.commands.request import DEFAULTS, KEYWORD, Keywords, Request, field_types
from toolkit.common import caps
from toolkit.common.arguments import PathLike, plain
from toolkit.common.errors import InputError, listed
from toolkit.common.excerpts import excerpt, shortened, shown
from toolkit.inputs import study_files
from toolkit.inputs.study import Study
from toolkit.inputs.study_changes import changed
from toolkit.optimizer import labels
from toolkit.results.store import Results, new_folder, read_results

if TYPE_CHECKING:
    from toolkit.commands.record import Outcome


def _source(value: Any) -> Study | str:
    if isinstance(value, Study):
        return value
    given = plain(value)
    if not isinstance(given, str):
        raise ValueError("expected a study's name, a path to a .toml file, or a Study")
    return given


def _names(value: Any) -> tuple[str, ...]:
    given = plain(value)
    if isinstance(given, str):
        raise ValueError(f"expected a list, [{excerpt(given)}]")
    if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
        raise ValueError("expected a list of optimizers' names")
    if not 0 < len(given) <= caps.ENTRIES:
        raise ValueError(f"expected from 1 to {caps.ENTRIES:,} of them")
    return tuple(given)


Source = Annotated[Study | str | Path, PlainValidator(_source)]
Names = Annotated[Sequence[str], PlainValidator(_names)]
Folder = PathLike | None
#: Names that optimizers run under, and options by name.
Named = tuple[tuple[str, ...], Mapping[str, Mapping[str, Any]]]
P = ParamSpec("P")
R = TypeVar("R")
#: The fields of a request by their names in Python.
_FIELDS = {KEYWORD.get(field.name, field.name): field for field in fields(Request)}


def takes_request(command: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Give a function the keywords of a request, with the defaults of a command.

    To a type checker they are ``Keywords``; ``help`` and the check of arguments see each of them.
    """
    order = ["study", "fields", "goals", "points", "optimizer", *_FIELDS, "out", "force", "quiet"]
    types = field_types()

    def derive(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)
        parameters = dict(signature.parameters)
        del parameters["asked"], function.__annotations__["asked"]
        for name in Keywords.__annotations__:
            field = _FIELDS[name]
            function.__annotations__[name] = types[field.name]
            parameters[name] = inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=getattr(DEFAULTS[command], field.name),
                annotation=field.type,
            )
        ordered = [parameters[name] for name in order if name in parameters]
        vars(function)["__signature__"] = signature.replace(parameters=ordered)
        return function

    return derive


def study_of(source: Source, changes: Mapping[str, Any]) -> Study:
    """Return a study with some of its fields changed. Raises InputError naming the field."""
    loaded = source if isinstance(source, Study) else study_files.load(str(source))
    return changed(loaded, changes, f"changes to study '{loaded.name}'")


def search(
    command: str,
    study: Source,
    named: Named,
    asked: Mapping[str, object],
    out: Folder,
    force: bool,
    quiet: bool,
) -> Outcome:
    """Do what optimize and compare share."""
    request = request_of(command, named, asked)
    loaded = study_of(study, {})
    folder = folder_of(command, loaded, out)
    words = f"toolkit.{command} in Python"
    with notebook_bar(request.evaluations, quiet) as monitor:
        return commands.search_and_store(
            loaded, request, folder, words, force=force, monitor=monitor
        )


def request_of(command: str, named: Named, asked: Mapping[str, object]) -> Request:
    """Return what a command is asked to do, of the keywords of a function."""
    given: dict[str, Any] = {
        field.name: asked[name] for name, field in _FIELDS.items() if name in asked
    }
    return replace(DEFAULTS[command], optimizers=named[0], options=named[1], **given)


def of_one(optimizer: str, options: Mapping[str, Any] | None) -> Named:
    """Return one optimizer with its options, as a request has them."""
    names, given = labels.given((optimizer,))
    return names, labels.merged(given, {names[0]: options or {}})


def of_many(optimizers: Sequence[str], options: Mapping[str, Mapping[str, Any]] | None) -> Named:
    """Return several optimizers with their options, as a request has them."""
    names, given = labels.given(tuple(optimizers))
    more = {labels.label_of(name): values for name, values in (options or {}).items()}
    for name in more:
        if name not in names:
            words = f"options: '{shortened(name)}' does not run; expected {listed(names)}."
            raise InputError(words)
    return names, labels.merged(given, more)


def folder_of(command: str, study: Study, out: Folder) -> Path:
    """Return the results folder of a command: ``out``, or a new one in ``./results``."""
    return new_folder(command, study.name) if out is None else Path(out)


def read_back(outcome: Outcome) -> Results:
    """Read back what was written; what a terminal would be told becomes warnings."""
    unfinished = [] if outcome.status == "complete" else [f"{outcome.folder}: {outcome.status}"]
    for note in (*unfinished, *outcome.notices, *outcome.notes):
        warnings.warn(shown(note), stacklevel=4)
    return read_results(outcome.folder)
