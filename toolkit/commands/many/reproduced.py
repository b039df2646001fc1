"""Whether tables of many points say what those do, and each point what its feeders solve to."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.commands.many.folder import Kind
from toolkit.common import files
from toolkit.common.excerpts import excerpt
from toolkit.common.monitor import Monitor
from toolkit.results.store.manifest import is_complete
from toolkit.results.store.sums import sha256

if TYPE_CHECKING:
    from toolkit.commands.reproduce import Reproduction

#: How many cells of a table that are not what the points say are named.
NAMED = 5


@dataclass(frozen=True)
class PointsReproduction:
    """What came of solving the points of a sweep, or of a front, again.

    points: of each complete point by its name; culprits: sentences, each naming a file of the sweep
    that is not what it was or should be; notes: points that are not complete; table: the file that
    is made from the points.
    """

    folder: Path
    points: dict[str, Reproduction]
    culprits: tuple[str, ...]
    notes: tuple[str, ...]
    table: str

    @property
    def reproduced(self) -> bool:
        """Say whether every point is reproduced, and the table says what they do."""
        return not self.culprits and all(found.reproduced for found in self.points.values())

    @property
    def verdict(self) -> str:
        """The verdict in one line."""
        bad = [name for name, found in self.points.items() if not found.reproduced]
        if self.reproduced:
            return f"reproduced: {len(self.points)} points, and {self.table} says what they do"
        why = self.culprits[0] if self.culprits else f"point {bad[0]}"
        more = f": {self.points[bad[0]].verdict}" if bad and not self.culprits else ""
        return f"NOT reproduced: {why}{more}"

    def as_json(self) -> dict[str, Any]:
        """Return it with stable keys."""
        return {
            "folder": str(self.folder),
            "verdict": self.verdict,
            "reproduced": self.reproduced,
            "culprits": list(self.culprits),
            "notes": list(self.notes),
            "points": {name: found.as_json() for name, found in self.points.items()},
        }


def solved_again(
    kind: Kind,
    folder: Path,
    homes: Sequence[Path],
    untrue: Iterable[str],
    rerun: Callable[[Path], bool],
    monitor: Monitor,
) -> PointsReproduction:
    """Solve every complete point of a folder again.

    homes: the folders of all its points; untrue: what is wrong in its tables, in words; rerun: says
    of which point the search is repeated too.
    """
    from toolkit.commands.reproduce import reproduce  # late: its imports are many

    found, left = {}, []
    for home in homes:
        if not is_complete(home):
            left.append(home.name)
            continue
        monitor.phase(f"point {home.name}")
        found[home.name] = reproduce(home, rerun(home), monitor=monitor)
    notes = (f"points that are not complete: {', '.join(left)}.",) if left else ()
    changed = (*_changed(folder, kind.read(folder)["files"]), *untrue)
    return PointsReproduction(folder, found, changed, notes, kind.tables[0])


def _changed(folder: Path, sums: dict[str, str]) -> Iterator[str]:
    """Name the files beside the points that are not what they were when it was written."""
    for name, checksum in sums.items():
        if not (folder / name).is_file():
            yield f"{name} is missing."
        elif sha256(folder / name) != checksum:
            yield f"{name} was changed after it was written."


def cells_apart(path: Path, text: str) -> Iterator[str]:
    """Name the cells of a table that are not what the points' own folders say, which is a text."""
    header, *wanted = csv.reader(text.splitlines())
    first, *held = csv.reader(files.read_text(path).splitlines())
    if (first, len(held)) != (header, len(wanted)):
        yield (
            f"{path.name}: found {len(held)} rows of {len(first)} columns; its points give "
            f"{len(wanted)} rows of {len(header)}."
        )
        return
    cells = [
        f"{path.name}: {header[0]} {row[0]}, {name}: found {excerpt(found)}, its folder says "
        f"{excerpt(given)}."
        for row, other in zip(wanted, held, strict=True)
        for name, given, found in zip(header, row, other, strict=True)
        if given != found
    ]
    yield from cells[:NAMED]
