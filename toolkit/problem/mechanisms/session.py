"""A mechanism at work: it is told what there is, and what it says is checked and completed."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from toolkit.common.errors import InputError, ToolkitError
from toolkit.common.processes import words
from toolkit.common.types import FloatArray
from toolkit.model.market import Exchange, Settlement, Tariffs, Terms
from toolkit.model.market.settlement import settlement
from toolkit.problem.mechanisms.contract import CHARGES, LIMITS, Mechanism, Offer, Outcome

#: By how much sums may differ, as a share of all that is added up.
ROUNDING = 1e-9
#: What an outcome has of each member and step, of each step, and of each pair.
OF_MEMBERS = ("owed", "due", "paid", "received", "sell", "buy", "charges")
OF_STEPS, OF_PAIRS = ("price",), ("pairs", "pair_price")


@dataclass(frozen=True)
class Case:
    """What is to be settled: exchanges of n plans, (n, T, P), tariffs, terms, and hours, (T,)."""

    done: Exchange
    tariffs: Tariffs
    terms: Terms
    hours: FloatArray

    def offer(self, asked: tuple[str, ...]) -> Offer:
        """Return what a mechanism is told that asks for some terms."""
        done, tariffs, terms = self.done, self.tariffs, self.terms
        given: dict[str, FloatArray | None] = {}
        if LIMITS in asked:
            given |= {"ask": terms.ask, "bid": terms.bid}
        if CHARGES in asked:
            given |= {"charge": terms.charge}
        lacking = [name for name, value in given.items() if value is None]
        if lacking:
            raise ValueError(f"found no {lacking[0]}; expected terms.{lacking[0]}")
        values: dict[str, FloatArray | None] = {
            **{name: getattr(done, name) for name in ("surplus", "deficit", "sell", "buy")},
            "exported": done.exported,
            "imported": done.imported,
            **{name: getattr(tariffs, name) for name in ("retail", "feed_in", "network")},
            "hours": self.hours,
            **given,
        }
        return Offer(**{n: _read_only(v) for n, v in values.items() if v is not None})


def _read_only(values: FloatArray) -> FloatArray:
    view = values.view()
    view.flags.writeable = False
    return view


def answer(mechanism: Mechanism, name: str, case: Case) -> Outcome:
    """Return what a mechanism says. Raises ToolkitError where it breaks, which names it."""
    try:
        said = mechanism.settle(case.offer(mechanism.terms))
    except ToolkitError as error:
        raise InputError(f"mechanism '{name}': {error}") from error
    except (Exception, SystemExit) as error:
        raise ToolkitError(f"mechanism '{name}': {words(error)}") from error
    if not isinstance(said, Outcome):
        raise ToolkitError(
            f"mechanism '{name}': found {type(said).__name__}; expected a toolkit.Outcome"
        )
    return said


def completed(said: Outcome, case: Case) -> Settlement:
    """Return the settlement of an outcome: the grid and the network get what is theirs."""
    done = case.done
    if said.sell is not None and said.buy is not None:
        done = done.matched(said.sell, said.buy)
    charges = said.charges
    if charges is None:
        charges = case.tariffs.network[:, None] * done.buy
    none = 0.0 * done.buy
    found = settlement(
        done,
        case.tariffs,
        owed=none if said.owed is None else said.owed,
        due=none if said.due is None else said.due,
        charges=charges,
        price=np.array(np.nan) if said.price is None else said.price,
        pairs=said.pairs,
        pair_price=said.pair_price,
    )
    if said.paid is None or said.received is None:
        return found
    return dataclasses.replace(found, paid=said.paid, received=said.received)


def checked(said: Outcome, name: str, case: Case, terms: tuple[str, ...]) -> Outcome:
    """Return an outcome that holds together. Raises ToolkitError, which says what does not."""
    try:
        return _checked(said, case, terms)
    except ToolkitError as error:
        raise ToolkitError(f"mechanism '{name}': {error}") from None


def _checked(said: Outcome, case: Case, terms: tuple[str, ...]) -> Outcome:
    shape = case.done.sell.shape
    shapes = dict.fromkeys(OF_MEMBERS, shape) | dict.fromkeys(OF_STEPS, shape[:-1])
    shapes |= dict.fromkeys(OF_PAIRS, (*shape, shape[-1]))
    given = {n: _array(n, getattr(said, n), shapes[n]) for n in shapes}
    for one, other in (("owed", "due"), ("paid", "received"), ("sell", "buy")):
        if (given[one] is None) != (given[other] is None):
            there = one if given[other] is None else other
            raise ToolkitError(f"found {there} alone; expected {one} and {other}, or none of both")
    if (given["owed"] is None) == (given["paid"] is None):
        both = "owed and paid" if given["paid"] is not None else "neither owed nor paid"
        raise ToolkitError(f"found {both}; expected owed and due, or paid and received")
    if given["charges"] is not None and CHARGES not in terms:
        raise ToolkitError(
            f"found charges; expected none, or '{CHARGES}' among its terms: else the network gets "
            "its price a kWh"
        )
    outcome = Outcome(**given)
    _check_energy(outcome, case)
    _check_money(outcome, case)
    return outcome


def _array(name: str, value: object, shape: tuple[int, ...]) -> FloatArray | None:
    """Return a part of an outcome as an array of its shape, finite but for prices."""
    if value is None:
        return None
    try:
        found = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise ToolkitError(
            f"{name}: found {type(value).__name__}; expected an array of shape {shape}"
        ) from None
    if found.shape != shape:
        raise ToolkitError(f"{name}: found an array of shape {found.shape}; expected {shape}")
    priced = name in ("price", "pair_price")
    wrong = np.argwhere(np.isinf(found) if priced else ~np.isfinite(found))
    if len(wrong):
        i, t, *rest = (int(place) for place in wrong[0])
        whose = f", member {rest[0] + 1}" if rest else ""
        raise ToolkitError(
            f"{name}: found {found[tuple(wrong[0])]} in step {t + 1}{whose} of plan {i + 1}; "
            "expected finite numbers"
        )
    if name in OF_MEMBERS:
        # Member by member in memory, so that sums end in the same last digit wherever it ran.
        found = np.ascontiguousarray(found.swapaxes(-2, -1)).swapaxes(-2, -1)
    return found


def _check_energy(said: Outcome, case: Case) -> None:
    """Require energy that is matched to be there, and sold energy to be bought."""
    done = case.done
    sides = (("sell", said.sell, done.surplus), ("buy", said.buy, done.deficit))
    for name, matched, there in sides:
        if matched is None:
            continue
        slack = ROUNDING * (1.0 + there)
        if (matched < -slack).any() or (matched > there + slack).any():
            most = "surplus" if name == "sell" else "deficit"
            raise ToolkitError(f"{name}: found energy that is not there; expected 0 to {most}, kWh")
    if said.sell is not None and said.buy is not None:
        _same("kWh", "sell", said.sell.sum(axis=-1), "buy", said.buy.sum(axis=-1))
    if said.pairs is not None:
        sold = done.sell if said.sell is None else said.sell
        bought = done.buy if said.buy is None else said.buy
        _same("kWh", "pairs by seller", said.pairs.sum(axis=-1), "sell", sold)
        _same("kWh", "pairs by buyer", said.pairs.sum(axis=-2), "buy", bought)


def _check_money(said: Outcome, case: Case) -> None:
    """Require that buyers owe what sellers are due, or that whole bills are what others get."""
    if said.owed is not None and said.due is not None:
        _same("money", "owed", said.owed.sum(axis=-1), "due", said.due.sum(axis=-1))
    if said.paid is not None and said.received is not None:
        others = completed(said, case)
        got = (others.network + others.grid).sum(axis=-1)
        left = (said.paid - said.received).sum(axis=(-2, -1))
        scale = np.abs(said.paid).sum(axis=(-2, -1)) + np.abs(said.received).sum(axis=(-2, -1))
        _same("money", "paid less received", left, "what grid and network get", got, scale)


def _same(
    unit: str,
    name: str,
    one: FloatArray,
    other_name: str,
    other: FloatArray,
    scale: FloatArray | float = 0.0,
) -> None:
    """Require two sums to be the same, plan by plan and step by step."""
    allowed = ROUNDING * (1.0 + np.maximum(np.abs(one), np.abs(other)) + scale)
    wrong = np.argwhere(np.abs(one - other) > allowed)
    if len(wrong):
        at = tuple(int(place) for place in wrong[0])
        step = f" in step {at[1] + 1}" if len(at) > 1 else ""
        raise ToolkitError(
            f"{name} and {other_name} differ{step} of plan {at[0] + 1}: found {one[at]:.6g} and "
            f"{other[at]:.6g} {unit}; expected the same, so that nothing is lost or made"
        )
