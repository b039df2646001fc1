"""What is asked of every goal, one function per check; AssertionError says why not."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Mapping

import numpy as np

from toolkit.common.errors import ToolkitError
from toolkit.common.plugins.checking import check_declaration, check_unknown_option, require
from toolkit.problem.goal_plugins.registry import GOAL_PLUGINS
from toolkit.problem.goal_plugins.session import plan_alone
from toolkit.problem.goal_plugins.testing.scenes import Subject, odd_days

#: By how much figures may be beyond what a goal says of them, as a share of it.
ROUNDING = 1e-9


def _declares_itself(subject: Subject) -> None:
    check_declaration(GOAL_PLUGINS, subject.kind)


def _unknown_option_refused(subject: Subject) -> None:
    check_unknown_option(GOAL_PLUGINS, subject.kind)


def _shapes(subject: Subject) -> None:
    """Ask about one plan and several: what is not finite or of another shape is refused."""
    for plans in (1, 7):
        subject.figures(subject.day(plans))


def _odd_days(subject: Subject) -> None:
    for words, solved in odd_days(subject).items():
        try:
            subject.figures(solved)
            subject.number("scale", solved.given)
            subject.number("worst", solved.given)
        except ToolkitError as error:
            raise AssertionError(f"{words}: {error}") from error


def _scale(subject: Subject) -> None:
    subject.number("scale", subject.day(1).given)


def _within(subject: Subject) -> None:
    """Require figures from lowest to highest, and none worse than the worst."""
    low, high = subject.kind.lowest, subject.kind.highest
    lower = subject.kind.direction == "max"
    days = [subject.day(20, seed) for seed in range(1, 6)]
    # Everybody gives: bills, and what the feeder draws, are negative.
    for solved in [*days, subject.day(5, kinds=("pv",) * 40, load=1.0)]:
        found, worst = subject.figures(solved), subject.number("worst", solved.given)
        slack = ROUNDING * (1.0 + np.abs(found))
        beyond = found[(found < low - slack) | (found > high + slack)]
        require(
            not len(beyond),
            f"found a figure of {beyond[:1]} {subject.kind.unit}; it says lowest = {low:g} and "
            f"highest = {high:g}",
        )
        worse = found[(worst - found if lower else found - worst) > slack]
        require(
            not len(worse),
            f"found a figure of {worse[:1]} {subject.kind.unit}, worse than its worst, {worst:g}, "
            f"in direction '{subject.kind.direction}'; expected a worst figure on the other side "
            "of all others",
        )


def _says_something(subject: Subject) -> None:
    found = np.concatenate([subject.figures(subject.day(20, seed)) for seed in (1, 2, 3)])
    require(
        len(np.unique(found)) > 1,
        f"60 different plans all have {found[0]:g} {subject.kind.unit}: there is nothing to seek",
    )


def _inputs_not_written_to(subject: Subject) -> None:
    solved = subject.day(3)
    values = {**vars(solved), **vars(solved.given), **solved.asked}
    before = {n: v.copy() for n, v in values.items() if isinstance(v, np.ndarray)}
    subject.figures(solved)
    subject.number("scale", solved.given)
    subject.number("worst", solved.given)
    for name, array in before.items():
        require(np.array_equal(array, values[name], equal_nan=True), f"it wrote to {name}")


def _alone_as_among_many(subject: Subject) -> None:
    together = subject.figures(subject.day(50))
    many = subject.day(50)
    for i in (0, 1, 23, 49):
        alone = subject.figures(plan_alone(many, i, many.given))[0]
        require(
            alone == together[i],
            f"plan {i + 1} alone has {alone!r}, among fifty {together[i]!r}; expected the same to "
            "the last digit, or at_once = False (sum(axis=...) keeps it where '@' may not)",
        )


def _same_again(subject: Subject) -> None:
    first, again = subject.figures(subject.day(3)), subject.figures(subject.day(3))
    require(np.array_equal(first, again), "asked twice, it says something else")
    made = GOAL_PLUGINS.configure(subject.kind, subject.options)
    solved, other = subject.day(3), subject.day(3, seed=2)
    before = np.array(made.figure(solved))
    made.figure(other)
    after = np.array(made.figure(solved))
    require(np.array_equal(before, after), "after another day it says something else")


def _quiet(subject: Subject) -> None:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        subject.figures(subject.day(2))
    said = (out.getvalue() + err.getvalue()).strip()
    require(not said, f"it printed: {said[:200]}")


#: The checks that a goal has to pass, by name.
CHECKS: Mapping[str, Callable[[Subject], None]] = {
    "declares itself": _declares_itself,
    "unknown option refused": _unknown_option_refused,
    "shapes and finite numbers": _shapes,
    "days that few think of": _odd_days,
    "scale above zero": _scale,
    "figures within what it says": _within,
    "plans differ": _says_something,
    "inputs not written to": _inputs_not_written_to,
    "a plan alone as among fifty": _alone_as_among_many,
    "same again": _same_again,
    "quiet": _quiet,
}
