"""A sweep: a study searched for every combination of values of some of its fields."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.commands import side_by_side
from toolkit.commands.request import Request, checked
from toolkit.commands.sweep import folder as places
from toolkit.commands.sweep import table
from toolkit.commands.sweep.grid import Point, Swept, in_words
from toolkit.commands.sweep.grid import points as points_of
from toolkit.common import files, locks
from toolkit.common.errors import InputError, ToolkitError
from toolkit.common.monitor import SILENT, Monitor
from toolkit.inputs import study_files
from toolkit.model.notices import gathered
from toolkit.problem.setting import check_searchable, prepare
from toolkit.problem.sought import goal_of
from toolkit.runs.workers import Stop

if TYPE_CHECKING:
    import pandas as pd

    from toolkit.inputs.study import Study
    from toolkit.problem.goals import Goal


@dataclass(frozen=True)
class Sweep:
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
    _check_free(folder, wanted)
    for notice in gathered(_checked_points(points, swept)):
        monitor.notice(notice)
    files_lock = folder / places.LOCK
    with locks.held(files_lock, folder):
        _check_free(folder, wanted)
        if not places.is_sweep(folder):
            files.write_text(folder / places.STUDY, study_files.to_toml(base))
        return _carried_out(folder, points, swept, request, {"command": command, **wanted}, monitor)


def resume(folder: Path, workers: int, scheduler: str | None, monitor: Monitor = SILENT) -> Sweep:
    """Go on with a sweep that ended early, to the results of an uninterrupted one."""
    base, swept, request = places.read_asked(folder)
    request = replace(request, workers=workers, scheduler=scheduler)
    said = places.read(folder)
    if study_files.fingerprint(base) != said.get("study_hash"):
        raise InputError(
            f"{folder}: study.toml, the scripts of feeder '{base.script}' or the profiles "
            f"'{base.profiles}' have changed since; what was found so far is of another study. "
            "Put them back, or start anew."
        )
    return sweep_and_store(base, swept, request, folder, said["command"], monitor=monitor)


def read(folder: Path) -> Sweep:
    """Read the folder of a sweep. Raises InputError."""
    said = places.read(folder)
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


def _check_free(folder: Path, wanted: dict[str, Any]) -> None:
    """Raise InputError where a folder holds anything but the same sweep."""
    if places.is_sweep(folder):
        if not places.same(places.read(folder), wanted):
            raise InputError(
                f"--out {folder}: holds another sweep: of another study, grid, budget, runs, seed "
                f"or optimizer. Choose another folder; 'toolkit resume {folder}' goes on with it."
            )
        return
    if folder.exists() and not folder.is_dir():
        raise InputError(f"--out {folder}: is a file; expected a folder.")
    others = sorted(p.name for p in folder.iterdir()) if folder.is_dir() else []
    if others := [name for name in others if name not in (places.LOCK, places.STUDY)]:
        raise InputError(
            f"--out {folder}: already holds other files ({', '.join(others[:3])}). Choose another "
            "folder."
        )


def _checked_points(points: Sequence[Point], swept: Sequence[Swept]) -> list[str]:
    """Prepare every point, so that none is refused after hours; return what has to be told."""
    notices: dict[str, None] = {}
    for point in points:
        try:
            setting = prepare(point.study)
            check_searchable(setting)
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
    places.write(folder, {**facts, "status": "running"})
    try:
        with Stop(monitor.should_stop) as stop:
            own = side_by_side.of_point(request)
            jobs = [
                side_by_side.Job(p.name, p.study, own, places.folder_of_point(folder, p.name))
                for p in points
            ]
            ended = side_by_side.carry_out(jobs, request.workers, facts["command"], monitor, stop)
        status = _status(points, ended)
        found = table.build(folder, points, swept)
        table.write(folder / places.TABLE, found, fields)
    except KeyboardInterrupt:
        status = "interrupted"
        raise
    finally:
        took = round(time.time() - started, 3)
        places.write(folder, {**facts, "status": status, "wall_time_s": took})
    notes = tuple(f"point {one.name}: {note}" for one in ended for note in one.notes)
    found = table.read(folder / places.TABLE, fields)
    return Sweep(folder, status, fields, found, _goal(points), notes)


def _status(points: Sequence[Point], ended: Sequence[side_by_side.Ended]) -> str:
    """Return how a sweep ended: the worst end of its points."""
    if any(one.status == "failed" for one in ended):
        return "failed"
    whole = len(ended) == len(points) and all(one.status == "complete" for one in ended)
    return "complete" if whole else "interrupted"
