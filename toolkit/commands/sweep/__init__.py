"""A sweep: a study searched for every combination of values of some of its fields."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.commands.many import side_by_side
from toolkit.commands.many.checks import checked_point
from toolkit.commands.many.folder import STUDY
from toolkit.commands.request import Request, checked
from toolkit.commands.sweep import folder as places
from toolkit.commands.sweep import table
from toolkit.commands.sweep.grid import Point, Swept, in_words
from toolkit.commands.sweep.grid import points as points_of
from toolkit.common import files, locks
from toolkit.common.errors import ToolkitError
from toolkit.common.monitor import SILENT, Monitor
from toolkit.common.shown import Shown
from toolkit.inputs import study_files
from toolkit.model.notices import gathered
from toolkit.problem.sought import goal_of
from toolkit.runs.workers import Stop

if TYPE_CHECKING:
    import pandas as pd

    from toolkit.inputs.study import Study
    from toolkit.problem.goals import Goal


@dataclass(frozen=True, repr=False)
class Sweep(Shown):
    """What came of a sweep.

    Attributes
    ----------
    folder : pathlib.Path
        Where it lies; each point is a results folder of its own below ``points``.
    status : str
        ``complete``, ``interrupted`` or ``failed``.
    fields : tuple of str
        The swept fields by their dotted paths; each is a column of ``table``.
    table : pandas.DataFrame
        One row per complete point, as in ``sweep.csv``.
    goal : Goal or None
        What every point seeks; None where they seek different things.
    notes : tuple of str
        What has to be known besides, each with the point it is of.

    Examples
    --------
    >>> import toolkit
    >>> swept = toolkit.sweep("ieee12", {"storage.hours": [1, 2]}, budget=20, out="results/hours")
    >>> swept.table["storage.hours"].tolist()
    [1.0, 2.0]
    """

    _told_by = "toolkit.commands.sweep.words"

    folder: Path
    status: str
    fields: tuple[str, ...]
    table: pd.DataFrame
    goal: Goal | None = None
    notes: tuple[str, ...] = ()

    def point(self, name: str) -> Path:
        """Return the results folder of a point, by its name in ``table``."""
        return places.folder_of_point(self.folder, name)


def sweep_and_store(
    study: Study,
    swept: Sequence[Swept],
    request: Request,
    folder: Path,
    command: str,
    *,
    monitor: Monitor = SILENT,
) -> Sweep:
    """Search a study at every point of a grid, and write table and figure of it.

    The same sweep in the same folder goes on where it ended. Raises InputError, before anything is
    searched, for what some point cannot be searched with.
    """
    base, request = checked(study, request)
    points = points_of(base, swept)
    wanted = places.asked(base, swept, request)
    places.SWEEP.check_free(folder, wanted)
    for notice in gathered(_checked_points(points, swept, request)):
        monitor.notice(notice)
    with locks.held(folder / places.SWEEP.lock, folder):
        places.SWEEP.check_free(folder, wanted)
        if not places.SWEEP.is_one(folder):
            files.write_text(folder / STUDY, study_files.to_toml(base))
        return _carried_out(folder, points, swept, request, {"command": command, **wanted}, monitor)


def resume(folder: Path, workers: int, scheduler: str | None, monitor: Monitor = SILENT) -> Sweep:
    """Go on with a sweep that ended early, to the results of an uninterrupted one."""
    base, swept, request = places.read_asked(folder)
    request = replace(request, workers=workers, scheduler=scheduler)
    places.SWEEP.check_unchanged(folder, base)
    command = places.SWEEP.read(folder)["command"]
    return sweep_and_store(base, swept, request, folder, command, monitor=monitor)


def read(folder: Path) -> Sweep:
    """Read the folder of a sweep. Raises InputError."""
    said = places.SWEEP.read(folder)
    base, swept, _ = places.read_asked(folder)
    fields = tuple(one.field for one in swept)
    found = table.read(folder / places.TABLE, fields)
    return Sweep(folder, said["status"], fields, found, _goal(points_of(base, swept)))


def _goal(points: Sequence[Point]) -> Goal | None:
    """Return what all points seek, None where they seek different things."""
    goals = [goal_of(point.study) for point in points]
    return goals[0] if all(goal == goals[0] for goal in goals) else None


def draw(found: Sweep) -> bool:
    """Draw the figure of a sweep into its folder; say whether there is one to draw."""
    from toolkit.results.figures.sweeps import draw_sweep

    return draw_sweep(found.folder, found.table, found.fields, found.goal)


def _checked_points(points: Sequence[Point], swept: Sequence[Swept], request: Request) -> list[str]:
    """Prepare every point, so that none is refused after hours; return what has to be told."""
    notices: dict[str, None] = {}
    for point in points:
        try:
            setting = checked_point(point.study, request)
        except ToolkitError as error:
            at = in_words([one.field for one in swept], point.values)
            raise type(error)(f"point {point.name} ({at}): {error}") from error
        notices |= dict.fromkeys(str(notice) for notice in setting.feeder.notices)
    return list(notices)


def _carried_out(
    folder: Path,
    points: Sequence[Point],
    swept: Sequence[Swept],
    request: Request,
    facts: dict[str, Any],
    monitor: Monitor,
) -> Sweep:
    started, fields = time.time(), tuple(one.field for one in swept)
    status, ended = "failed", []
    places.SWEEP.write(folder, {**facts, "status": "running"})
    try:
        with Stop(monitor.should_stop) as stop:
            own = side_by_side.of_point(request)
            jobs = [
                side_by_side.Job(p.name, p.study, own, places.folder_of_point(folder, p.name))
                for p in points
            ]
            monitor.phase("points")
            monitor.detail(f"{len(jobs)} points, by {request.workers} worker processes at most")
            ended = side_by_side.carry_out(jobs, request.workers, facts["command"], monitor, stop)
        status = side_by_side.status_of(ended, len(points))
        found = table.build(folder, points, swept)
        table.write(folder / places.TABLE, found, fields)
    except KeyboardInterrupt:
        status = "interrupted"
        raise
    finally:
        took = round(time.time() - started, 3)
        places.SWEEP.write(folder, {**facts, "status": status, "wall_time_s": took})
    notes = side_by_side.notes_of(ended)
    found = table.read(folder / places.TABLE, fields)
    return Sweep(folder, status, fields, found, _goal(points), notes)
