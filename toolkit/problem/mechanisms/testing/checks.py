"""What is asked of every mechanism, one function per check; AssertionError says why not."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Mapping

import numpy as np

from toolkit.common.errors import ToolkitError
from toolkit.common.plugins.checking import check_declaration, check_unknown_option, require
from toolkit.common.types import FloatArray
from toolkit.model.market import Settlement
from toolkit.problem.mechanisms.contract import CHARGES
from toolkit.problem.mechanisms.registry import MECHANISMS, flaw_of
from toolkit.problem.mechanisms.session import Case
from toolkit.problem.mechanisms.testing.scenes import Subject, a_day, odd_days

#: By how much figures may differ, as a share of what is added up.
EXACT = 1e-9


def _declares_itself(subject: Subject) -> None:
    check_declaration(MECHANISMS, subject.kind)
    fault = flaw_of(subject.kind.terms)
    require(not fault, fault)


def _unknown_option_refused(subject: Subject) -> None:
    check_unknown_option(MECHANISMS, subject.kind)


def _shapes(subject: Subject) -> None:
    """Settle one plan and several: what is not finite or of another shape is refused."""
    for plans in (1, 7):
        subject.outcome(a_day(plans))


def _odd_days(subject: Subject) -> None:
    for words, case in odd_days().items():
        try:
            subject.outcome(case)
        except ToolkitError as error:
            raise AssertionError(f"{words}: {error}") from error


def _inputs_not_written_to(subject: Subject) -> None:
    case = a_day(3)
    values = {**vars(case.done), **vars(case.tariffs), **vars(case.terms), "hours": case.hours}
    before = {name: array.copy() for name, array in values.items() if array is not None}
    subject.outcome(case)
    for name, array in before.items():
        require(np.array_equal(array, values[name]), f"it wrote to {name}")


def _budget_balance(subject: Subject) -> None:
    """Require that all that is paid is what members, network and grid get."""
    for seed in range(1, 6):
        found = subject.settlement(a_day(4, seed))
        left = found.bill.sum(axis=(-2, -1)) - (found.network + found.grid).sum(axis=-1)
        scale = 1.0 + np.abs(found.paid).sum(axis=(-2, -1))
        worst = float(np.abs(left / scale).max())
        require(worst <= EXACT, f"{worst:.3g} of all that is paid is lost or made")


def _prices(subject: Subject) -> None:
    """Require prices from what the grid gives to what it takes, charges of pairs included."""
    for seed in range(1, 6):
        case = a_day(4, seed)
        found, tariffs = subject.settlement(case), case.tariffs
        low, high = tariffs.feed_in, tariffs.retail
        if CHARGES not in subject.kind.terms:
            high = tariffs.energy
        price = found.price
        if found.pair_price is not None and found.pairs is not None:
            price = np.where(found.pairs > 0.0, found.pair_price, np.nan)
            low, high = low[:, None, None], high[:, None, None]
        outside = (price < low - EXACT) | (price > high + EXACT)
        require(
            not bool(outside.any()),
            "a price is outside what the grid gives and takes: feed_in to retail less network",
        )


def _alone_as_among_many(subject: Subject) -> None:
    together = subject.settlement(a_day(50))
    for i in (0, 1, 23, 49):
        case = a_day(50)
        alone = subject.settlement(_only(case, i))
        gap = _gap(alone, together, i)
        require(
            gap == 0.0,
            f"plan {i + 1} alone differs by {gap:.3g} from it among fifty; expected the same to "
            "the last digit (sum(axis=...) keeps it where '@' may not)",
        )


def _only(case: Case, i: int) -> Case:
    done = type(case.done)(*(kwh[i : i + 1] for kwh in vars(case.done).values()))
    return Case(done, case.tariffs, case.terms, case.hours)


def _gap(alone: Settlement, together: Settlement, i: int) -> float:
    """Return the largest difference of one plan's money and energy, as a share of the largest."""
    pairs: list[tuple[FloatArray, FloatArray]] = [
        (alone.paid[0], together.paid[i]),
        (alone.received[0], together.received[i]),
        (alone.exchange.sell[0], together.exchange.sell[i]),
    ]
    return max(float((np.abs(a - b) / (1.0 + np.abs(b).max())).max()) for a, b in pairs)


def _same_again(subject: Subject) -> None:
    first, again = subject.settlement(a_day(3)), subject.settlement(a_day(3))
    require(np.array_equal(first.bill, again.bill), "asked twice, it says something else")
    subject.settlement(a_day(3, seed=2))
    third = subject.settlement(a_day(3))
    require(np.array_equal(first.bill, third.bill), "after another day it says something else")


def _quiet(subject: Subject) -> None:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        subject.outcome(a_day(2))
    said = (out.getvalue() + err.getvalue()).strip()
    require(not said, f"it printed: {said[:200]}")


#: The checks that a mechanism has to pass, by name.
CHECKS: Mapping[str, Callable[[Subject], None]] = {
    "declares itself": _declares_itself,
    "unknown option refused": _unknown_option_refused,
    "shapes and finite numbers": _shapes,
    "days that few think of": _odd_days,
    "inputs not written to": _inputs_not_written_to,
    "budget balance": _budget_balance,
    "prices within the grid's": _prices,
    "a plan alone as among fifty": _alone_as_among_many,
    "same again": _same_again,
    "quiet": _quiet,
}
