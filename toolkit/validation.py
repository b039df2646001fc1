"""What pydantic finds wrong, in the words a user needs: field, found, expected, nearest name."""

from __future__ import annotations

from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from toolkit.errors import nearest


def explain(error: ValidationError, model: type[BaseModel], where: str) -> str:
    """Return one message for pydantic's findings: field, what was found, what was expected."""
    return "\n".join(f"{where}: {_finding(found, model)}" for found in error.errors())


def _finding(found: Any, model: type[BaseModel]) -> str:
    parts = [str(p) for p in found["loc"]]
    field = ".".join(parts)
    if found["type"] == "extra_forbidden":
        known = _keys(model, parts[:-1])
        return f"unknown key '{field}'.{nearest(parts[-1], known)} Known here: {', '.join(known)}."
    if found["type"] == "missing":
        return f"'{field}' is missing."
    message = found["msg"].removeprefix("Value error, ")
    value = "" if isinstance(found["input"], dict) else f"found {found['input']!r}; "
    return f"'{field}': {value}{message}." if field else f"{message}."


def _keys(model: type[BaseModel], path: list[str]) -> list[str]:
    """Return the keys known at a path of nested sections."""
    here: Any = model
    for part in path:
        if get_origin(here) is dict:
            here = get_args(here)[1]
        elif get_origin(here) is tuple:
            here = get_args(here)[0]
        elif _is_section(here) and part in here.model_fields:
            here = here.model_fields[part].annotation
    return sorted(here.model_fields) if _is_section(here) else []


def _is_section(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
