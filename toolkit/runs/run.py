"""One run: one optimizer, one seed, one budget, on one problem."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from toolkit.common.arguments import Polish
from toolkit.common.errors import InputError, ToolkitError
from toolkit.common.monitor import SILENT, Monitor
from toolkit.common.types import FloatArray, IndexArray
from toolkit.exact.shares import reserve
from toolkit.model.fleet import Fleet
from toolkit.optimizer import registry
from toolkit.optimizer.ledger import Ending, Ledger, search
from toolkit.optimizer.space import Space
from toolkit.problem.problem import Problem
from toolkit.problem.setting import Setting
from toolkit.runs.journal import Journal
from toolkit.runs.recorder import Evaluator, Recorder
from toolkit.runs.referee import Referee


@dataclass(frozen=True)
class Task:
    """What a run is asked to do; ``label`` is what results call it, if not by its optimizer.

    With ``polish``, a part of the budget is kept for improving the best plan by the exact model.
    ``starts``: points of the unit cube to begin from.
    """

    optimizer: str
    seed: int
    budget: int
    options: Mapping[str, Any]
    label: str = ""
    polish: Polish | None = None
    starts: tuple[tuple[float, ...], ...] = ()

    @property
    def name(self) -> str:
        """What results call this setting of the optimizer."""
        return self.label or self.optimizer

    @property
    def case(self) -> str:
        """Name of the case in the results."""
        return f"{self.name}-seed{self.seed}"


@dataclass(frozen=True)
class Polishing:
    """What polishing did to the plan of a search.

    searched_kwh: energy of the plan before, NaN if it was not feasible; evaluations: those spent
    on polishing; kept: whether the engine calls the outcome feasible and better; moved: number of
    units that stand elsewhere.
    """

    searched_kwh: float
    evaluations: int
    kept: bool
    moved: int
    seconds: float


@dataclass(frozen=True)
class Run:
    """What a run found.

    best_x: best point of the unit cube, (d,), NaN when nothing was evaluated; objective, violation
    and best_objective: history, each of shape (evaluations,); ``error`` says what broke a plug-in;
    ``polishing`` what polishing made of it, if that was asked for; ``notice`` what a user should
    know besides.
    """

    task: Task
    ending: Ending
    best_x: FloatArray
    objective: FloatArray
    violation: FloatArray
    best_objective: FloatArray
    seconds: float
    error: str = ""
    polishing: Polishing | None = None
    notice: str = ""

    @property
    def evaluations(self) -> int:
        """Evaluations spent."""
        return len(self.objective)

    def broken(self, error: str) -> Run:
        """Return the run as one that failed with this error."""
        return replace(self, ending="failed", error=error)


def run(
    problem: Problem,
    task: Task,
    *,
    journal: Journal | None = None,
    evaluator: Evaluator | None = None,
    lanes: int = 1,
    monitor: Monitor = SILENT,
) -> Run:
    """Carry out a task in this process; it gives the same run, bit for bit, in any.

    With a ``journal`` the run goes on where that ends. ``evaluator`` scores in the place of the
    problem, ``lanes`` rows at a time. A plug-in that breaks costs its own run only: what it found
    until then is kept. So it is where polishing breaks. Raises ToolkitError when the journal fails.
    Commands do not trust plug-ins so far, see ``supervise``.
    """
    scorer, referee = problem if evaluator is None else evaluator, Referee(problem)
    recorder = Recorder(scorer, journal, lanes, monitor.should_stop, referee)
    searched = _searched(problem, task, recorder, monitor)
    check_journal(journal, recorder)
    if not to_polish(searched):
        return searched
    try:
        better = polished(problem, searched, monitor)
    except ToolkitError as broken:
        return searched.broken(f"polishing: {broken}")
    return with_polish(problem.setting, searched, better)


def _searched(problem: Problem, task: Task, scorer: Evaluator, monitor: Monitor) -> Run:
    """Let the optimizer of a task search; what it found until it breaks is kept."""
    optimizer = registry.build(task.optimizer, task.options)
    ledger = Ledger(
        problem.space,
        scorer.evaluate,
        searched_budget(task),
        evaluate_against=scorer.evaluate_against,
        on_progress=lambda spent: monitor.spent([spent]),
        should_stop=monitor.should_stop,
        starts=starts_of(task, problem.space),
    )
    started = time.perf_counter()
    ending: Ending = "failed"
    error = ""
    try:
        ending = search(optimizer, ledger, np.random.default_rng(task.seed))
    except (Exception, SystemExit) as broken:
        error = f"{type(broken).__name__}: {broken}"
    return Run(
        task=task,
        ending=ending,
        best_x=ledger.best_x,
        objective=ledger.objective,
        violation=ledger.violation,
        best_objective=ledger.best_so_far,
        seconds=time.perf_counter() - started,
        error=error,
    )


def starts_of(task: Task, space: Space) -> FloatArray:
    """Return the points that a task begins from, (n, d). Raises InputError for another space's."""
    return points_of(task.case, task.starts, space)


def points_of(case: str, starts: Sequence[Sequence[float]], space: Space) -> FloatArray:
    """Return what a case begins from, (n, d). Raises InputError for points of another space."""
    if not len(starts):
        return np.empty((0, len(space)))
    found = np.array(starts, dtype=float)
    if found.ndim != 2 or found.shape[1] != len(space):
        raise InputError(
            f"starts of {case}: found points of {found.shape[-1]} variables; expected "
            f"{len(space)}, as this study has."
        )
    return found


def searched_budget(task: Task) -> int:
    """Return the evaluations of a task that are the optimizer's."""
    return task.budget - (reserve(task.budget) if task.polish else 0)


def check_journal(journal: Journal | None, recorder: Recorder) -> None:
    """Raise ToolkitError when the journal failed; else all of it is on the disk."""
    if recorder.fault is not None:
        raise recorder.fault
    if journal is not None:
        journal.flush()


def to_polish(found: Run) -> bool:
    """Say whether there is a plan to polish, and polishing was asked for."""
    whole = found.ending in ("spent", "returned")
    return found.task.polish is not None and whole and found.evaluations > 0


def polished(problem: Problem, found: Run, monitor: Monitor) -> dict[str, Any]:
    """Polish the best plan of a run; return what came of it, plain values for JSON."""
    # The exact model brings HiGHS and SciPy, which the process of a search does without.
    from toolkit.exact import polish

    started = time.perf_counter()
    setting, task = problem.setting, found.task
    plan = setting.decode(found.best_x[None]).row(0)
    feasible = bool(np.isfinite(found.best_objective[-1]))
    better = polish.polish(
        problem,
        plan,
        -float(found.best_objective[-1]) if feasible else -np.inf,
        task.budget - searched_budget(task),
        keep_sites=task.polish == "dispatch",
        monitor=monitor,
    )
    return {
        "x": None if better.x is None else better.x.tolist(),
        "kwh": float(better.kwh),
        "evaluations": better.evaluations,
        "stopped": monitor.should_stop(),
        "seconds": time.perf_counter() - started,
    }


def with_polish(setting: Setting, found: Run, better: Mapping[str, Any]) -> Run:
    """Return a run with its best plan polished; stopped meanwhile, it is a run that was stopped.

    Days that polishing looked at have no score in the history, only what came of them.
    """
    kept = better["x"] is not None
    x = np.array(better["x"], dtype=float) if kept else found.best_x
    plans = setting.decode(np.array([found.best_x, x]))
    before, n = float(found.best_objective[-1]), int(better["evaluations"])
    best, objective, violation = np.full(n, before), np.full(n, np.nan), np.full(n, np.nan)
    if kept:
        objective[-1], violation[-1], best[-1] = -better["kwh"], 0.0, -better["kwh"]
    return replace(
        found,
        ending="stopped" if better["stopped"] else found.ending,
        best_x=x,
        objective=np.concatenate([found.objective, objective]),
        violation=np.concatenate([found.violation, violation]),
        best_objective=np.concatenate([found.best_objective, best]),
        seconds=found.seconds + better["seconds"],
        polishing=Polishing(
            searched_kwh=-before,
            evaluations=n,
            kept=kept,
            moved=_moved(plans.bus[0], plans.bus[1], setting.fleet),
            seconds=better["seconds"],
        ),
    )


def _moved(before: IndexArray, after: IndexArray, fleet: Fleet) -> int:
    """Return how many units stand where none of their kind stood before."""
    return sum(len(set(after[rows]) - set(before[rows])) for rows in fleet.rows.values())
