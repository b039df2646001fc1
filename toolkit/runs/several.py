"""One run of an optimizer of several goals: in a process of its own, every evaluation journalled.

A journal of several goals is one of a single goal, the first, over the study's variables and one
more, ``goal.NAME``, for the figure of each other goal.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from toolkit.common import machine
from toolkit.common.errors import ToolkitError
from toolkit.common.plugins import letting
from toolkit.common.processes import Pen, words
from toolkit.common.types import FloatArray
from toolkit.optimizer.scores import Scores
from toolkit.optimizer.several import FRONTS, FrontLedger, FrontScores, find
from toolkit.optimizer.space import Space, Variable
from toolkit.problem import several_goals
from toolkit.problem.problem import Problem
from toolkit.problem.setting import Setting
from toolkit.runs.journal import Journal
from toolkit.runs.records import ENGINE, recorded


@dataclass(frozen=True)
class Order:
    """A run to carry out; path: of its journal; study_hash: of the study's files."""

    setting: Setting
    goals: tuple[str, ...]
    optimizer: str
    options: Mapping[str, Any]
    seed: int
    budget: int
    path: Path
    study_hash: str

    @property
    def case(self) -> str:
        """What results call the run."""
        return f"{self.optimizer}-seed{self.seed}"

    @property
    def identity(self) -> dict[str, Any]:
        """Return what the run depends on, as plain values."""
        found = {
            "case": self.case,
            "goals": list(self.goals),
            "options": dict(self.options),
            "budget": self.budget,
            "study_hash": self.study_hash,
            "versions": machine.versions(),
            "from": FRONTS.owner(self.optimizer),
        }
        plain: dict[str, Any] = json.loads(json.dumps(found))
        return plain

    @property
    def space(self) -> Space:
        """The variables of the journal."""
        others = [Variable(f"goal.{name}", "real", 0.0, 1.0) for name in self.goals[1:]]
        return Space((*self.setting.space.variables, *others))


@dataclass(frozen=True)
class Found:
    """What a run evaluated: points, (n, d), objectives, (n, k), and violations, (n,)."""

    x: FloatArray
    objectives: FloatArray
    violation: FloatArray


def carry_out(pen: Pen, order: Order) -> dict[str, Any]:
    """Let the optimizer search, every evaluation in its journal; say how that ended."""
    # Plug-ins are let into this process.
    letting.let_in()
    problem = Problem(order.setting)
    problem.search  # noqa: B018  compiled before a plug-in is there
    try:
        optimizer = FRONTS.build(order.optimizer, order.options)
        with Journal(order.path, order.space, order.identity, order.budget) as journal:
            served = _Served(problem, order, journal)
            ledger = FrontLedger(
                order.setting.space,
                order.goals,
                served.evaluate,
                order.budget,
                pen.stopped,
                pen.note,
            )
            ending = find(optimizer, ledger, np.random.default_rng(order.seed))
            journal.flush()
    except ToolkitError:
        raise
    except BaseException as error:
        return {"status": "failed", "notes": [f"{order.case} broke: {words(error)}"]}
    return {"status": "interrupted" if ending == "stopped" else "complete", "notes": []}


class _Served:
    """Scores points; what the journal holds is served, the rest made and written."""

    def __init__(self, problem: Problem, order: Order, journal: Journal) -> None:
        self._problem, self._order, self._journal = problem, order, journal
        self._at = 0

    def evaluate(self, x: FloatArray) -> FrontScores:
        """Score n points, shape (n, d)."""
        held = min(max(self._journal.held - self._at, 0), len(x))
        parts = []
        if held:
            parts.append(self._replayed(x[:held]))
        if held < len(x):
            parts.append(self._made(x[held:]))
        self._at += len(x)
        return FrontScores(
            np.concatenate([part.objectives for part in parts]),
            np.concatenate([part.violation for part in parts]),
        )

    def _replayed(self, x: FloatArray) -> FrontScores:
        points, first, violation = self._journal.made(self._at, len(x))
        if not np.array_equal(points[:, : x.shape[1]], x):
            raise ToolkitError(
                f"{self._order.path}: holds other points than this search asks for now. It was "
                "written by another version of the optimizer: resume there, or start anew."
            )
        return FrontScores(np.column_stack([first, points[:, x.shape[1] :]]), violation)

    def _made(self, x: FloatArray) -> FrontScores:
        found = several_goals.scored(self._problem, self._order.goals, x)
        rows = np.column_stack([x, found.objectives[:, 1:]])
        scores = Scores(found.objectives[:, 0], found.violation)
        self._journal.append(rows, scores, np.full(len(x), ENGINE, dtype=np.uint8))
        return found


def found_by(order: Order) -> Found:
    """Return what the journal of a run holds, at most its budget. Raises ToolkitError."""
    kept = recorded(order.path, order.space, order.identity, order.budget + 1).records
    if len(kept) > order.budget:
        raise ToolkitError(
            f"{order.case} is invalid: it made more evaluations than its budget of "
            f"{order.budget:,} allows."
        )
    d = len(order.setting.space)
    first, x = kept["objective"].astype(float), kept["x"].astype(float)
    return Found(x[:, :d], np.column_stack([first, x[:, d:]]), kept["violation"].astype(float))
