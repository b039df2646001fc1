"""The goals that are installed: one group of plug-ins, and what each says of itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from toolkit.common.errors import ToolkitError
from toolkit.common.plugins import letting
from toolkit.common.plugins.groups import Group
from toolkit.common.plugins.options import OptionRow
from toolkit.common.processes import Pen
from toolkit.model.goal_names import GROUP
from toolkit.problem.goal_plugins.contract import Goal, GoalOptions
from toolkit.problem.goal_plugins.told import NEEDS

#: Characters of a label and of a unit.
MOST_LABEL, MOST_UNIT = 60, 20


class GoalGroup(Group[Goal]):
    """The plug-ins that are goals; a class has to say what its figure is."""

    def flaw(self, candidate: Any) -> str:
        """Say why an object is no usable class of a goal, or return an empty string."""
        return super().flaw(candidate) or flaw_of(candidate)


GOAL_PLUGINS = GoalGroup(
    GROUP,
    "goal",
    Goal,  # type: ignore[type-abstract]  # never made, only asked about
    GoalOptions,
    "figure",
)


@dataclass(frozen=True)
class Declared:
    """What a goal's class says of it; see ``contract.Goal``."""

    name: str
    description: str
    label: str
    unit: str
    direction: str
    lowest: float
    highest: float
    needs: tuple[str, ...]


@dataclass(frozen=True)
class Portrait:
    """What a goal says of itself."""

    name: str
    description: str
    reference: str
    lacking: str
    options: tuple[OptionRow, ...]
    declared: Declared


@cache
def is_ours(name: str) -> bool:
    """Say whether a goal is one of the toolkit's own, which any process may import."""
    return GOAL_PLUGINS.is_ours(name)


@cache
def declared(name: str) -> Declared:
    """Return what a goal says of its figure, asked in another process, once.

    A process into which plug-ins are let looks itself. Raises InputError for one that is not there
    or cannot be used.
    """
    if is_ours(name) or letting.here():
        return _understood(_declared(GOAL_PLUGINS.load(name), name))
    return _understood(GOAL_PLUGINS.ask(name, _declare, name))


def _declare(pen: Pen, name: str) -> dict[str, Any]:
    return _declared(GOAL_PLUGINS.load(name), name)


def _declared(kind: type[Goal], name: str) -> dict[str, Any]:
    return {
        "name": name,
        "description": kind.description,
        "label": kind.label,
        "unit": kind.unit,
        "direction": kind.direction,
        "lowest": repr(float(kind.lowest)),
        "highest": repr(float(kind.highest)),
        "needs": list(kind.needs),
    }


def _understood(told: Mapping[str, Any]) -> Declared:
    """Return what another process has told of a goal; nothing in it is believed."""
    try:
        found = Declared(
            name=str(told["name"]),
            description=str(told["description"]),
            label=str(told["label"]),
            unit=str(told["unit"]),
            direction=str(told["direction"]),
            lowest=float(told["lowest"]),
            highest=float(told["highest"]),
            needs=tuple(str(need) for need in told["needs"]),
        )
    except (TypeError, KeyError, ValueError) as error:
        raise ToolkitError(f"a goal's process told nonsense: {error}") from error
    if fault := _wording(found):
        raise ToolkitError(f"goal '{found.name}': {fault}")
    return found


def portrait(name: str) -> Portrait:
    """Return what a goal says of itself, asked in another process. Raises InputError."""
    told = GOAL_PLUGINS.ask(name, _portrait, name)
    rows = tuple(OptionRow(**row) for row in told.pop("options"))
    return Portrait(options=rows, declared=_understood(told.pop("declared")), **told)


def _portrait(pen: Pen, name: str) -> dict[str, Any]:
    found, told = GOAL_PLUGINS.portrayed(name)
    return {**told, "declared": _declared(found, name)}


def check(name: str, options: Mapping[str, Any]) -> None:
    """Refuse a goal that cannot be used, or wrong options of it. Raises InputError."""
    if is_ours(name):
        GOAL_PLUGINS.build(name, options)
    else:
        GOAL_PLUGINS.ask(name, _check, name, dict(options))


def _check(pen: Pen, name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    GOAL_PLUGINS.build(name, options)
    return {}


def flaw_of(kind: Any) -> str:
    """Say what is wrong with what a goal says of its figure, or return an empty string."""
    return _wording(kind) or _ends(kind)


def _wording(kind: Any) -> str:
    for name, most in (("label", MOST_LABEL), ("unit", MOST_UNIT)):
        text = getattr(kind, name, None)
        line = isinstance(text, str) and text.strip() and text.isprintable() and len(text) <= most
        if not line:
            return f"its {name} is {text!r:.80}; expected one line of 1 to {most} characters"
    direction = getattr(kind, "direction", None)
    if direction not in ("max", "min"):
        return f"its direction is {direction!r:.80}; expected 'max' or 'min'"
    return _needs(kind.needs)


def _ends(kind: Any) -> str:
    ends = (kind.lowest, kind.highest)
    if any(isinstance(end, bool) or not isinstance(end, (int, float)) for end in ends) or not (
        ends[0] < ends[1]
    ):
        return f"its lowest and highest are {ends!r:.80}; expected numbers, lowest below highest"
    word, worst = ("lowest", ends[0]) if kind.direction == "max" else ("highest", ends[1])
    if not math.isfinite(worst) and kind.worst is Goal.worst:
        return f"its {word} is {worst}; expected a finite number, or a method worst(given)"
    return ""


def _needs(needs: object) -> str:
    if not isinstance(needs, tuple) or any(need not in NEEDS for need in needs):
        return f"its needs are {needs!r:.100}; expected a tuple of {', '.join(map(repr, NEEDS))}"
    return ""
