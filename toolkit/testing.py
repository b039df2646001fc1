"""The conformance suite every optimizer has to pass, for use in a plug-in's own tests.

    from toolkit.testing import check_optimizer

    def test_conformance():
        failed = [c for c in check_optimizer("mine") if not c.passed]
        assert not failed, failed

What is asked of an optimizer follows from flags on its class, never from its name.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import InputError
from toolkit.ledger import Ending, Ledger, search
from toolkit.optimizer import Optimizer
from toolkit.plugins import configure, flaw, load, option_table, parse_options
from toolkit.scores import UNSOLVED, Scores
from toolkit.space import Space, Variable

FloatArray = NDArray[np.float64]
Evaluate = Callable[[FloatArray], Scores]
#: Seconds another process may take, imports included.
PATIENCE = 120.0


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check; ``reason`` says why it failed."""

    name: str
    passed: bool
    reason: str = ""


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


def check_optimizer(
    optimizer: str | type[Optimizer], options: Mapping[str, Any] | None = None
) -> list[CheckResult]:
    """Put an optimizer, by name or class, through every check that its flags ask for."""
    kind = load(optimizer) if isinstance(optimizer, str) else optimizer
    subject = Subject(kind, dict(options or {}))
    return [_outcome(name, check, subject) for name, check in _checks(kind).items()]


def _checks(kind: type[Optimizer]) -> dict[str, Callable[[Subject], None]]:
    checks: dict[str, Callable[[Subject], None]] = {
        "declares itself": _declares_itself,
        "unknown option refused": _unknown_option_refused,
        "exact budget": _exact_budget,
        "stays in bounds": _stays_in_bounds,
        "whole numbers solved": _whole_numbers_solved,
        "one variable": _one_variable,
        "frozen variable": _frozen_variable,
        "flat objective": _flat_objective,
        "NaN objective": _nan_objective,
        "all infeasible": _all_infeasible,
        "inputs not written to": _inputs_not_written_to,
        "same seed, same history": _same_seed_same_history,
        "same history in another process": _same_history_in_another_process,
        "stop signal not swallowed": _stop_signal_not_swallowed,
        "quiet": _quiet,
    }
    if kind.stochastic:
        checks["different seeds differ"] = _different_seeds_differ
    if not kind.baseline:
        checks["beats random on a sphere"] = _beats_random
    return checks


def _outcome(name: str, check: Callable[[Subject], None], subject: Subject) -> CheckResult:
    try:
        check(subject)
    # Whatever goes wrong in a plug-in is what the suite has to tell, its own signals included.
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        told = isinstance(error, AssertionError)
        return CheckResult(name, False, str(error) if told else f"{type(error).__name__}: {error}")
    return CheckResult(name, True)


def _require(condition: bool, reason: str) -> None:
    """Raise with a reason; ``assert`` would vanish under ``python -O``."""
    if not condition:
        raise AssertionError(reason)


def reals(d: int) -> Space:
    """Return a space of d real variables between 0 and 1."""
    return Space(tuple(Variable(f"x{i}", "real", 0.0, 1.0) for i in range(d)))


def sphere(x: FloatArray) -> Scores:
    """Score points of shape (n, d) by their squared distance to 0.3; all are feasible."""
    return Scores(((x - 0.3) ** 2).sum(axis=1), np.zeros(len(x)), ceiling=float(x.shape[1]))


def _run(
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
    ending = search(optimizer, ledger, np.random.default_rng(seed))
    rows = np.concatenate(seen) if seen else np.empty((0, len(space)))
    return Trial(ledger, rows, ending)


def _spends(trial: Trial, budget: int) -> None:
    spent = trial.ledger.spent
    _require(
        trial.ending == "spent" and spent == budget,
        f"spent {spent} of {budget} evaluations and {trial.ending}",
    )


def _declares_itself(subject: Subject) -> None:
    _require(not flaw(subject.kind), flaw(subject.kind))
    _require(bool(subject.kind.reference.strip()), "it has no reference")
    for row in option_table(subject.kind):
        _require(bool(row.description), f"option '{row.name}' has no description")
        numeric = row.kind in ("whole number", "number")
        _require(bool(row.range) or not numeric, f"option '{row.name}' has no range")


def _unknown_option_refused(subject: Subject) -> None:
    """Ask both the declaration itself and the toolkit's own reading of options."""
    unknown = {"no_such_option": 1}
    try:
        parse_options(subject.kind, unknown, "subject")
    except InputError:
        forbids = subject.kind.Options.model_config.get("extra") == "forbid"
        _require(forbids, "its Options take unknown keys; leave extra='forbid' in place")
        return
    raise AssertionError("an option it does not have was accepted")


def _exact_budget(subject: Subject) -> None:
    """One, less than a population, exactly one, a prime."""
    population = _first_batch(subject)
    for budget in (1, 2, 7, population, population + 1, 211):
        _spends(_run(subject, reals(3), sphere, budget), budget)


def _first_batch(subject: Subject) -> int:
    sizes: list[int] = []

    def sized(x: FloatArray) -> Scores:
        sizes.append(len(x))
        return sphere(x)

    _run(subject, reals(3), sized, 300)
    _require(bool(sizes), "it evaluated nothing")
    return sizes[0]


def _stays_in_bounds(subject: Subject) -> None:
    """Put the optimum in a corner, then far outside; the ledger refuses strays."""

    def corner(x: FloatArray) -> Scores:
        return Scores(x.sum(axis=1), np.zeros(len(x)), ceiling=4.0)

    def outside(x: FloatArray) -> Scores:
        return Scores(((x - 5.0) ** 2).sum(axis=1), np.zeros(len(x)), ceiling=100.0)

    for evaluate in (corner, outside):
        trial = _run(subject, reals(4), evaluate, 300)
        _spends(trial, 300)
        _require(bool(((trial.rows >= 0) & (trial.rows <= 1)).all()), "a row left the bounds")


def _whole_numbers_solved(subject: Subject) -> None:
    """Find the right switch, count and choice, each the last of its values."""
    space = Space(
        (
            Variable("switch", "integer", 0, 1),
            Variable("count", "integer", -1, 2),
            Variable("bus", "choice", 0, 3),
            Variable("size", "real", -2.0, 5.0),
        )
    )

    def evaluate(x: FloatArray) -> Scores:
        away = np.abs(space.values(x) - np.array([1.0, 2.0, 3.0, 0.0])).sum(axis=1)
        return Scores(away, np.zeros(len(x)), ceiling=20.0)

    trial = _run(subject, space, evaluate, 400)
    _spends(trial, 400)
    best = space.values(trial.ledger.best_x)[:3]
    _require(best.tolist() == [1, 2, 3], f"found {best.tolist()}, the best is [1, 2, 3]")


def _one_variable(subject: Subject) -> None:
    trial = _run(subject, reals(1), sphere, 150)
    _spends(trial, 150)
    _require(len(np.unique(trial.rows)) > 10, "it hardly moved in one variable")


def _frozen_variable(subject: Subject) -> None:
    space = Space(
        (
            Variable("frozen", "real", 2.0, 2.0),
            Variable("fixed", "integer", 3, 3),
            Variable("only", "choice", 0, 0),
            Variable("free", "real", 0.0, 1.0),
        )
    )

    def evaluate(x: FloatArray) -> Scores:
        return Scores(space.values(x).sum(axis=1), np.zeros(len(x)), ceiling=10.0)

    trial = _run(subject, space, evaluate, 150)
    _spends(trial, 150)
    _require(len(np.unique(trial.rows[:, 3])) > 10, "the free variable hardly moved")
    nothing_to_find = Space(space.variables[:3])
    _spends(_run(subject, nothing_to_find, lambda x: Scores(x[:, 0] * 0, x[:, 0] * 0), 100), 100)


def _flat_objective(subject: Subject) -> None:
    def flat(x: FloatArray) -> Scores:
        return Scores(np.zeros(len(x)), np.zeros(len(x)))

    _spends(_run(subject, reals(3), flat, 250), 250)


def _nan_objective(subject: Subject) -> None:
    """NaN on half of the cube never becomes best; NaN everywhere does no harm."""

    def half(x: FloatArray) -> Scores:
        scores = sphere(x)
        objective = np.where(x[:, 0] < 0.5, np.nan, scores.objective)
        return Scores(objective, scores.violation, scores.ceiling)

    def never(x: FloatArray) -> Scores:
        return Scores(np.full(len(x), np.nan), np.zeros(len(x)))

    trial = _run(subject, reals(3), half, 250)
    _spends(trial, 250)
    _require(trial.ledger.best_violation < UNSOLVED, "a NaN became best")
    _spends(_run(subject, reals(3), never, 250), 250)


def _all_infeasible(subject: Subject) -> None:
    def infeasible(x: FloatArray) -> Scores:
        return Scores(-x.sum(axis=1), 1.0 + x.sum(axis=1))

    _spends(_run(subject, reals(3), infeasible, 250), 250)


def _inputs_not_written_to(subject: Subject) -> None:
    """Overwrite what the evaluator is handed, and use one instance twice: nothing may change."""

    def scribbles(x: FloatArray) -> Scores:
        scores = sphere(x)
        x[:] = 0.5
        return scores

    plain = _run(subject, reals(3), sphere, 200).digest()
    instance = configure(subject.kind, subject.options)
    before = instance.options.model_dump()
    for evaluate in (scribbles, sphere):
        trial = _run(subject, reals(3), evaluate, 200, instance=instance)
        _require(trial.digest() == plain, "the history of a second run differs")
    _require(instance.options.model_dump() == before, "it changed its options")


def _same_seed_same_history(subject: Subject) -> None:
    first = _run(subject, reals(3), sphere, 300, seed=5)
    _spends(first, 300)
    again = _run(subject, reals(3), sphere, 300, seed=5)
    _require(first.digest() == again.digest(), "two runs with one seed differ")


def _different_seeds_differ(subject: Subject) -> None:
    """Judged after the first rows, so that a shared start does not hide a shared seed."""
    first, second = (_run(subject, reals(3), sphere, 300, seed=seed) for seed in (5, 6))
    _require(not np.array_equal(first.rows, second.rows), "two seeds gave one history")


def _same_history_in_another_process(subject: Subject) -> None:
    here = _run(subject, reals(3), sphere, 300, seed=5).digest()
    order = {
        "module": subject.kind.__module__,
        "name": subject.kind.__qualname__,
        "options": dict(subject.options),
        "path": sys.path,
    }
    code = "from toolkit.testing import _digest_for; _digest_for()"
    start = f"import json, sys; sys.path[:] = json.loads(sys.argv[1]); {code}"
    done = subprocess.run(
        [sys.executable, "-c", start, json.dumps(order["path"])],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    _require(done.returncode == 0, f"the other process failed: {done.stderr.strip()[-300:]}")
    _require(done.stdout.strip() == here, "another process gave another history")


def _digest_for() -> None:
    """Print the fingerprint of the run that standard input describes."""
    order = json.load(sys.stdin)
    kind = attrgetter(order["name"])(import_module(order["module"]))
    print(_run(Subject(kind, order["options"]), reals(3), sphere, 300, seed=5).digest())


def _stop_signal_not_swallowed(subject: Subject) -> None:
    trial = _run(subject, reals(3), sphere, 2000, stop_after=20)
    spent = trial.ledger.spent
    _require(
        trial.ending == "stopped", f"told to stop after 20, it {trial.ending} after {spent} of 2000"
    )


def _quiet(subject: Subject) -> None:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        _run(subject, reals(3), sphere, 200)
    said = (out.getvalue() + err.getvalue()).strip()
    _require(not said, f"it printed: {said[:200]}")


def _beats_random(subject: Subject) -> None:
    """Compare the medians of five runs of 600 evaluations in five variables."""
    budget, d, seeds = 600, 5, range(5)
    found = [_run(subject, reals(d), sphere, budget, seed).ledger.best_objective for seed in seeds]
    blind = [
        float(sphere(np.random.default_rng(seed).random((budget, d))).objective.min())
        for seed in seeds
    ]
    ours, theirs = float(np.median(found)), float(np.median(blind))
    _require(ours < theirs, f"median error {ours:.3g}, random search {theirs:.3g}")
