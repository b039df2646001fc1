"""Runs in parallel: one process a core, each with one compiled circuit of its own."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from types import FrameType
from typing import Any

from toolkit.problem import Problem, Setting
from toolkit.run import Run, Task, run

#: Told the evaluations spent by each task, in task order.
Progress = Callable[[Sequence[int]], None]


def available() -> int:
    """Return the number of cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


@contextmanager
def stop_on_interrupt(stop: Callable[[], None]) -> Iterator[None]:
    """Turn the first Ctrl-C into a polite stop; a second one interrupts as usual."""

    def handle(signum: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stop()

    try:
        previous = signal.signal(signal.SIGINT, handle)
    except ValueError:  # not in the main thread: leave signals alone
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)


def run_all(
    setting: Setting, tasks: Sequence[Task], workers: int, on_progress: Progress
) -> list[Run]:
    """Carry out tasks on so many processes and return their runs in task order.

    Results do not depend on the number of workers. After Ctrl-C the runs in progress end with what
    they found, and those not begun are left out.
    """
    if min(workers, len(tasks)) <= 1:
        return _run_here(setting, tasks, on_progress)
    return _run_in_processes(setting, tasks, min(workers, len(tasks)), on_progress)


def _run_here(setting: Setting, tasks: Sequence[Task], on_progress: Progress) -> list[Run]:
    spent = [0] * len(tasks)
    stopped: list[bool] = []
    runs: list[Run] = []
    problem = Problem(setting)
    with stop_on_interrupt(lambda: stopped.append(True)):
        for i, task in enumerate(tasks):

            def count(n: int, i: int = i) -> None:
                spent[i] = n
                on_progress(spent)

            if not stopped:
                runs.append(run(problem, task, on_progress=count, should_stop=lambda: any(stopped)))
    return runs


def _run_in_processes(
    setting: Setting, tasks: Sequence[Task], workers: int, on_progress: Progress
) -> list[Run]:
    context = multiprocessing.get_context("spawn")
    spent = context.Array("q", len(tasks), lock=False)
    stop = context.Event()
    with (
        ProcessPoolExecutor(workers, context, _start, (setting, spent, stop)) as pool,
        stop_on_interrupt(stop.set),
    ):
        futures = [pool.submit(_carry_out, i, task) for i, task in enumerate(tasks)]
        _watch(futures, lambda: on_progress(list(spent)))
        return [run for future in futures if (run := future.result()) is not None]


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


def _start(setting: Setting, spent: Any, stop: Any) -> None:
    """Prepare a worker: Ctrl-C is the parent's to handle, the circuit is compiled once."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _here.update(problem=Problem(setting), spent=spent, stop=stop, looked=0.0)


def _carry_out(i: int, task: Task) -> Run | None:
    if _here["stop"].is_set():
        return None

    def count(n: int) -> None:
        _here["spent"][i] = n

    return run(_here["problem"], task, on_progress=count, should_stop=_should_stop)


def _should_stop() -> bool:
    """Look at the shared event at most ten times a second: asking it costs a system call."""
    now = time.monotonic()
    if now - _here["looked"] < 0.1:
        return False
    _here["looked"] = now
    return bool(_here["stop"].is_set())
