"""Whether a results folder says what its own feeders solve to, and who is to blame where not.

Every case's ``feeder/Master.dss`` is solved by plain OpenDSS in a process of its own, clearing runs
again on the powers that come of it, and everything the folder says is compared with that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.commands.reproduce import comparisons, integrity, validations
from toolkit.commands.reproduce.case import check_case
from toolkit.commands.reproduce.coverage import SOURCES, Unchecked, unchecked
from toolkit.commands.reproduce.diagnosis import culprits
from toolkit.commands.reproduce.difference import Difference
from toolkit.commands.reproduce.folder import ResultsFolder, read_folder
from toolkit.commands.reproduce.rerun import Repeat, repeat
from toolkit.common.monitor import SILENT, Monitor

__all__ = ["Difference", "Repeat", "Reproduction", "Unchecked", "reproduce"]


@dataclass(frozen=True)
class Reproduction:
    """What came of solving a results folder again.

    culprits: sentences, each naming a file that is not what it was or should be; notes: what is not
    the same here (versions, processor, sources), and files that are nobody's; differences: every
    comparison made; unchecked: every column that none was made of; ``repeat``: what repeating the
    command gave, if it was asked for.
    """

    folder: Path
    cases: tuple[str, ...]
    culprits: tuple[str, ...]
    notes: tuple[str, ...]
    differences: tuple[Difference, ...]
    unchecked: tuple[Unchecked, ...]
    repeat: Repeat | None = None

    @property
    def largest(self) -> Difference | None:
        """The difference that is most of its tolerance."""
        known = [d for d in self.differences if d.tolerance > 0.0 or not d.holds]
        return max(known, key=lambda d: d.amount / max(d.tolerance, 1e-300), default=None)

    @property
    def reproduced(self) -> bool:
        """Say whether everything is as it was written and solves to what it says."""
        again = self.repeat is None or not self.repeat.differences
        return not self.culprits and again and all(d.holds for d in self.differences)

    @property
    def verdict(self) -> str:
        """The verdict in one line, with the largest difference."""
        text = "reproduced" if self.reproduced else "NOT reproduced"
        if self.reproduced and any(entry.reason == SOURCES for entry in self.unchecked):
            text += " as far as it goes without the study's sources"
        largest = self.largest
        if self.culprits and (largest is None or largest.holds):
            return f"{text}: {self.culprits[0]}"
        return f"{text}: {'nothing to compare' if largest is None else _in_words(largest)}"

    def as_json(self) -> dict[str, Any]:
        """Return it with stable keys; an amount is null where no difference can be taken."""
        return {
            "folder": str(self.folder),
            "verdict": self.verdict,
            "reproduced": self.reproduced,
            "culprits": list(self.culprits),
            "notes": list(self.notes),
            "differences": [_plain(d) for d in self.differences],
            "unchecked": [{**vars(u), "columns": list(u.columns)} for u in self.unchecked],
            "rerun": None if self.repeat is None else self.repeat.as_json(),
        }


def _in_words(largest: Difference) -> str:
    where = ", ".join(part for part in (largest.path, largest.column, largest.where) if part)
    if math.isinf(largest.amount):
        return f"found {largest.found}, solved {largest.solved} ({where})"
    return f"largest difference {largest.amount:.1g} {largest.unit} ({where})"


def _plain(difference: Difference) -> dict[str, Any]:
    amount = None if math.isinf(difference.amount) else difference.amount
    return {**vars(difference), "amount": amount, "holds": difference.holds}


def reproduce(
    folder: Path,
    rerun: bool = False,
    *,
    monitor: Monitor = SILENT,
) -> Reproduction:
    """Solve every case of a results folder again and compare; with ``rerun`` also search again.

    Raises InputError where the folder is none.
    """
    results = read_folder(folder)
    sources = integrity.sources(results.study, results.manifest)
    checks = []
    for name in results.cases:
        monitor.phase(f"solving {name} again")
        checks.append(check_case(folder, name, results.study, sources.setting))
    beside, aggregates = comparisons.compared(results, checks, sources)
    validated, remarks = validations.check(folder, results.study, monitor)
    beside = [*beside, *validated]
    optional = comparisons.files(results, aggregates)
    expected = integrity.files(results.cases, results.searched, optional)
    state = integrity.examine(folder, results.manifest, expected, results.cases)
    differences = tuple(d for check in checks for d in check.differences) + tuple(beside)
    again = repeat(results, monitor) if rerun else None
    return Reproduction(
        folder=folder,
        cases=results.cases,
        culprits=tuple(culprits(state, checks, beside)),
        notes=(*_notes(state, sources), *remarks),
        differences=differences,
        unchecked=_unchecked(results, differences, sources, again),
        repeat=again,
    )


def _notes(state: integrity.Integrity, sources: integrity.Sources) -> tuple[str, ...]:
    """Return what is not the same here, and files that are nobody's."""
    absent = [sources.absent] if sources.absent else []
    extra = [f"{name} is not part of the results." for name in state.extra]
    return (*state.notes, *absent, *extra)


def _unchecked(
    results: ResultsFolder,
    differences: Sequence[Difference],
    sources: integrity.Sources,
    again: Repeat | None,
) -> tuple[Unchecked, ...]:
    """Return what no comparison was made of, neither by solving nor by searching again."""
    return unchecked(
        results.path,
        results.cases,
        results.manifest,
        differences,
        absent=sources.absent,
        repeated=() if again is None else again.same,
    )
