"""Annuities, net present values, payback and levelised cost, by textbook figures."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.model import finance

RATES = st.floats(0.0, 0.3)


def test_an_annuity_repays_a_loan():
    """Brealey, Myers and Allen, "An Amortizing Loan": 1,000 over four years at 10 % is 315.47."""
    assert 1000.0 * finance.annuity_factor(0.10, 4) == pytest.approx(315.47, abs=0.005)
    assert finance.annuity_factor(0.0, 4) == 0.25
    left = 1000.0
    for _ in range(4):
        left = left * 1.10 - 1000.0 * finance.annuity_factor(0.10, 4)
    assert left == pytest.approx(0.0, abs=1e-9)


def test_present_and_net_present_value():
    """Five payments of 30 at 10 %: 27.27 + 24.79 + 22.54 + 20.49 + 18.63 = 113.72."""
    by_hand = sum(30.0 / 1.1**year for year in range(1, 6))
    assert by_hand == pytest.approx(113.72, abs=0.005)
    assert finance.present_value(30.0, 0.10, 5) == pytest.approx(by_hand, rel=1e-12)
    assert finance.net_present_value(100.0, 30.0, 0.10, 5) == pytest.approx(13.72, abs=0.005)
    assert finance.present_value(30.0, 0.0, 5) == 150.0


def test_payback_by_hand():
    assert finance.payback_years(100.0, 30.0) == pytest.approx(3.3333333)
    # 100 = 30 (1 - 1.1 ** -n) / 0.1, so n = -log(1 - 1 / 3) / log(1.1).
    wanted = -math.log(1.0 - 1.0 / 3.0) / math.log(1.1)
    assert finance.discounted_payback_years(100.0, 30.0, 0.10) == pytest.approx(wanted)
    assert finance.present_value(30.0, 0.10, wanted) == pytest.approx(100.0)
    assert finance.discounted_payback_years(100.0, 30.0, 0.0) == pytest.approx(100.0 / 30.0)
    # Interest of 10 a year eats a saving of 10 and of less.
    assert math.isnan(finance.discounted_payback_years(100.0, 10.0, 0.10))
    assert math.isnan(finance.payback_years(100.0, 0.0))
    assert math.isnan(finance.payback_years(100.0, -5.0))
    assert finance.payback_years(0.0, 5.0) == 0.0


def test_levelised_cost_by_hand():
    """1 kW at 1,000, 20 years, 5 %, 10 a year of upkeep and 1,000 kWh: 0.09024 per kWh.

    The simple levelised cost of NREL: capital cost times recovery factor and fixed O&M, over kWh.
    """
    annual = 1000.0 * finance.annuity_factor(0.05, 20) + 10.0
    assert finance.levelised(annual, 1000.0) == pytest.approx(0.09024, abs=5e-6)
    assert math.isnan(finance.levelised(annual, 0.0))
    # What the tolerance of a power flow leaves of a station that never gives.
    assert math.isnan(finance.levelised(annual, 4e-5))


def test_what_is_left_and_what_is_bought_again_by_hand():
    # Bought once, a fifth of its 25 years left after 20.
    wanted = 1.0 - 0.2 / 1.05**20
    assert finance.outlay_factor(25.0, 1.0, 0.05, 20.0) == pytest.approx(wanted)
    # Bought at 0, and at 12 for 0.7; a third of the second is left after 20.
    wanted = 1.0 + 0.7 / 1.05**12 - 0.7 * (4.0 / 12.0) / 1.05**20
    assert finance.outlay_factor(12.0, 0.7, 0.05, 20.0) == pytest.approx(wanted)
    # Two whole lives, nothing left.
    wanted = 1.0 + 1.0 / 1.05**10
    assert finance.outlay_factor(10.0, 1.0, 0.05, 20.0) == pytest.approx(wanted)
    assert finance.outlay_factor(20.0, 0.5, 0.05, 20.0) == 1.0


@given(RATES, st.integers(1, 5), st.floats(0.5, 30.0))
def test_whole_lives_cost_what_an_annuity_of_one_life_does(rate, lives, lifetime):
    years = lives * lifetime
    outlay = finance.outlay_factor(lifetime, 1.0, rate, years)
    own = finance.annuity_factor(rate, lifetime)
    assert outlay * finance.annuity_factor(rate, years) == pytest.approx(own, rel=1e-6)


@given(RATES, st.floats(1.0, 60.0), st.floats(0.1, 50.0), st.floats(0.0, 2.0))
def test_an_annuity_and_a_present_value_undo_each_other(rate, years, lifetime, replacement):
    worth = finance.present_value(finance.annuity_factor(rate, years), rate, years)
    assert worth == pytest.approx(1.0, rel=1e-6)
    assert finance.outlay_factor(lifetime, replacement, rate, years) >= 0.0 - 2.0 * replacement
