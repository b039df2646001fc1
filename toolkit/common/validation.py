"""What is wrong with values, in the words a user needs: field, found, expected, nearest name."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from toolkit.common import caps
from toolkit.common.errors import InputError, listed, nearest
from toolkit.common.excerpts import excerpt, shortened
from toolkit.common.names import also_called
from toolkit.common.phrases import in_words

#: Findings that are told: who has more of them needs no more to begin with.
FINDINGS = 10


def check_path(text: str, what: str) -> str:
    """Return the text of a path that can be one. Raises InputError naming ``what`` it is."""
    flaw = path_flaw(text)
    if flaw:
        raise InputError(f"{what}: found {excerpt(text)}; expected a path {flaw}.")
    return text


def path_flaw(text: str) -> str:
    """Say what is expected of a path that a text is not, or return an empty string.

    A path also stands in a results folder's study, which is UTF-8.
    """
    if "\0" in text:
        return "without NUL characters"
    try:
        encoded = text.encode("utf-8")
    except UnicodeEncodeError:
        return "of which every name is UTF-8 text"
    if len(encoded) > caps.PATH:
        return f"of at most {caps.PATH:,} bytes"
    if any(len(os.fsencode(part)) > caps.PATH_PART for part in Path(text).parts):
        return f"whose names have at most {caps.PATH_PART} bytes each"
    return ""


def _path_text(text: str) -> str:
    if flaw := path_flaw(text):
        raise ValueError(f"expected a path {flaw}")
    return text


#: Marks of the forms, in pydantic's findings, of a field that is a text or a section.
TEXT, SECTION = "<text>", "<section>"
#: What pydantic puts behind a key that is none of those there are.
KEY = "[key]"
#: Pydantic's findings of numbers out of their range.
_RANGES = ("greater_than", "greater_than_equal", "less_than", "less_than_equal")
#: A path in a study, and a name of a section or an entry.
PathText = Annotated[str, AfterValidator(_path_text)]
Name = Annotated[str, Field(max_length=caps.ELEMENT)]


def check_plain(data: Any, where: str, *, finite: bool = True) -> None:
    """Check what a TOML or JSON file holds, before anything walks through it by recursion.

    Raises InputError naming the key: nested too deep, a number that is not finite or that no
    computer word holds, a date, too many entries.
    """
    for path, value in _values(data):
        flaw = _flaw(value, len(path), finite)
        if flaw:
            key = ".".join(shortened(str(part), caps.NAME) for part in path[:5])
            field = f"'{key}': " if path else ""
            raise InputError(f"{where}: {field}found {_found(value)}; expected {flaw}.")


def _values(data: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield every value with its path, none that is deeper than the first that is too deep."""
    left: list[tuple[tuple[Any, ...], Any]] = [((), data)]
    while left:
        path, value = left.pop()
        yield path, value
        if isinstance(value, dict):
            left += [((*path, key), held) for key, held in reversed(value.items())]
        elif isinstance(value, list | tuple):
            left += [((*path, i), held) for i, held in reversed([*enumerate(value)])]


def _flaw(value: Any, depth: int, finite: bool) -> str:
    if depth > caps.NESTING:
        return f"at most {caps.NESTING} sections within each other"
    if isinstance(value, dict | list | tuple):
        return f"at most {caps.STEPS:,} entries" if len(value) > caps.STEPS else ""
    if finite and isinstance(value, float) and not math.isfinite(value):
        return "a finite number"
    if isinstance(value, int) and abs(value) > caps.SEED:
        return f"a whole number of at most {caps.SEED}"
    if value is not None and not isinstance(value, str | int | float | bool):
        return "text, a number, true or false, a list or a section"
    return ""


def _found(value: Any) -> str:
    if isinstance(value, dict | list | tuple):
        return f"{len(value):,} entries" if len(value) > caps.STEPS else "more"
    return excerpt(value)


def explain(error: ValidationError, model: type[BaseModel], where: str) -> str:
    """Return one message for pydantic's findings: field, what was found, what was expected."""
    found = error.errors()
    said = [f"{where}: {_finding(one, model)}" for one in found[:FINDINGS]]
    more = [f"{where}: {len(found) - FINDINGS:,} more like these."] if len(found) > FINDINGS else []
    return "\n".join([*said, *more])


def _finding(found: Any, model: type[BaseModel]) -> str:
    parts = [shortened(str(p), caps.NAME) for p in found["loc"] if p not in (TEXT, SECTION, KEY)]
    field = ".".join(parts)
    if found["type"] == "extra_forbidden":
        known = _keys(model, parts[:-1])
        meant = nearest(also_called(parts[-1], known), known)
        return f"unknown key '{field}'.{meant} Known here: {listed(known)}."
    if found["type"] == "missing":
        return f"'{field}' is missing."
    message = in_words(found["msg"])
    if found["type"] == "string_pattern_mismatch":
        message = _form(found["ctx"]["pattern"])
    if found["type"] in ("model_type", "dict_type"):
        message = _section_expected(field, _keys(model, parts))
    if found["type"] in _RANGES and (about := _about(model, parts)):
        message += f" ({about})"
    told = isinstance(found["input"], dict) or message.startswith("found ")
    value = "" if told else f"found {excerpt(found['input'])}; "
    return f"'{field}': {value}{message}." if field else f"{message}."


def _section_expected(field: str, known: list[str]) -> str:
    of = f", with keys among {listed(known)}" if known else ""
    return f"expected a section, [{field}]{of}"


def _about(model: type[BaseModel], path: list[str]) -> str:
    """Return what a field is about, blank where nothing says it."""
    here: Any = model
    about = ""
    for part in path:
        if get_origin(here) in (dict, tuple):
            here = _section_in(get_args(here)[get_origin(here) is dict])
        elif _is_section(here) and part in here.model_fields:
            about = here.model_fields[part].description or ""
            here = _section_in(here.model_fields[part].annotation)
    return about


def _form(pattern: str) -> str:
    """Say in words what a pattern of a name allows: plain letters, digits and a few signs."""
    signs = "".join(sign for sign in "._-" if sign in pattern.rpartition("[")[2].replace("-Z", ""))
    said = f"expected letters from a to z, digits and any of {' '.join(signs)}"
    return f"{said}, a letter or digit first" if pattern.count("[") > 1 else said


def _keys(model: type[BaseModel], path: list[str]) -> list[str]:
    """Return the keys known at a path of nested sections."""
    here: Any = model
    for part in path:
        if get_origin(here) is dict:
            here = _section_in(get_args(here)[1])
        elif get_origin(here) is tuple:
            here = _section_in(get_args(here)[0])
        elif _is_section(here) and part in here.model_fields:
            here = _section_in(here.model_fields[part].annotation)
    if not _is_section(here):
        return []
    absent = getattr(here, "absent", lambda name: ())(path[-1] if path else "")
    return sorted(set(here.model_fields) - set(absent))


def _section_in(annotation: Any) -> Any:
    """Return the section among the forms of a field, or the field's only form."""
    if _is_section(annotation) or get_origin(annotation) in (dict, tuple):
        return annotation
    forms = (_section_in(form) for form in get_args(annotation))
    return next((form for form in forms if _is_section(form)), annotation)


def _is_section(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
