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


REACTOR = """Clear
New Circuit.x bus1=a basekv=12.47
New Line.l bus1=a bus2=b r1=0.3 x1=0.6 r0=0.9 x0=1.8 c1=3 c0=2 length=4 units=km
New Load.d bus1=b kv=12.47 kw=300 pf=0.9
New Capacitor.c bus1=b kv=12.47 kvar=100
New Reactor.shunt bus1=b kv=12.47 kvar=200 {loss}
Set voltagebases=[12.47]
Calcvoltagebases
"""


@pytest.mark.parametrize(("loss", "kw"), [("rp=5000", 12.47**2 / 5.0), ("", 0.0)])
def test_what_a_shunt_takes_is_told_where_it_is_not_counted(loss, kw, tmp_path):
    script = tmp_path / "shunt.dss"
    script.write_text(REACTOR.format(loss=loss), encoding="utf-8")
    notices = prepare(Study(name="x", feeder=str(script))).feeder.notices
    told = [n for n in notices if "left out of losses" in n.text]
    assert [(n.about, n.line) for n in told] == ([("Reactor.shunt", 6)] if kw else [])
    head, sources = head_and_sources(script)
    assert sources - head == pytest.approx(kw, rel=0.05, abs=1e-6)
