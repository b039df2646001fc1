"""Conditions of tiny studies that cost money, without an engine."""

from dataclasses import replace

import numpy as np

from toolkit.exact.asked import Asked, scheduled
from toolkit.inputs.limit_sections import Limits
from toolkit.model.costs import Charges, Costs, UnitCost
from toolkit.model.market import Tariffs, Terms
from toolkit.problem.conditions import Conditions
from toolkit.problem.economy import Economy
from toolkit.problem.goal_limits import HeldGoal
from toolkit.problem.goals import GOALS
from toolkit.problem.local_market import LocalMarket
from toolkit.problem.mechanisms.registry import Chosen


def conditions_of(
    operation, load, units, charges=None, co2=None, rate=0.0, years=10.0, months=None
):
    """Return what plans meet where the units of a fleet cost what ``units`` say."""
    scenario = operation.scenario
    prosumers, none = np.arange(load.shape[1]), np.zeros(operation.steps)
    chosen = Chosen("mid-market", {}, ())
    tariffs, hours = scenario.tariffs, scenario.step_hours
    local = LocalMarket(prosumers, tariffs, chosen, Terms(), hours, scenario.members)
    economy = Economy(
        Costs(tuple(units), rate, years),
        charges or Charges(),
        none if co2 is None else np.array(co2, dtype=float),
        none if months is None else np.array(months, dtype=float),
        priced=True,
        emits=True,
        reference=1000.0,
    )
    return Conditions(local, operation, Limits(), load, economy)


def with_prices(operation, retail, feed_in=0.0, network=0.0):
    """Return an operation at other prices, numbers or one a step."""
    none = np.zeros(operation.steps)
    prices = Tariffs(*(none + np.array(each) for each in (retail, feed_in, network)))
    return replace(operation, scenario=replace(operation.scenario, tariffs=prices))


def asked(goal, conditions, **limits):
    """Return what is asked: a goal, and limits by name, (from above, number)."""
    held = tuple(
        HeldGoal.of(name, GOALS[name], at_most, limit, max(abs(limit), 1.0))
        for name, (at_most, limit) in limits.items()
    )
    return Asked(goal, held, conditions)


def figure(plan, conditions, goal):
    """Return the figure of a goal of one plan, nothing lost in the network."""
    return float(GOALS[goal].figures(scheduled(plan.row(None), conditions))[0])


def random_cost(rng, kind, fixed=True):
    """Return what a unit costs, at random; now and then it is there already."""
    stores = kind in ("bess", "bev")
    return UnitCost(
        per_size=float(rng.choice([0.0, rng.uniform(0.0, 3000.0)])),
        fixed=float(rng.choice([0.0, rng.uniform(0.0, 2000.0)])) if fixed else 0.0,
        subsidy=float(rng.uniform(0.0, 0.5)),
        lifetime=float(rng.uniform(4.0, 25.0)),
        replacement=float(rng.uniform(0.3, 1.0)),
        upkeep=float(rng.uniform(0.0, 20.0)),
        upkeep_share=float(rng.uniform(0.0, 0.02)),
        cycle_life=float(rng.uniform(500.0, 20000.0)) if stores and rng.random() < 0.7 else np.inf,
        per_kwh_given=float(rng.choice([0.0, 0.05])),
        co2_per_kwh=0.0 if stores else float(rng.choice([0.0, 0.3])),
        existing=bool(rng.random() < 0.1),
    )


def random_conditions(rng, operation, load, fixed=True):
    """Return an operation at random prices, and random conditions of it."""
    steps = operation.steps
    feed_in, network = rng.uniform(0.0, 0.15, steps), rng.choice([0.0, 0.08], steps)
    operation = with_prices(
        operation, feed_in + network + rng.uniform(0, 0.3, steps), feed_in, network
    )
    charges = Charges(*(rng.choice([0.0, 1.0], 3) * rng.uniform(1.0, 50.0, 3)).tolist())
    units = [random_cost(rng, kind, fixed) for kind in operation.fleet.kinds]
    co2, months = rng.uniform(0.0, 0.6, steps), rng.integers(1, 3, steps)
    return operation, conditions_of(operation, load, units, charges, co2, 0.04, 15.0, months)
