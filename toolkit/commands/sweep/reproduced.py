"""Whether a sweep says what its points do, and each point what its feeders solve to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from toolkit.commands.many.reproduced import PointsReproduction, cells_apart, solved_again
from toolkit.commands.sweep import folder as places
from toolkit.commands.sweep import table
from toolkit.common.monitor import SILENT, Monitor


def reproduce_sweep(
    folder: Path, rerun: bool = False, *, monitor: Monitor = SILENT
) -> PointsReproduction:
    """Solve every complete point of a sweep again, and make its table anew from them.

    Raises InputError where the folder is that of no sweep.
    """
    homes = [places.folder_of_point(folder, p.name) for p in places.read_points(folder)]
    return solved_again(places.SWEEP, folder, homes, _untrue(folder), lambda home: rerun, monitor)


def _untrue(folder: Path) -> Iterator[str]:
    """Name the cells of sweep.csv that are not what the points' own folders say."""
    _, swept, _ = places.read_asked(folder)
    path, fields = folder / places.TABLE, [one.field for one in swept]
    if not path.is_file():
        return
    rows = table.build(folder, places.read_points(folder), swept)
    yield from cells_apart(path, table.as_text(rows, fields))
