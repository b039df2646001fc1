"""What came of a run, by its journal: built and proven by a process that no plug-in has been in.

What the run's own process says of itself has to agree with the journal, and the journal with the
engine: the last best plan, and some of those before it, are solved anew. Where anything differs the
run is invalid and counts nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.common.types import FloatArray, IndexArray
from toolkit.optimizer.ledger import Ending, best_so_far
from toolkit.optimizer.scores import UNSOLVED, sanitised
from toolkit.problem.problem import Problem
from toolkit.runs.records import ENGINE_SINCE, Kept
from toolkit.runs.run import Run, Task

#: How many of the plans that were best for a time are solved anew, the last one among them.
SAMPLE = 24
#: Characters of what a process tells of its end.
MOST_WORDS = 600


@dataclass(frozen=True)
class Closing:
    """How the process of a search ended.

    told: whether it could tell of that. Then ending, error, fault (of the disk, so that no run can
    go on), notice and lost are its words; spent, held and scored count evaluations in all, those of
    the journal it went on from, and rows scored; lasted: seconds of the search.

    words: how it ended if it told nothing; killed: by somebody else; late: it was ended because it
    did not end by itself when it should have, in words; stopping: it had been asked to stop; began:
    it got as far as its search; seconds: how long it took.
    """

    told: bool = False
    ending: str = ""
    error: str = ""
    fault: str = ""
    notice: str = ""
    lost: str = ""
    spent: int = 0
    held: int = 0
    scored: int = 0
    lasted: float = 0.0
    words: str = ""
    killed: bool = False
    late: str = ""
    stopping: bool = False
    began: bool = True
    seconds: float = 0.0


def understood(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a process told of its end as fields of a Closing, whatever it made of them."""
    fields: dict[str, Any] = {"told": True}
    for name in ("ending", "error", "fault", "notice", "lost"):
        fields[name] = _one_line(str(said.get(name, "")))
    for name in ("spent", "held", "scored"):
        value = said.get(name)
        fields[name] = value if isinstance(value, int) and abs(value) < 2**62 else -1
    lasted = said.get("seconds")
    if isinstance(lasted, float) and 0.0 <= lasted < 1e12:
        fields["lasted"] = lasted
    return fields


def _one_line(text: str) -> str:
    """Return a text on one line, cut where it is long."""
    return " ".join(text[: 2 * MOST_WORDS].split())[:MOST_WORDS]


@dataclass(frozen=True)
class Claim:
    """A run as its journal tells it, and what is to be proven of it.

    wrong: where journal and process disagree, in words; rows: which evaluations are to be solved
    anew, from 0; x, objective and violation: their points, (n, d), and what they are told to be
    worth, (n,).
    """

    run: Run
    wrong: str
    rows: IndexArray
    x: FloatArray
    objective: FloatArray
    violation: FloatArray


def claimed(task: Task, budget: int, kept: Kept, closing: Closing) -> Claim:
    """Return the run that a journal tells of; kept: up to one record beyond the budget."""
    rows = _once_best(kept.records)
    some = kept.records[rows]
    return Claim(
        _told(task, budget, kept, closing),
        _disagrees(budget, kept, closing),
        rows,
        *(some[name].astype(float) for name in ("x", "objective", "violation")),
    )


def proven(problem: Problem, claim: Claim) -> Run:
    """Return a run once what it claims is so; else one that is invalid."""
    wrong = claim.wrong or _solved_otherwise(problem, claim)
    if not wrong:
        return claim.run
    nowhere, none = np.full(len(problem.space), np.nan), np.empty(0)
    task, seconds = claim.run.task, claim.run.seconds
    return Run(task, "invalid", nowhere, none, none, none, seconds, error=wrong)


def _told(task: Task, budget: int, kept: Kept, closing: Closing) -> Run:
    """Return the run as journal and process tell it."""
    records = kept.records[:budget]
    objective = records["objective"].astype(float)
    violation = np.where(records["skipped"], np.nan, records["violation"])
    ending, error = _ending(len(records) == budget, closing)
    notices = (closing.lost, closing.late, closing.notice, _disagreement(records))
    return Run(
        task=task,
        ending=ending,
        best_x=_best_x(records),
        objective=objective,
        violation=violation,
        best_objective=best_so_far(objective, violation),
        seconds=closing.lasted or closing.seconds,
        error=error,
        notice=" ".join(f"{task.case}: {n}" for n in notices if n),
    )


def _disagreement(records: NDArray[Any]) -> str:
    """Say from where on the batch solver was left, because OpenDSS did not agree with it."""
    since = np.flatnonzero(records["solver"] == ENGINE_SINCE)
    if not len(since):
        return ""
    return (
        f"from evaluation {since[0] + 1:,} on it was searched by OpenDSS, which did not agree with "
        "the batch solver there."
    )


def _ending(whole: bool, closing: Closing) -> tuple[Ending, str]:
    """Return how a run ended, and what broke it."""
    if closing.ending == "failed":
        return "failed", closing.error
    if not closing.told and not closing.late:
        return "failed", _one_line(closing.words)
    if whole:
        return "spent", ""
    return ("stopped" if closing.stopping else "returned"), ""


def _best_x(records: NDArray[Any]) -> FloatArray:
    """Return the first point that no later one strictly beats, feasible first; NaN for none."""
    if not len(records):
        return np.full(records["x"].shape[1], np.nan)
    return np.array(records["x"][_best(records)], dtype=float)


def _best(records: NDArray[Any]) -> int:
    violation = np.where(records["skipped"], UNSOLVED, records["violation"])
    feasible = violation == 0.0
    if feasible.any():
        return int(np.argmin(np.where(feasible, records["objective"], np.inf)))
    return int(np.argmin(violation))


def _disagrees(budget: int, kept: Kept, closing: Closing) -> str:
    """Say where the journal does not agree with the budget or with what the process told."""
    made = len(kept.records)
    if made > budget:
        return f"it made more evaluations than its budget of {budget:,} allows"
    if closing.began and (kept.dropped or kept.lost):
        return "its journal is damaged"
    if not closing.told:
        return ""
    if closing.spent != made:
        return f"it counts {closing.spent} evaluations, its journal holds {made}"
    solved = int((kept.records["skipped"][max(closing.held, 0) :] == 0).sum())
    beside = closing.scored - solved
    if beside > 0 and closing.ending != "failed":
        return f"it had {beside} plans solved beside its budget"
    return ""


def _solved_otherwise(problem: Problem, claim: Claim) -> str:
    """Say which of the plans that were best for a time is not worth what the journal says."""
    if not len(claim.rows):
        return ""
    if not ((claim.x >= 0.0) & (claim.x <= 1.0)).all():
        return "its journal holds a point outside the search space"
    anew = problem.evaluate_by_engine(claim.x)
    scores = sanitised(anew.objective, anew.violation, anew.ceiling)
    for i, row in enumerate(claim.rows):
        told = float(claim.objective[i]), float(claim.violation[i])
        found = float(scores.objective[i]), float(scores.violation[i])
        if told != found:
            return (
                f"evaluation {row + 1} is told to be worth {_worth(*told)}; solved anew it is "
                f"{_worth(*found)}"
            )
    return ""


def _once_best(records: NDArray[Any]) -> IndexArray:
    """Return which plans to solve anew, the last best first; skipped ones have no score."""
    if not len(records):
        return np.empty(0, dtype=np.intp)
    feasible = (records["violation"] == 0.0) & (records["skipped"] == 0)
    running = np.minimum.accumulate(np.where(feasible, records["objective"], np.inf))
    better = np.flatnonzero(running < np.append(np.inf, running[:-1]))
    some = better[np.linspace(0, len(better) - 1, min(SAMPLE, len(better))).astype(np.intp)]
    rows = np.unique(np.append(some, _best(records)))[::-1]
    return np.array(rows[records["skipped"][rows] == 0], dtype=np.intp)


def _worth(objective: float, violation: float) -> str:
    return f"{objective:.10g}" if violation == 0.0 else f"a violation of {violation:.4g}"
