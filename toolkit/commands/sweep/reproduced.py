"""Whether a sweep says what its points do, and each point what its feeders solve to."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.commands.sweep import folder as places
from toolkit.commands.sweep import table
from toolkit.common import files
from toolkit.common.excerpts import excerpt
from toolkit.common.monitor import SILENT, Monitor
from toolkit.results.store.manifest import is_complete
from toolkit.results.store.sums import sha256

if TYPE_CHECKING:
    from toolkit.commands.reproduce import Reproduction

#: How many cells of sweep.csv that are not what their points say are named.
NAMED = 5


@dataclass(frozen=True)
class SweepReproduction:
    """What came of solving the points of a sweep, or of a front, again.

    points: of each complete point by its name; culprits: sentences, each naming a file of the sweep
    that is not what it was or should be; notes: points that are not complete; table: the file that
    is made from the points.
    """

    folder: Path
    points: dict[str, Reproduction]
    culprits: tuple[str, ...]
    notes: tuple[str, ...]
    table: str = places.TABLE

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


def reproduce_sweep(
    folder: Path, rerun: bool = False, *, monitor: Monitor = SILENT
) -> SweepReproduction:
    """Solve every complete point of a sweep again, and make its table anew from them.

    Raises InputError where the folder is that of no sweep.
    """
    from toolkit.commands.reproduce import reproduce  # late: its imports are many

    said, points = places.read(folder), places.read_points(folder)
    complete = [p for p in points if is_complete(places.folder_of_point(folder, p.name))]
    found = {}
    for point in complete:
        monitor.phase(f"point {point.name}")
        place = places.folder_of_point(folder, point.name)
        found[point.name] = reproduce(place, rerun, monitor=monitor)
    left = [point.name for point in points if point not in complete]
    notes = (f"points that are not complete: {', '.join(left)}.",) if left else ()
    changed = (*changed_files(folder, said["files"]), *_untrue(folder))
    return SweepReproduction(folder, found, changed, notes)


def changed_files(folder: Path, sums: dict[str, str]) -> Iterator[str]:
    """Name the files beside the points that are not what they were when it was written."""
    for name, checksum in sums.items():
        if not (folder / name).is_file():
            yield f"{name} is missing."
        elif sha256(folder / name) != checksum:
            yield f"{name} was changed after it was written."


def _untrue(folder: Path) -> Iterator[str]:
    """Name the cells of sweep.csv that are not what the points' own folders say."""
    _, swept, _ = places.read_asked(folder)
    path, fields = folder / places.TABLE, [one.field for one in swept]
    if not path.is_file():
        return
    rows = table.build(folder, places.read_points(folder), swept)
    yield from cells_apart(path, table.as_text(rows, fields))


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
