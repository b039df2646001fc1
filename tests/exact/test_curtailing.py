"""The exact model where PV and wind may give less: its bound holds, and is reached."""

from dataclasses import replace

import numpy as np
import pytest
from helpers.roofs import BATTERY, FIXED, written
from helpers.tiny_studies import OBJECTIVES, TIGHT, few, operation_of, studies, traded, unit
from hypothesis import given
from hypothesis import strategies as st

from toolkit.exact.branch_and_bound import prove
from toolkit.exact.days import ModelDay
from toolkit.exact.dispatch import Dispatch, settled
from toolkit.exact.polish import polish
from toolkit.exact.site_classes import classes_of
from toolkit.model.decisions import Decisions
from toolkit.model.plan import schedule
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare


def neighbours(curtail):
    """Return a roof of 5 kW at a bus that needs 5 kW, and one of 4 kW at a bus that needs none."""
    own = replace(unit("pv", 5.0, (0,), low=5.0), curtail=curtail, name="own")
    operation = operation_of(own, unit("pv", 4.0, (1,), low=4.0), pv=[1.0, 0.0])
    return operation, np.array([[5.0, 0.0, 0.0]] * 2)


def test_curtailing_behind_a_meter_makes_room_for_trade():
    operation, load = neighbours("")
    assert prove(operation, load, "traded", TIGHT).kwh == pytest.approx(0.0, abs=1e-6)
    operation, load = neighbours("per step")
    assert prove(operation, load, "traded", TIGHT).kwh == pytest.approx(4.0)


def test_the_models_plan_is_carried_out():
    operation, load = neighbours("per step")
    held = settled(operation, np.array([0, 1]))
    dispatch = Dispatch(held, ModelDay(load, operation.scenario, "traded"), 1)
    plan = dispatch.plan(dispatch.solve(TIGHT).x)
    assert plan.p_kw[1].tolist() == [4.0, 0.0]
    assert plan.p_kw[0, 0] <= 1.0 + 1e-6
    assert traded(plan.row(None), operation, load, "traded")[0] == pytest.approx(4.0)


def test_units_that_may_be_curtailed_are_a_class_of_their_own():
    operation = operation_of(unit("pv", 4.0, (0, 1)), unit("pv", 4.0, (0, 1)), pv=[1.0])
    assert len(classes_of(operation)) == 1
    first, second = operation.fleet.units
    apart = operation.with_units((first, replace(second, curtail="once")))
    assert len(classes_of(apart)) == 2


@few(20)
@given(studies(most_units=3), st.sampled_from(OBJECTIVES), st.integers(0, 2**32 - 1))
def test_no_curtailed_plan_trades_more_than_is_proven(study, objective, seed):
    operation, load = study
    operation = operation.with_units(
        replace(u, curtail="per step" if u.kind in ("pv", "wt") else "")
        for u in operation.fleet.units
    )
    proven = prove(operation, load, objective, TIGHT).kwh
    rng, units, steps = np.random.default_rng(seed), operation.fleet.units, operation.steps
    kinds = [u.kind for u in units]
    for _ in range(20):
        bus = np.array([rng.choice(u.candidates) for u in units])
        if len({*zip(kinds, bus, strict=True)}) < len(units):
            continue
        size = np.array([rng.uniform(u.size_min, u.size_max) for u in units])
        size = np.where(np.array(kinds) == "bev", np.round(size), size)
        wanted = rng.uniform(-1.0, 1.0, (len(operation.fleet.storage_rows), steps))
        further = Decisions(given=rng.random((len(units), steps)))
        plan = schedule(bus, size, wanted, operation, further)
        assert traded(plan.row(None), operation, load, objective)[0] <= proven + 1e-6


def test_a_polished_plan_keeps_limits_of_connections(tmp_path):
    text = '[fleet]\ncurtail = "per step"\n' + FIXED
    text += "[limits]\nimport_max = 16.5\nexport_max = 6\n[limits.at.c]\nexport_max = 15\n"
    problem = Problem(prepare(written(tmp_path, text, BATTERY.format(bus="b", kwh=40))))
    setting = problem.setting
    x = np.full((1, len(problem.space)), 0.5)
    before, plan = problem.evaluate(x), setting.decode(x).row(0)
    found = polish(problem, plan, -float(before.objective[0]), 15, keep_sites=True)
    assert found.x is not None
    after = problem.score(setting.decode(found.x[None]))
    assert after.violation[0] == 0.0
    assert after.objective[0] == pytest.approx(-found.kwh)
    assert after.objective[0] < before.objective[0]
