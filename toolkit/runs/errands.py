"""What a run's own process does: let a plug-in search, or polish what one has found.

A plug-in has the user's rights and may reach anything in its process. So nothing that this process
says of the search is believed: its journal is read, and its plans are solved anew, by another, see
``supervise``.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from toolkit.common.errors import InputError, ToolkitError
from toolkit.common.monitor import Monitor
from toolkit.common.plugins import letting
from toolkit.common.processes import Pen, words
from toolkit.common.types import FloatArray
from toolkit.grid.choice import Chosen, SearchFlow
from toolkit.inputs import study_files
from toolkit.model.plan import Plan
from toolkit.optimizer import registry
from toolkit.optimizer.ledger import Ledger, ended, search
from toolkit.optimizer.scores import Scores
from toolkit.problem.problem import Problem
from toolkit.problem.setting import Setting
from toolkit.runs.cluster import Cluster
from toolkit.runs.journal import Journal
from toolkit.runs.parallel_evaluator import Shares
from toolkit.runs.pool import Pool
from toolkit.runs.recorder import Evaluator, Recorder
from toolkit.runs.referee import Referee
from toolkit.runs.run import (
    Run,
    Task,
    check_journal,
    polished,
    searched_budget,
    starts_of,
)

#: What the writing of a journal may fail of that is not the plug-in's doing.
OF_THE_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ENODEV, errno.ESTALE}
#: Who scores the rows of a population beside the run's own process: so many processes, or the
#: workers of a Dask cluster at an address.
Rows = int | str | None


@dataclass(frozen=True)
class Order:
    """A run to carry out: its journal at ``path`` is that of the search with this ``identity``.

    chosen: what solves its search; study_hash: what the study's files have to be, nothing if nobody
    asks.
    """

    setting: Setting
    chosen: Chosen
    task: Task
    path: Path
    identity: Mapping[str, Any]
    study_hash: str = ""
    rows: Rows = None

    @property
    def budget(self) -> int:
        """Evaluations that are the optimizer's."""
        return searched_budget(self.task)


class Tallied(Problem):
    """A problem that counts the rows it has scored, so that none is scored beside the ledger."""

    tally = 0

    def solved_by(self, plans: Plan, flow: SearchFlow, x: FloatArray | None = None) -> Scores:
        """Score n plans, see ``Problem``."""
        self.tally += len(plans.bus)
        return super().solved_by(plans, flow, x)


def carry_out_search(pen: Pen, order: Order) -> None:
    """Let an optimizer search, every evaluation in its journal; tell how that ended."""
    check_study(order.setting, order.study_hash)
    # Plug-ins are let into this process; who asked for the run follows policies anew, apart.
    letting.let_in()
    problem = Tallied(order.setting, order.chosen)
    # Whatever is left to compile is compiled before a plug-in is there.
    problem.search, problem.search_grid  # noqa: B018
    space, identity = order.setting.space, order.identity
    with (
        _evaluator(problem, order.rows) as (evaluator, lanes),
        Journal(order.path, space, identity, order.budget) as journal,
    ):
        pen.mark()
        referee = Referee(problem)
        recorder = Recorder(evaluator, journal, lanes, pen.stopped, referee)
        _Search(pen, order, problem, recorder, journal, referee).run()


class _Search:
    def __init__(
        self,
        pen: Pen,
        order: Order,
        problem: Tallied,
        recorder: Recorder,
        journal: Journal,
        referee: Referee,
    ) -> None:
        self._referee = referee
        self._pen, self._order, self._journal = pen, order, journal
        self._problem, self._recorder = problem, recorder
        self._ledger = Ledger(
            # A copy: what a plug-in writes to it changes no plan.
            deepcopy(order.setting.space),
            recorder.evaluate,
            order.budget,
            evaluate_against=recorder.evaluate_against,
            should_stop=pen.stopped,
            starts=starts_of(order.task, order.setting.space),
        )

    def run(self) -> None:
        """Let the optimizer search and tell how that ended, which ends this process."""
        problem, task = self._problem, self._order.task
        problem.tally, self._started = 0, time.perf_counter()
        try:
            optimizer = registry.build(task.optimizer, task.options)
            self._started = time.perf_counter()
            rng = np.random.default_rng(task.seed)
            ending = search(optimizer, self._ledger, rng, self._swallowed)
        except BaseException as broken:
            self._leave("failed", error=words(broken))
        self._leave(ending)

    def _swallowed(self) -> None:
        ending = "stopped" if self._pen.stopped() else ended(self._ledger)
        self._leave(ending, notice="it swallows the signal to stop; its process was ended.")

    def _leave(self, ending: str, error: str = "", notice: str = "") -> None:
        fault, own = "", False
        try:
            check_journal(self._journal, self._recorder)
        except ToolkitError as failed:
            fault = str(failed)
            # What the disk has to say concerns all runs; a journal that was closed, only this one.
            cause = failed.__cause__
            own = isinstance(cause, OSError) and cause.errno not in OF_THE_DISK
        self._pen.leave(
            {
                "ending": "failed" if own else ending,
                "error": f"its journal cannot be written any more: {fault}" if own else error,
                "fault": "" if own else fault,
                "notice": notice,
                "lost": self._journal.lost,
                "spent": self._ledger.spent + self._recorder.unreturned,
                "held": self._journal.held,
                "scored": self._problem.tally - self._referee.beside,
                "seconds": time.perf_counter() - self._started,
            }
        )


@contextmanager
def _evaluator(problem: Problem, rows: Rows) -> Iterator[tuple[Evaluator, int]]:
    """Yield what scores rows, and how many at once."""
    if rows is None:
        yield problem, 1
    elif isinstance(rows, int):
        pool = Pool(problem.setting, problem.search.chosen, rows)
        try:
            yield Shares(problem, pool), rows
        finally:
            pool.close()
    else:
        with Cluster(rows, problem.setting) as cluster:
            yield Shares(problem, cluster), cluster.size


def check_study(setting: Setting, study_hash: str) -> None:
    """Raise InputError where a study's files are not here, or are not what they were."""
    if study_hash and study_files.fingerprint(setting.study) != study_hash:
        raise InputError(
            f"study '{setting.study.name}': its feeder's scripts or profiles are not what they "
            "were when the command began."
        )


def carry_out_polish(pen: Pen, setting: Setting, found: Run) -> dict[str, Any]:
    """Polish the best plan of a run, see ``run.polished``."""
    return polished(Problem(setting), found, Monitor(should_stop=pen.stopped))
