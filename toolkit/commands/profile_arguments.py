"""Types of the arguments of importers, each checked once at the door."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import PlainValidator

from toolkit.commands.importing import Target
from toolkit.common.arguments import PathLike, plain, whole
from toolkit.common.errors import InputError
from toolkit.common.validation import path_flaw

EnergyUnit = Literal["kWh", "Wh", "MWh"]


def _paths(value: Any) -> tuple[Path, ...]:
    """Return one path or several."""
    given = plain(value)
    listed = [given] if isinstance(given, str) else given
    if not isinstance(listed, list) or not listed:
        raise ValueError("expected a path or a list of paths")
    for path in listed:
        if not isinstance(path, str) or not path or path_flaw(path):
            raise ValueError(f"expected a path {path_flaw(str(path))}".rstrip())
    return tuple(Path(path) for path in listed)


def _number(value: Any) -> float:
    given = plain(value)
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise ValueError("expected a number")
    return float(given)


def _source(value: Any) -> str:
    given = plain(value)
    if not isinstance(given, str) or not given:
        raise ValueError("expected a name or a path")
    return given


def _given(value: Any) -> tuple[str, ...]:
    """Return one value for all, or several, as a command line has them."""
    given = plain(value)
    listed = given if isinstance(given, list) else [given]
    if not all(isinstance(one, str | int | float) and not isinstance(one, bool) for one in listed):
        raise ValueError("expected VALUE or NAME=VALUE, or a list of them")
    return tuple(str(one) for one in listed)


Given = Annotated[Sequence[str] | str | float, PlainValidator(_given)]
Year = Annotated[int, whole(1900, 2200)]
Paths = Annotated[Sequence[Path] | Path | str, PlainValidator(_paths)]
Number = Annotated[float, PlainValidator(_number)]
Source = Annotated[str | Path, PlainValidator(_source)]


def target_of(
    out: PathLike | None, onto: Source | None, force: bool, step: Number | None
) -> Target:
    """Return where columns go, by the arguments of an importer; on profiles with their steps."""
    if onto is not None and step is not None:
        raise InputError("--step: expected it with a new file alone; --onto has steps already.")
    return Target(None if out is None else Path(out), None if onto is None else str(onto), force)
