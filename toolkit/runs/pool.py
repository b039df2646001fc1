"""Processes of this machine that score rows of a run, for its own process alone."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any, TypeVar

from toolkit.common.plugins import letting
from toolkit.grid.choice import Chosen
from toolkit.problem.problem import Problem
from toolkit.problem.setting import Setting
from toolkit.runs.worker_tasks import Place

T = TypeVar("T")
#: New processes begin clean on every system, and an engine loaded here does not leak into them.
_processes = multiprocessing.get_context("spawn")
_process: list[Place] = []


class Pool:
    """A crew of processes on this machine, each begun when there is work for it."""

    overhead_s = 1e-3

    def __init__(self, setting: Setting, chosen: Chosen, size: int) -> None:
        self.size = size
        self._given = setting, chosen
        self._pool = self._new()

    def _new(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self.size, _processes, _start_process, self._given)

    def submit(self, function: Callable[..., T], *given: Any) -> Future[T]:
        """Have a worker do something, see ``shares.Crew``."""
        return self._pool.submit(_in_process, function, *given)

    def renew(self) -> None:
        """Start new processes; those of a broken executor are ended first."""
        self.close()
        self._pool = self._new()

    def explained(self, error: BaseException) -> BaseException:
        """Return an error as it is."""
        return error

    def close(self) -> None:
        """End the processes, once they are done."""
        self._pool.shutdown(cancel_futures=True)


def _start_process(setting: Setting, chosen: Chosen) -> None:
    """Make this process a worker: one circuit, compiled once."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    letting.let_in()
    problem = Problem(setting, chosen)
    _process[:] = [Place(problem, lambda number, evaluations: None, lambda: False)]


def _in_process(function: Callable[..., T], *given: Any) -> T:
    return function(_process[0], *given)


def _end_with_parent() -> None:
    """End this process when its parent is gone, however that ended."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
