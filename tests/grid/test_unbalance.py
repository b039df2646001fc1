"""Unbalance of voltages: by hand, by the engine's own sequence voltages, and as a limit."""

import numpy as np
import pytest
from helpers.roofs import written

from toolkit.errors import InputError
from toolkit.grid.unbalance import sequences, unbalance
from toolkit.model.plan import base_plan
from toolkit.problem.limit_violations import (
    Places,
    broken_steps,
    violation,
    worst_violations,
)
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare

TURN = np.exp(2j * np.pi / 3.0)
ONE_PHASE = "New Load.one bus1=c.1 phases=1 kV=0.2309 kW=12 pf=1 vminpu=0.5 vmaxpu=1.5"


def test_sequences_by_hand():
    balanced = 230.0 * np.array([1.0, TURN**2, TURN])
    assert np.allclose(sequences(balanced), (230.0, 0.0))
    # A negative sequence of 2 % beside a positive one, and a zero sequence that does not count.
    mixed = balanced + 4.6 * np.array([1.0, TURN, TURN**2]) + 9.0
    assert unbalance(mixed) == pytest.approx(2.0)
    assert unbalance(mixed[[0, 2, 1]]) == pytest.approx(2.0)
    assert np.isnan(unbalance(np.zeros(3, dtype=complex)))


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    text = "[limits]\nunbalance_max = 1.0\nv_min = 0.8\nv_max = 1.2\n"
    study = written(tmp_path_factory.mktemp("unbalanced"), text, ONE_PHASE)
    return Problem(prepare(study))


def test_it_is_that_of_the_engines_sequence_voltages(street):
    day = street.grid.day(base_plan(street.setting.operation))
    engine = street.grid.engine
    engine.Circuit.SetActiveBus("c")
    _, positive, negative = engine.Bus.SeqVoltages()
    assert day.unbalance.shape == (24, 4)
    assert day.unbalance[-1, 3] == pytest.approx(100.0 * negative / positive, rel=1e-6)


def test_a_figure_and_words_agree(street):
    setting, plan = street.setting, base_plan(street.setting.operation)
    day, limits = street.grid.day(plan), street.setting.study.limits
    by_hand = np.maximum(day.unbalance - 1.0, 0.0).sum()
    assert violation(day, plan, limits, setting.scenario.step_hours) == pytest.approx(by_hand)
    assert (broken_steps(day, plan, limits) == (day.unbalance > 1.0).any(axis=1)).all()
    places = Places.of(setting.feeder, street.grid.nodes)
    (told,) = worst_violations(day, plan, limits, places)
    assert (told.kind, told.place) == ("unbalance", "bus c")
    assert str(told).startswith("voltage unbalance ")
    assert str(told).endswith("(limit 1 %; 3 buses, 24 steps)")


def test_the_batch_solver_leaves_it_to_the_engine(street, tmp_path):
    assert street.search.solver == "opendss"
    assert "how unbalanced voltages are" in street.search.why
    text = '[power_flow]\nsolver = "batch"\n[limits]\nunbalance_max = 1.0\n'
    asked = Problem(prepare(written(tmp_path, text)))
    with pytest.raises(InputError, match="how unbalanced voltages are"):
        _ = asked.search


def test_it_is_not_read_unless_asked_for(tmp_path):
    problem = Problem(prepare(written(tmp_path, "")))
    assert problem.grid.day(base_plan(problem.setting.operation)).unbalance is None
