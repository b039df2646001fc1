"""The folder of a sweep or a front: its points, each a search of its own."""

from __future__ import annotations

import math
from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from typing import Any

from toolkit.commands.front.folder import EXTREMES, FRONT, POINTS, SEVERAL
from toolkit.commands.many.folder import Kind, width_of
from toolkit.commands.watch.search import Search, changed, followed, sought_of, written
from toolkit.commands.watch.standing import SearchStanding, Sought, left_s
from toolkit.common import caps
from toolkit.common.errors import InputError
from toolkit.common.excerpts import excerpt
from toolkit.common.pace import Pace
from toolkit.problem.goals import GOALS
from toolkit.results.store import manifest
from toolkit.runs.tail import Tail


class Spread:
    """A sweep or a front, whose points are searched side by side."""

    def __init__(self, folder: Path, kind: Kind) -> None:
        self.folder, self._of = folder, kind
        self._searches: dict[Path, Search] = {}
        self._tails: dict[Path, Tail] = {}
        self._paces: dict[Path, Pace] = {}
        self._sought: Sought | None = None

    @property
    def kind(self) -> str:
        """The word of its command."""
        return self._of.word

    def facts(self) -> dict[str, Any]:
        """Return what its manifest says. Raises InputError."""
        return self._of.read(self.folder)

    def written(self) -> float:
        """Return when anything was written last, seconds since the epoch."""
        journals = [tail.written for tail in self._tails.values() if isfinite(tail.written)]
        points = [search.written() for search in self._searches.values()]
        return max([written(self.folder / self._of.manifest), *points, *journals])

    @property
    def budget(self) -> int:
        """Evaluations of all points; of a front, where no two limits are the same."""
        told = self.facts()
        runs, budget = _whole(told, "runs"), _whole(told, "budget")
        searches = len(self._places(told))
        several = len(told.get("several") or {}) * searches
        return (searches * len(told.get("optimizers") or ()) + several) * runs * budget

    def look(self, now: float) -> Iterator[SearchStanding]:
        """Yield where each point stands, those not begun as well."""
        told = self.facts()
        for name, folder in self._places(told):
            if not manifest.exists(folder):
                yield SearchStanding(name, str(folder), "waiting", None, ())
                continue
            search = self._searches.setdefault(folder, Search(name, folder))
            yield from search.look(now)
        yield from self._several(told, now)

    def _places(self, told: dict[str, Any]) -> list[tuple[str, Path]]:
        """Return the name and the folder of each point that there may be."""
        goals = [str(name) for name in told["goals"]] if self._of is FRONT else []
        ended = bool(goals) and told.get("status") == "complete"
        count = self._count(told, len(goals) - 1)
        width = width_of(count)
        found = [(name, self.folder / EXTREMES / name) for name in goals]
        for number in range(1, count + 1):
            name = f"{number:0{width}}"
            place = self.folder / POINTS / name
            # Where two limits of a front are the same there are fewer points than asked for.
            if not ended or manifest.exists(place):
                found.append((name, place))
        return found

    def _count(self, told: dict[str, Any], limited: int) -> int:
        """Return how many points there may be; limited: how many goals have limits there."""
        if self._of is FRONT:
            each = min(_whole(told, "points"), caps.POINTS + 1)
            count = each * each if limited > 1 else each
        else:
            lists = [one.get("values") for one in told["fields"] if isinstance(one, dict)]
            count = math.prod(len(one) if isinstance(one, list) else 0 for one in lists)
        if not 0 < count <= caps.POINTS:
            raise InputError(
                f"{self.folder / self._of.manifest}: found {count:,} points; expected at least 1 "
                f"and at most {caps.POINTS:,}."
            )
        return count

    def _several(self, told: dict[str, Any], now: float) -> Iterator[SearchStanding]:
        """Yield the runs of optimizers of several goals, told by the first goal."""
        searches = len(self._places(told))
        first, runs = told.get("seed"), _whole(told, "runs")
        for name in told.get("several") or ():
            for seed in range(int(first or 0), int(first or 0) + runs):
                case = f"{name}-seed{seed}"
                yield self._of_several(case, searches * _whole(told, "budget"), told, now)

    def _of_several(
        self, case: str, budget: int, told: dict[str, Any], now: float
    ) -> SearchStanding:
        folder = self.folder / SEVERAL / case
        path = folder.with_name(f"{case}.journal")
        tail = self._tails.setdefault(path, Tail(path))
        tail.look()
        sought = self._first_goal(str(told["goals"][0]))
        here = followed(case, budget, tail, sought.sign if sought else 1.0, now)
        if manifest.is_complete(folder):
            here = changed(here, status="done", evaluations=budget)
        elif told["status"] != "running":
            here = changed(here, status="stopped" if here.evaluations else "waiting")
        else:
            rate = self._paces.setdefault(path, Pace()).at(now, here.evaluations)
            left = left_s(here.evaluations, budget, rate)
            here = changed(here, rate_per_s=rate, left_s=left)
        status = {"done": "complete"}.get(here.status, here.status)
        return SearchStanding(f"{SEVERAL}/{case}", str(folder), status, sought, (here,))

    def _first_goal(self, name: str) -> Sought | None:
        if self._sought is None and sought_of(self.folder) is not None:
            try:
                goal = GOALS[name]
            except InputError:
                return None
            self._sought = Sought(name, goal.about, goal.unit, goal.sign)
        return self._sought


def _whole(told: dict[str, Any], name: str) -> int:
    value = told.get(name)
    if not isinstance(value, int) or value < 1:
        raise InputError(
            f"the manifest: '{name}': found {excerpt(value)}; expected a whole number, 1 or more."
        )
    return value
