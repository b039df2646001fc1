"""Plans changed so that no more passes through connections than may."""

from dataclasses import replace

import numpy as np
import pytest
from helpers.tiny_studies import lossless, operation_of, unit
from hypothesis import given
from hypothesis import strategies as st

from toolkit.model.connections import HEAD, Connections, joined_connections
from toolkit.model.plan import schedule

INF = np.inf


def limits(steps=3, margin=0.0, **of):
    """Return connections: keyword bus_N or head to (most out, most in)."""
    at = {int(name[4:]) if name != "head" else HEAD: pair for name, pair in of.items()}
    rows = [[np.broadcast_to(np.array(v, float), steps) for v in pair] for pair in at.values()]
    out, into = (np.array([row[k] for row in rows]) for k in (0, 1))
    return Connections(np.array(list(at)), tuple(map(str, at)), out, into, margin)


def operation(connections, load, *, kwh=0.0, curtail="once", pv=(0.0, 1.0, 1.0), start=0.5):
    """Return a roof of 40 kW at bus 0 and, with kWh, a battery of 10 kW at bus 1."""
    units = [replace(unit("pv", 40.0, (0,)), curtail=curtail)]
    units += [unit("bess", 10.0, (1,), hours=kwh / 10.0)] if kwh else []
    of = operation_of(*units, pv=pv, bess=lossless(start))
    loads = replace(of.scenario.loads, kw=np.array(load, dtype=float))
    return replace(of, scenario=replace(of.scenario, loads=loads, connections=connections))


def planned(of, wanted=0.0):
    units, stores = len(of.fleet.units), len(of.fleet.storage_rows)
    size = np.array([u.size_max for u in of.fleet.units])
    asked = np.broadcast_to(np.asarray(wanted, dtype=float), (stores, of.steps))
    return schedule(np.arange(units), size, asked, of)


LOAD = [[2.0, 3.0, 0.0]] * 3


def test_what_the_head_does_not_let_out_is_curtailed():
    plan = planned(operation(limits(head=(5.0, INF)), LOAD))
    assert plan.p_kw[0].tolist() == [0.0, 10.0, 10.0]


def test_a_bus_has_its_own_limit():
    plan = planned(operation(limits(bus_0=([INF, 4.0, 6.0], INF)), LOAD))
    assert plan.p_kw[0].tolist() == pytest.approx([0.0, 6.0, 8.0])


def test_what_may_not_be_curtailed_stays():
    plan = planned(operation(limits(head=(5.0, INF)), LOAD, curtail=""))
    assert plan.p_kw[0].tolist() == [0.0, 40.0, 40.0]


def test_a_store_takes_what_it_can_first():
    plan = planned(operation(limits(head=(5.0, INF)), LOAD, kwh=15.0, start=0.0))
    assert plan.p_kw[1].tolist() == [0.0, -10.0, -5.0]
    assert plan.p_kw[0].tolist() == [0.0, 20.0, 15.0]
    assert plan.stored[1].tolist() == [0.0, 0.0, 10.0, 15.0]


def test_a_store_at_another_bus_cannot_help_a_bus():
    plan = planned(operation(limits(bus_0=(4.0, INF)), LOAD, kwh=20.0))
    assert plan.p_kw[1].tolist() == [0.0, 0.0, 0.0]
    assert plan.p_kw[0].tolist() == pytest.approx([0.0, 6.0, 6.0])


def test_a_store_gives_what_must_not_come_in():
    load = [[2.0, 3.0, 0.0], [2.0, 3.0, 0.0], [10.0, 3.0, 0.0]]
    of = operation(limits(head=(INF, 6.0)), load, kwh=20.0, pv=(0.0, 0.5, 0.0))
    # It takes again what it has to give, in proportion to the room there is: 1 kW, and 10 kW.
    plan = planned(of, wanted=0.0)
    assert plan.p_kw[1].tolist() == pytest.approx([-7.0 / 11.0, -70.0 / 11.0, 7.0])


def test_a_margin_is_left_for_losses():
    of = operation(limits(head=(INF, 4.0), margin=0.5), LOAD, kwh=20.0, pv=(0.0, 1.0, 1.0))
    assert planned(of).p_kw[1, 0] == pytest.approx(3.0)
    assert of.scenario.connections.most_in.tolist() == [[4.0] * 3]


def test_a_plan_within_its_limits_keeps_its_bits():
    free = planned(operation(None, LOAD, kwh=20.0), wanted=0.1)
    held = planned(operation(limits(head=(90.0, 90.0)), LOAD, kwh=20.0), wanted=0.1)
    assert held.p_kw.tobytes() == free.p_kw.tobytes()
    assert held.stored.tobytes() == free.stored.tobytes()


@given(
    st.lists(st.floats(0.0, 30.0), min_size=9, max_size=9),
    st.lists(st.floats(-1.0, 1.0), min_size=3, max_size=3),
    st.floats(0.0, 20.0),
    st.floats(0.0, 20.0),
)
def test_repaired_plans_can_be_carried_out_and_let_no_more_out(load, wanted, head, bus):
    load = np.array(load).reshape(3, 3)
    of = operation(limits(bus_0=(bus, INF), head=(head, 5.0)), load, kwh=20.0)
    size, at = np.array([40.0, 10.0]), np.array([0, 1])
    plan = schedule(at, size, np.array([wanted]), of)
    again = schedule(at, size, plan.p_kw[1:] / 10.0, of, relieved=False)
    assert np.allclose(again.p_kw[1], plan.p_kw[1], atol=1e-9)
    assert (plan.p_kw[0] >= 0.0).all()
    assert (plan.p_kw[0] <= 40.0 * np.array([0.0, 1.0, 1.0]) + 1e-9).all()
    assert (plan.p_kw[0] - load[:, 0] <= np.maximum(bus, -load[:, 0]) + 1e-6).all()
    # The battery alone may give more than the head lets out only where nothing is left to cut.
    out = plan.p_kw.sum(axis=0) - load.sum(axis=1)
    assert ((out <= head + 1e-6) | (plan.p_kw[0] <= 1e-9)).all()


def test_many_plans_are_repaired_as_each_alone():
    of = operation(limits(bus_0=(4.0, INF), head=(5.0, 3.0)), LOAD, kwh=20.0)
    wanted = np.random.default_rng(0).uniform(-1.0, 1.0, (4, 1, 3))
    size, at = np.tile([40.0, 10.0], (4, 1)), np.tile([0, 1], (4, 1))
    together = schedule(at, size, wanted, of)
    for i in range(4):
        alone = schedule(at[i], size[i], wanted[i], of)
        assert together.row(i).p_kw.tobytes() == alone.p_kw.tobytes()


def test_limits_of_days_are_parts_of_those_of_all():
    whole = limits(steps=4, head=([1.0, 2.0, 3.0, 4.0], 9.0))
    parts = [whole.part(slice(0, 2)), whole.part(slice(2, 4))]
    assert parts[1].most_out.tolist() == [[3.0, 4.0]]
    assert joined_connections(parts).most_out.tolist() == whole.most_out.tolist()
    assert joined_connections([None, None]) is None


def test_what_passes_by_hand():
    found = limits(steps=1, bus_1=(5.0, 5.0), head=(5.0, 5.0)).passing(
        load_kw=np.array([[[1.0, 2.0, 3.0]]]),
        unit_kw=np.array([[[10.0, 4.0]]]),
        bus=np.array([[1, 0]]),
        loss_kw=np.array([[0.5]]),
    )
    assert found.tolist() == [[[8.0, 7.5]]]
