"""What units and connections cost in a year, by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.model.costs import Costs, UnitCost, demand_cost

PV = UnitCost(per_size=1000.0, fixed=500.0, subsidy=0.1, lifetime=25.0, upkeep_share=0.01)
STORE = UnitCost(per_size=400.0, lifetime=10.0, replacement=0.5, cycle_life=4000.0)


def costs_of(*units, rate=0.05, years=20.0):
    return Costs(units, rate, years)


def test_one_unit_by_hand():
    """10 kW of PV: 10,500 less 10 % paid; a fifth of its life, worth 2,100, is left in 20 years."""
    bought = costs_of(PV).bought(np.array([10.0]), np.zeros(1), np.array([9000.0]))
    assert bought.investment == pytest.approx([9450.0])
    worth_today = 9450.0 - 2100.0 / 1.05**20
    assert bought.capital == pytest.approx([worth_today * 0.0802425872])
    assert bought.upkeep == pytest.approx([105.0])
    assert bought.annual == pytest.approx(bought.capital + 105.0)


def test_nothing_of_no_size_and_of_what_is_there():
    there = UnitCost(per_size=1000.0, fixed=500.0, upkeep=20.0, lifetime=20.0, existing=True)
    bought = costs_of(PV, there).bought(np.array([0.0, 10.0]), np.zeros(2), np.zeros(2))
    assert bought.investment.tolist() == [0.0, 0.0]
    assert bought.capital.tolist() == [0.0, 0.0]
    assert bought.upkeep.tolist() == [0.0, 200.0]


def test_wear_is_what_cycling_uses_up_faster_than_time():
    """Of 4,000 for 10 kW, the next for 2,000: 15 % of a life a year, 10 % of which are of time."""
    size = np.array([10.0])
    bought = costs_of(STORE).bought(size, np.array([0.15]), np.zeros(1))
    assert bought.wear == pytest.approx([0.05 * 2000.0])
    assert costs_of(STORE).bought(size, np.array([0.08]), np.zeros(1)).wear == [0.0]
    once_a_day = np.tile([1.0, 0.0], 365).reshape(1, -1)
    used = costs_of(STORE).life_used(np.append(once_a_day, [[1.0]], axis=1))
    assert used == pytest.approx([365.0 / 4000.0])


def test_energy_that_costs():
    fuel = UnitCost(per_kwh_given=0.2)
    assert costs_of(fuel).bought(np.ones(1), np.zeros(1), np.array([50.0])).running == [10.0]


def test_a_price_per_kw_of_the_highest_import_by_hand():
    """Months of 10 and 20 kW at 5 a kW and month: twelve of 15 kW in the mean are 900 a year."""
    kw = np.array([3.0, 10.0, 20.0, 1.0])
    assert demand_cost(kw, np.array([1.0, 1.0, 2.0, 2.0]), 5.0) == pytest.approx(900.0)
    assert demand_cost(kw, np.zeros(4), 5.0) == pytest.approx(12 * 20.0 * 5.0)
    two = demand_cost(np.stack([kw, 2.0 * kw]), np.zeros(4), 5.0)
    assert two.tolist() == [1200.0, 2400.0]


@given(
    st.floats(0.0, 0.2),
    st.lists(st.floats(0.0, 100.0), min_size=2, max_size=2),
    st.floats(0.0, 3.0),
)
def test_larger_units_cost_no_less_and_parts_sum(rate, size, used):
    costs = costs_of(PV, STORE, rate=rate)
    given_kwh, life = np.array([10.0, 5.0]), np.array([0.0, used])
    small = costs.bought(np.array(size), life, given_kwh)
    large = costs.bought(np.array(size) + 1.0, life, given_kwh)
    assert (large.annual >= small.annual).all()
    assert small.annual == pytest.approx(small.capital + small.upkeep + small.wear + small.running)
