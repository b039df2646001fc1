"""Whether a front says what its points do, and each point what its feeders solve to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from toolkit.commands import front as fronts
from toolkit.commands.front import folder as places
from toolkit.commands.many.reproduced import PointsReproduction, cells_apart, solved_again
from toolkit.common.monitor import SILENT, Monitor
from toolkit.results.store.sheets import as_csv


def reproduce_front(
    folder: Path, rerun: bool = False, *, monitor: Monitor = SILENT
) -> PointsReproduction:
    """Solve every complete extreme and point of a front again, and make its tables anew from them.

    Raises InputError where the folder is that of no front.
    """
    homes = [home for part in places.PARTS for home in sorted((folder / part).glob("*/"))]

    def again(home: Path) -> bool:
        """Say whether to search again; what several goals at once found has no journal left."""
        return rerun and home.parent.name != places.SEVERAL

    return solved_again(places.FRONT, folder, homes, _untrue(folder), again, monitor)


def _untrue(folder: Path) -> Iterator[str]:
    """Name the cells of the tables that are not what the points' own folders say."""
    for name, table in fronts.rebuilt(folder).items():
        if (folder / name).is_file():
            yield from cells_apart(folder / name, as_csv(table))
