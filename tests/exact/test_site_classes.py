"""Which sites are worth looking at: buses that dominate others, and slots."""

from dataclasses import replace

import numpy as np
import pytest
from helpers.tiny_studies import (
    OBJECTIVES,
    TIGHT,
    case,
    few,
    operation_of,
    proven,
    studies,
    traded,
    unit,
)
from hypothesis import given
from hypothesis import strategies as st

from toolkit.exact import site_classes
from toolkit.exact.branch_and_bound import prove
from toolkit.exact.site_classes import (
    classes_of,
    dominators,
    slots_of,
)
from toolkit.problem.encoding import decode, space_of


def dominated(load, *units):
    operation = operation_of(*units, pv=[1.0] * len(load), buses=len(load[0]))
    return dominators(classes_of(operation), np.array(load, dtype=float))


def test_a_bus_is_dominated_by_those_with_less_load_in_every_step():
    every = (0, 1, 2, 3)
    three = [unit("pv", 1.0, every), unit("pv", 1.0, every), unit("bess", 1.0, every, 1.0)]
    assert dominated([[3, 1, 2, 4], [3, 1, 2, 4]], *three) == {1: [], 2: [1], 0: [1, 2]}
    assert dominated([[3, 1, 2, 4]], *three[:2]) == {1: [], 2: [1]}


def test_of_buses_with_the_same_load_the_first_dominates():
    assert dominated(
        [[2, 2, 2], [1, 1, 1]], *[unit("pv", 1.0, (2, 1, 0)), unit("wt", 1.0, (0, 1, 2))]
    ) == {0: [], 1: [0]}


def test_more_load_in_one_step_is_enough_not_to_dominate():
    load = [[1, 2, 3], [3, 2, 1]]
    assert dominated(load, unit("pv", 1.0, (0, 1, 2))) == {0: [], 1: [], 2: []}


def test_a_bus_closed_to_a_unit_dominates_none_that_is_open_to_it():
    pv, wt = unit("pv", 1.0, (0, 1, 2)), unit("wt", 1.0, (1, 2))
    assert dominated([[1, 2, 3]], pv, wt) == {0: [], 1: [], 2: [1]}
    assert dominated([[3, 2, 1]], pv, wt) == {2: [], 1: [2]}


@few(100)
@given(studies(), st.integers(0, 2**32 - 1))
def test_moving_all_units_to_an_empty_dominator_never_lowers_what_is_traded(study, seed):
    operation, load = study
    rng = np.random.default_rng(seed)
    space = space_of(operation)
    plans = decode(rng.random((20, len(space))), operation, space)
    for bus, better in dominators(classes_of(operation), load).items():
        for other in better:
            free = (plans.bus == bus).any(axis=1) & ~(plans.bus == other).any(axis=1)
            moved = replace(plans, bus=np.where(plans.bus == bus, other, plans.bus))
            for u, its in enumerate(operation.fleet.units):
                assert np.isin(moved.bus[free, u], its.candidates).all()
            for objective in OBJECTIVES:
                before = traded(plans, operation, load, objective)
                after = traded(moved, operation, load, objective)
                assert np.all(after[free] >= before[free] - 1e-9)


def test_a_slot_for_each_set_of_kinds_that_leaves_units_for_the_dominators():
    every = (0, 1, 2)
    operation = operation_of(
        unit("pv", 1.0, every), unit("pv", 1.0, every), unit("bess", 1.0, every, 1.0), pv=[1.0]
    )
    classes = classes_of(operation)
    assert [c.units for c in classes] == [(0, 1), (2,)]
    slots = slots_of(classes, {0: [], 1: [0], 2: [0, 1]})
    assert {(s.bus, s.classes) for s in slots} == {
        *((bus, members) for bus in (0, 1) for members in ((0,), (1,), (0, 1))),
        (2, (0,)),
        (2, (1,)),
    }
    assert len(slots) == 8


def test_unlike_units_of_one_kind_share_no_slot():
    operation = operation_of(
        unit("pv", 1.0, (0, 1)),
        unit("pv", 2.0, (0, 1)),
        unit("wt", 1.0, (1,)),
        unit("bess", 1.0, (0, 1), 1.0),
        pv=[1.0],
    )
    slots = slots_of(classes_of(operation), {0: [], 1: []})
    assert [len([s for s in slots if s.bus == bus]) for bus in (0, 1)] == [5, 11]
    assert not any({0, 1} <= set(s.classes) or s.optional for s in slots)


def without_size(kind, bus):
    """Return two units of a kind that stay at a bus and have no size."""
    none = unit(kind, 0.0, (bus,), 2.0 if kind in ("bess", "bev") else 0.0)
    return [replace(none, name=f"none{i}", stays=True) for i in range(2)]


def test_units_without_size_keep_nobody_from_where_they_stay():
    """PV of 4 kW in an hour of sun, beside a neighbour's 3 kW of load or with it: 3 kWh, or 1."""
    for candidates, most in (((0, 1), 3.0), ((1,), 1.0)):
        pv = unit("pv", 4.0, candidates)
        operation = operation_of(*without_size("pv", candidates[0]), pv, pv=[1.0], buses=2)
        found = prove(operation, np.array([[1.0 if most < 3.0 else 0.0, 3.0]]), "traded", TIGHT)
        assert found.kwh == pytest.approx(most, rel=2e-6)
        assert found.found[0].plan.bus[2] == candidates[0]


@few(12)
@given(studies(most_units=3), st.integers(0, 2**32 - 1))
def test_units_without_size_change_no_bound(study, seed):
    operation, load = study
    rng = np.random.default_rng(seed)
    home = operation.fleet.units[rng.integers(len(operation.fleet.units))]
    none = without_size(home.kind, int(rng.choice(home.candidates)))
    more = operation.with_units([*operation.fleet.units, *none])
    bounds = [prove(each, load, "traded", TIGHT).kwh for each in (operation, more)]
    assert bounds[1] == pytest.approx(bounds[0], rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("name", ["two generators and a store", "vehicles that only charge"])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_one_slot_a_bus_proves_the_same_where_there_would_be_too_many(name, objective, monkeypatch):
    operation, load, _ = case(name)
    full = proven(name, objective)
    monkeypatch.setattr(site_classes, "MOST_SLOTS", 3)
    classes = classes_of(operation)
    slots = slots_of(classes, dominators(classes, load))
    assert all(slot.optional for slot in slots)
    assert len({slot.bus for slot in slots}) == len(slots)
    assert prove(operation, load, objective, TIGHT).kwh == pytest.approx(full.kwh, rel=1e-4)
