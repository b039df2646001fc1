"""What the exact model maximises where separate days count by how bad they are."""

from dataclasses import replace

import numpy as np
import pytest
from helpers.tiny_studies import OBJECTIVES, TIGHT, few, operation_of, studies, unit
from hypothesis import assume, given
from hypothesis import strategies as st

from toolkit.exact.branch_and_bound import prove
from toolkit.exact.days import ModelDay
from toolkit.exact.dispatch import Dispatch, settled
from toolkit.model.devices import StorageParameters
from toolkit.model.operation import can_serve
from toolkit.model.risk import MEAN, Risk
from toolkit.model.scenario import SeparateDays
from toolkit.problem.encoding import decode, space_of
from toolkit.problem.energy import scheduled

WEIGHTS = np.array([1.0, 2.0, 1.5])
RISKS = (Risk("worst"), Risk("cvar", 0.3), Risk("cvar", 0.7))


def apart(operation, days, weights):
    """Return an operation whose steps are of so many separate days."""
    names = tuple(str(d + 1) for d in range(days))
    separate = SeparateDays(names, np.asarray(weights, dtype=float))
    return replace(operation, scenario=replace(operation.scenario, separate=separate))


def of_sun():
    """One plant of 4 kW that sells to a load of 2, 3 and 1 kW on three days of a step each."""
    load = np.array([[0.0, 2.0, 0.0], [0.0, 3.0, 0.0], [0.0, 1.0, 0.0]])
    return apart(operation_of(unit("pv", 4.0, (0,)), pv=[1.0, 0.5, 1.0]), 3, WEIGHTS), load


@pytest.mark.parametrize(
    ("risk", "kwh"),
    [
        (MEAN, 1.0 * 2 + 2.0 * 2 + 1.5 * 1),
        (Risk("worst"), 4.5 * 1.0),
        # Of 4.5 days the worst third are 1.5: the day on which 1 kWh is sold.
        (Risk("cvar", 2.0 / 3.0), 4.5 * 1.0),
        # The worst two thirds are 3: those 1.5, and 1.5 on which 2 kWh are sold.
        (Risk("cvar", 1.0 / 3.0), 4.5 * 1.5),
    ],
)
def test_what_is_maximised_by_hand(risk, kwh):
    operation, load = of_sun()
    day = ModelDay(load, operation.scenario, "traded", risk)
    found = Dispatch(settled(operation, np.array([0])), day, 1).solve(TIGHT)
    assert found.objective == pytest.approx(kwh, rel=1e-6)
    bound = prove(operation, load, "traded", TIGHT, risk=risk)
    assert bound.ended == "proven"
    assert bound.best_kwh == pytest.approx(kwh, rel=1e-6)
    assert kwh <= bound.kwh <= kwh * (1.0 + 1e-5)


@st.composite
def several_days(draw):
    """Draw a study of two days of two steps, and their weights."""
    operation, load = draw(studies(most_units=3, most_buses=3, most_steps=4))
    assume(operation.steps == 4)
    weights = draw(st.lists(st.floats(0.5, 20.0), min_size=2, max_size=2))
    operation = apart(operation, 2, weights)
    assume(can_serve(operation))
    return operation, load


def test_a_program_that_ends_highs_with_an_error_is_proven_all_the_same():
    """HiGHS 1.16 says kSolveError of two of its dispatches unless it leaves out presolve."""
    everywhere = (0, 1, 2)
    store = StorageParameters(
        0.33122532556522066,
        0.7714370825918083,
        0.34089367607923504,
        0.6907779341018341,
        0.612129431896485,
    )
    units = [unit(kind, 3.0, everywhere, 2.0) for kind in ("bess", "bess", "generator")]
    sun = [0.06830641, 0.50618776, 0.0, 0.49173588]
    operation = apart(operation_of(*units, pv=sun, bess=store, v2g=False), 2, [1.0, 1.0])
    load = np.array([[0.0, 2.0, 1.5], [0.0, 0.0, 1.0], [0.0, 2.0, 0.5], [3.0, 2.0, 0.5]])
    bound = prove(operation, load, "traded", TIGHT, risk=Risk("cvar", 0.3))
    assert bound.ended == "proven"
    assert bound.best_kwh == pytest.approx(1.8735154)


@few(8)
@given(several_days(), st.sampled_from(RISKS), st.sampled_from(OBJECTIVES))
def test_no_plan_is_above_the_bound(study, risk, objective):
    operation, load = study
    bound = prove(operation, load, objective, TIGHT, risk=risk)
    space = space_of(operation)
    x = np.random.default_rng(0).random((200, len(space)))
    kwh = -scheduled(decode(x, operation, space), operation, load, objective, risk)
    assert kwh.max() <= bound.kwh + 1e-9
    own = [-scheduled(f.plan.row(None), operation, load, objective, risk)[0] for f in bound.found]
    assert bound.best_kwh == pytest.approx(max(own, default=-np.inf))


@few(8)
@given(several_days())
def test_bounds_stand_in_the_order_of_their_risks(study):
    operation, load = study
    near_mean, near_worst = Risk("cvar", 1e-6), Risk("cvar", 1.0 - 1e-6)
    risks = (MEAN, near_mean, *RISKS[1:], near_worst, RISKS[0])
    layout = settled(operation, decode_first(operation))
    found = [
        Dispatch(layout, ModelDay(load, operation.scenario, "traded", risk), 1).solve(TIGHT)
        for risk in risks
    ]
    kwh = np.array([each.bound for each in found])
    slack = 1e-4 * (1.0 + kwh.max())
    assert (np.diff(kwh) <= slack).all()
    assert kwh[1] == pytest.approx(kwh[0], abs=slack)
    assert kwh[-2] == pytest.approx(kwh[-1], abs=slack)


def decode_first(operation):
    space = space_of(operation)
    return decode(np.zeros((1, len(space))), operation, space).row(0).bus


@few(6)
@given(several_days(), st.sampled_from(RISKS))
def test_a_plan_of_the_model_is_worth_what_the_model_says(study, risk):
    operation, load = study
    layout = settled(operation, decode_first(operation))
    dispatch = Dispatch(layout, ModelDay(load, operation.scenario, "traded", risk), 1)
    found = dispatch.solve(TIGHT)
    plan = dispatch.plan(found.x)
    kwh = -scheduled(plan.row(None), operation, load, "traded", risk)[0]
    assert kwh == pytest.approx(found.objective, rel=1e-4, abs=1e-4)
