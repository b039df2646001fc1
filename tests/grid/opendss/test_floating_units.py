"""Units in a network without a ground stand between its phases, whatever they declare."""

import numpy as np
import pytest
from helpers.feeders import IEEE37
from opendssdirect import dss

from toolkit.grid.opendss import export_feeder
from toolkit.inputs.study import Study
from toolkit.model.plan import base_plan
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare

ENDING = ["Set voltagebases=[230 4.8 0.48]", "Calcvoltagebases", ""]
#: Declared to ground: on three phases, on one, and on two.
GROUNDED = [
    "New PVSystem.three bus1=738 kV=4.8 kVA=200 Pmpp=150 pf=1",
    "New PVSystem.one phases=1 bus1=730.1 kV=2.77 kVA=60 Pmpp=40 pf=1",
    "New Generator.two phases=2 bus1=742.2.3 kV=4.8 kW=30 pf=1",
]
#: The same between phases: a unit of one phase between that and the next.
BETWEEN = [
    "New PVSystem.three bus1=738 kV=4.8 kVA=200 Pmpp=150 pf=1 conn=delta",
    "New PVSystem.one phases=1 bus1=730.1.2 kV=4.8 kVA=60 Pmpp=40 pf=1 conn=delta",
    "New Generator.two phases=1 bus1=742.2.3 kV=4.8 kW=30 pf=1 model=1 conn=delta",
]


@pytest.fixture(scope="module")
def problem(tmp_path_factory):
    script = tmp_path_factory.mktemp("floating") / "Master.dss"
    lines = ["Clear", *IEEE37[:-1], *GROUNDED, *ENDING]
    script.write_text("\n".join(lines), encoding="utf-8")
    return Problem(prepare(Study(name="v", feeder=str(script))))


def test_every_step_converges_and_equals_plain_opendss_with_units_in_delta(problem, tmp_path):
    operation = problem.setting.operation
    plan = base_plan(operation)
    day, searched = problem.grid.day(plan), problem.search_grid.day(plan)
    assert not day.reason
    assert not searched.reason
    np.testing.assert_allclose(searched.v_pu, day.v_pu, rtol=0, atol=1e-7)
    noon = int(operation.scenario.pv.argmax())
    load, sun, wind = (
        float(a[noon])
        for a in (operation.scenario.loads.p[0], operation.scenario.pv, operation.scenario.wt)
    )
    assert [u.real for u in day.unit_kva[noon]] == pytest.approx(
        [150.0 * sun, 40.0 * sun, 30.0 * wind], rel=1e-6
    )
    sized = [f"Edit PVSystem.{n} irradiance={sun!r} %cutin=0 %cutout=0" for n in ("three", "one")]
    sized += [f"Edit Generator.two kW={30.0 * wind!r}", f"Set loadmult={load!r} mode=snapshot"]
    dss.Text.Commands("\n".join(["Clear", *IEEE37[:-1], *BETWEEN, *ENDING, *sized]))
    dss.Text.Commands("Set tolerance=1e-9 controlmode=off\nSolve")
    volts = dict(zip(dss.Circuit.AllNodeNames(), _volts(dss.Circuit.AllBusVolts()), strict=True))
    for name, pu in zip(problem.grid.nodes, day.v_pu[noon], strict=True):
        bus, _, pair = name.rpartition(".")
        if "-" in pair and bus in ("738", "730", "742", "741"):
            first, second = pair.split("-")
            stands = abs(volts[f"{bus}.{first}"] - volts[f"{bus}.{second}"]) / 4800.0
            assert pu == pytest.approx(stands, abs=1e-5), name


def _volts(parts):
    pairs = np.array(parts).reshape(-1, 2)
    return pairs[:, 0] + 1j * pairs[:, 1]


def test_no_voltage_to_ground_is_held_and_a_notice_says_how_units_stand(problem):
    day = problem.grid.day(base_plan(problem.setting.operation))
    held = dict(zip(problem.grid.nodes, np.isfinite(day.v_pu[12]), strict=True))
    assert not any(held[f"{bus}.{n}"] for bus in ("738", "730", "742") for n in (1, 2, 3))
    said = {n.about: n for n in problem.setting.feeder.notices if "between phases" in n.text}
    assert set(said) == {"PVSystem.three", "PVSystem.one", "Generator.two"}
    assert said["PVSystem.one"].line == said["PVSystem.three"].line + 1


def test_a_unit_moved_to_a_grounded_bus_and_back_stands_as_before(problem):
    feeder, plan = problem.setting.feeder, base_plan(problem.setting.operation)
    moved = base_plan(problem.setting.operation)
    moved.bus[:] = feeder.bus_index["sourcebus"]
    first = problem.search_grid.day(plan)
    away = problem.search_grid.day(moved)
    again = problem.search_grid.day(plan)
    assert not away.reason
    np.testing.assert_array_equal(first.v_pu, again.v_pu)
    assert away.unit_kva[12].real == pytest.approx(first.unit_kva[12].real, rel=1e-6)


def test_an_exported_day_has_the_units_between_phases(problem, tmp_path):
    operation = problem.setting.operation
    export_feeder(base_plan(operation), operation, problem.setting.feeder, tmp_path / "f")
    dss.Text.Command("Clear")
    dss.Text.Command(f'Redirect "{tmp_path / "f" / "Master.dss"}"')
    dss.Circuit.SetActiveElement("PVSystem.one")
    assert dss.CktElement.BusNames() == ["730.1.2"]
    dss.Text.Command("Solve")
    assert dss.Solution.Converged()
