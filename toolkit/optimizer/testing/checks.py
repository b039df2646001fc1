"""What is asked of every optimizer, one function per check; AssertionError says why not."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable

import numpy as np

from toolkit.common.plugins.checking import check_declaration, check_unknown_option, require
from toolkit.common.types import FloatArray
from toolkit.optimizer.contract import Optimizer
from toolkit.optimizer.registry import OPTIMIZERS, choices, configure
from toolkit.optimizer.scores import UNSOLVED, Scores
from toolkit.optimizer.space import Space, Variable
from toolkit.optimizer.testing.repeated import same_history_in_another_process
from toolkit.optimizer.testing.trial import (
    Subject,
    Trial,
    reals,
    run,
    sphere,
)


def checks_of(kind: type[Optimizer]) -> dict[str, Callable[[Subject], None]]:
    """Return the checks that an optimizer's flags ask for, by name."""
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
        "same history in another process": same_history_in_another_process,
        "stop signal not swallowed": _stop_signal_not_swallowed,
        "quiet": _quiet,
    }
    if kind.stochastic:
        checks["different seeds differ"] = _different_seeds_differ
    if not kind.baseline:
        checks["beats random on a sphere"] = _beats_random
    return checks


def _spends(trial: Trial, budget: int) -> None:
    spent = trial.ledger.spent
    require(
        trial.ending == "spent" and spent == budget,
        f"spent {spent} of {budget} evaluations and {trial.ending}",
    )


def _declares_itself(subject: Subject) -> None:
    check_declaration(OPTIMIZERS, subject.kind)
    for option in choices(subject.kind, subject.kind.__name__):
        known = subject.kind.Options.model_fields
        require(option in known, f"choices() names '{option}', which is no option")


def _unknown_option_refused(subject: Subject) -> None:
    check_unknown_option(OPTIMIZERS, subject.kind)


def _exact_budget(subject: Subject) -> None:
    """One, less than a population, exactly one, a prime."""
    population = _first_batch(subject)
    for budget in (1, 2, 7, max(population - 1, 1), population, population + 1, 211):
        _spends(run(subject, reals(3), sphere, budget), budget)


def _first_batch(subject: Subject) -> int:
    sizes: list[int] = []

    def sized(x: FloatArray) -> Scores:
        sizes.append(len(x))
        return sphere(x)

    run(subject, reals(3), sized, 300)
    require(bool(sizes), "it evaluated nothing")
    return sizes[0]


def _stays_in_bounds(subject: Subject) -> None:
    """Put the optimum in a corner, then far outside; the ledger refuses strays."""

    def corner(x: FloatArray) -> Scores:
        return Scores(x.sum(axis=1), np.zeros(len(x)), ceiling=4.0)

    def outside(x: FloatArray) -> Scores:
        return Scores(((x - 5.0) ** 2).sum(axis=1), np.zeros(len(x)), ceiling=100.0)

    for evaluate in (corner, outside):
        trial = run(subject, reals(4), evaluate, 300)
        _spends(trial, 300)
        require(bool(((trial.rows >= 0) & (trial.rows <= 1)).all()), "a row left the bounds")


def _mixed() -> Space:
    """Return a new space of every kind of variable."""
    return Space(
        (
            Variable("switch", "integer", 0, 1),
            Variable("count", "integer", -1, 2),
            Variable("bus", "choice", 0, 3),
            Variable("size", "real", -2.0, 5.0),
        )
    )


def _whole_numbers_solved(subject: Subject) -> None:
    """Find the right switch, count and choice, each the last of its values."""
    space = _mixed()

    def evaluate(x: FloatArray) -> Scores:
        away = np.abs(space.values(x) - np.array([1.0, 2.0, 3.0, 0.0])).sum(axis=1)
        return Scores(away, np.zeros(len(x)), ceiling=20.0)

    trial = run(subject, space, evaluate, 400)
    _spends(trial, 400)
    best = space.values(trial.ledger.best_x)[:3]
    require(best.tolist() == [1, 2, 3], f"found {best.tolist()}, the best is [1, 2, 3]")


def _one_variable(subject: Subject) -> None:
    trial = run(subject, reals(1), sphere, 150)
    _spends(trial, 150)
    require(len(np.unique(trial.rows)) > 10, "it hardly moved in one variable")


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

    trial = run(subject, space, evaluate, 150)
    _spends(trial, 150)
    require(len(np.unique(trial.rows[:, 3])) > 10, "the free variable hardly moved")
    nothing_to_find = Space(space.variables[:3])
    _spends(run(subject, nothing_to_find, lambda x: Scores(x[:, 0] * 0, x[:, 0] * 0), 100), 100)


def _flat_objective(subject: Subject) -> None:
    def flat(x: FloatArray) -> Scores:
        return Scores(np.zeros(len(x)), np.zeros(len(x)))

    _spends(run(subject, reals(3), flat, 250), 250)


def _nan_objective(subject: Subject) -> None:
    """NaN on half of the cube never becomes best; NaN everywhere does no harm."""

    def half(x: FloatArray) -> Scores:
        scores = sphere(x)
        objective = np.where(x[:, 0] < 0.5, np.nan, scores.objective)
        return Scores(objective, scores.violation, scores.ceiling)

    def never(x: FloatArray) -> Scores:
        return Scores(np.full(len(x), np.nan), np.zeros(len(x)))

    trial = run(subject, reals(3), half, 250)
    _spends(trial, 250)
    require(trial.ledger.best_violation < UNSOLVED, "a NaN became best")
    _spends(run(subject, reals(3), never, 250), 250)


def _all_infeasible(subject: Subject) -> None:
    def infeasible(x: FloatArray) -> Scores:
        return Scores(-x.sum(axis=1), 1.0 + x.sum(axis=1))

    _spends(run(subject, reals(3), infeasible, 250), 250)


def _inputs_not_written_to(subject: Subject) -> None:
    """Overwrite what the evaluator is handed, and use one instance twice: nothing may change.

    Nor may the space, whose arrays every run of a problem shares.
    """

    def scribbles(x: FloatArray) -> Scores:
        scores = sphere(x)
        x[:] = 0.5
        return scores

    plain = run(subject, reals(3), sphere, 200).digest()
    instance = configure(subject.kind, subject.options)
    before = instance.options.model_dump()
    for evaluate in (scribbles, sphere):
        trial = run(subject, reals(3), evaluate, 200, instance=instance)
        require(trial.digest() == plain, "the history of a second run differs")
    require(instance.options.model_dump() == before, "it changed its options")
    space, fresh = _mixed(), _mixed()
    run(subject, space, lambda x: Scores(x.sum(axis=1), np.zeros(len(x)), 4.0), 200)
    same = all(
        np.array_equal(getattr(space, part), getattr(fresh, part))
        for part in ("lower", "upper", "discrete")
    )
    require(same, "it wrote to the arrays of the space")


def _same_seed_same_history(subject: Subject) -> None:
    first = run(subject, reals(3), sphere, 300, seed=5)
    _spends(first, 300)
    again = run(subject, reals(3), sphere, 300, seed=5)
    require(first.digest() == again.digest(), "two runs with one seed differ")


def _different_seeds_differ(subject: Subject) -> None:
    """Compare whole histories: a shared start is no fault."""
    first, second = (run(subject, reals(3), sphere, 300, seed=seed) for seed in (5, 6))
    require(not np.array_equal(first.rows, second.rows), "two seeds gave one history")


def _stop_signal_not_swallowed(subject: Subject) -> None:
    trial = run(subject, reals(3), sphere, 2000, stop_after=20)
    spent = trial.ledger.spent
    require(
        trial.ending == "stopped", f"told to stop after 20, it {trial.ending} after {spent} of 2000"
    )


def _quiet(subject: Subject) -> None:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        run(subject, reals(3), sphere, 200)
    said = (out.getvalue() + err.getvalue()).strip()
    require(not said, f"it printed: {said[:200]}")


def _beats_random(subject: Subject) -> None:
    """Compare the medians of five runs of 600 evaluations in five variables."""
    budget, d, seeds = 600, 5, range(5)
    found = [run(subject, reals(d), sphere, budget, seed).ledger.best_objective for seed in seeds]
    blind = [
        float(sphere(np.random.default_rng(seed).random((budget, d))).objective.min())
        for seed in seeds
    ]
    ours, theirs = float(np.median(found)), float(np.median(blind))
    require(ours < theirs, f"median error {ours:.3g}, random search {theirs:.3g}")
