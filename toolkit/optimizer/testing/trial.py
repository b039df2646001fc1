"""One watched run of the optimizer under test; it comes to an end whatever that does."""

from __future__ import annotations

import hashlib
import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from toolkit.common.types import FloatArray
from toolkit.optimizer.contract import Optimizer
from toolkit.optimizer.ledger import (
    SIGNALS,
    Ending,
    Ledger,
    search,
)
from toolkit.optimizer.registry import configure
from toolkit.optimizer.scores import Scores
from toolkit.optimizer.space import Space, Variable

Evaluate = Callable[[FloatArray], Scores]
#: Seconds one run, or another process, may take, imports included.
PATIENCE = 120.0

SWALLOWED = (
    f"it swallows the stop signal: told {SIGNALS} times to stop, it evaluated on; let BudgetSpent "
    "pass"
)


class Hung(AssertionError):
    """A run did not come back in time, and may still be going on."""


@dataclass(frozen=True)
class Subject:
    """The optimizer under test."""

    kind: type[Optimizer]
    options: Mapping[str, Any]


@dataclass(frozen=True)
class Trial:
    """One run: its ledger, every row that was evaluated, shape (spent, d), and how it ended."""

    ledger: Ledger
    rows: FloatArray
    ending: Ending

    def digest(self) -> str:
        """Return a fingerprint of all rows and their scores."""
        parts = (self.rows, self.ledger.objective, self.ledger.violation)
        return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


def _to_its_end(ledger: Ledger, job: Callable[[Callable[[], None]], Ending]) -> Ending:
    """Carry out a search in a thread of its own and return how it ended, or raise why it broke.

    An endless loop that swallows everything cannot be ended by raising anything in it. It is told
    of and then left waiting for good, at no cost.
    """
    told: queue.SimpleQueue[Ending | BaseException] = queue.SimpleQueue()

    def swallowed() -> None:
        told.put(AssertionError(SWALLOWED))
        threading.Event().wait()

    def work() -> None:
        try:
            told.put(job(swallowed))
        except BaseException as error:
            told.put(error)

    threading.Thread(target=work, daemon=True).start()
    try:
        outcome = told.get(timeout=PATIENCE)
    except queue.Empty:
        raise Hung(
            f"it did not come back within {PATIENCE:g} s; {ledger.spent} of {ledger.budget} "
            "evaluations were spent"
        ) from None
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome


def reals(d: int) -> Space:
    """Return a space of d real variables between 0 and 1."""
    return Space(tuple(Variable(f"x{i}", "real", 0.0, 1.0) for i in range(d)))


def sphere(x: FloatArray) -> Scores:
    """Score points of shape (n, d) by their squared distance to 0.3; all are feasible."""
    return Scores(((x - 0.3) ** 2).sum(axis=1), np.zeros(len(x)), ceiling=float(x.shape[1]))


def run(
    subject: Subject,
    space: Space,
    evaluate: Evaluate,
    budget: int,
    seed: int = 1,
    stop_after: int | None = None,
    instance: Optimizer | None = None,
) -> Trial:
    """Run the subject once and keep every row; ``stop_after`` evaluations the user stops it."""
    seen: list[FloatArray] = []

    def watched(x: FloatArray) -> Scores:
        seen.append(x.copy())
        return evaluate(x)

    ledger = Ledger(
        space,
        watched,
        budget,
        should_stop=lambda: stop_after is not None and ledger.spent >= stop_after,
    )
    optimizer = instance or configure(subject.kind, subject.options)
    rng = np.random.default_rng(seed)
    ending = _to_its_end(ledger, lambda swallowed: search(optimizer, ledger, rng, swallowed))
    rows = np.concatenate(seen) if seen else np.empty((0, len(space)))
    return Trial(ledger, rows, ending)
