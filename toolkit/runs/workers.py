"""Runs in parallel: on processes of this machine or on a Dask cluster, by one interface.

Each run has a process of its own, also where there is one worker. Runs are carried out side by side
where there are enough of them; else the rows of each population are shared out. Either way the
results are the same, bit for bit.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ThreadPoolExecutor, wait
from contextlib import closing, suppress
from types import FrameType
from typing import Any, TypeVar

from toolkit.common.errors import ToolkitError
from toolkit.common.monitor import Monitor
from toolkit.problem.problem import Problem
from toolkit.runs.archive import Archive
from toolkit.runs.cluster import Cluster
from toolkit.runs.errands import Rows
from toolkit.runs.outcome import Claim, proven
from toolkit.runs.parallel_evaluator import day_seconds
from toolkit.runs.pool import Pool
from toolkit.runs.run import Run, Task
from toolkit.runs.supervise import carry_out
from toolkit.runs.worker_tasks import Place

T = TypeVar("T")
#: Rows are shared out when there are this many workers to a run, and a row costs this many times
#: what it costs to have a worker do nothing.
TO_A_RUN, WORTH = 2, 5.0


def available() -> int:
    """Return the number of cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


class Stop:
    """A wish to stop, set by the first Ctrl-C inside its ``with`` block.

    The second interrupts as usual, and those after it do nothing: what it interrupted is ending. At
    the command line that stays so.
    """

    def __init__(self, wished: Callable[[], bool] = lambda: False) -> None:
        """Wishes to stop, too, once ``wished`` says so."""
        self._others = wished
        self._wished = self._urgent = False
        self._previous: Any = None

    def is_set(self) -> bool:
        """Say whether to stop."""
        return self._wished or self._others()

    def is_urgent(self) -> bool:
        """Say whether to stop without ending anything properly."""
        return self._urgent

    def set(self) -> None:
        """Wish to stop."""
        self._wished = True

    def hurry(self) -> None:
        """Wish to stop at once."""
        self._wished = self._urgent = True

    def __enter__(self) -> Stop:
        with suppress(ValueError):  # not in the main thread: signals are left alone
            self._previous = signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(self, *error: object) -> None:
        ours = self._previous not in (None, signal.default_int_handler)
        if self._previous is not None and not (ours and self._urgent):
            signal.signal(signal.SIGINT, self._previous)

    def _handle(self, signum: int, frame: FrameType | None) -> None:
        if not self._wished:
            self._wished = True
            return
        self._urgent = True
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if callable(self._previous):
            self._previous(signum, frame)
        raise KeyboardInterrupt


class Locals:
    """A crew of processes on this machine: threads that each look after one run at a time."""

    overhead_s = 1e-3

    def __init__(self, place: Place, size: int) -> None:
        self.size = size
        self._place = place
        self._pool = ThreadPoolExecutor(size)

    def submit(self, function: Callable[..., T], *given: Any) -> Future[T]:
        """Have a worker do something, see ``shares.Crew``."""
        return self._pool.submit(function, self._place, *given)

    def explained(self, error: BaseException) -> BaseException:
        """Return an error as it is."""
        return error

    def check(self) -> None:
        """Do nothing: threads do not get lost."""

    def stop(self) -> None:
        """Do nothing: who looks after a run sees the wish to stop."""

    def close(self) -> None:
        """Let go of the threads, once they are done."""
        self._pool.shutdown(cancel_futures=True)


def run_all(
    problem: Problem,
    tasks: Sequence[Task],
    workers: int,
    monitor: Monitor,
    stop: Stop,
    *,
    archive: Archive | None = None,
    scheduler: str | None = None,
) -> list[Run]:
    """Carry out tasks on so many processes, or on a Dask cluster; return runs in task order.

    The problem proves what runs tell, and is used by this thread alone.
    Results do not depend on the workers. Runs that the archive holds are taken from there, others
    go on from their journals. Once ``stop`` is set the runs in progress end with what they found,
    and those not begun are left out.
    """
    runs: dict[int, Run] = {}
    for i, task in enumerate(tasks):
        if archive is not None and (held := archive.finished(task)) is not None:
            runs[i] = held
    left = {i: task for i, task in enumerate(tasks) if i not in runs}
    spent = [0] * len(tasks)
    for i, run in runs.items():
        spent[i] = run.evaluations
    job = _Job(problem, left, archive, spent, monitor, stop)
    with closing(job.results(workers, scheduler)) as found:
        for i, run in found:
            runs[i] = run
            spent[i] = run.evaluations
            if archive is not None:
                archive.store(run)
    monitor.spent(list(spent))
    return [runs[i] for i in sorted(runs)]


class _Job:
    """Runs to carry out, and what is needed for it."""

    def __init__(
        self,
        problem: Problem,
        left: Mapping[int, Task],
        archive: Archive | None,
        spent: list[int],
        monitor: Monitor,
        stop: Stop,
    ) -> None:
        self._problem = problem
        self._left = left
        self._archive = archive
        self._spent = spent
        self._monitor = monitor
        self._stop = stop

    def results(
        self, workers: int, scheduler: str | None
    ) -> Generator[tuple[int, Run], None, None]:
        """Yield number and run of each task as it is done."""
        if not self._left:
            return
        # Compiled before there are threads: the engine changes the working folder meanwhile.
        self._problem.search_grid, self._problem.search  # noqa: B018
        if scheduler is not None:
            with Cluster(scheduler, self._problem.setting, self._note) as cluster:
                if self._few(cluster.size, cluster.overhead_s):
                    yield from self._by_locals(1, scheduler)
                else:
                    yield from self._side_by_side(cluster)
        elif workers > 1 and (len(self._left) == 1 or self._few(workers, Pool.overhead_s)):
            # More processes than cores score no row sooner.
            yield from self._by_locals(1, min(workers, max(available(), 2)))
        else:
            yield from self._by_locals(min(workers, len(self._left)), None)

    def _few(self, size: int, overhead_s: float) -> bool:
        """Say whether so few runs are left that sharing out their rows pays."""
        enough = size >= TO_A_RUN * len(self._left)
        return enough and day_seconds(self._problem) > WORTH * overhead_s

    def _by_locals(self, size: int, rows: Rows) -> Iterator[tuple[int, Run]]:
        """Carry out runs on this machine, so many at once, their rows shared out or not."""
        place = Place(self._problem, self._note, self._stop.is_set, self._stop.is_urgent)
        crew = Locals(place, size)
        try:
            yield from self._side_by_side(crew, rows)
        except BaseException:
            self._stop.hurry()
            raise
        finally:
            crew.close()

    def _note(self, number: int, evaluations: int) -> None:
        # News of a cluster may come late, and a run that is repeated counts from the start.
        self._spent[number] = max(evaluations, self._spent[number])

    def _side_by_side(self, crew: Locals | Cluster, rows: Rows = None) -> Iterator[tuple[int, Run]]:
        """Carry out runs, as many at once as there are workers."""
        futures = {
            crew.submit(carry_out, i, task, self._archive, rows): i
            for i, task in self._left.items()
        }
        for future in self._as_completed(futures, crew):
            claim = self._claim(future, crew)
            if claim is not None:
                yield futures[future], self._proven(claim)

    def _proven(self, claim: Claim) -> Run:
        """Return a run once what it claims is so; an invalid one leaves no journal behind."""
        run = proven(self._problem, claim)
        if run.ending == "invalid" and self._archive is not None:
            with suppress(OSError):
                self._archive.journal_file(run.task).unlink()
        return run

    def _claim(self, future: Future[Claim | None], crew: Locals | Cluster) -> Claim | None:
        """Return what came of a run, None if it was not begun; raise what broke it."""
        try:
            return future.result()
        except CancelledError:
            if self._stop.is_set():
                return None
            raise ToolkitError("the workers were lost before they were done.") from None
        except Exception as error:
            crew.stop()
            raise crew.explained(error) from error

    def _as_completed(
        self, futures: Mapping[Future[Claim | None], int], crew: Locals | Cluster
    ) -> Iterator[Future[Claim | None]]:
        """Yield futures as they are done; show progress and pass on a wish to stop meanwhile."""
        pending = set(futures)
        told = False
        while pending:
            done, pending = wait(pending, timeout=0.2, return_when=FIRST_COMPLETED)
            crew.check()
            self._monitor.spent(list(self._spent))
            if self._stop.is_set() and not told:
                told = True
                crew.stop()
            yield from done
