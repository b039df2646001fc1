"""The proven bound: against all plans of tiny studies, all layouts, and random plans."""

import time
from dataclasses import replace
from functools import cache
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from toolkit.exact import cuts, site_classes
from toolkit.exact.branch_and_bound import prove
from toolkit.exact.dispatch import Dispatch, Linear, settled
from toolkit.exact.formulation import ModelDay, formulate
from toolkit.exact.program import NONE, Effort, Program
from toolkit.exact.site_classes import (
    Slot,
    classes_of,
    dominators,
    slots_of,
)
from toolkit.model.devices import KINDS, StorageParameters
from toolkit.model.fleet import Fleet, FleetUnit, can_serve
from toolkit.model.plan import schedule
from toolkit.problem import energy
from toolkit.problem.encoding import decode, encode, space_of

OBJECTIVES = ("traded", "traded_to_load")
TIGHT = Effort(gap=1e-6)


def few(examples):
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


def unit(kind, size, at, hours=0.0, low=None):
    """Return a unit of 0 (or ``low``) to ``size`` kW or vehicles of 1 kW; kWh follow from hours."""
    low = 0.0 if low is None else low
    return FleetUnit(f"{kind}{at}", kind, low, size, tuple(at), at[0], size, 1.0, hours)


def lossless(start=0.5):
    return StorageParameters(0.0, 1.0, start, 1.0, 1.0)


def fleet_of(*units, pv, wt=None, plugged=None, trip=None, bess=None, bev=None, v2g=True, buses=3):
    pv = np.array(pv, dtype=float)
    none = np.zeros(len(pv))
    return Fleet(
        units=units,
        buses=tuple(str(b) for b in range(buses)),
        dt=1.0,
        pv=pv,
        wt=none if wt is None else np.array(wt, dtype=float),
        plugged=none + 1.0 if plugged is None else np.array(plugged, dtype=float),
        trip=none if trip is None else np.array(trip, dtype=float),
        bess=bess or lossless(),
        bev=bev or lossless(),
        v2g=v2g,
    )


def sites(fleet):
    """Return every placement of the units, no two of a kind at one bus, (n, U)."""
    every = product(*(u.candidates for u in fleet.units))
    return np.array(
        [bus for bus in every if len(set(zip(fleet.kinds, bus, strict=True))) == len(fleet.kinds)],
        dtype=np.intp,
    )


def traded(plans, fleet, load, objective):
    return -energy.scheduled(plans, fleet, load, objective)


# The program that HiGHS solves.


def knapsack(threads=1):
    """Return 5a + 4b with 6a + 4b <= 24, a + 2b <= 6; whole numbers: 20 at (4, 0)."""
    program = Program(threads)
    both = program.variables((2,), integer=True, gain=[5.0, 4.0])
    program.rows((2,), [(np.array([[6.0, 1.0], [4.0, 2.0]]), both[:, None])], upper=[24.0, 6.0])
    return program, both


def hard_knapsack():
    """Return a program that takes HiGHS far longer than any test waits."""
    rng = np.random.default_rng(1)
    program = Program(1)
    many = program.variables((120,), 0.0, 1.0, integer=True, gain=rng.integers(80, 100, 120))
    weights = rng.integers(10, 100, (120, 12)).astype(float)
    program.rows((12,), [(weights, many[:, None])], upper=weights.sum(axis=0) / 2.0)
    return program


def test_a_linear_program_solved_by_hand():
    program, _ = knapsack()
    found = program.solve(Effort(), relaxed=True)
    assert found.optimal
    assert found.x == pytest.approx([3.0, 1.5])
    assert (found.objective, found.bound) == pytest.approx((21.0, 21.0))


def test_whole_numbers_solved_by_hand():
    program, _ = knapsack()
    found = program.solve(TIGHT)
    assert found.optimal
    assert found.x == pytest.approx([4.0, 0.0])
    assert (found.objective, found.bound) == pytest.approx((20.0, 20.0))
    assert program.solve(TIGHT, relaxed=True).objective == pytest.approx(21.0)


def test_rows_may_follow_a_solve_and_be_dropped_again():
    program, (a, b) = knapsack()
    program.solve(TIGHT)
    height = program.height
    program.rows((), [(1.0, np.array([a, b]))], upper=3.0)
    program.rows((), [(1.0, a)], upper=1.0)
    assert program.solve(TIGHT).objective == pytest.approx(13.0)
    program.drop(height + 1)
    assert program.solve(TIGHT).objective == pytest.approx(15.0)
    program.drop(height)
    assert program.height == height
    assert program.solve(TIGHT).objective == pytest.approx(20.0)
    program.drop(height)
    assert program.solve(TIGHT).objective == pytest.approx(20.0)


def test_variables_are_limited_and_released():
    program, both = knapsack()
    program.limit(both[:1], 2.0, 2.0)
    assert program.solve(TIGHT).x == pytest.approx([2.0, 2.0])
    program.limit(both, [0.0, 1.0], [1.0, 1.0])
    assert program.solve(TIGHT).x == pytest.approx([1.0, 1.0])
    program.release(both)
    assert program.solve(TIGHT).objective == pytest.approx(20.0)


def test_where_a_term_has_no_variable_nothing_is_added():
    program = Program(1)
    x = program.variables((2,), 0.0, [5.0, 9.0], gain=1.0)
    program.rows((2,), [(np.array([2.0, 7.0]), np.array([x[0], NONE])), (1.0, x[::-1])], upper=9.0)
    assert program.solve(Effort()).x == pytest.approx([0.0, 9.0])


def test_what_cannot_be_met_has_no_solution_and_a_bound_below_all():
    for relaxed in (True, False):
        program, (a, _) = knapsack()
        program.rows((), [(1.0, a)], lower=5.0)
        found = program.solve(Effort(), relaxed=relaxed)
        assert (found.objective, found.bound, found.x) == (-np.inf, -np.inf, None)


def test_nothing_is_printed(capfd):
    program, _ = knapsack(threads=0)
    program.solve(TIGHT, relaxed=True, should_stop=lambda: False)
    program.solve(TIGHT, should_stop=lambda: False)
    hard_knapsack().solve(Effort(seconds=0.1))
    assert capfd.readouterr() == ("", "")


def test_a_solve_stops_when_told_and_its_bound_holds():
    asked = []

    def should_stop():
        asked.append(True)
        return len(asked) > 3

    program = hard_knapsack()
    began = time.monotonic()
    found = program.solve(Effort(gap=0.0), should_stop=should_stop)
    assert time.monotonic() - began < 30.0
    assert not found.optimal
    assert found.bound >= found.objective
    assert found.x is not None


def test_a_time_limit_is_each_solves_own():
    program = hard_knapsack()
    for _ in range(5):
        began = time.monotonic()
        found = program.solve(Effort(seconds=0.2, gap=0.0))
        assert not found.optimal
    assert time.monotonic() - began < 1.0


def test_programs_with_other_numbers_of_threads_take_turns():
    one, all_there_are = knapsack(threads=1)[0], knapsack(threads=0)[0]
    for program in (one, all_there_are, one, all_there_are):
        assert program.solve(TIGHT).optimal
        assert program.solve(TIGHT, relaxed=True).bound == pytest.approx(21.0)


# All plans of tiny studies.


def best_of_all(fleet, load, objective, sizes, step=1.0):
    """Return the most that any site, given size and dispatch in ``step`` kW trades."""
    best = -np.inf
    for chosen in product(*sizes):
        size = np.array(chosen, dtype=float)
        ways = [
            np.array(list(product(np.arange(-s, s + step, step), repeat=fleet.steps))) / max(s, 1)
            for s in size[fleet.storage_rows]
        ]
        pick = np.indices([len(way) for way in ways]).reshape(len(ways), -1)
        wanted = np.stack([way[i] for way, i in zip(ways, pick, strict=True)], axis=1)
        every = np.ones((len(wanted), 1))
        plans = schedule(every.astype(int) * 0 * size.astype(int), every * size, wanted, fleet)
        for bus in sites(fleet):
            at = replace(plans, bus=np.broadcast_to(bus, plans.bus.shape))
            best = max(best, traded(at, fleet, load, objective).max())
    return best


def case(name):
    """Return a fleet, the load of each bus at each step, (T, B), and sizes that hold the best."""
    every, left = (0, 1, 2), StorageParameters(0.0, 1.0, 0.0, 0.5, 1.0)
    if name == "one of each":
        fleet = fleet_of(
            unit("pv", 4.0, every),
            unit("bess", 2.0, every, 2.0),
            unit("bev", 2.0, every, 2.0),
            pv=[1.0, 0.5, 0.0],
            trip=[0.0, 0.0, 0.5],
        )
        return fleet, np.array([[1, 2, 1], [2, 0, 1], [1, 3, 2]], float), [(4,), (1, 2), (1, 2)]
    if name == "two stores that trade back and forth":
        fleet = fleet_of(
            unit("bess", 2.0, (0, 1), 1.0), unit("bess", 2.0, (1, 2), 1.0), pv=[0.0, 0.0, 0.0]
        )
        return fleet, np.array([[0, 0, 0], [1, 0, 0], [0, 0, 1]], float), [(1, 2), (1, 2)]
    if name == "generator and store at one bus":
        fleet = fleet_of(
            unit("pv", 4.0, (1,)), unit("bess", 2.0, (1,), 2.0), pv=[1.0, 0.0, 0.5], bess=left
        )
        return fleet, np.array([[1, 1, 1], [2, 0, 3], [1, 1, 2]], float), [(2, 4), (0, 1, 2)]
    if name == "two generators and a store":
        fleet = fleet_of(
            unit("pv", 4.0, every),
            unit("pv", 4.0, (1, 2)),
            unit("bess", 2.0, every, 2.0),
            pv=[1.0, 0.0, 0.5],
            bess=left,
        )
        return (
            fleet,
            np.array([[1, 1, 2], [3, 2, 1], [1, 2, 1]], float),
            [(0, 2, 4), (0, 2, 4), (0, 1, 2)],
        )
    if name == "vehicles that only charge":
        fleet = fleet_of(
            unit("pv", 3.0, every),
            unit("wt", 2.0, every),
            unit("bev", 2.0, every, 3.0, low=1.0),
            pv=[0.0, 1.0, 0.0],
            wt=[1.0, 0.0, 0.5],
            plugged=[1.0, 1.0, 0.0],
            trip=[0.0, 0.0, 1.0],
            v2g=False,
        )
        return fleet, np.array([[1, 1, 1], [0, 1, 2], [1, 0, 2]], float), [(1, 3), (1, 2), (1, 2)]
    raise ValueError(name)


CASES = (
    "one of each",
    "two stores that trade back and forth",
    "generator and store at one bus",
    "two generators and a store",
    "vehicles that only charge",
)


@cache
def proven(name, objective="traded"):
    fleet, load, _ = case(name)
    return prove(fleet, load, objective, TIGHT)


@pytest.mark.parametrize("name", CASES)
def test_the_bound_on_traded_energy_is_what_the_best_of_all_plans_trades(name):
    fleet, load, sizes = case(name)
    most = best_of_all(fleet, load, "traded", sizes)
    found = proven(name)
    assert found.ended == "proven"
    assert found.kwh == pytest.approx(most, rel=1e-4)
    assert found.best_kwh == pytest.approx(most, rel=1e-4)
    plan = found.found[0].plan
    assert traded(plan.row(None), fleet, load, "traded")[0] == pytest.approx(found.best_kwh)


@pytest.mark.parametrize("name", CASES)
def test_the_bound_on_energy_that_serves_load_is_never_below_the_best_of_all_plans(name):
    """The model lets a purchase serve load first, so that this bound may be above every plan."""
    fleet, load, sizes = case(name)
    most = best_of_all(fleet, load, "traded_to_load", sizes)
    found = proven(name, "traded_to_load")
    assert found.kwh >= most * (1.0 - 1e-9)
    assert found.best_kwh <= found.kwh
    assert found.kwh <= load.sum() * (1.0 + 1e-5)
    if name in ("generator and store at one bus", "two generators and a store"):
        assert found.kwh == pytest.approx(most, rel=1e-4)


def test_stores_that_trade_back_and_forth_sell_more_than_all_load():
    name = "two stores that trade back and forth"
    load = case(name)[1]
    assert proven(name).kwh == pytest.approx(2.0 * load.sum(), rel=1e-4)


# Random studies.


@st.composite
def studies(draw, most_units=4, most_buses=4, most_steps=4):
    """Draw a fleet that can serve its trips and a load for each bus, (T, B)."""
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=most_units))
    buses = draw(st.integers(3, most_buses))
    assume(max(kinds.count(kind) for kind in kinds) <= buses)
    steps = draw(st.integers(2, most_steps))
    v2g = draw(st.booleans())
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    alike = draw(st.booleans())

    def random_unit(kind, count):
        fewest = min(count, buses)
        at = rng.permutation(buses)[: rng.integers(fewest, buses + 1)]
        low, high = np.sort(rng.integers(0, 5, 2) if kind == "bev" else 5.0 * rng.random(2))
        hours = 0.0 if kind in ("pv", "wt") else rng.uniform(0.5, 3.0)
        if alike:
            at, low, high, hours = range(buses), 0.0, 3.0, hours and 2.0
        return unit(kind, float(high), [int(b) for b in at], hours, float(low))

    def parameters():
        low, start, high = np.sort(rng.random(3))
        return StorageParameters(low, high, start, *rng.uniform(0.6, 1.0, 2))

    fleet = fleet_of(
        *(random_unit(kind, kinds.count(kind)) for kind in kinds),
        pv=rng.random(steps) * (rng.random(steps) < 0.7),
        wt=rng.random(steps),
        plugged=rng.choice([0.0, 0.5, 1.0], steps),
        trip=rng.random(steps) * (rng.random(steps) < 0.3) * 0.3,
        bess=parameters(),
        bev=parameters(),
        v2g=v2g,
        buses=buses,
    )
    assume(can_serve(fleet))
    load = rng.integers(0, 4, (steps, buses)) * rng.choice([0.5, 1.0], buses)
    return fleet, load


def climbed(fleet, load, objective, start, rng):
    """Return the most of random plans and one given, improved by greedy random steps, kWh."""
    space = space_of(fleet)
    x = rng.random((40, len(space)))
    x[20:] = x[20:].round()
    x[:5] = encode(start, fleet, space)
    kwh = traded(decode(x, fleet, space), fleet, load, objective)
    for i in range(120):
        moved = rng.random(x.shape) < 1.5 / x.shape[1]
        step = rng.normal(0.0, (0.5, 0.1, 0.02)[i % 3], x.shape)
        tried = np.clip(np.where(moved, x + step, x), 0.0, 1.0)
        new = traded(decode(tried, fleet, space), fleet, load, objective)
        x = np.where((new > kwh)[:, None], tried, x)
        kwh = np.maximum(new, kwh)
    return kwh.max()


@few(10)
@given(studies(), st.sampled_from(OBJECTIVES), st.integers(0, 2**32 - 1))
def test_no_plan_trades_more_than_the_bound(study, objective, seed):
    fleet, load = study
    found = prove(fleet, load, objective, Effort(2.0, 1e-3))
    assume(found.found)
    start, rng = found.found[0].plan, np.random.default_rng(seed)
    assert climbed(fleet, load, objective, start, rng) <= found.kwh * (1.0 + 1e-9) + 1e-9
    if objective == "traded" and found.ended == "proven":
        assert found.kwh - found.best_kwh <= 1.1e-3 * found.kwh


def best_of_all_layouts(fleet, load, objective):
    day = ModelDay(load, fleet.dt, objective)
    return max(Dispatch(settled(fleet, bus), day, 1).solve(TIGHT).bound for bus in sites(fleet))


@few(8)
@given(studies(most_units=3, most_buses=3, most_steps=3), st.sampled_from(OBJECTIVES))
def test_the_bound_is_that_of_the_best_of_all_layouts(study, objective):
    """So cuts, slots, dominance and branching lose no layout and add nothing to any."""
    fleet, load = study
    most = best_of_all_layouts(fleet, load, objective)
    assert prove(fleet, load, objective, TIGHT).kwh == pytest.approx(most, rel=1e-4, abs=1e-6)


@few(8)
@given(studies(most_units=3, most_steps=3), st.sampled_from(OBJECTIVES))
def test_cuts_change_no_layouts_best_dispatch(study, objective):
    fleet, load = study
    with pytest.MonkeyPatch.context() as patch:
        for bus in sites(fleet)[::5]:
            day = ModelDay(load, fleet.dt, objective)
            patch.undo()
            cut = Dispatch(settled(fleet, bus), day, 1).solve(TIGHT)
            patch.setattr(cuts, "separate", lambda *args: 0)
            plain = Dispatch(settled(fleet, bus), day, 1).solve(TIGHT)
            assert cut.objective == pytest.approx(plain.objective, rel=1e-4, abs=1e-6)
            assert cut.bound == pytest.approx(plain.bound, rel=1e-4, abs=1e-6)


@few(10)
@given(studies(most_units=4, most_steps=3), st.integers(0, 2**32 - 1))
def test_a_layouts_plan_trades_what_its_dispatch_says(study, seed):
    fleet, load = study
    rng = np.random.default_rng(seed)
    bus = decode(rng.random((1, len(space_of(fleet)))), fleet, space_of(fleet)).row(0).bus
    dispatch = Dispatch(settled(fleet, bus), ModelDay(load, fleet.dt, "traded"), 1)
    found = dispatch.solve(TIGHT)
    plan = dispatch.plan(found.x)
    assert np.array_equal(plan.bus, bus)
    kwh = traded(plan.row(None), fleet, load, "traded")[0]
    assert kwh == pytest.approx(found.objective, rel=1e-4, abs=1e-4)
    sized = Dispatch(settled(fleet, bus, plan.size), ModelDay(load, fleet.dt, "traded"), 1)
    again = sized.solve(TIGHT)
    assert again.objective == pytest.approx(found.objective, rel=1e-4, abs=1e-4)
    assert sized.plan(again.x).size == pytest.approx(plan.size)


def test_who_sells_and_which_way_stores_go_can_be_held_and_left_open_again():
    fleet, load, _ = case("two stores that trade back and forth")
    dispatch = Dispatch(settled(fleet, np.array([0, 1])), ModelDay(load, 1.0, "traded"), 1)
    first = dispatch.solve(TIGHT)
    dispatch.decide(first.x)
    assert dispatch.solve(TIGHT).objective == pytest.approx(first.objective)
    dispatch.hold(cap(0, 0.5, dispatch))
    held = dispatch.solve(TIGHT)
    dispatch.undecide()
    free = dispatch.solve(TIGHT)
    assert held.objective < free.objective + 1e-9 < first.objective
    assert np.abs(dispatch.plan(free.x).p_kw[0]).max() <= 0.5 + 1e-6


def cap(unit, most, dispatch, least=None):
    """Return limits to one unit's power in each step, kW, as values around some other powers."""
    units, steps = len(dispatch.fleet.units), dispatch.fleet.steps
    p0 = np.random.default_rng(1).uniform(-3.0, 3.0, (units, steps))
    effect, none = np.zeros((steps, units)), np.zeros(steps)
    effect[:, unit] = 2.0
    lower = none - 2.0 * (most if least is None else -least)
    return Linear(np.arange(steps), 2.0 * p0[unit], lower, none + 2.0 * most, effect, p0)


def test_a_stores_power_is_limited_each_way_by_itself():
    fleet, load, _ = case("two stores that trade back and forth")
    dispatch = Dispatch(settled(fleet, np.array([0, 1])), ModelDay(load, 1.0, "traded"), 1)
    assert dispatch.solve(TIGHT).objective == pytest.approx(4.0)
    for least, most, kwh in ((-0.25, 9.0, 1.75), (-9.0, 0.25, 2.5)):
        dispatch.hold(cap(0, most, dispatch, least))
        found = dispatch.solve(TIGHT)
        assert found.objective == pytest.approx(kwh)
        p_kw = dispatch.plan(found.x).p_kw[0]
        assert np.all((p_kw >= least - 1e-6) & (p_kw <= most + 1e-6))


def test_limits_held_later_take_the_place_of_earlier_ones():
    fleet, load, _ = case("two generators and a store")
    dispatch = Dispatch(settled(fleet, np.array([0, 1, 2])), ModelDay(load, 1.0, "traded"), 1)
    first = dispatch.solve(TIGHT).objective
    dispatch.hold(cap(0, 1.0, dispatch))
    held = dispatch.solve(TIGHT)
    assert held.objective < first - 0.1
    assert dispatch.plan(held.x).p_kw[0].max() <= 1.0 + 1e-6
    dispatch.hold(cap(0, 50.0, dispatch))
    assert dispatch.solve(TIGHT).objective == pytest.approx(first)
    nothing = cap(0, 0.0, dispatch)
    empty = replace(
        nothing,
        **{name: getattr(nothing, name)[:0] for name in ("step", "value", "lower", "upper")},
        effect=nothing.effect[:0],
    )
    dispatch.hold(empty)
    assert dispatch.solve(TIGHT).objective == pytest.approx(first)


# Where it is worth looking.


def dominated(load, *units):
    fleet = fleet_of(*units, pv=[1.0] * len(load), buses=len(load[0]))
    return dominators(classes_of(fleet), np.array(load, dtype=float))


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
    fleet, load = study
    rng = np.random.default_rng(seed)
    space = space_of(fleet)
    plans = decode(rng.random((20, len(space))), fleet, space)
    for bus, better in dominators(classes_of(fleet), load).items():
        for other in better:
            free = (plans.bus == bus).any(axis=1) & ~(plans.bus == other).any(axis=1)
            moved = replace(plans, bus=np.where(plans.bus == bus, other, plans.bus))
            for u, its in enumerate(fleet.units):
                assert np.isin(moved.bus[free, u], its.candidates).all()
            for objective in OBJECTIVES:
                before = traded(plans, fleet, load, objective)
                after = traded(moved, fleet, load, objective)
                assert np.all(after[free] >= before[free] - 1e-9)


def test_a_slot_for_each_set_of_kinds_that_leaves_units_for_the_dominators():
    every = (0, 1, 2)
    fleet = fleet_of(
        unit("pv", 1.0, every), unit("pv", 1.0, every), unit("bess", 1.0, every, 1.0), pv=[1.0]
    )
    classes = classes_of(fleet)
    assert [c.units for c in classes] == [(0, 1), (2,)]
    slots = slots_of(classes, {0: [], 1: [0], 2: [0, 1]})
    assert {(s.bus, s.classes) for s in slots} == {
        *((bus, members) for bus in (0, 1) for members in ((0,), (1,), (0, 1))),
        (2, (0,)),
        (2, (1,)),
    }
    assert len(slots) == 8


def test_unlike_units_of_one_kind_share_no_slot():
    fleet = fleet_of(
        unit("pv", 1.0, (0, 1)),
        unit("pv", 2.0, (0, 1)),
        unit("wt", 1.0, (1,)),
        unit("bess", 1.0, (0, 1), 1.0),
        pv=[1.0],
    )
    slots = slots_of(classes_of(fleet), {0: [], 1: []})
    assert [len([s for s in slots if s.bus == bus]) for bus in (0, 1)] == [5, 11]
    assert not any({0, 1} <= set(s.classes) or s.optional for s in slots)


@pytest.mark.parametrize("name", ["two generators and a store", "vehicles that only charge"])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_one_slot_a_bus_proves_the_same_where_there_would_be_too_many(name, objective, monkeypatch):
    fleet, load, _ = case(name)
    full = proven(name, objective)
    monkeypatch.setattr(site_classes, "MOST_SLOTS", 3)
    classes = classes_of(fleet)
    slots = slots_of(classes, dominators(classes, load))
    assert all(slot.optional for slot in slots)
    assert len({slot.bus for slot in slots}) == len(slots)
    assert prove(fleet, load, objective, TIGHT).kwh == pytest.approx(full.kwh, rel=1e-4)


# Cuts.


class Rows:
    """Stands in for a program; keeps the rows that are added."""

    def __init__(self):
        self.added = []

    def rows(self, shape, terms, lower=-np.inf, upper=np.inf):
        self.added.append((shape, terms, lower, upper))

    def hold_at(self, x):
        """Say whether all rows hold at a point."""
        known = np.append(x, 0.0)
        for shape, terms, lower, upper in self.added:
            parts = [np.asarray(coefficient) * known[index] for coefficient, index in terms]
            parts = [part.sum(axis=tuple(range(part.ndim - len(shape)))) for part in parts]
            total = np.sum([np.broadcast_to(part, shape) for part in parts], axis=0)
            if np.any(total > upper + 1e-9) or np.any(total < lower - 1e-9):
                return False
        return True


def one_slot(seed):
    """Return the formulation of all kinds in one slot of two steps, and its number of variables."""
    rng = np.random.default_rng(seed)
    kinds = [("pv", 0.0), ("wt", 0.0), ("bess", 2.0), ("bev", 2.0)]
    fleet = fleet_of(
        *(unit(kind, float(rng.integers(1, 4)), (0,), hours) for kind, hours in kinds),
        pv=rng.random(2),
        wt=[rng.random(), 0.0],
        plugged=[1.0, 0.5],
        v2g=bool(seed % 2),
        buses=1,
    )
    program, classes = Program(1), classes_of(fleet)
    load = rng.choice([0.0, 1.0, 4.0], (2, 1)) * rng.random((2, 1))
    day = ModelDay(load, 1.0, "traded")
    return formulate(program, classes, (Slot(0, (0, 1, 2, 3)),), day), program.size


def feasible_point(form, size, used, rng):
    """Return random sizes and powers of the one slot, and what it then sells."""
    x = np.zeros(size)
    x[form.used] = used
    corner = rng.random() < 0.5
    share = rng.random if not corner else lambda shape=None: rng.integers(0, 2, shape).astype(float)
    for k, c in enumerate(form.classes):
        x[form.size[k]] = used * c.size_max * share(1)
        if c.stores:
            x[form.charge[k, 0]] = x[form.size[k]] * c.charge * share(2)
            x[form.discharge[k, 0]] = x[form.size[k]] * c.discharge * share(2)
    coefficients, injected = form.injection
    powers = np.where(injected == NONE, 0.0, coefficients * x[injected])[:, 0].sum(axis=0)
    taken = np.where(form.charge == NONE, 0.0, x[form.charge])[:, 0].sum(axis=0)
    net = powers - taken - used * form.load[0]
    x[form.surplus[0]], x[form.deficit[0]] = np.maximum(net, 0.0), np.maximum(-net, 0.0)
    return x


@pytest.mark.parametrize("seed", range(3))
def test_every_cut_of_every_order_holds_wherever_a_slot_can_be(seed):
    form, size = one_slot(seed)
    rng = np.random.default_rng(seed)
    items, rows = cuts.items_of(form), Rows()
    cuts.seed(rows, form, items)
    seeded = len(rows.added)
    assert seeded > 0
    there = np.flatnonzero(items.most.any(axis=(1, 2)))
    for order in permutations(there):
        rank = np.zeros(len(items.most))
        rank[list(order)] = np.arange(len(order), 0.0, -1.0)
        point = at_shares(form, items, rank / len(order), size)
        cuts.separate(rows, form, items, point)
    assert len(rows.added) > seeded
    for used in (0.0, 1.0, 1.0, 1.0, 0.5) * 12:
        assert rows.hold_at(feasible_point(form, size, used, rng))


def at_shares(form, items, share, size):
    """Return a point that sells too much, its items at given shares, (I,), of their most."""
    x = np.zeros(size)
    x[form.used] = 1.0
    for i in np.flatnonzero(items.most.any(axis=(1, 2))):
        at = 1.0 - share[i] if items.turned[i] else share[i]
        for t in range(items.most.shape[2]):
            if items.coefficient[i, 0, t] > 0.0 and items.variable[i, 0, t] != NONE:
                x[items.variable[i, 0, t]] = at * items.most[i, 0, t] / items.coefficient[i, 0, t]
    x[form.surplus] = 1e3
    return x


def test_cuts_are_met_exactly_at_the_corners_they_pass_through():
    """Shares of an order add up to what the bus consumes when its first items are at their most."""
    form, _ = one_slot(1)
    items = cuts.items_of(form)
    rng = np.random.default_rng(2)
    for _ in range(50):
        rank = rng.random((*items.most.shape[:1], 1, 1)) + np.zeros_like(items.most)
        shares = items.shares(rank)
        order = np.argsort(-rank[:, 0, 0])
        filled = np.cumsum((shares * items.most)[order], axis=0)
        at_most = np.minimum(np.cumsum(items.most[order], axis=0), items.cap)
        assert filled == pytest.approx(at_most)


def test_separation_ends_where_no_cut_is_broken():
    form, size = one_slot(3)
    rng = np.random.default_rng(3)
    items, rows = cuts.items_of(form), Rows()
    for _ in range(50):
        x = feasible_point(form, size, 1.0, rng)
        assert cuts.separate(rows, form, items, x) == 0
    assert not rows.added


# The search.


def test_without_time_the_bound_is_what_units_could_give_at_most():
    fleet, load, _ = case("one of each")
    found = prove(fleet, load, "traded", Effort(seconds=1e-9))
    assert found.ended == "time"
    assert 0.0 < found.kwh < np.inf
    assert found.found == ()
    assert found.best_kwh == -np.inf


def test_a_search_cut_short_has_a_bound_that_holds():
    fleet, load, _ = case("one of each")
    whole = proven("one of each").kwh
    for seconds in (0.03, 0.1, 0.3):
        found = prove(fleet, load, "traded", Effort(seconds, 1e-6))
        assert found.kwh >= whole * (1.0 - 2e-6)
        assert found.best_kwh <= whole
        assert found.ended in ("time", "proven")
        assert found.seconds < seconds + 2.0


def test_a_search_told_to_stop_stops():
    fleet, load, _ = case("one of each")
    assert prove(fleet, load, "traded", TIGHT, should_stop=lambda: True).ended == "stopped"
    steps = []
    found = prove(
        fleet,
        load,
        "traded",
        TIGHT,
        on_progress=steps.append,
        should_stop=lambda: len(steps) >= 5,
    )
    assert found.ended == "stopped"
    assert len(steps) == 5
    assert found.kwh == pytest.approx(steps[-1].bound_kwh)
    assert found.kwh >= proven("one of each").kwh * (1.0 - 2e-6)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_on_the_way_bounds_never_rise_and_best_plans_never_fall(objective):
    fleet, load, _ = case("one of each")
    steps = []
    found = prove(fleet, load, objective, TIGHT, on_progress=steps.append)
    bounds, best = [s.bound_kwh for s in steps], [s.best_kwh for s in steps]
    assert np.all(np.diff(bounds) <= 0.0)
    assert np.all(np.array(best[1:]) >= best[:-1])
    assert np.all(np.diff([s.seconds for s in steps]) >= 0.0)
    assert np.all(np.array(best) <= bounds)
    assert (found.kwh, found.best_kwh) == (bounds[-1], best[-1])
    kwh = [f.kwh for f in found.found]
    assert kwh == sorted(kwh, reverse=True)
    assert len({tuple(f.plan.bus) for f in found.found}) == len(kwh)


def test_a_dispatch_not_proven_to_the_end_counts_with_its_bound(monkeypatch):
    fleet, load, _ = case("generator and store at one bus")
    solve = Dispatch.solve

    def less_sure(*args, **kwargs):
        solution = solve(*args, **kwargs)
        return replace(solution, bound=solution.objective * 1.02)

    monkeypatch.setattr(Dispatch, "solve", less_sure)
    found = prove(fleet, load, "traded", Effort(gap=1e-3))
    most = proven("generator and store at one bus").best_kwh
    assert found.best_kwh == pytest.approx(most)
    assert found.kwh == pytest.approx(1.02 * most, rel=1e-5)
    assert found.ended == "loose"


def test_a_last_dispatch_out_of_time_is_told_from_a_loose_model(monkeypatch):
    fleet, load, _ = case("generator and store at one bus")
    solve, calls = Dispatch.solve, []

    def out_of_time(self, effort, **kwargs):
        solution = solve(self, effort, **kwargs)
        calls.append(solution.objective)
        if len(calls) > 1:
            time.sleep(effort.seconds)
        return replace(solution, bound=calls[0] * 1.02, optimal=False)

    monkeypatch.setattr(Dispatch, "solve", out_of_time)
    found = prove(fleet, load, "traded", Effort(1.5, 1e-3))
    assert len(calls) == 2
    assert found.ended == "time"
    assert found.kwh == pytest.approx(1.02 * found.best_kwh, rel=1e-5)


def test_the_same_search_again_proves_the_same():
    fleet, load, _ = case("two generators and a store")
    first, second = prove(fleet, load, "traded", TIGHT), proven("two generators and a store")
    assert first.kwh == pytest.approx(second.kwh, rel=1e-9)
    assert first.best_kwh == pytest.approx(second.best_kwh, rel=1e-9)


def test_where_nothing_is_given_nothing_is_traded():
    every = (0, 1, 2)
    fleet = fleet_of(unit("pv", 3.0, every), unit("wt", 3.0, every), pv=[0.0, 0.0])
    found = prove(fleet, np.ones((2, 3)), "traded", TIGHT)
    assert (found.kwh, found.best_kwh, found.ended) == (0.0, 0.0, "proven")


def test_a_unit_that_may_only_be_of_size_zero_adds_nothing():
    fleet, load, _ = case("generator and store at one bus")
    without = proven("generator and store at one bus").kwh
    none = [unit(kind, 0.0, (0, 1, 2), 2.0) for kind in ("wt", "bess", "bev")]
    more = replace(fleet, units=(*fleet.units, *none))
    found = prove(more, load, "traded", TIGHT)
    assert found.kwh == pytest.approx(without)
    assert found.found[0].plan.size[2:] == pytest.approx([0.0, 0.0, 0.0])


def test_a_single_bus_trades_with_nobody():
    fleet = fleet_of(unit("pv", 3.0, (0,)), unit("bess", 1.0, (0,), 2.0), pv=[1.0, 0.0], buses=1)
    found = prove(fleet, np.ones((2, 1)), "traded", TIGHT)
    assert found.kwh == pytest.approx(0.0, abs=1e-9)
    assert found.ended == "proven"


def test_a_study_on_which_the_solver_once_reported_an_energy_its_plan_did_not_have():
    """HiGHS 1.16 gave 2.878 kWh for a plan of 1.845 when total energy was not what it maximised."""
    every = (0, 1, 2)
    fleet = fleet_of(
        unit("pv", 3.0, every),
        unit("bess", 3.0, every, 2.0),
        unit("bev", 3.0, every, 2.0),
        pv=np.array([0.29266568, 0.26820158]),
        plugged=np.array([0.5, 0.5]),
        trip=np.array([0.0, 0.23663907]),
        bess=StorageParameters(0.258218, 0.689281, 0.450267, 0.630832, 0.810492),
        bev=StorageParameters(0.182064, 0.698318, 0.242298, 0.777654, 0.828813),
        v2g=True,
        buses=3,
    )
    load = np.array([[3.0, 0.5, 0.0], [2.0, 0.5, 0.5]])
    most = best_of_all_layouts(fleet, load, "traded_to_load")
    assert prove(fleet, load, "traded_to_load", TIGHT).kwh == pytest.approx(most, rel=1e-4)
