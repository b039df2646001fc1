"""Runs in parallel: on processes of this machine or on a Dask cluster, by one interface.

Runs are carried out side by side where there are enough of them; else the rows of each population
are shared out. Either way the results are the same, bit for bit.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import closing, contextmanager, suppress
from types import FrameType
from typing import Any, TypeVar

from toolkit.errors import ToolkitError
from toolkit.problem import Problem, Setting
from toolkit.runs import workside
from toolkit.runs.archive import Archive
from toolkit.runs.cluster import Cluster
from toolkit.runs.run import Run, Task
from toolkit.runs.shares import Crew, Patience, Shares, day_seconds
from toolkit.runs.workside import Place, Pulse

T = TypeVar("T")
#: New processes begin clean on every system, and an engine loaded here does not leak into them.
_processes = multiprocessing.get_context("spawn")
#: Told the evaluations spent by each task, in task order.
Progress = Callable[[Sequence[int]], None]
#: Rows are shared out when there are this many workers to a run, and a row costs this many times
#: what it costs to have a worker do nothing.
TO_A_RUN, WORTH = 2, 5.0


def available() -> int:
    """Return the number of cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


class Stop:
    """A wish to stop, seen by every process: set by the first Ctrl-C inside its ``with`` block.

    A second Ctrl-C interrupts as usual.
    """

    def __init__(self) -> None:
        # A byte without a lock: a process that is killed can take no lock with it.
        self.flag: Any = _processes.Value("b", 0, lock=False)
        self._previous: Any = None

    def is_set(self) -> bool:
        """Say whether to stop."""
        return bool(self.flag.value)

    def set(self) -> None:
        """Wish to stop."""
        self.flag.value = 1

    def __enter__(self) -> Stop:
        with suppress(ValueError):  # not in the main thread: signals are left alone
            self._previous = signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(self, *error: object) -> None:
        if self._previous is not None:
            signal.signal(signal.SIGINT, self._previous)

    def _handle(self, signum: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.set()


class Pool:
    """A crew of processes on this machine, each begun when there is work for it."""

    overhead_s = 1e-3

    def __init__(self, setting: Setting, size: int, spent: Any, stop: Stop) -> None:
        self.size = size
        self._start = (setting, spent, stop.flag)
        self._pool = self._new()

    def _new(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self.size, _processes, workside.start_process, self._start)

    def submit(self, function: Callable[..., T], *given: Any) -> Future[T]:
        """Have a worker do something, see ``shares.Crew``."""
        with _interrupts_held():
            return self._pool.submit(workside.in_process, function, *given)

    def renew(self) -> None:
        """Start new processes; those of a broken executor are ended first."""
        self.close()
        self._pool = self._new()

    def explained(self, error: BaseException) -> BaseException:
        """Return an error as it is."""
        return error

    def stop(self) -> None:
        """Do nothing: the processes see the wish to stop themselves."""

    def close(self) -> None:
        """End the processes, once they are done."""
        self._pool.shutdown(cancel_futures=True)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back while processes start.

    They inherit the mask and keep it, so Ctrl-C, which a terminal sends to all of them, cannot
    break one that is still importing. It is the parent's to handle.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def run_all(
    setting: Setting,
    tasks: Sequence[Task],
    workers: int,
    on_progress: Progress,
    stop: Stop,
    *,
    archive: Archive | None = None,
    scheduler: str | None = None,
) -> list[Run]:
    """Carry out tasks on so many processes, or on a Dask cluster; return runs in task order.

    Results do not depend on the workers. Runs that the archive holds are taken from there, others
    go on from their journals. Once ``stop`` is set the runs in progress end with what they found,
    and those not begun are left out. Raises ToolkitError when workers keep dying.
    """
    runs: dict[int, Run] = {}
    for i, task in enumerate(tasks):
        if archive is not None and (held := archive.finished(task)) is not None:
            runs[i] = held
    left = {i: task for i, task in enumerate(tasks) if i not in runs}
    spent = _processes.Array("q", len(tasks), lock=False)
    for i, run in runs.items():
        spent[i] = run.evaluations
    job = _Job(setting, left, archive, spent, on_progress, stop)
    with closing(job.results(workers, scheduler)) as found:
        for i, run in found:
            runs[i] = run
            spent[i] = run.evaluations
            if archive is not None:
                archive.store(run)
    on_progress(list(spent))
    return [runs[i] for i in sorted(runs)]


class _Job:
    """Runs to carry out, and what is needed for it."""

    def __init__(
        self,
        setting: Setting,
        left: Mapping[int, Task],
        archive: Archive | None,
        spent: Any,
        on_progress: Progress,
        stop: Stop,
    ) -> None:
        self._setting = setting
        self._left = left
        self._archive = archive
        self._spent = spent
        self._on_progress = on_progress
        self._stop = stop

    def results(
        self, workers: int, scheduler: str | None
    ) -> Generator[tuple[int, Run], None, None]:
        """Yield number and run of each task as it is done."""
        if not self._left:
            return
        if scheduler is not None:
            with Cluster(scheduler, self._setting, self._note) as cluster:
                yield from self._by(cluster)
        elif workers == 1:
            yield from self._here(Problem(self._setting))
        else:
            pool = Pool(self._setting, workers, self._spent, self._stop)
            try:
                yield from self._by(pool)
            except BaseException:
                self._stop.set()
                raise
            finally:
                pool.close()

    def _by(self, crew: Crew) -> Iterator[tuple[int, Run]]:
        """Share out runs where there are enough, rows where that pays."""
        problem = Problem(self._setting)
        alone = isinstance(crew, Pool) and len(self._left) == 1
        many = crew.size >= TO_A_RUN * len(self._left)
        if alone or (many and day_seconds(problem) > WORTH * crew.overhead_s):
            return self._here(problem, Shares(problem, crew), crew.size)
        return self._side_by_side(crew)

    def _note(self, number: int, evaluations: int) -> None:
        # News of a cluster may come late, and a run that is repeated counts from the start.
        self._spent[number] = max(evaluations, self._spent[number])

    def _here(
        self, problem: Problem, shares: Shares | None = None, lanes: int = 1
    ) -> Iterator[tuple[int, Run]]:
        """Carry out runs in this process one after another, their rows shared out or not."""
        due = Pulse()

        def tell(number: int, evaluations: int) -> None:
            self._note(number, evaluations)
            if due():
                self._on_progress(list(self._spent))

        at = Place(problem, tell, self._stop.is_set)
        for i, task in self._left.items():
            run = workside.carry_out(at, i, task, self._archive, shares, lanes)
            if run is not None:
                yield i, run

    def _side_by_side(self, crew: Crew) -> Iterator[tuple[int, Run]]:
        """Carry out runs side by side; those a worker died over go on where they were."""
        patience = Patience()
        left = dict(self._left)
        while left:
            futures = self._submitted(left, crew)
            for future in self._as_completed(futures, crew):
                with suppress(BrokenExecutor):
                    run = self._outcome(future, crew)
                    i = futures[future]
                    del left[i]
                    if run is not None:
                        yield i, run
            if left:
                patience.death(sum(self._spent))
                crew.renew()

    def _submitted(self, left: Mapping[int, Task], crew: Crew) -> dict[Future[Run | None], int]:
        """Submit runs, all of them unless a worker dies meanwhile."""
        futures: dict[Future[Run | None], int] = {}
        with suppress(BrokenExecutor):
            for i, task in left.items():
                futures[crew.submit(workside.carry_out, i, task, self._archive)] = i
        return futures

    def _outcome(self, future: Future[Run | None], crew: Crew) -> Run | None:
        """Return a run, None if it was not begun; raise what broke it."""
        try:
            return future.result()
        except BrokenExecutor:
            raise
        except CancelledError:
            if self._stop.is_set():
                return None
            raise ToolkitError("the workers were lost before they were done.") from None
        except Exception as error:
            crew.stop()
            raise crew.explained(error) from error

    def _as_completed(
        self, futures: Mapping[Future[Run | None], int], crew: Crew
    ) -> Iterator[Future[Run | None]]:
        """Yield futures as they are done; show progress and pass on a wish to stop meanwhile."""
        pending = set(futures)
        told = False
        while pending:
            done, pending = wait(pending, timeout=0.2, return_when=FIRST_COMPLETED)
            self._on_progress(list(self._spent))
            if self._stop.is_set() and not told:
                told = True
                crew.stop()
            yield from done
