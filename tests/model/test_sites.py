"""Sites of units of one kind: who shares a bus, and whether all others find one."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.model.devices import StorageParameters
from toolkit.model.fleet import Fleet, FleetUnit
from toolkit.model.sites import lacking
from toolkit.problem.encoding import place

IDLE = StorageParameters(0.0, 1.0, 0.5, 1.0, 1.0)


def fleet_of(*lists, stays=(), empty=()):
    """Return a fleet of PV units with these candidates; some stay, some have no size."""
    units = tuple(
        FleetUnit(
            f"pv{i}", "pv", 0.0, 0.0 if i in empty else 1.0, tuple(c), c[0], 1.0, 1.0, 0.0,
            stays=i in stays,
        )
        for i, c in enumerate(lists)
    )  # fmt: skip
    return Fleet(units, tuple("abcdef"), IDLE, IDLE, v2g=True)


def placed(fleet):
    """Return the buses of every choice of the units, (n, U)."""
    every = product(*(range(len(u.candidates)) for u in fleet.units))
    return place(np.array(list(every), dtype=np.intp), fleet)


def test_a_unit_with_one_bus_alone_is_left_it_whatever_those_before_it_choose():
    # The first prefers bus 0, but the second can stand nowhere else.
    fleet = fleet_of([0, 1, 2], [0], [1, 2])
    assert lacking(fleet.sites["pv"]) is None
    found = placed(fleet)
    assert (found[:, 1] == 0).all()
    assert found.tolist() == [[1, 0, 2], [1, 0, 2], [1, 0, 2], [1, 0, 2], [2, 0, 1], [2, 0, 1]]


def test_units_that_stay_share_a_bus_and_keep_others_away():
    found = placed(fleet_of([3], [3], [3, 4, 5], stays={0, 1}))
    assert found.tolist() == [[3, 3, 4], [3, 3, 4], [3, 3, 5]]


def test_a_unit_without_size_holds_no_site():
    found = placed(fleet_of([3], [3], [3, 4], empty={0, 1}))
    assert found.tolist() == [[3, 3, 3], [3, 3, 4]]


def test_too_few_buses_are_named_with_the_units_that_want_them():
    # Three units for two buses, and one that is not concerned.
    fleet = fleet_of([0, 1], [4, 5], [0, 1], [1])
    assert lacking(fleet.sites["pv"]) == ((0, 2, 3), frozenset({0, 1}))
    # A unit that stays leaves one bus for two.
    held = fleet_of([0], [0, 1], [0, 1], stays={0})
    assert lacking(held.sites["pv"]) == ((1, 2), frozenset({1}))
    assert lacking(fleet_of([0], [0], stays={0, 1}).sites["pv"]) is None


def any_distinct(lists):
    return any(len(set(buses)) == len(buses) for buses in product(*lists))


@given(st.lists(st.lists(st.integers(0, 5), min_size=1, unique=True), min_size=1, max_size=4))
def test_all_find_sites_of_their_own_exactly_where_there_are_such(lists):
    fleet = fleet_of(*lists)
    assert (lacking(fleet.sites["pv"]) is None) == any_distinct(lists)
    if any_distinct(lists):
        found = placed(fleet)
        for row in found:
            assert len(set(row.tolist())) == len(lists)
            assert all(bus in own for bus, own in zip(row.tolist(), lists, strict=True))
        assert np.array_equal(found, placed(replace(fleet)))


@pytest.mark.parametrize("seed", range(3))
def test_a_free_choice_is_never_changed(seed):
    rng = np.random.default_rng(seed)
    lists = [rng.permutation(6)[: rng.integers(3, 7)].tolist() for _ in range(3)]
    fleet = fleet_of(*lists)
    choices = np.array(list(product(*(range(len(own)) for own in lists))), dtype=np.intp)
    wanted = np.array([[own[k] for own, k in zip(lists, row, strict=True)] for row in choices])
    free = np.array([len(set(row.tolist())) == 3 for row in wanted])
    assert np.array_equal(place(choices, fleet)[free], wanted[free])
