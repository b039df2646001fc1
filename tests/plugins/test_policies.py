"""The policies we ship, by hand on communities of two or three buses."""

import numpy as np
import pytest
from helpers.tiny_studies import operation_of, unit

from toolkit.exact.program import Effort, Program
from toolkit.model.plan import schedule
from toolkit.problem import energy
from toolkit.problem.policies.dispatch import Dispatch
from toolkit.problem.policies.following import followed
from toolkit.problem.policies.registry import POLICIES
from toolkit.problem.policies.session import Session


def followed_by(name, operation, bus, size, values=None, **options):
    policy = POLICIES.build(name, options)
    stores = len(operation.fleet.storage_rows)
    asked = tuple(policy.parameters(operation.steps))
    own = np.array([p.default for p in asked] if values is None else values, dtype=float)
    own = np.broadcast_to(own, (1, stores, len(asked)))
    dispatch = Dispatch(name, options, asked, policy.outlook())
    bus, size = np.array([bus], dtype=np.intp), np.array([size], dtype=float)
    wanted = followed(Session(policy, name), dispatch, operation, bus, size, own)
    return schedule(bus, size, wanted, operation)


def traded(plan, operation):
    load = np.zeros((operation.steps, len(operation.fleet.buses)))
    load[:, : operation.scenario.loads.kw.shape[1]] = operation.scenario.loads.kw
    return -float(energy.scheduled(plan, operation, load, "traded")[0])


@pytest.fixture
def day():
    """PV of 10 kW at bus 0, a lossless battery of 4 kW and 16 kWh, half full, at bus 1."""
    import dataclasses

    operation = operation_of(
        unit("pv", 10.0, [0]), unit("bess", 4.0, [1], hours=4.0), pv=[0.0, 1.0, 1.0, 0.0]
    )
    load = np.array([[0.0, 0.0, 3.0]] * 4)
    loads = dataclasses.replace(operation.scenario.loads, kw=load)
    return operation.with_loads(loads)


def test_surplus_takes_what_is_left_over_and_gives_what_lacks(day):
    """Lacking 3, left over 7 (4 at most), again, lacking 3: it gives 3, takes 4, takes 4, gives."""
    plan = followed_by("surplus", day, [0, 1], [10.0, 4.0])
    assert plan.p_kw[0, 1].tolist() == pytest.approx([3.0, -4.0, -4.0, 3.0])
    # Sold: 3 of the battery, then 3 + 4 of PV twice, then 3 of the battery.
    assert traded(plan, day) == pytest.approx(3.0 + 7.0 + 7.0 + 3.0)


def test_a_reserve_is_kept_and_a_share_is_a_share(day):
    plan = followed_by("surplus", day, [0, 1], [10.0, 4.0], values=[0.45, 0.5, 0.0])
    # 8 kWh less a reserve of 7.2 leave 0.8; then half of 7; at the end half of 3.
    assert plan.p_kw[0, 1].tolist() == pytest.approx([0.8, -3.5, -3.5, 1.5])


def test_rolling_with_the_future_known_is_the_best_there_is(day):
    """Surplus alone trades 20; the battery can do no more: PV sells 3 + 4 twice, it 3 twice."""
    plan = followed_by("rolling", day, [0, 1], [10.0, 4.0], hours=4, forecast="perfect")
    assert traded(plan, day) == pytest.approx(20.0, abs=1e-3)


def test_rolling_runs_whatever_threads_a_bound_took_before_it(day):
    """HiGHS keeps one pool of threads a process, and refuses a program that asks for another."""
    for threads in (2, 1, 0):
        bound = Program(threads)
        bound.variables((1,), upper=1.0, gain=1.0)
        assert bound.solve(Effort(seconds=5.0)).objective == pytest.approx(1.0)
        plan = followed_by("rolling", day, [0, 1], [10.0, 4.0], hours=4, forecast="perfect")
        assert traded(plan, day) == pytest.approx(20.0, abs=1e-3)


def test_persistence_takes_the_latest_value_and_then_the_day_before():
    from toolkit_plugins.rolling import _foretold

    class Now:
        ahead, dt = None, 1.0

    now = Now()
    now.net = np.arange(3.0)[:, None, None]
    now.step = 2
    assert _foretold(now, 4)[:, 0, 0].tolist() == [2.0, 2.0, 2.0, 2.0]
    now.net = np.arange(30.0)[:, None, None]
    now.step = 29
    # At 5 h of the second day: this step, then 6, 7, ... h of the first, and it again.
    assert _foretold(now, 4)[:, 0, 0].tolist() == [29.0, 6.0, 7.0, 8.0]
    assert _foretold(now, 26)[24:, 0, 0].tolist() == [29.0, 6.0]


def among(operation, members):
    import dataclasses

    scenario = dataclasses.replace(operation.scenario, members=np.array(members))
    return dataclasses.replace(operation, scenario=scenario)


def test_surplus_of_members_alone_and_a_store_of_no_member_by_its_own_bus(day):
    """Bus 0 is out: of 8 kWh 3 go, then all above the reserve of 3.2; in time 4.8 come back."""
    plan = followed_by("surplus", among(day, [False, True, True]), [0, 1], [10.0, 4.0])
    assert plan.p_kw[0, 1].tolist() == pytest.approx([3.0, 1.8, -0.8, -4.0])
    # At bus 0 and out, it takes of that bus what it has left over: nothing, 4, 4, nothing.
    alone = among(day, [False, True, True])
    home = unit("bess", 4.0, [0], hours=4.0)
    alone = alone.with_units([alone.fleet.units[0], home])
    plan = followed_by("surplus", alone, [0, 0], [10.0, 4.0])
    assert plan.p_kw[0, 1].tolist() == pytest.approx([0.0, -4.0, -4.0, 0.0])


def test_rolling_moves_nothing_for_who_takes_no_part(day):
    """With bus 0 out nobody has a surplus but the battery: it lends 3 kWh, which nobody gives."""
    out = among(day, [True, False, True])
    plan = followed_by("rolling", out, [0, 1], [10.0, 4.0], hours=4, forecast="perfect")
    assert plan.p_kw[0, 1].tolist() == pytest.approx([0.0] * 4, abs=1e-6)
    assert traded(plan, out) == pytest.approx(6.0)
