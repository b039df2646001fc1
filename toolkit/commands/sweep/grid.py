"""The grid of a sweep: which fields of a study take which values, and the study of each point.

``FIELD=VALUES`` is a field by its dotted path and values with commas between them. A value is
written as in a study file; quotes round a word may be left out. ``FROM:TO:COUNT`` stands for COUNT
evenly spaced values, both ends among them.
"""

from __future__ import annotations

import itertools
import json
import math
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from toolkit.commands.many.folder import width_of
from toolkit.common import caps
from toolkit.common.arguments import plain
from toolkit.common.errors import InputError
from toolkit.common.excerpts import excerpt, shortened
from toolkit.inputs.study import Study
from toolkit.inputs.study_changes import changed

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?"
_RANGE = re.compile(rf"({_NUMBER}):({_NUMBER}):({_NUMBER})")
#: What stands between the commas of a list: quoted text, a list in brackets, or anything else.
_QUOTED = re.compile(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"")
#: How ranges and lists are written, for messages.
EXPECTED = "values with commas between them, 1,2,4, or a range, FROM:TO:COUNT"


@dataclass(frozen=True)
class Swept:
    """One field of a study by its dotted path, and the values it takes, in their order."""

    field: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Point:
    """One point of a grid: its name, the value of each field as resolved, and its study."""

    name: str
    values: tuple[Any, ...]
    study: Study


def parsed(given: Sequence[str]) -> tuple[Swept, ...]:
    """Return what ``FIELD=VALUES`` texts ask for. Raises InputError for one that is malformed."""
    return checked(_split(text) for text in given)


def of_mapping(given: Mapping[str, Any]) -> tuple[Swept, ...]:
    """Return what values by field ask for: each a list, or a text as on the command line."""
    return checked(
        _of_text(field, values) if isinstance(values, str) else Swept(field, tuple(values))
        for field, values in given.items()
    )


def checked(swept: Iterator[Swept]) -> tuple[Swept, ...]:
    """Return swept fields. Raises InputError for none, one twice, or too many points."""
    found: list[Swept] = []
    for one in swept:
        if one.field in {other.field for other in found}:
            raise InputError(f"--set {one.field}: found twice; expected all its values in one.")
        found.append(one)
    if not found:
        raise InputError("--set: expected at least one FIELD=VALUES, such as storage.hours=1,2,4.")
    points = math.prod(len(one.values) for one in found)
    if points > caps.POINTS:
        counts = " x ".join(str(len(one.values)) for one in found)
        raise InputError(
            f"--set: found a grid of {counts} = {points:,} points; expected at most "
            f"{caps.POINTS:,}."
        )
    return tuple(found)


def _split(text: str) -> Swept:
    field, equals, values = text.partition("=")
    field = field.strip()
    if not equals or not field:
        raise InputError(f"--set: found {excerpt(text)}; expected FIELD=VALUES.")
    return _of_text(field, values)


def _of_text(field: str, text: str) -> Swept:
    """Return the values that a text stands for."""
    if not text.strip():
        raise InputError(f"--set {field}: found no value; expected {EXPECTED}.")
    values: list[Any] = []
    for part in _parts(field, text):
        if not part:
            raise InputError(f"--set {field}: found {excerpt(text)}; expected {EXPECTED}.")
        values += _range(field, part) if _is_range(part) else [_value(part)]
    return Swept(field, tuple(values))


def _parts(field: str, text: str) -> list[str]:
    """Split a text at its commas, those in quotes and brackets left alone."""
    parts, depth, at, start = [], 0, 0, 0
    while at < len(text):
        quoted = _QUOTED.match(text, at)
        depth += (text[at] in "[{") - (text[at] in "]}")
        if text[at] == "," and not depth:
            parts.append(text[start:at].strip())
            start = at + 1
        at = quoted.end() if quoted else at + 1
    if depth:
        raise InputError(f"--set {field}: found {excerpt(text)}; expected every bracket closed.")
    return [*parts, text[start:].strip()]


def _is_range(part: str) -> bool:
    """Say whether a value is meant as a range: numbers, or nothing, with colons between them."""
    pieces = part.split(":")
    numbers = [re.fullmatch(_NUMBER, piece.strip()) is not None for piece in pieces]
    return len(pieces) > 1 and any(numbers) and part[:1] not in "'\"["


def _range(field: str, part: str) -> list[float]:
    """Return the evenly spaced values of a range, whole numbers where all of them are."""
    found = _RANGE.fullmatch(part)
    count = Fraction(found[3]) if found else Fraction()
    if found is None or count.denominator != 1 or count < 2:
        raise InputError(
            f"--set {field}: found {excerpt(part)}; expected FROM:TO:COUNT, three numbers, COUNT a "
            "whole number of at least 2. It counts values and is no step."
        )
    first, last = Fraction(found[1]), Fraction(found[2])
    if first >= last:
        raise InputError(
            f"--set {field}: found {excerpt(part)}; expected FROM:TO:COUNT with FROM below TO, "
            f"such as {found[2]}:{found[1]}:{found[3]}. COUNT counts values and is no step."
        )
    if count > caps.POINTS:
        raise InputError(
            f"--set {field}: found {excerpt(part)}; expected at most {caps.POINTS:,} values."
        )
    step = (last - first) / (count - 1)
    values = [first + i * step for i in range(int(count))]
    written_whole = all(re.fullmatch(r"[+-]?\d+", found[i]) for i in (1, 2))
    if written_whole and all(value.denominator == 1 for value in values):
        return [int(value) for value in values]
    return [float(value) for value in values]


def _value(part: str) -> Any:
    """Return a value as a study file has it; what is no TOML is a text without its quotes."""
    lowered = part.lower() if part in ("True", "False") else part
    try:
        found = tomllib.loads(f"value = {lowered}")
    except (tomllib.TOMLDecodeError, ValueError, RecursionError):
        return part
    return found["value"] if len(found) == 1 else part


def points(base: Study, swept: Sequence[Swept]) -> tuple[Point, ...]:
    """Return the points of a grid, the last field changing first.

    Raises InputError, before there is a study of every point, for a field that no study has, a
    value out of its range, and a value that stands there twice.
    """
    values = [_checked_values(base, one, len(swept) == 1) for one in swept]
    combinations = [*itertools.product(*values)]
    width = width_of(len(combinations))
    return tuple(
        _point(base, swept, f"{number:0{width}}", given)
        for number, given in enumerate(combinations, start=1)
    )


def _point(base: Study, swept: Sequence[Swept], name: str, given: Sequence[Any]) -> Point:
    changes: dict[str, Any] = {}
    for one, value in zip(swept, given, strict=True):
        _put(changes, one.field, value)
    study = changed(base, changes, f"--set, point {name}")
    found = [value_at(study, one.field, value) for one, value in zip(swept, given, strict=True)]
    return Point(name, tuple(found), study)


def _checked_values(base: Study, one: Swept, alone: bool) -> list[Any]:
    """Return the values of a field, each as the study takes it. Raises InputError."""
    if not one.values:
        raise InputError(f"--set {one.field}: found no value; expected {EXPECTED}.")
    values = [_taken(base, one.field, value, alone) for value in one.values]
    seen = set()
    for value in values:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        held = json.dumps(float(value) if number else value)
        if held in seen:
            words = f"found {excerpt(value)} a second time; expected each value once"
            raise InputError(f"--set {one.field}: {words}.")
        seen.add(held)
    return values


def _taken(base: Study, field: str, value: Any, alone: bool) -> Any:
    """Return a value in the form that its field takes: a number may be meant as text.

    alone: no other field is swept; what several fields have to agree in waits for the whole point
    otherwise. Raises InputError.
    """
    try:
        value = plain(value)
    except ValueError as error:
        raise InputError(f"--set {field}: {error}.") from error
    if isinstance(value, Mapping):
        raise InputError(f"--set {field}: found a section; expected the value of one field.")
    try:
        _changed(base, field, value)
    except InputError as error:
        if isinstance(value, int | float) and not isinstance(value, bool):
            with suppress(InputError):
                _changed(base, field, str(value))
                return str(value)
        if alone or any(part in str(error) for part in (f"'{field}", "unknown key", "--set:")):
            raise InputError(str(error).replace(f": '{field}': ", ": ", 1)) from error
    return value


def _changed(base: Study, field: str, value: Any) -> Study:
    """Return a study with one field changed. Raises InputError that names the field."""
    held: Any = base.model_dump()
    for part in field.split("."):
        held = held.get(part) if isinstance(held, dict) else None
    if isinstance(held, dict):
        known = ", ".join(f"{field}.{key}" for key in held) or f"{field}.NAME"
        raise InputError(
            f"--set {field}: '{shortened(field)}' is a section; expected a field of it: {known}."
        )
    changes: dict[str, Any] = {}
    _put(changes, field, value)
    return changed(base, changes, f"--set {field}")


def _put(changes: dict[str, Any], field: str, value: Any) -> None:
    """Put a value into nested sections by its dotted path. Raises InputError for an odd path."""
    *sections, key = field.split(".")
    if not all([*sections, key]) or len(sections) >= caps.NESTING:
        raise InputError(f"--set: found field {excerpt(field)}; expected SECTION.FIELD.")
    for section in sections:
        changes = changes.setdefault(section, {})
    changes[key] = value


def value_at(study: Study, field: str, given: Any) -> Any:
    """Return the value a study has in a field, plain; a list of one is written as its number."""
    held: Any = study.model_dump(mode="json")
    for part in field.split("."):
        held = held.get(part, given) if isinstance(held, dict) else given
    if isinstance(held, list) and len(held) == 1 and not isinstance(given, list):
        return held[0]
    return held


def in_words(fields: Sequence[str], values: Sequence[Any]) -> str:
    """Return the values of a point in words: ``storage.hours = 4, limits.v_max = 1.1``."""
    return ", ".join(f"{f} = {shown(v)}" for f, v in zip(fields, values, strict=True))


def shown(value: Any) -> str:
    """Return a value as it stands in the table: numbers and words plainly, all else as JSON."""
    if isinstance(value, bool | list):
        return json.dumps(value)
    return f"{value:.12g}" if isinstance(value, float) else str(value)
