"""What a study says of costs, made ready: of its units, its connections and the grid's energy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from toolkit.common.errors import InputError, nearest
from toolkit.common.names import lowered
from toolkit.inputs.cost_sections import misplaced
from toolkit.model import market
from toolkit.model.costs import Charges, Costs, UnitCost
from toolkit.model.kinds import KINDS
from toolkit.model.notices import Notice
from toolkit.model.plan import Plan, on_arrival, schedule
from toolkit.problem.economy import Economy, months_of, years_of
from toolkit.problem.goals import GOALS
from toolkit.problem.study_tariffs import day_steps

if TYPE_CHECKING:
    from toolkit.inputs.study import Study
    from toolkit.model.feeder import Feeder
    from toolkit.model.fleet import Fleet, FleetUnit
    from toolkit.model.operation import Operation
    from toolkit.model.scenario import Scenario

#: The goal that needs to know what the grid emits.
EMITTED = "co2"


def economy_of(study: Study, feeder: Feeder, operation: Operation) -> Economy:
    """Return what a study costs by the year. Raises InputError for costs that fit no unit."""
    tariffs, scenario = study.tariffs, operation.scenario
    co2 = market.series(
        tariffs.co2 or (0.0,), scenario.steps, "tariffs.co2", day_steps(scenario.dt)
    )
    _check_names(study, operation.fleet)
    declared = {unit.name for unit in feeder.units if not unit.added}
    costs = [_unit_cost(study, unit, unit.name in declared) for unit in operation.fleet.units]
    return Economy(
        Costs(tuple(costs), study.costs.discount_rate, study.costs.years),
        Charges(tariffs.demand, tariffs.demand_at_head, tariffs.standing),
        co2,
        months_of(scenario),
        priced=study.costs.stated,
        emits=tariffs.co2 is not None,
    )


def _check_names(study: Study, fleet: Fleet) -> None:
    names = [unit.name for unit in fleet.units]
    for name in study.costs.units:
        if lowered(name) not in names:
            raise InputError(
                f"study {study.name}: 'costs.units.{name}': there is no such unit."
                f"{nearest(name, names)} There are: {', '.join(names) or 'none'}."
            )


def _unit_cost(study: Study, unit: FleetUnit, declared: bool) -> UnitCost:
    """Return what one unit costs: what is said of it alone, else of its kind."""
    alone = study.costs.own(unit.name)
    stated = alone or study.costs.by_kind.get(unit.kind)
    if alone is not None and (wrong := misplaced(alone, unit.kind)):
        field, _, text = wrong.partition(": ")
        raise InputError(f"study {study.name}: 'costs.units.{unit.name}.{field}': {text}.")
    existing = declared and study.fleet.keeps(unit.name)
    if stated is None:
        return UnitCost(existing=existing)
    kw, kwh = unit.kw_per_size, unit.kwh_per_size
    per_size = [
        kw * (stated.per_kw or 0.0),
        kwh * (stated.per_kwh or 0.0),
        stated.per_vehicle or 0.0,
        stated.per_kvar or 0.0,
    ]
    return UnitCost(
        per_size=sum(per_size),
        fixed=stated.per_unit,
        subsidy=stated.subsidy,
        lifetime=stated.lifetime or study.costs.years,
        replacement=stated.replacement,
        upkeep=kw * (stated.om_per_kw or 0.0),
        upkeep_share=stated.om_share,
        cycle_life=stated.cycle_life or np.inf,
        exponent=stated.depth_exponent or 1.0,
        per_kwh_given=(stated.wear_per_kwh or 0.0) + (stated.fuel_per_kwh or 0.0),
        co2_per_kwh=stated.co2_per_kwh or 0.0,
        existing=existing,
    )


def cost_notices(study: Study, economy: Economy, operation: Operation) -> tuple[Notice, ...]:
    """Say what figures of a year stand on that a study does not state."""
    new = [u for u, own in zip(operation.fleet.units, economy.costs.new, strict=True) if own]
    notices = [*_free(study, new)] if economy.priced else []
    if economy.priced or economy.charges.any or economy.emits:
        notices += _times(economy, operation.scenario)
    return tuple(notices)


def _free(study: Study, units: Sequence[FleetUnit]) -> list[Notice]:
    """Say which kinds of units that are bought cost nothing although others do."""
    free = {unit.kind for unit in units if study.costs.own(unit.name) is None}
    free -= set(study.costs.by_kind)
    return [
        Notice(
            f"costs.{kind}",
            f"not stated, so {KINDS[kind].many} cost nothing; expected a section "
            f"[costs.{kind}] where they do",
            topic="study",
        )
        for kind in KINDS
        if kind in free
    ]


def _times(economy: Economy, scenario: Scenario) -> list[Notice]:
    years, notices = years_of(scenario), []
    if years < 1.0 - 1e-9:
        days = f"{scenario.hours / 24.0:g} day{'s' if scenario.hours > 24.0 else ''}"
        text = f"figures of a year are those of the {days} times {1.0 / years:.6g}"
        notices.append(Notice("horizon", text, topic="study", level="note"))
    demanded = economy.charges.demand or economy.charges.at_head
    if demanded and len(np.unique(economy.months)) < 12:
        known = len(np.unique(economy.months))
        what = (
            "every month has the highest import of all days"
            if known == 1
            else (f"{known} months stand for all twelve")
        )
        text = f"{what}, since the days are not of a whole year with dates"
        notices.append(Notice("tariffs.demand", text, topic="study", level="note"))
    return notices


def check(study: Study, economy: Economy) -> None:
    """Refuse goals of which a study does not state what they are made of. Raises InputError."""
    asked = study.market
    sought = asked.weights if asked.objective == "weighted" else (asked.objective,)
    named = [*((name, "market") for name in sought)]
    named += [(name, "limits.goals") for name in study.limits.of_goals]
    named += [(name, "market.measured") for name in asked.measured or ()]
    for name, section in named:
        where = f"study {study.name}: {section}: found '{name}'"
        if GOALS[name].needs_costs and not economy.priced:
            raise InputError(
                f"{where}, but nothing says what units cost; expected sections such as [costs.pv], "
                "or 'community_cost', the cost of energy alone."
            )
        if name == EMITTED and not economy.emits:
            raise InputError(
                f"{where}, but nothing says what the grid's energy emits; expected tariffs.co2, "
                "kg per kWh."
            )


def without_new(operation: Operation, economy: Economy) -> Plan:
    """Return the plan that has only the units that are there already, as the base case has them."""
    units = operation.fleet.units
    size = np.where(economy.costs.new, 0.0, [unit.base_size for unit in units])
    bus = np.array([unit.base_bus for unit in units], dtype=np.intp)
    return schedule(bus, size, on_arrival(operation), operation, relieved=False)
