"""What limits a day breaks, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "low voltage", "high voltage", "loading", "delivery", "export", "import", "unbalance"
]


#: What a violation counts, told where tables have one.
SHARES = (
    "broken limits are counted in shares: what is beyond each limit as a share of the limit, of "
    "voltages as a share of the band allowed, summed over steps and places"
)


def held(violation: float) -> str:
    """Return whether limits hold, or by how much they are broken; SHARES says of what."""
    return "hold" if violation == 0.0 else f"broken by {violation:.2g} shares"


@dataclass(frozen=True)
class LimitViolation:
    """One kind of limit that a day breaks, at its worst.

    place: "bus 611, phase 3", a branch or a unit; step: from 1; value and limit: pu, % or, of a
    unit, kW; steps: how many break it anywhere; places: all that ever do, in the feeder's order.
    """

    kind: Kind
    place: str
    step: int
    value: float
    limit: float
    steps: int
    places: tuple[str, ...]

    def __str__(self) -> str:
        value, limit = _apart(self.value, self.limit)
        found = {
            "loading": f"{self.place} loaded {value} % at step {self.step} (limit {limit} %",
            "delivery": f"{self.place} gives {value} kW at step {self.step} (its plan: {limit} kW",
            "export": f"{value} kW leave at {self.place}, step {self.step} (limit {limit} kW",
            "unbalance": f"voltage unbalance {value} % at {self.place}, step {self.step} (limit "
            f"{limit} %",
            "import": f"{value} kW enter at {self.place}, step {self.step} (limit {limit} kW",
        }.get(self.kind, f"voltage {value} pu at {self.place}, step {self.step} (limit {limit} pu")
        return f"{found}; {_counted(len(self.places), self.kind)}, {_steps(self.steps)})"


#: What the places of each kind are called.
NOUNS: dict[Kind, tuple[str, str]] = {
    "low voltage": ("node", "nodes"),
    "high voltage": ("node", "nodes"),
    "loading": ("branch", "branches"),
    "delivery": ("unit", "units"),
    "export": ("connection", "connections"),
    "import": ("connection", "connections"),
    "unbalance": ("bus", "buses"),
}


def _counted(count: int, kind: Kind) -> str:
    return f"{count} {NOUNS[kind][count != 1]}"


def _steps(count: int) -> str:
    return f"{count} step{'' if count == 1 else 's'}"


def _apart(value: float, limit: float) -> tuple[str, str]:
    """Return two numbers with as few digits as tell them apart."""
    for digits in range(4, 16):
        shown, bound = f"{value:.{digits}g}", f"{limit:.{digits}g}"
        if float(shown) != float(bound):
            return shown, bound
    return repr(value), repr(limit)


def shared(
    first: Sequence[LimitViolation], *others: Sequence[LimitViolation]
) -> tuple[LimitViolation, ...]:
    """Return the violations of the first that every other day has too, at one of its places."""
    return tuple(mine for mine in first if all(_is_among(mine, other) for other in others))


def _is_among(mine: LimitViolation, others: Sequence[LimitViolation]) -> bool:
    """Say whether another day breaks the same kind of limit at one of the same places."""
    places = set(mine.places)
    return any(other.kind == mine.kind and places & set(other.places) for other in others)


def in_words(violations: Sequence[LimitViolation]) -> str:
    """Return violations of limits as one text, blank when there are none."""
    return "; ".join(map(str, violations))
