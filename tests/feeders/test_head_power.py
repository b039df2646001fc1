"""What enters at the feeder head by loads, losses and units is what the engine's sources give."""

import pytest

from toolkit.grid.solution import stacked
from toolkit.inputs.study import Study
from toolkit.model.plan import base_plan
from toolkit.problem.connection_limits import passing
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare


def head_and_sources(script):
    limits = {"export_max": 1e6, "v_min": 0.5, "v_max": 1.5}
    setting = prepare(Study(name="head", feeder=str(script), limits=limits))
    problem, plan = Problem(setting), base_plan(setting.operation)
    day = problem.grid.day(plan)
    out = passing(stacked([day]), plan.row(None), setting.scenario.connections)
    return -out[0, -1, 0], -problem.grid.engine.Circuit.TotalPower()[0]


@pytest.mark.parametrize("name", ["ieee12", "ieee33"])
def test_bundled_feeders(name):
    head, sources = head_and_sources(name)
    assert head == pytest.approx(sources, rel=1e-6)


@pytest.mark.parametrize("name", ["ieee13", "ieee34"])
def test_public_feeders(public_feeder, name):
    head, sources = head_and_sources(public_feeder(name))
    assert head == pytest.approx(sources, rel=1e-6)
