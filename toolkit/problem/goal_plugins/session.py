"""A goal at work: it is told what it asks for, and what it says is checked."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from toolkit.common.errors import InputError, ToolkitError
from toolkit.common.processes import words
from toolkit.common.types import FloatArray
from toolkit.problem import yearly
from toolkit.problem.economy import years_of
from toolkit.problem.energy import maximised_kw
from toolkit.problem.goal_plugins.contract import Goal
from toolkit.problem.goal_plugins.told import NEEDS, Given, SolvedPlans

if TYPE_CHECKING:
    from toolkit.model.goal_names import EnergyGoal
    from toolkit.problem.conditions import Conditions, Solved


def given_of(conditions: Conditions, needs: Sequence[str]) -> Given:
    """Return what a goal is told of what every plan meets."""
    scenario, units = conditions.operation.scenario, conditions.operation.fleet.units
    tariffs, economy, limits = conditions.market.tariffs, conditions.economy, conditions.limits
    return Given(
        hours=conditions.hours,
        step_h=scenario.dt,
        weights=scenario.weights,
        separate=scenario.separate is not None,
        per_year=1.0 / years_of(scenario),
        load_kw=conditions.load_kw,
        buses=conditions.buses,
        units=tuple(unit.name for unit in units),
        kinds=tuple(unit.kind for unit in units),
        prosumers=conditions.market.homes,
        parties=conditions.market.names,
        members=scenario.members,
        size_max=np.array([unit.size_max for unit in units]),
        kw_per_size=np.array([unit.kw_per_size for unit in units]),
        retail=tariffs.retail,
        feed_in=tariffs.feed_in,
        network=tariffs.network,
        co2=economy.co2,
        unit_co2=economy.costs.co2_per_kwh,
        v_min=limits.v_min,
        v_max=limits.v_max,
        loading_max=limits.loading_max,
        asked=Lazy(_prices(conditions) if "costs" in needs else {}),
    )


class Lazy(Mapping[str, FloatArray]):
    """Arrays by name, each worked out when it is first asked for."""

    def __init__(self, makers: Mapping[str, Callable[[], Any]]) -> None:
        self._makers = makers
        self._made: dict[str, FloatArray] = {}

    def __getitem__(self, name: str) -> FloatArray:
        if name not in self._made:
            self._made[name] = np.asarray(self._makers[name]())
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


def _prices(conditions: Conditions) -> dict[str, Callable[[], Any]]:
    """Return what is told of prices to who asks for costs, see ``told.GIVEN_NEEDS``."""
    economy, units = conditions.economy, conditions.operation.fleet.units
    largest = np.array([unit.size_max for unit in units])
    return {
        "annuity": lambda: economy.costs.annuity,
        "reference_cost": lambda: economy.reference,
        "most_annual_cost": lambda: yearly.most_cost(conditions, given_of(conditions, ()).most_kw),
        "most_investment": lambda: float(economy.costs.investment(largest).sum()) or 1.0,
    }


def told(solved: Solved, needs: Sequence[str]) -> SolvedPlans:
    """Return what a goal is told of solved plans."""
    plans, at = solved.plans, solved.at
    known = _parts(solved)
    asked = Lazy({name: known[name] for need in needs for name in NEEDS[need]})
    return SolvedPlans(
        given=given_of(solved.conditions, needs),
        load_kw=at.load,
        net_kw=at.net,
        unit_kw=solved.unit_kw,
        bus=plans.bus,
        size=plans.size,
        kwh=plans.kwh,
        stored_kwh=plans.stored,
        asked=asked,
    )


def _parts(solved: Solved) -> dict[str, Callable[[], Any]]:
    """Return what is told to who asks for it, see ``told.NEEDS``."""
    conditions, days = solved.conditions, solved.days
    return {
        "party_kw": lambda: solved.net[..., conditions.market.prosumers],
        "sold_kwh": lambda: _sold(solved, "traded"),
        "sold_to_load_kwh": lambda: _sold(solved, "traded_to_load"),
        "loss_kw": lambda: days.loss_kw,
        "head_kw": lambda: yearly.head(solved),
        "head_import_kw": lambda: yearly.head_import(solved),
        "v_pu": lambda: days.v_pu,
        "loading_pct": lambda: days.loading,
        "bill": lambda: conditions.market.settle(solved.net).bill,
        "investment": lambda: conditions.economy.costs.investment(solved.plans.size),
        "unit_cost": lambda: yearly.bought(solved).annual,
        "connection_cost": lambda: yearly.yearly_bill(solved).total,
    }


def _sold(solved: Solved, which: EnergyGoal) -> FloatArray:
    """Return the energy traded in each step, or the part of it that serves load, kWh, (n, T)."""
    scenario = solved.conditions.operation.scenario
    kwh = maximised_kw(solved.at, which, scenario)
    kwh *= scenario.step_hours
    return kwh


def plainly(given: Given) -> Given:
    """Return the same in arrays of their own that lie in memory in one piece, read-only."""
    return replace(given, **_plain(given))


def wholly(solved: SolvedPlans) -> SolvedPlans:
    """Return the same of solved plans, so that it can be sent."""
    return replace(solved, **{**_plain(solved), "given": plainly(solved.given)})


def plan_alone(solved: SolvedPlans, i: int, given: Given) -> SolvedPlans:
    """Return one of several plans; its arrays lie in memory in one piece, read-only.

    So a figure ends in the same last digit wherever it is worked out, and beside whatever plans.
    """
    one = {f.name: getattr(solved, f.name)[i : i + 1] for f in fields(solved) if f.name not in OWN}
    asked = {name: values[i : i + 1] for name, values in solved.asked.items()}
    part = SolvedPlans(given=given, asked=asked, **one)
    return replace(part, **_plain(part))


#: What of solved plans is no array of them.
OWN = ("given", "asked")


def _plain(values: Any) -> dict[str, Any]:
    arrays = {n: v for n, v in vars(values).items() if isinstance(v, np.ndarray)}
    whole: dict[str, Any] = {name: _whole(array) for name, array in arrays.items()}
    return {**whole, "asked": {name: _whole(array) for name, array in values.asked.items()}}


def _whole(values: Any) -> Any:
    whole = np.array(values, order="C")
    whole.flags.writeable = False
    return whole


def figures_of(goal: Goal, name: str, solved: SolvedPlans) -> FloatArray:
    """Return the figures of plans, (n,), each asked for by itself unless the goal says otherwise.

    Raises ToolkitError, which names the goal, where it breaks or says what is no figure.
    """
    if goal.at_once:
        return _figures(goal, name, wholly(solved))
    given = plainly(solved.given)
    alone = [_figures(goal, name, plan_alone(solved, i, given)) for i in range(len(solved))]
    return np.concatenate(alone) if alone else np.empty(0)


def _figures(goal: Goal, name: str, solved: SolvedPlans) -> FloatArray:
    said = _said(goal.figure, name, solved)
    try:
        found = np.array(said, dtype=float)
    except (TypeError, ValueError):
        raise ToolkitError(
            f"goal '{name}': figure: found {type(said).__name__}; expected an array of shape "
            f"({len(solved)},)"
        ) from None
    if found.shape != (len(solved),):
        raise ToolkitError(
            f"goal '{name}': figure: found an array of shape {found.shape}; expected "
            f"({len(solved)},), one number for each plan"
        )
    if not np.isfinite(found).all():
        raise ToolkitError(
            f"goal '{name}': figure: found {found[~np.isfinite(found)][0]}; expected finite numbers"
        )
    return found


def number_of(goal: Goal, name: str, what: str, given: Given) -> float:
    """Return a goal's scale or worst figure in a study. Raises ToolkitError, which names it."""
    said = _said(getattr(goal, what), name, plainly(given))
    try:
        found = float(said)
    except (TypeError, ValueError):
        raise ToolkitError(
            f"goal '{name}': {what}: found {said!r:.80}; expected a number"
        ) from None
    if not math.isfinite(found) or (what == "scale" and found <= 0.0):
        wanted = "a finite number above 0" if what == "scale" else "a finite number"
        raise ToolkitError(f"goal '{name}': {what}: found {found}; expected {wanted}")
    return found


def _said(method: Callable[[Any], Any], name: str, given: Any) -> Any:
    try:
        return method(given)
    except ToolkitError as error:
        raise InputError(f"goal '{name}': {error}") from error
    except (Exception, SystemExit) as error:
        raise ToolkitError(f"goal '{name}': {words(error)}") from error
