"""Panels behind an inverter: worked out by hand, per kW of Pmpp."""

import numpy as np
import pytest

from toolkit.model.photovoltaics import Curve, Inverter, Panels, inverter_power, panel_power

EFFICIENCY = Curve(np.array([0.1, 0.2, 0.4, 1.0]), np.array([0.86, 0.9, 0.93, 0.97]))
WARMTH = Curve(np.array([0.0, 25.0, 75.0, 100.0]), np.array([1.2, 1.0, 0.8, 0.6]))


def power(dc, **inverter):
    return inverter_power(np.array(dc, dtype=float), Inverter(**inverter))


def test_a_curve_goes_on_in_straight_lines():
    at = EFFICIENCY.at(np.array([0.05, 0.1, 0.3, 1.3]))
    assert at == pytest.approx([0.84, 0.86, 0.915, 0.99])
    assert Curve(np.array([1.0]), np.array([0.5])).at(np.array([0.0, 9.0])).tolist() == [0.5, 0.5]


def test_panels_lose_with_temperature():
    warm = panel_power(Panels(Inverter(1.0), 0.9, 25.0, WARMTH), np.ones(3), np.array([25, 60, 85]))
    assert warm == pytest.approx([0.9, 0.9 * 0.86, 0.9 * 0.72])


def test_a_small_inverter_clips():
    # 20 kW of panels behind 15 kVA: 0.75 kVA per kW.
    assert power([0.5, 1.0], kva=0.75)[0].tolist() == [0.5, 0.75]


def test_a_limit_in_percent_of_the_panels():
    assert power([0.4, 1.0], kva=1.25, limit=0.5)[0].tolist() == [0.4, 0.5]


def test_efficiency_follows_the_panels_over_the_rating():
    # 20 kW at 60 deg C behind 25 kVA: 0.86 / 1.25 = 0.688 of the rating; 0.93 + 0.288 x 0.04 / 0.6.
    p, q = power([0.86], kva=1.25, efficiency=EFFICIENCY)
    assert p[0] == pytest.approx(0.86 * 0.9492)
    assert q[0] == 0.0


def test_below_the_cut_in_nothing_comes_and_below_the_cut_out_it_ends():
    p, _ = power([0.0, 0.15, 0.2, 0.12, 0.09, 0.15], kva=1.0, cut_in=20.0, cut_out=10.0)
    assert p.tolist() == [0.0, 0.0, 0.2, 0.12, 0.0, 0.0]


@pytest.mark.parametrize(
    ("first", "p", "q"), [("kvar", 0.6, 0.8), ("kw", 1.0, 0.0), ("pf", 0.6, 0.8)]
)
def test_a_full_inverter_gives_up_one_or_the_other(first, p, q):
    # 1 kW of panels at pf 0.6 would be 1.33 kvar behind 1 kVA; pf 0.6 itself is 0.6 and 0.8.
    got = power([1.0], kva=1.0, pf=0.6, first=first)
    expected = (0.0, 1.0) if first == "kvar" else (p, q)
    assert (got[0][0], got[1][0]) == pytest.approx(expected)


def test_kvar_that_is_held_comes_at_night_too():
    p, q = power([0.0, 1.0], kva=1.0, pf=float("nan"), kvar=-0.6)
    assert q.tolist() == [-0.6, -0.6]
    assert p == pytest.approx([0.0, 0.8])
