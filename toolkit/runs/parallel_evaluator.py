"""The rows of a population, shared out over workers."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future
from typing import Any, Protocol, TypeVar

import numpy as np

from toolkit.common.errors import ToolkitError
from toolkit.common.types import FloatArray, IndexArray
from toolkit.model.solver import OPENDSS
from toolkit.optimizer.scores import Scores, joined
from toolkit.problem.problem import Problem
from toolkit.runs import worker_tasks

T = TypeVar("T")
#: Rows that are timed where they are solved together.
TOGETHER = 16
#: Deaths of workers in a row, with nothing achieved between them, after which a command gives up.
DEATHS = 3


class Crew(Protocol):
    """Workers behind an executor of ``concurrent.futures``.

    size: how many work at once; overhead_s: what it costs to have a worker do nothing, seconds.
    """

    size: int
    overhead_s: float

    def submit(self, function: Callable[..., T], *given: Any) -> Future[T]:
        """Have a worker do ``function(place, *given)``, see ``workside.Place``."""

    def renew(self) -> None:
        """Have workers again, after one died and took the executor with it."""

    def explained(self, error: BaseException) -> BaseException:
        """Return an error of the executor's own in words, any other as it is."""


class Patience:
    """Wears out when workers keep dying and nothing is achieved between their ``deaths``."""

    def __init__(self) -> None:
        self.deaths = 0
        self._achieved = -1

    def is_worn_out_by(self, achieved: int) -> bool:
        """Count a death, after so much was achieved in all; say whether it is time to give up."""
        self.deaths = 1 if achieved > self._achieved else self.deaths + 1
        self._achieved = max(achieved, self._achieved)
        return self.deaths >= DEATHS


class Shares:
    """An evaluator that has the rows of a batch scored by several workers at once.

    A batch too cheap to be worth it is scored here. Rows score the same, bit for bit, wherever.
    """

    def __init__(self, problem: Problem, crew: Crew) -> None:
        self._problem = problem
        self._crew = crew
        self.row_s = day_seconds(problem)

    def evaluate(self, x: FloatArray) -> Scores:
        """Score n points, shape (n, d)."""
        if not self._worth_it(len(x)):
            return self._problem.evaluate(x)
        return self._shared(x, None)

    def evaluate_against(self, x: FloatArray, incumbent: FloatArray) -> Scores:
        """Score n points, each of which has to beat a feasible objective, (n,), or NaN."""
        if not self._worth_it(len(x)):
            return self._problem.evaluate_against(x, incumbent)
        return self._shared(x, incumbent)

    def _worth_it(self, n: int) -> bool:
        """Say whether sharing n rows out saves more than it costs."""
        largest = -(-n // self._crew.size)
        return (n - largest) * self.row_s > self._crew.overhead_s * min(n, self._crew.size)

    def _shared(self, x: FloatArray, incumbent: FloatArray | None) -> Scores:
        """Score rows by as many workers as there are; repeat where one died."""
        patience = Patience()
        rows = np.array_split(np.arange(len(x)), min(self._crew.size, len(x)))
        while True:
            try:
                futures = [self._submitted(x, incumbent, share) for share in rows]
                return joined([future.result() for future in futures])
            except BrokenExecutor:
                if patience.is_worn_out_by(0):
                    raise ToolkitError(
                        f"worker processes were killed {DEATHS} times and nothing was achieved "
                        "between. Is there too little memory? Try fewer --workers."
                    ) from None
                self._crew.renew()
            except Exception as error:
                raise self._crew.explained(error) from error

    def _submitted(
        self, x: FloatArray, incumbent: FloatArray | None, share: IndexArray
    ) -> Future[Scores]:
        against = None if incumbent is None else incumbent[share]
        return self._crew.submit(worker_tasks.score, x[share], against)


def day_seconds(problem: Problem) -> float:
    """Return about how long it takes to score one row of a population, the circuit compiled."""
    # Rows that are solved together cost less each; those of OpenDSS do not.
    count = 1 if problem.search.solver == OPENDSS else TOGETHER
    middle = np.full((count, len(problem.space)), 0.5)
    problem.evaluate(middle)
    started = time.perf_counter()
    problem.evaluate(middle)
    return (time.perf_counter() - started) / count
