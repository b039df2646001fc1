"""Units on buses with one, two or three phases: what is connected, delivered and exported."""

import dataclasses

import numpy as np
import pytest
from opendssdirect import dss

from toolkit.errors import InputError
from toolkit.grid.opendss import export_feeder, read_feeder
from toolkit.grid.opendss.connections import phases_at
from toolkit.inputs.study import Study
from toolkit.model.plan import base_plan
from toolkit.problem.encoding import decode
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare
from toolkit.results.solving import base_case

#: a, b: three phases; c: phases 2 and 3; d: phase 3; e: the two legs of a split-phase secondary.
FEEDER = """Clear
New Circuit.mixed bus1=a basekV=11 MVAsc3=1e6 MVAsc1=1e6
New Line.ab bus1=a bus2=b r1=1 x1=1 r0=1 x0=1 c1=0 c0=0 length=1 units=none normamps=100
New Line.bc phases=2 bus1=b.2.3 bus2=c.2.3 r1=1 x1=1 r0=1 x0=1 c1=0 c0=0 length=1 units=none
New Line.cd phases=1 bus1=c.3 bus2=d.3 r1=1 x1=1 r0=1 x0=1 c1=0 c0=0 length=1 units=none
New Transformer.drop phases=1 windings=3 buses=[d.3 e.1.0 e.0.2] kVs=[6.35 0.12 0.12]
~ kVAs=[100 100 100] xhl=2 xht=2 xlt=1.5 %loadloss=0.5
New Load.b bus1=b kV=11 kW=50 kvar=10 vminpu=0.5 vmaxpu=1.5
New Load.c bus1=c.2.3 phases=2 kV=11 kW=30 kvar=10 vminpu=0.5 vmaxpu=1.5
New Load.c2 bus1=c.2 phases=1 kV=6.35 kW=5 kvar=1 vminpu=0.5 vmaxpu=1.5
New Load.d bus1=d.3 phases=1 kV=6.35 kW=20 kvar=2 vminpu=0.5 vmaxpu=1.5
New Load.e1 bus1=e.1 phases=1 kV=0.12 kW=3 kvar=1 vminpu=0.5 vmaxpu=1.5
New Load.e2 bus1=e.1.2 phases=1 kV=0.24 kW=4 kvar=1 vminpu=0.5 vmaxpu=1.5
{units}Set voltagebases=[11 0.208]
Calcvoltagebases
"""
THREE = """New PVSystem.sun bus1=b kV=11 kVA=60 Pmpp=40
New Generator.mill bus1=b kV=11 kW=30 pf=1
New Storage.box bus1=b kV=11 kWrated=15 kWhrated=60
New Storage.bev1 bus1=b kV=11 kWrated=37 kWhrated=200
"""
ONE = """New PVSystem.sun phases=1 bus1=b.2 kV=6.35 kVA=60 Pmpp=40
New Generator.mill phases=1 bus1=d.3 kV=6.35 kW=30 pf=1
New Storage.box phases=1 bus1=e.1.2 kV=0.24 kWrated=15 kWhrated=60
New Storage.bev1 phases=2 bus1=c.2.3 kV=11 kWrated=37 kWhrated=200
"""
DELTA = THREE.replace("kV=11", "kV=11 conn=delta")
UNITS = {"three": THREE, "one": ONE, "delta": DELTA}
BUSES = {"b": "123", "c": "23", "d": "3", "e": "12"}


def prepared(folder, units, **sections):
    script = folder / "mixed.dss"
    script.write_text(FEEDER.format(units=units), encoding="utf-8")
    # Wide limits: the units are larger than the leaves of this feeder would like.
    study = {"name": "mixed", "feeder": str(script), "limits": {"v_min": 0.5, "v_max": 1.5}}
    return prepare(Study.model_validate({**study, **sections}))


@pytest.fixture(scope="module", params=UNITS)
def problem(request, tmp_path_factory):
    return Problem(prepared(tmp_path_factory.mktemp("mixed"), UNITS[request.param]))


def moved(problem, bus):
    """Return the base plan with every unit at one bus and storage at work, sizes small."""
    setting = problem.setting
    x = np.random.default_rng(3).random((1, len(setting.space)))
    plan = decode(x, setting.operation, setting.space).row(0)
    return dataclasses.replace(plan, bus=np.full_like(plan.bus, setting.feeder.bus_index[bus]))


@pytest.mark.parametrize(
    ("own", "there", "expected"),
    [
        ((1, 2, 3), (1, 2, 3), (1, 2, 3)),
        ((1, 2, 3), (2, 3), (2, 3)),
        ((2,), (1, 2, 3), (2,)),
        ((2,), (3,), (3,)),
        ((2,), (1, 3), (1,)),
        ((1, 2), (2, 3), (2, 3)),
        ((2, 3), (1,), (1,)),
        ((3,), (), (3,)),
    ],
)
def test_a_unit_takes_its_own_phases_first(own, there, expected, problem):
    unit = dataclasses.replace(problem.setting.feeder.units[0], phases=own)
    assert phases_at(unit, there) == expected


def test_a_bus_has_the_phases_that_lines_bring(tmp_path):
    units = "New PVSystem.lost bus1=d kV=11 kVA=9 Pmpp=9\n"
    feeder = prepared(tmp_path, units).feeder
    found = {b: "".join(map(str, p)) for b, p in zip(feeder.buses, feeder.phases, strict=True)}
    assert found == {"a": "123", **BUSES}
    assert feeder.units[0].phases == (1, 2, 3)
    assert set(feeder.prosumers) == set(BUSES)
    assert feeder.load_kw[feeder.bus_index["c"]] == 35.0


@pytest.mark.parametrize("bus", BUSES)
def test_a_unit_delivers_its_plan_at_any_bus(bus, problem):
    plan = moved(problem, bus)
    for grid in (problem.grid, problem.search_grid):
        day = grid.day(plan)
        assert not day.reason
        assert day.unit_kva.real == pytest.approx(plan.p_kw.T, abs=1e-3)
        assert day.unit_kva.imag == pytest.approx(0.0, abs=1e-3)
        assert day.load_kva.real == pytest.approx(problem.load_kw, abs=1e-3)
        # No unit makes a node that nothing feeds; a load stands between the legs of e.
        assert day.v_pu.shape[1] == 3 + 3 + 2 + 1 + 2 + 1
        assert day.v_pu.min() > 0.5


def test_days_are_repeatable_when_units_change_their_phases(problem):
    a, b = moved(problem, "b"), moved(problem, "d")
    first, _, again = (problem.grid.day(plan) for plan in (a, b, a))
    assert np.array_equal(first.v_pu, again.v_pu)
    assert np.array_equal(first.unit_kva, again.unit_kva)
    quick = problem.search_grid.day(b)
    assert quick.v_pu == pytest.approx(problem.grid.day(b).v_pu, abs=1e-7)


def solved_alone(folder, steps):
    """Solve an exported feeder step by step in an engine of its own; return voltages and losses."""
    engine = dss.NewContext()
    engine.Text.Command(f'Redirect "{folder / "Master.dss"}"')
    engine.Text.Command("Set number=1")
    voltages, losses = [], []
    for _ in range(steps):
        engine.Solution.Solve()
        assert engine.Solution.Converged()
        names = [name.lower() for name in engine.Circuit.AllNodeNames()]
        voltages.append(dict(zip(names, engine.Circuit.AllBusVMag(), strict=True)))
        losses.append(engine.Circuit.Losses()[0] / 1000.0)
    return voltages, np.array(losses)


@pytest.mark.parametrize("bus", BUSES)
def test_the_exported_feeder_gives_the_same_day(bus, problem, tmp_path):
    setting, plan = problem.setting, moved(problem, bus)
    day = problem.grid.day(plan)
    export_feeder(plan, setting.operation, setting.feeder, tmp_path)
    voltages, losses = solved_alone(tmp_path, setting.scenario.steps)
    assert losses == pytest.approx(day.loss_kw, abs=1e-6)
    nodes = {name for name in problem.grid.nodes if "-" not in name}
    assert all(step.keys() == nodes for step in voltages)
    assert len(nodes) == day.v_pu.shape[1] - 1


def test_the_base_day_is_that_of_the_scripts(problem):
    """A unit stands, as declared, on the phases it is declared on."""
    day = problem.grid.day(base_plan(problem.setting.operation))
    assert not day.reason
    assert day.v_pu.min() > 0.9


def test_a_unit_on_no_phase_is_refused(tmp_path):
    script = tmp_path / "mixed.dss"
    odd = "New Generator.mill phases=1 bus1=b.4 kV=6.35 kW=9\n"
    script.write_text(FEEDER.format(units=odd), encoding="utf-8")
    with pytest.raises(InputError, match=r"Generator\.mill.*expected one or more of the phases"):
        read_feeder(script)


NEUTRAL = """Clear
New Circuit.wire bus1=a basekV=0.4 MVAsc3=10 MVAsc1=10
New Line.ab phases=4 bus1=a.1.2.3.4 bus2=b.1.2.3.4 length=1 units=none normamps=99
~ rmatrix=[.1|0 .1|0 0 .1|0 0 0 .1] xmatrix=[.1|0 .1|0 0 .1|0 0 0 .1] cmatrix=[0|0 0|0 0 0|0 0 0 0]
New Reactor.earth phases=1 bus1=a.4 bus2=a.0 R=0.01 X=0
New Load.a bus1=a.1.2.3.4 kV=0.4 kW=3 kvar=1
New Load.b phases=1 bus1=b.1.4 kV=0.23 kW=1 kvar=1
New Load.b2 phases=1 bus1=b.2.4 kV=0.23 kW=2 kvar=1
New PVSystem.roof phases=1 bus1=b.3.4 kV=0.23 Pmpp=3 kVA=3
Set voltagebases=[0.4]
Calcvoltagebases
"""


def test_a_neutral_wire_is_no_phase(tmp_path):
    """Its voltage is near nothing and breaks no limit; no unit connects to it."""
    script = tmp_path / "wire.dss"
    script.write_text(NEUTRAL, encoding="utf-8")
    setting = prepare(Study.model_validate({"name": "wire", "feeder": str(script)}))
    assert setting.feeder.units[0].phases == (3,)
    case = base_case(Problem(setting))
    assert case.summary["feasible"]
    assert case.summary["v_min_pu"] > 0.95
    assert case.buses["v_min_pu"].min() > 0.95
    assert case.summary["traded_kwh"] > 0.0
