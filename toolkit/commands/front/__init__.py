"""A front: plans between the extremes of two or three goals, each verified by the engine."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.commands.front import folder as places
from toolkit.commands.front import points as pointing
from toolkit.commands.front import several
from toolkit.commands.front import table as tables
from toolkit.commands.front.asked import Asked, from_facts
from toolkit.commands.front.points import Point, Range
from toolkit.commands.many import side_by_side
from toolkit.commands.many.checks import checked_point
from toolkit.commands.many.folder import DIGITS, STUDY
from toolkit.commands.many.side_by_side import Ended, Job, carry_out, of_point, status_of
from toolkit.commands.request import EXACT, checked
from toolkit.common import files, locks
from toolkit.common.errors import ToolkitError
from toolkit.common.monitor import SILENT, Monitor
from toolkit.common.shown import Shown
from toolkit.exact.relaxed import provable
from toolkit.inputs import study_files
from toolkit.model.notices import gathered
from toolkit.problem.setting import Setting
from toolkit.results.spans import span_of
from toolkit.results.store.manifest import is_complete
from toolkit.results.store.sheets import read_csv
from toolkit.runs.several import Order
from toolkit.runs.several import carry_out as search_several
from toolkit.runs.workers import Stop

if TYPE_CHECKING:
    import pandas as pd

    from toolkit.inputs.study import Study


@dataclass(frozen=True, repr=False)
class Front(Shown):
    """What came of a front.

    Attributes
    ----------
    folder : pathlib.Path
        Where it lies; each point is a results folder of its own below ``points``.
    status : str
        ``complete``, ``interrupted`` or ``failed``.
    goals : tuple of str
        The goals; the first one is sought at every point, the others have limits.
    table : pandas.DataFrame
        One row for every plan of every point, as in ``front.csv``.
    volumes : pandas.DataFrame
        The hypervolume of each run, as in ``hypervolume.csv``.
    currency, span : str
        Name of the money, and what the time of the study is called.
    notes : tuple of str
        What has to be known besides, each with the point it is of.

    Examples
    --------
    >>> import toolkit
    >>> found = toolkit.front(
    ...     "ieee12", ["traded", "losses"], points=2, budget=20, out="results/front"
    ... )
    >>> sorted(set(found.table["point"]))
    ['001', '002', 'losses', 'traded']
    """

    _told_by = "toolkit.commands.front.words"

    folder: Path
    status: str
    goals: tuple[str, ...]
    table: pd.DataFrame
    volumes: pd.DataFrame
    currency: str = "money"
    span: str = "day"
    notes: tuple[str, ...] = ()

    def point(self, name: str) -> Path:
        """Return the results folder of a point, by its name in ``table``."""
        part = places.EXTREMES if name in self.goals else places.POINTS
        return self.folder / part / name


def front_and_store(
    study: Study, asked: Asked, folder: Path, command: str, *, monitor: Monitor = SILENT
) -> Front:
    """Search the extremes of goals and the points between them, and write the tables.

    The same front in the same folder goes on where it ended. Raises InputError, before anything is
    searched, for what cannot be searched; ToolkitError where an extreme has no plan.
    """
    base, request = checked(study, asked.request)
    asked = replace(asked, request=request, several=several.checked(asked.several))
    wanted = asked.facts(base)
    places.FRONT.check_free(folder, wanted)
    setting, notices = _checked_extremes(base, asked, folder)
    for notice in gathered(notices):
        monitor.notice(notice)
    with locks.held(folder / places.FRONT.lock, folder):
        places.FRONT.check_free(folder, wanted)
        if not places.FRONT.is_one(folder):
            files.write_text(folder / STUDY, study_files.to_toml(base))
        facts = {"command": command, **wanted, "span": span_of(setting.scenario)}
        work = _Work(base, asked, folder, setting, monitor, facts)
        return work.carried_out()


def resume(folder: Path, workers: int, scheduler: str | None, monitor: Monitor = SILENT) -> Front:
    """Go on with a front that ended early, to the results of an uninterrupted one."""
    base, asked = read_asked(folder)
    command = places.FRONT.read(folder)["command"]
    places.FRONT.check_unchanged(folder, base)
    request = replace(asked.request, workers=workers, scheduler=scheduler)
    asked = replace(asked, request=request)
    return front_and_store(base, asked, folder, command, monitor=monitor)


def read_asked(folder: Path) -> tuple[Study, Asked]:
    """Return what a front was asked: its study, its goals and its request. Raises InputError."""
    said = places.FRONT.read(folder)
    return places.FRONT.read_study(folder), from_facts(said, str(folder / places.FRONT.manifest))


def rebuilt(folder: Path) -> dict[str, pd.DataFrame]:
    """Return the tables of a front as the folders of its points give them, by their files."""
    base, asked = read_asked(folder)
    base, request = checked(base, asked.request)
    asked = replace(asked, request=request)
    points = pointing.extremes(base, asked.goals, folder)
    setting, _ = _checked_extremes(base, asked, folder)
    told: dict[str, Range] = {}
    orders: list[Order] = []
    if all(is_complete(point.folder) for point in points):
        told = pointing.ranges(points, asked)
        chains = pointing.chains(base, asked, told, folder)
        points += [point for chain in chains for point in chain]
        orders = several.orders(asked, setting, points, folder)
    more = [row for order in orders for row in several.rows(order, points, folder)]
    found = tables.build(points, asked.goals, more)
    return tables.all_tables(found, tables.volumes(found, told, asked.several))


def read(folder: Path) -> Front:
    """Read the folder of a front. Raises InputError."""
    said = places.FRONT.read(folder)
    found, volumes = (read_csv(folder / name) for name in places.TABLES)
    base, asked = read_asked(folder)
    money = base.tariffs.currency
    span = str(said.get("span", "day"))
    return Front(folder, said["status"], asked.goals, _named(found), volumes, money, span)


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """Return front.csv with points by their names, as they were written."""
    names = [str(name) for name in table["point"]]
    width = max([DIGITS, *(len(name) for name in names if name.isdigit())])
    return table.assign(point=[n.zfill(width) if n.isdigit() else n for n in names])


def draw(found: Front) -> bool:
    """Draw the figure of a front into its folder; say whether there is one to draw."""
    from toolkit.results.figures.fronts import draw_front

    return draw_front(found.folder, found.table, found.goals, found.currency, found.span)


def _checked_extremes(base: Study, asked: Asked, folder: Path) -> tuple[Setting, list[str]]:
    """Prepare the study as each goal is sought, first those of which it may say nothing."""
    notices: dict[str, None] = {}
    settings: dict[str, Setting] = {}
    for point in pointing.doubtful_first(pointing.extremes(base, asked.goals, folder)):
        try:
            setting = settings[point.goal] = checked_point(point.study, asked.request)
        except ToolkitError as error:
            raise type(error)(f"goal {point.goal}: {error}") from error
        notices |= dict.fromkeys(str(notice) for notice in setting.feeder.notices)
    return settings[asked.goals[-1]], list(notices)


@dataclass
class _Work:
    """A front on its way: what is asked, where, and how many evaluations are spent."""

    base: Study
    asked: Asked
    folder: Path
    setting: Setting
    monitor: Monitor
    facts: dict[str, Any]

    def carried_out(self) -> Front:
        """Search everything that is not complete, and write what came of it."""
        started, status = time.time(), "failed"
        places.FRONT.write(self.folder, {**self.facts, "status": "running"})
        self._ended: list[Ended] = []
        self.monitor.phase("extremes and points")
        self.monitor.detail(f"{self.asked.searches} searches, each {self.asked.request.told}")
        self._orders: list[Order] = []
        try:
            with Stop(self.monitor.should_stop) as stop:
                points, told = self._searched(stop)
            status = self._status(len(points) if told else 0)
            found = tables.build(points, self.asked.goals, self._more(points))
            volumes = tables.volumes(found, told, self.asked.several)
            tables.write(self.folder, tables.all_tables(found, volumes))
            self.facts["figures"] = tables.references(found, told) if told else {}
        except KeyboardInterrupt:
            status = "interrupted"
            raise
        finally:
            took = round(time.time() - started, 3)
            places.FRONT.write(self.folder, {**self.facts, "status": status, "wall_time_s": took})
        # Of the base case nobody asked whether it keeps the limits of a point.
        notes = side_by_side.notes_of(self._ended, but=("base breaks limits",))
        return replace(read(self.folder), notes=notes)

    def _searched(self, stop: Stop) -> tuple[list[Point], dict[str, Range]]:
        """Search extremes, then points chain by chain; return those there are by then."""
        found = pointing.extremes(self.base, self.asked.goals, self.folder)
        self._carry_out([self._job(point, found) for point in found], stop)
        if not all(is_complete(point.folder) for point in found):
            return found, {}
        told = pointing.ranges(found, self.asked)
        chains = pointing.chains(self.base, self.asked, told, self.folder)
        for wave in zip(*chains, strict=True):
            if stop.is_set():
                break
            self._carry_out([self._job(point, found) for point in wave], stop)
        points = [*found, *(point for chain in chains for point in chain)]
        if not stop.is_set():
            self._several(points, stop)
        return points, told

    def _several(self, points: Sequence[Point], stop: Stop) -> None:
        """Carry out the runs for several goals at once, and write the plans of those that ended."""
        self._orders = several.orders(self.asked, self.setting, points, self.folder)
        if self._orders:
            (self.folder / places.SEVERAL).mkdir(exist_ok=True)
        before = len(self._ended)
        self._carry_out([self._job_of(one) for one in self._orders], stop)
        by_case = {order.case: order for order in self._orders}
        for at, one in enumerate(self._ended[before:], start=before):
            if one.status == "complete":
                order, command = by_case[one.name], str(self.facts["command"])
                notes = several.write(order, points, self.folder, command)
                self._ended[at] = replace(one, notes=(*one.notes, *notes))

    def _job_of(self, order: Order) -> Job:
        """Return the search of a run for several goals, in a process of its own."""
        request = replace(
            self.asked.request, optimizers=(order.optimizer,), runs=1, budget=order.budget
        )
        where = several.folder_of(self.folder, order.case)
        return Job(order.case, self.base, request, where, (search_several, (order,)))

    def _more(self, points: Sequence[Point]) -> list[tuple[Point, dict[str, Any]]]:
        """Return the plans of optimizers of several goals, each at the point it answers."""
        return [row for order in self._orders for row in several.rows(order, points, self.folder)]

    def _job(self, point: Point, found: Sequence[Point]) -> Job:
        """Return the search of a point, with what its runs begin from."""
        request = of_point(self.asked.request)
        if not provable(point.study):
            request = replace(request, bound_s=None)
        if point.limits and not is_complete(point.folder):
            cases = [task.case for task in request.tasks()]
            cases += [] if request.bound_s is None else [EXACT]
            begin = pointing.starts(point, found, self.setting, cases)
            request = replace(request, starts=begin or None)
        return Job(point.name, point.study, request, point.folder)

    def _carry_out(self, jobs: Sequence[Job], stop: Stop) -> None:
        done = [self.asked.request.evaluations] * len(self._ended)
        before, wanted = len(self._ended), self.asked.searches
        wanted += len(self.asked.several) * self.asked.request.runs
        watched = replace(
            self.monitor,
            spent=lambda spent: self.monitor.spent([*done, *spent]),
            part=lambda complete, _: self.monitor.part(before + complete, wanted),
        )
        workers = self.asked.request.workers
        command = str(self.facts["command"])
        self._ended += carry_out(jobs, workers, command, watched, stop)

    def _status(self, wanted: int) -> str:
        """Return how the front ended, of so many points: the worst end of its searches."""
        wanted += len(self.asked.several) * self.asked.request.runs if wanted else 0
        return status_of(self._ended, wanted)
