"""Runs in parallel: one process a core, each with one compiled circuit of its own."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from toolkit.problem import Problem, Setting
from toolkit.run import Run, Task, run

#: New processes begin clean on every system, and an engine loaded here does not leak into them.
_processes = multiprocessing.get_context("spawn")
#: Told the evaluations spent by each task, in task order.
Progress = Callable[[Sequence[int]], None]


def available() -> int:
    """Return the number of cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


class Stop:
    """A wish to stop, seen by every process: set by the first Ctrl-C inside its ``with`` block.

    A second Ctrl-C interrupts as usual.
    """

    def __init__(self) -> None:
        self._event = _processes.Event()
        self._previous: Any = None

    @property
    def event(self) -> Any:
        """The event to hand to worker processes."""
        return self._event

    def is_set(self) -> bool:
        """Say whether to stop."""
        return bool(self._event.is_set())

    def __enter__(self) -> Stop:
        with suppress(ValueError):  # not in the main thread: signals are left alone
            self._previous = signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(self, *error: object) -> None:
        if self._previous is not None:
            signal.signal(signal.SIGINT, self._previous)

    def _handle(self, signum: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self._event.set()


def run_all(
    setting: Setting, tasks: Sequence[Task], workers: int, on_progress: Progress, stop: Stop
) -> list[Run]:
    """Carry out tasks on so many processes and return their runs in task order.

    Results do not depend on the number of workers. Once ``stop`` is set the runs in progress end
    with what they found, and those not begun are left out.
    """
    if min(workers, len(tasks)) <= 1:
        return _run_here(setting, tasks, on_progress, stop)
    return _run_in_processes(setting, tasks, min(workers, len(tasks)), on_progress, stop)


def _run_here(
    setting: Setting, tasks: Sequence[Task], on_progress: Progress, stop: Stop
) -> list[Run]:
    spent = [0] * len(tasks)
    runs: list[Run] = []
    problem = Problem(setting)
    due = _Pulse()
    stop_seen = _stop_seen(stop.event)
    for i, task in enumerate(tasks):
        if stop.is_set():
            break

        def count(n: int, i: int = i) -> None:
            spent[i] = n
            if due():
                on_progress(spent)

        runs.append(run(problem, task, on_progress=count, should_stop=stop_seen))
    on_progress(spent)
    return runs


class _Pulse:
    """Says yes at most ten times a second: drawing a bar or asking an event costs system calls."""

    def __init__(self) -> None:
        self._last = -1.0

    def __call__(self) -> bool:
        now = time.monotonic()
        if now - self._last < 0.1:
            return False
        self._last = now
        return True


def _stop_seen(event: Any) -> Callable[[], bool]:
    """Return a cheap way to ask for the event: from the first yes on, the answer stays yes."""
    due = _Pulse()
    seen = False

    def ask() -> bool:
        nonlocal seen
        seen = seen or (due() and bool(event.is_set()))
        return seen

    return ask


def _run_in_processes(
    setting: Setting, tasks: Sequence[Task], workers: int, on_progress: Progress, stop: Stop
) -> list[Run]:
    spent = _processes.Array("q", len(tasks), lock=False)
    start = (setting, spent, stop.event)
    with ProcessPoolExecutor(workers, _processes, _start, start) as pool:
        with _interrupts_held():
            futures = [pool.submit(_carry_out, i, task) for i, task in enumerate(tasks)]
        _watch(futures, lambda: on_progress(list(spent)))
        return [run for future in futures if (run := future.result()) is not None]


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


def _watch(futures: Sequence[Future[Run | None]], tick: Callable[[], None]) -> None:
    """Call ``tick`` a few times a second until every future is done or one has failed."""
    pending = set(futures)
    while pending:
        done, pending = wait(pending, timeout=0.2, return_when=FIRST_COMPLETED)
        tick()
        for future in done:
            if future.exception() is not None:
                for other in pending:
                    other.cancel()
                future.result()


_here: dict[str, Any] = {}


def _start(setting: Setting, spent: Any, event: Any) -> None:
    """Prepare a worker: Ctrl-C is the parent's to handle, the circuit is compiled once."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _here.update(problem=Problem(setting), spent=spent, event=event)


def _carry_out(i: int, task: Task) -> Run | None:
    if _here["event"].is_set():
        return None

    def count(n: int) -> None:
        _here["spent"][i] = n

    seen = _stop_seen(_here["event"])
    return run(_here["problem"], task, on_progress=count, should_stop=seen)
