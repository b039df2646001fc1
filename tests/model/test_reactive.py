"""Reactive power within ratings, by hand and for anything."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.model.reactive import Inverters, Reactive, kvar_at, kvar_left

NAN = float("nan")


def test_a_power_factor_is_signed_as_in_opendss():
    # 3, 4, 5: at 0.8 there are 3 kvar to 4 kW, taken in where the factor is negative.
    assert kvar_at(np.array([4.0, -4.0]), 0.8) == pytest.approx([3.0, -3.0])
    assert kvar_at(np.array([4.0, -4.0]), -0.8) == pytest.approx([-3.0, 3.0])
    assert kvar_at(np.array([4.0]), 1.0) == pytest.approx([0.0])


def test_a_rating_leaves_what_makes_the_triangle_whole():
    assert kvar_left(np.array([4.0, 0.0, 5.0, 6.0]), 5.0) == pytest.approx([3.0, 5.0, 0.0, 0.0])


def test_real_power_keeps_its_place_at_the_rating():
    inverters = Inverters((Reactive(power_factor=0.6, kva=5.0), None, Reactive(searched="kvar")))
    kw, p_kw = np.array([4.0, 4.0, 4.0]), np.array([[3.0, 4.0], [4.0, 4.0], [4.0, 0.0]])
    q = inverters.kvar(kw, p_kw, None, None)
    # 3 kW at 0.6 make 4 kvar; 4 kW would make 5.33, of which the rating leaves 3.
    assert q == pytest.approx(np.array([[4.0, 3.0], [0.0, 0.0], [0.0, 0.0]]))


def test_steps_that_are_decided_take_a_share_of_what_is_left():
    inverters = Inverters((Reactive(searched="kvar", kva_per_kw=1.25), Reactive(power_factor=0.8)))
    kw, p_kw = np.array([4.0, 4.0]), np.array([[4.0, 0.0], [4.0, 0.0]])
    share = np.array([[-1.0, 0.5], [NAN, NAN]])
    q = inverters.kvar(kw, p_kw, np.array([NAN, NAN]), share)
    assert q == pytest.approx(np.array([[-3.0, 2.5], [3.0, 0.0]]))


ANYTHING = st.floats(-1.0, 1.0, allow_nan=False)


@given(
    st.lists(ANYTHING, min_size=3, max_size=3),
    st.floats(0.1, 1.0),
    st.booleans(),
    st.floats(1.0, 3.0),
)
def test_no_unit_is_above_its_rating(shares, factor, takes, per_kw):
    own = Reactive("power_factor", -factor if takes else factor, kva_per_kw=per_kw)
    p_kw = 10.0 * np.array([shares])
    q = Inverters((own,)).kvar(np.array([10.0]), p_kw, None, None)
    assert (np.hypot(p_kw, q) <= 10.0 * per_kw * (1.0 + 1e-12)).all()
    # What the rating lets through keeps the factor.
    free = np.abs(kvar_at(p_kw, own.power_factor)) <= kvar_left(p_kw, 10.0 * per_kw)
    assert q[free] == pytest.approx(kvar_at(p_kw, own.power_factor)[free])
