"""A running search followed from its folder, which is read and never locked or written to."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from toolkit.commands.many.kinds import KINDS, kind_of
from toolkit.commands.watch.search import Search
from toolkit.commands.watch.spread import Spread
from toolkit.commands.watch.standing import (
    CaseStanding,
    SearchStanding,
    Sought,
    Standing,
    left_s,
)
from toolkit.common.errors import InputError
from toolkit.common.pace import Pace
from toolkit.results.store import manifest
from toolkit.results.store.marks import is_marked
from toolkit.results.store.names import DRAWING, PREPARING, REPLACEMENT
from toolkit.runs.journal_files import JOURNAL

__all__ = ["CaseStanding", "SearchStanding", "Sought", "Standing", "Watch"]

#: What commands leave that have not begun to search.
BEFORE = {JOURNAL, "study.toml", *(kind.lock for kind in KINDS)}


class Watch:
    """Looks at a folder again and again; each look reads only what is new in its journals."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        """clock: seconds since the epoch, as files have them."""
        self.folder, self._clock = folder, clock
        self._work: Search | Spread | None = None
        self._pace = Pace()

    def look(self) -> Standing:
        """Return where the command of the folder stands.

        Raises InputError for a folder that is of no search, or a file in its place.
        """
        work, now = self._found(), self._clock()
        if work is None:
            status = "preparing" if is_marked(self.folder, PREPARING, now) else "not begun"
            return Standing(str(self.folder), "", "", status, (), 0, 0)
        told, searches = work.facts(), tuple(work.look(now))
        cases = [case for one in searches for case in one.cases]
        made, status = sum(case.evaluations for case in cases), str(told["status"])
        running = status == "running"
        rate = self._pace.at(now, made) if running else None
        budget = max(work.budget, sum(case.budget for case in cases))
        return Standing(
            folder=str(self.folder),
            kind=work.kind,
            study=str(told.get("study", "")),
            status=status,
            searches=searches,
            evaluations=made,
            budget=budget,
            rate_per_s=rate,
            left_s=left_s(made, budget, rate),
            silent_s=max(now - work.written(), 0.0) if running else None,
            drawing=is_marked(self.folder, DRAWING, now),
        )

    def _found(self) -> Search | Spread | None:
        """Return what is in the folder, once there is anything."""
        if kind := kind_of(self.folder):
            if not isinstance(self._work, Spread):
                self._work = Spread(self.folder, kind)
            return self._work
        replacement = self.folder / REPLACEMENT
        home = replacement if manifest.exists(replacement) else self.folder
        if manifest.exists(home):
            if not isinstance(self._work, Search) or self._work.folder != home:
                self._work = Search("", home)
                self._pace = Pace()
            return self._work
        self._check_free()
        return None

    def _check_free(self) -> None:
        """Raise InputError where the folder is none, or full of something else."""
        if not self.folder.exists():
            return
        if not self.folder.is_dir():
            raise InputError(f"{self.folder}: is a file; expected the folder of a search.")
        others = sorted(path.name for path in self.folder.iterdir() if not _is_before(path.name))
        if others:
            raise InputError(
                f"{self.folder}: no folder of a search: it has none of manifest.json, sweep.json "
                f"and front.json, but {', '.join(others[:3])}."
            )


def _is_before(name: str) -> bool:
    return name in BEFORE or name.startswith(("results.partial", "."))
