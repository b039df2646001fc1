"""The options of a plug-in: checked by its own declaration, and told as a table."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from toolkit.common.errors import InputError, nearest
from toolkit.common.phrases import in_words
from toolkit.common.processes import words


@dataclass(frozen=True)
class OptionRow:
    """One option of a plug-in, as ``optimizers show`` prints it."""

    name: str
    kind: str
    range: str
    default: str
    description: str


def parse_options(plugin: type[Any], options: Mapping[str, Any] | None, name: str) -> BaseModel:
    """Check options against a plug-in's declaration; strings such as ``"20"`` are parsed.

    name: what messages call the plug-in, such as ``optimizer 'random'``.
    """
    given = dict(options or {})
    plain = given.keys() <= plugin.Options.model_fields.keys()
    declared = plugin.Options if plain else declared_for(plugin, given, name)
    known = declared.model_fields
    for key in given:
        if key not in known:
            raise InputError(
                f"{name} has no option '{key}'.{nearest(key, known)} "
                f"Options: {', '.join(sorted(known)) or 'none'}."
            )
    try:
        parsed: BaseModel = declared.model_validate(given)
        return parsed
    except ValidationError as error:
        raise InputError(_bad_options(error, known, name)) from None
    except (Exception, SystemExit) as error:
        raise InputError(f"options of {name}: {words(error)}") from error


def declared_for(plugin: type[Any], given: Mapping[str, Any], name: str) -> type[BaseModel]:
    """Return the class of a plug-in's options, which may depend on those given."""
    options_for = getattr(plugin, "options_for", None)
    if options_for is None:
        declared: type[BaseModel] = plugin.Options
        return declared
    try:
        declared = options_for(given)
    except InputError as error:
        raise InputError(f"{name}: {error}") from None
    except (Exception, SystemExit) as error:
        raise InputError(f"options of {name}: {words(error)}") from error
    if not (isinstance(declared, type) and issubclass(declared, plugin.Options)):
        raise InputError(f"{name} cannot be used: options_for() gives no subclass of its Options.")
    return declared


def option_table(
    plugin: type[Any], given: Mapping[str, Any] | None = None
) -> tuple[OptionRow, ...]:
    """Return the options a plug-in takes beside those given, in the order it declares them."""
    declared = declared_for(plugin, given or {}, plugin.__name__)
    return tuple(
        OptionRow(
            name=key,
            kind=_kind(field.annotation),
            range=_range(field),
            default="required" if field.is_required() else str(field.get_default()),
            description=field.description or "",
        )
        for key, field in declared.model_fields.items()
    )


def _bad_options(error: ValidationError, known: Mapping[str, FieldInfo], name: str) -> str:
    """Say of each refused value: option, found, expected."""
    lines = []
    for item in error.errors():
        if not item["loc"]:
            lines.append(f"options of {name}: {in_words(item['msg'])}.")
            continue
        key = str(item["loc"][0])
        if item["type"] == "missing":
            lines.append(f"{name} needs the option '{key}': {_expected(known[key])}.")
            continue
        wanted = _expected(known[key])
        expected = f"expected {wanted}" if wanted else in_words(item["msg"])
        lines.append(f"option '{key}' of {name}: found {item['input']!r}, {expected}.")
    return "\n".join(lines)


def _expected(field: FieldInfo) -> str:
    return " ".join(part for part in (_kind(field.annotation), _range(field)) if part)


def _kind(annotation: Any) -> str:
    """Name a type in words."""
    words = {int: "whole number", float: "number", bool: "true or false", str: "text"}
    origin = get_origin(annotation)
    if origin is Annotated:
        kind, *limits = get_args(annotation)
        return " ".join(part for part in (_kind(kind), _limits(limits)) if part)
    if origin is Literal:
        return "one of " + ", ".join(str(value) for value in get_args(annotation))
    if origin in (Union, types.UnionType):
        return " or ".join(_kind(part) for part in get_args(annotation))
    if annotation is type(None):
        return "none"
    return words.get(annotation, getattr(annotation, "__name__", str(annotation)))


def _range(field: FieldInfo) -> str:
    """Name a field's limits in words, such as ``>= 2, <= 100``."""
    return _limits(field.metadata)


def _limits(metadata: Iterable[Any]) -> str:
    signs = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}
    return ", ".join(
        f"{sign} {getattr(limit, word)}"
        for word, sign in signs.items()
        for limit in metadata
        if getattr(limit, word, None) is not None
    )
