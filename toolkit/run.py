"""One run: one optimizer, one seed, one budget, on one problem."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit import plugins
from toolkit.ledger import Ending, Ledger, search
from toolkit.problem import Problem

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Task:
    """What a run is asked to do; ``label`` is what results call it, if not by its optimizer."""

    optimizer: str
    seed: int
    budget: int
    options: Mapping[str, Any]
    label: str = ""

    @property
    def name(self) -> str:
        """What results call this setting of the optimizer."""
        return self.label or self.optimizer

    @property
    def case(self) -> str:
        """Name of the case in the results."""
        return f"{self.name}-seed{self.seed}"


@dataclass(frozen=True)
class Run:
    """What a run found.

    best_x: best point of the unit cube, (d,), NaN when nothing was evaluated; objective, violation
    and best_objective: history, each of shape (evaluations,); ``error`` says what broke a plug-in.
    """

    task: Task
    ending: Ending
    best_x: FloatArray
    objective: FloatArray
    violation: FloatArray
    best_objective: FloatArray
    seconds: float
    error: str = ""

    @property
    def evaluations(self) -> int:
        """Evaluations spent."""
        return len(self.objective)


def run(
    problem: Problem,
    task: Task,
    *,
    on_progress: Callable[[int], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Run:
    """Carry out a task; the same task gives the same run, bit for bit, in any process.

    A plug-in that breaks costs its own run only: what it found until then is kept.
    """
    optimizer = plugins.build(task.optimizer, task.options)
    ledger = Ledger(
        problem.space,
        problem.evaluate,
        task.budget,
        evaluate_against=problem.evaluate_against,
        on_progress=on_progress,
        should_stop=should_stop,
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
