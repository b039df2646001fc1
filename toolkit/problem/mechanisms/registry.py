"""The mechanisms that are installed: one group of plug-ins, and what each says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from toolkit.common.errors import ToolkitError
from toolkit.common.plugins.groups import Group
from toolkit.common.plugins.options import OptionRow
from toolkit.common.processes import Pen
from toolkit.problem.mechanisms.contract import CHARGES, LIMITS, Mechanism, MechanismOptions

MECHANISMS = Group(
    "toolkit.mechanisms",
    "mechanism",
    Mechanism,  # type: ignore[type-abstract]  # never made, only asked about
    MechanismOptions,
    "settle",
)


@dataclass(frozen=True)
class Portrait:
    """What a mechanism says of itself."""

    name: str
    description: str
    reference: str
    lacking: str
    options: tuple[OptionRow, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True)
class Chosen:
    """A mechanism with its options, as plain values, and what it asks for."""

    name: str
    options: Mapping[str, Any]
    terms: tuple[str, ...]


@cache
def is_ours(name: str) -> bool:
    """Say whether a mechanism is one of the toolkit's own, which any process may import."""
    return MECHANISMS.is_ours(name)


def portrait(name: str) -> Portrait:
    """Return what a mechanism says of itself, asked in another process. Raises InputError."""
    told = MECHANISMS.ask(name, _portrait, name)
    rows = tuple(OptionRow(**row) for row in told.pop("options"))
    return Portrait(options=rows, terms=tuple(told.pop("terms")), **told)


def _portrait(pen: Pen, name: str) -> dict[str, Any]:
    found, told = MECHANISMS.portrayed(name)
    return {**told, "terms": _terms(found, name)}


def asked(name: str, options: Mapping[str, Any]) -> Chosen:
    """Return a mechanism with its options and what it asks for, asked in another process.

    The toolkit's own are asked here. Raises InputError for an unknown mechanism, a wrong option,
    and a mechanism that cannot be used.
    """
    told = (
        _told(name, options) if is_ours(name) else MECHANISMS.ask(name, _asked, name, dict(options))
    )
    terms = tuple(str(term) for term in told["terms"])
    return Chosen(name, told["values"], terms)


def _asked(pen: Pen, name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    return _told(name, options)


def _told(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    made = MECHANISMS.build(name, options)
    values = made.options.model_dump(mode="json")
    return {"values": values, "terms": list(_terms(type(made), name))}


def _terms(kind: type[Mechanism], name: str) -> tuple[str, ...]:
    if fault := flaw_of(kind.terms):
        raise ToolkitError(f"mechanism '{name}': {fault}")
    return kind.terms


def flaw_of(terms: object) -> str:
    """Say what is wrong with the terms that a mechanism asks for, or return an empty string."""
    known = f"expected a tuple of '{LIMITS}' and '{CHARGES}', or of none"
    if not isinstance(terms, tuple) or any(term not in (LIMITS, CHARGES) for term in terms):
        return f"its terms are {terms!r:.100}; {known}"
    return ""
