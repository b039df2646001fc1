"""Whether a front says what its points do, and each point what its feeders solve to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from toolkit.commands import front as fronts
from toolkit.commands.front import folder as places
from toolkit.commands.sweep.reproduced import SweepReproduction, cells_apart, changed_files
from toolkit.common.monitor import SILENT, Monitor
from toolkit.results.store.manifest import is_complete
from toolkit.results.store.sheets import as_csv


def reproduce_front(
    folder: Path, rerun: bool = False, *, monitor: Monitor = SILENT
) -> SweepReproduction:
    """Solve every complete extreme and point of a front again, and make its tables anew from them.

    Raises InputError where the folder is that of no front.
    """
    from toolkit.commands.reproduce import reproduce  # late: its imports are many

    said = places.read(folder)
    parts = (places.EXTREMES, places.POINTS, places.SEVERAL)
    homes = [home for part in parts for home in sorted((folder / part).glob("*/"))]
    found, left = {}, []
    for home in homes:
        if not is_complete(home):
            left.append(home.name)
            continue
        monitor.phase(f"point {home.name}")
        # What several goals at once found stands in no journal any more: its plans are checked.
        again = rerun and home.parent.name != places.SEVERAL
        found[home.name] = reproduce(home, again, monitor=monitor)
    notes = (f"points that are not complete: {', '.join(left)}.",) if left else ()
    changed = (*changed_files(folder, said["files"]), *_untrue(folder))
    return SweepReproduction(folder, found, changed, notes, places.TABLE)


def _untrue(folder: Path) -> Iterator[str]:
    """Name the cells of the tables that are not what the points' own folders say."""
    for name, table in zip((places.TABLE, places.VOLUMES), fronts.rebuilt(folder), strict=True):
        if (folder / name).is_file():
            yield from cells_apart(folder / name, as_csv(table))
