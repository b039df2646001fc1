"""Curtailed PV and wind: what is decided, what is left, and why."""

from dataclasses import replace

import numpy as np
from helpers.tiny_studies import operation_of, unit
from hypothesis import given
from hypothesis import strategies as st

from toolkit.model.curtailment import capped, curtailable
from toolkit.model.decisions import Decisions
from toolkit.model.plan import schedule

SHARES = st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3)


def operation(how="per step"):

    units = (replace(unit("pv", 40.0, (0,)), curtail=how), unit("wt", 10.0, (1,)))
    return operation_of(*units, pv=[0.0, 0.5, 1.1], wt=[0.2, 0.4, 0.6])


def plan_of(shares, size=(40.0, 10.0)):
    given = np.array([shares, [0.0] * 3])
    at = np.array([0, 1])
    return schedule(at, np.array(size), np.zeros((0, 3)), operation(), Decisions(given=given))


def test_a_unit_gives_its_share_of_its_rating_at_most():
    plan = plan_of([0.25, 0.25, 0.25])
    assert plan.p_kw.tolist() == [[0.0, 10.0, 10.0], [2.0, 4.0, 6.0]]


def test_a_whole_share_is_no_limit_in_bright_sun():
    assert plan_of([1.0, 1.0, 1.0]).p_kw[0].tolist() == [0.0, 20.0, 44.0]


def test_without_a_decision_nothing_is_cut():
    plain = schedule(np.array([0, 1]), np.array([40.0, 10.0]), np.zeros((0, 3)), operation())
    assert plain.p_kw[0].tolist() == [0.0, 20.0, 44.0]


@given(SHARES, st.floats(0.0, 100.0))
def test_what_could_be_given_is_given_or_curtailed(shares, size):
    plan, of = plan_of(shares, (size, 10.0)), operation()
    could = curtailable(plan.kw, plan.p_kw, of.generation, plan.further.given, of.fleet)
    less = could.less(plan.p_kw.T)
    total = plan.p_kw.T + less["decision"] + less["connection"]
    available = (plan.kw[:, None] * of.generation).T
    assert np.allclose(total[:, 0], available[:, 0], rtol=1e-9, atol=1e-9)
    assert np.isnan(total[:, 1]).all()
    assert (less["connection"][:, 0] == 0.0).all()
    assert (less["decision"][:, 0] >= 0.0).all()


def test_reasons_are_told_apart():
    of = operation()
    kw = np.array([40.0, 10.0])
    could = curtailable(
        kw, kw[:, None] * of.generation, of.generation, np.full((2, 3), 0.5), of.fleet
    )
    less = could.less(np.array([[0.0, 2.0], [5.0, 4.0], [15.0, 6.0]]))
    assert less["decision"][:, 0].tolist() == [0.0, 0.0, 24.0]
    assert less["connection"][:, 0].tolist() == [0.0, 15.0, 5.0]


def test_nothing_to_curtail_says_nothing():
    of = operation("")
    kw = np.array([40.0, 10.0])
    assert curtailable(kw, kw[:, None] * of.generation, of.generation, None, of.fleet) is None
    p_kw = np.ones((2, 3))
    assert capped(p_kw, np.ones(2), np.zeros((2, 3)), of.fleet).tolist() == p_kw.tolist()
