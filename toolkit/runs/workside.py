"""What a worker does, whichever kind it is: carry out a run, or score some rows of one."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from toolkit.problem import Problem, Setting
from toolkit.runs.archive import Archive
from toolkit.runs.recorder import Evaluator
from toolkit.runs.run import Run, Task, run
from toolkit.scores import Scores

FloatArray = NDArray[np.float64]
T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """What is at hand where work is done.

    tell: takes the number of a run and the evaluations it has spent; stopped: asks whether to stop.
    """

    problem: Problem
    tell: Callable[[int, int], None]
    stopped: Callable[[], bool]


class Pulse:
    """Says yes at most so often: drawing a bar or asking for news costs system calls."""

    def __init__(self, seconds: float = 0.1) -> None:
        self._seconds = seconds
        self._last = -np.inf

    def __call__(self) -> bool:
        """Say whether it is time again."""
        now = time.monotonic()
        if now - self._last < self._seconds:
            return False
        self._last = now
        return True


def carry_out(
    at: Place,
    number: int,
    task: Task,
    archive: Archive | None,
    evaluator: Evaluator | None = None,
    lanes: int = 1,
) -> Run | None:
    """Carry out a run, from where its journal ends; None when it is to stop before it began.

    Where the folder of journals cannot be seen, as on another machine, there is no journal. Where
    it can, the run also stops when another command has taken the folder over, as after the death
    of the one that asked for this run.
    """
    if at.stopped():
        return None

    def count(spent: int) -> None:
        at.tell(number, spent)

    more: dict[str, Any] = {"evaluator": evaluator, "lanes": lanes, "on_progress": count}
    if archive is None or not archive.is_here():
        return run(at.problem, task, should_stop=at.stopped, **more)
    more["should_stop"] = _either(at.stopped, archive)
    with archive.journal(task, at.problem.space) as journal:
        found = run(at.problem, task, journal=journal, **more)
    if not journal.dropped:
        return found
    lost = f"{task.case}: {journal.dropped} damaged evaluations of its journal were made again."
    return replace(found, notice=lost)


def _either(stopped: Callable[[], bool], archive: Archive) -> Callable[[], bool]:
    """Return a cheap way to ask whether to stop: from the first yes on, the answer stays yes."""
    due, rarely = Pulse(), Pulse(1.0)
    seen = False

    def ask() -> bool:
        nonlocal seen
        if not seen and due():
            seen = stopped() or (rarely() and archive.taken_over())
        return seen

    return ask


def score(at: Place, x: FloatArray, incumbent: FloatArray | None) -> Scores:
    """Score n points, shape (n, d), each against an incumbent if there are any, (n,)."""
    if incumbent is None:
        return at.problem.evaluate(x)
    return at.problem.evaluate_against(x, incumbent)


_process: list[Place] = []


def start_process(setting: Setting, spent: Any, stop: Any) -> None:
    """Make this process a worker: one circuit, compiled once; Ctrl-C is the parent's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def tell(number: int, evaluations: int) -> None:
        spent[number] = evaluations

    _process[:] = [Place(Problem(setting), tell, lambda: bool(stop.value))]


def in_process(function: Callable[..., T], *given: Any) -> T:
    """Do something in a worker process."""
    return function(_process[0], *given)


def _end_with_parent() -> None:
    """End this process when its parent is gone, however that ended.

    It would otherwise write on while the command is resumed.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
