"""Where a search stands, as values; ``docs/reference/json.md`` has the keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

#: Seconds in which nothing is written after which a command may have been killed.
SILENT_S = 120.0
#: At how many evenly spaced evaluations a course is told.
COURSE = 24


@dataclass(frozen=True)
class Sought:
    """What a search seeks: its name, what the figure is, its unit, and which end is better.

    A figure is ``sign`` times the objective, which is minimised.
    """

    name: str
    about: str
    unit: str
    sign: float

    def as_json(self) -> dict[str, Any]:
        """Return it with stable keys."""
        end = "min" if self.sign > 0.0 else "max"
        return {"name": self.name, "label": self.about, "unit": self.unit, "direction": end}


@dataclass(frozen=True)
class CaseStanding:
    """Where one run stands.

    status: waiting, running, done, stopped (its command ended before it did), failed or invalid;
    best: the figure of the best feasible plan, in the goal's unit; feasible: whether there is one,
    None before the first evaluation; violation: the least of all plans where none is feasible;
    written_s_ago: seconds since its last evaluation; course: the best figure so far at evenly
    spaced evaluations, the first ones None until there is a feasible plan.
    """

    case: str
    status: str
    evaluations: int
    budget: int
    best: float | None = None
    feasible: bool | None = None
    violation: float | None = None
    rate_per_s: float | None = None
    left_s: float | None = None
    written_s_ago: float | None = None
    course: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class SearchStanding:
    """Where the search of one results folder stands; point: its name in a sweep or a front."""

    point: str
    folder: str
    status: str
    sought: Sought | None
    cases: tuple[CaseStanding, ...]

    @property
    def best(self) -> CaseStanding | None:
        """The run with the best feasible plan; None without one."""
        found = [case for case in self.cases if case.best is not None]
        if not found or self.sought is None:
            return None
        sign = self.sought.sign
        return min(found, key=lambda case: sign * (case.best or 0.0))

    def as_json(self) -> dict[str, Any]:
        """Return it with stable keys."""
        told = {name: value for name, value in asdict(self).items() if name != "sought"}
        goal = None if self.sought is None else self.sought.as_json()
        return {**told, "goal": goal}


@dataclass(frozen=True)
class Standing:
    """Where the command of a folder stands.

    kind: optimize, compare, sweep, front, or empty before it has begun; status: not begun,
    preparing, running, complete, interrupted or failed; budget: all evaluations that it may make;
    silent_s: seconds since anything was written, of a command that says it is running; drawing:
    whether figures are being drawn.
    """

    folder: str
    kind: str
    study: str
    status: str
    searches: tuple[SearchStanding, ...]
    evaluations: int
    budget: int
    rate_per_s: float | None = None
    left_s: float | None = None
    silent_s: float | None = None
    drawing: bool = False

    @property
    def goes_on(self) -> bool:
        """Whether there is more to come, as far as the folder says."""
        return self.drawing or self.status in ("not begun", "preparing", "running")

    @property
    def may_be_dead(self) -> bool:
        """Whether a running command has been silent for long with evaluations left to make."""
        left = self.evaluations < self.budget
        return left and self.silent_s is not None and self.silent_s > SILENT_S

    @property
    def best(self) -> SearchStanding | None:
        """The search with the best plan, where all seek the same; None where they do not."""
        found = [one for one in self.searches if one.best is not None]
        if not found or len({one.sought for one in found}) > 1:
            return None
        return min(found, key=_objective)

    def as_json(self) -> dict[str, Any]:
        """Return it with stable keys."""
        told = {name: value for name, value in vars(self).items() if name != "searches"}
        return {**told, "searches": [one.as_json() for one in self.searches]}


def _objective(found: SearchStanding) -> float:
    assert found.best is not None
    assert found.sought is not None
    return found.sought.sign * (found.best.best or 0.0)


def left_s(evaluations: int, budget: int, rate: float | None) -> float | None:
    """Return the seconds until a budget is spent, None where nobody knows."""
    return None if rate is None else max(budget - evaluations, 0) / rate


def course_of(
    steps: Sequence[tuple[int, float]], count: int, sign: float
) -> tuple[float | None, ...]:
    """Return the best figure so far at evenly spaced evaluations, the last one among them.

    steps: (evaluation, objective) of each that was best.
    """
    if not count:
        return ()
    places = [max(1, round(count * i / COURSE)) for i in range(1, COURSE + 1)]
    found: list[float | None] = []
    at, best = 0, None
    for place in places:
        while at < len(steps) and steps[at][0] <= place:
            best = sign * steps[at][1] + 0.0
            at += 1
        found.append(best)
    return tuple(found)
