"""Runs looked after: each in a process of its own, which may end however it likes.

A plug-in is let into that process alone. Here its progress is read off its journal; it is ended
where it overspends, does not stop, or does not come back; what it found is for others to prove.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from toolkit.common.errors import ToolkitError
from toolkit.common.processes import Apart, answer
from toolkit.runs import errands
from toolkit.runs.archive import Archive
from toolkit.runs.errands import Order, Rows
from toolkit.runs.outcome import (
    Claim,
    Closing,
    claimed,
    understood,
)
from toolkit.runs.parallel_evaluator import DEATHS, Patience
from toolkit.runs.records import (
    Kept,
    head_of,
    record_type,
    recorded,
    spent,
)
from toolkit.runs.run import (
    Run,
    Task,
    to_polish,
    with_polish,
)
from toolkit.runs.worker_tasks import Place, Pulse

#: Seconds between two looks at a run, and those it has to end in once it should.
LOOK_S, GRACE_S = 0.1, 10.0


def carry_out(
    at: Place, number: int, task: Task, archive: Archive | None, rows: Rows = None
) -> Claim | None:
    """Carry out a run, from where its journal ends; None when it is to stop before it began.

    Where the folder of journals cannot be seen, as on another machine, the journal is a temporary
    one. Where it can, the run also stops when another command has taken the folder over, as after
    the death of the one that asked for this run. Raises ToolkitError when the journal fails.
    """
    if at.stopped():
        return None
    with _ordered(at, task, archive, rows) as (order, stopped):
        look = _Looking(at, number, order, stopped)
        claim = look.to_the_end()
        if at.urgent():
            return None
        if to_polish(claim.run) and not claim.wrong:
            return replace(claim, run=look.polished(claim.run))
        return claim


@contextmanager
def _ordered(
    at: Place, task: Task, archive: Archive | None, rows: Rows
) -> Iterator[tuple[Order, Callable[[], bool]]]:
    """Yield what to carry out, and a way to ask whether to stop."""
    setting, chosen = at.problem.setting, at.problem.search.chosen
    if archive is not None and archive.is_here():
        path, identity = archive.journal_file(task), archive.identity(task)
        yield (
            Order(setting, chosen, task, path, identity, archive.study_hash, rows),
            _either(at.stopped, archive),
        )
        return
    study_hash = "" if archive is None else archive.study_hash
    with TemporaryDirectory(prefix="p2p-") as folder:
        path = Path(folder) / "run.journal"
        alone = {"case": task.case}
        yield Order(setting, chosen, task, path, alone, study_hash, rows), at.stopped


def _either(stopped: Callable[[], bool], archive: Archive) -> Callable[[], bool]:
    """Return a cheap way to ask whether to stop: from the first yes on, the answer stays yes."""
    rarely, seen = Pulse(1.0), False

    def ask() -> bool:
        nonlocal seen
        seen = seen or stopped() or (rarely() and archive.taken_over())
        return seen

    return ask


class _Deadline:
    """Says when a run has to be ended; ``late`` then says why."""

    def __init__(self, budget: int) -> None:
        self.stopping, self.late = False, ""
        self._budget = budget
        self._due: float | None = None

    def is_over(self, made: int) -> bool:
        """Say whether a run that has made so many evaluations has to be ended now."""
        if made > self._budget:
            self.late = "it overspent and was ended."
        elif not (self.stopping or made == self._budget):
            return False
        elif self._due is None:
            self._due = time.monotonic() + GRACE_S
        elif time.monotonic() > self._due:
            self.late = f"it did not end within {GRACE_S:g} s; its process was ended."
        return bool(self.late)


class _Looking:
    """Looks after one run."""

    def __init__(self, at: Place, number: int, order: Order, stopped: Callable[[], bool]) -> None:
        self._at, self._number, self._order, self._stopped = at, number, order, stopped
        space = order.setting.space
        self._start = len(head_of(space, order.identity))
        self._record = record_type(len(space)).itemsize

    def to_the_end(self) -> Claim:
        """Have the run carried out, again where somebody else ended its process."""
        order, patience = self._order, Patience()
        while True:
            closing = self._watched(Apart(errands.carry_out_search, order))
            if closing.fault and patience.deaths:
                # Not the folder's: what it wrote before it was killed is of this command as well.
                closing = Closing(words=closing.fault, seconds=closing.seconds)
            if closing.fault:
                raise ToolkitError(closing.fault)
            if not closing.killed or closing.late:
                break
            if patience.is_worn_out_by(self._spent()):
                words = f"{closing.words} {DEATHS} times; is there too little memory?"
                closing = Closing(words=words, seconds=closing.seconds)
                break
        return claimed(order.task, order.budget, self._kept(), closing)

    def _kept(self) -> Kept:
        order = self._order
        return recorded(order.path, order.setting.space, order.identity, order.budget + 1)

    def _spent(self) -> int:
        return spent(self._order.path, self._start, self._record)

    def _watched(self, process: Apart) -> Closing:
        """Look after a process until it has ended; end it when it should have."""
        patient, started = _Deadline(self._order.budget), time.monotonic()
        with process:
            while not process.ended(LOOK_S) and not self._at.urgent():
                # Until it says so its journal may be as damage has left it.
                made = self._spent() if process.marked() else 0
                self._at.tell(self._number, min(made, self._order.budget))
                if self._stopped():
                    process.wish_to_stop()
                    patient.stopping = True
                if patient.is_over(made):
                    break
        if "raised" in process.said() and not process.marked():
            answer(process)
        told = process.said().get("answer")
        return Closing(
            **(understood(told) if isinstance(told, dict) else {}),
            words=str(process.said().get("words") or process.how_it_ended()),
            killed=process.was_killed(),
            late="" if told else patient.late,
            stopping=patient.stopping,
            began=process.marked(),
            seconds=time.monotonic() - started,
        )

    def polished(self, found: Run) -> Run:
        """Have the best plan of a run polished, by a process that no plug-in has been in."""
        setting, patience = self._order.setting, Patience()
        while True:
            process = Apart(errands.carry_out_polish, setting, found)
            with process:
                while not process.ended(LOOK_S) and not self._at.urgent():
                    if self._stopped():
                        process.wish_to_stop()
            if not process.was_killed() or patience.is_worn_out_by(0):
                break
        try:
            return with_polish(setting, found, answer(process))
        except ToolkitError as broken:
            return found.broken(f"polishing: {broken}")
