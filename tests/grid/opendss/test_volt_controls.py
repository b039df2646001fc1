"""Inverters that follow the voltage: by a study's curves, and by controls that scripts bring."""

import numpy as np
import pytest
from opendssdirect import dss

from toolkit.errors import InputError
from toolkit.grid.opendss import export_feeder, replay
from toolkit.inputs.study import Study
from toolkit.inputs.volt_curves import VOLT_VAR
from toolkit.model.plan import base_plan
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare

STREET = """Clear
New Circuit.street bus1=source phases=3 basekV=0.4 pu=1.03 MVAsc3=100 MVAsc1=100
New LineCode.cable nphases=3 units=km r1=0.206 x1=0.080 r0=0.825 x0=0.302 normamps=300
New Line.l1 bus1=source bus2=a linecode=cable length=0.3 units=km
New Line.l2 bus1=a bus2=b linecode=cable length=0.3 units=km
New Load.a bus1=a phases=3 kV=0.4 kW=10 pf=0.95 vminpu=0.5 vmaxpu=1.5
New Load.b bus1=b phases=3 kV=0.4 kW=5 pf=0.95 vminpu=0.5 vmaxpu=1.5
New PVSystem.roof bus1=b phases=3 kV=0.4 kVA=44 Pmpp=40 pf=1 %cutin=0 %cutout=0{priority}
New PVSystem.barn bus1=a phases=3 kV=0.4 kVA=30 Pmpp=30 pf=0.98 %cutin=0 %cutout=0
New Storage.box bus1=b phases=3 kV=0.4 kWrated=10 kWhrated=40
New XYCurve.vv npts=4 xarray=(0.92 0.98 1.02 1.08) yarray=(0.44 0 0 -0.44)
New XYCurve.vw npts=3 xarray=(1 1.04 1.07) yarray=(1 1 0.3)
New XYCurve.wp npts=3 xarray=(0 0.5 1) yarray=(1 1 -0.9)
New XYCurve.wv npts=3 xarray=(0 0.5 1) yarray=(0 0 -0.4)
{control}
Set voltagebases=[0.4]
Calcvoltagebases
"""
#: Controls of a script, one for each way in which an inverter may follow a curve.
CONTROLS = {
    "volt-var": "mode=VOLTVAR vvc_curve1=vv",
    "volt-watt": "mode=VOLTWATT voltwatt_curve=vw DERList=[PVSystem.roof]",
    "both": "CombiMode=VV_VW vvc_curve1=vv voltwatt_curve=vw DERList=[PVSystem.roof]",
    "reactive current": "mode=DYNAMICREACCURR DERList=[PVSystem.roof PVSystem.barn]",
    "watt-pf": "mode=WATTPF wattpf_curve=wp DERList=[PVSystem.roof]",
    "watt-var": "mode=WATTVAR wattvar_curve=wv DERList=[PVSystem.roof]",
}


def problem_of(folder, control="", priority="", **sections):
    script = folder / "street.dss"
    line = control and f"New InvControl.ic {control}"
    script.write_text(STREET.format(control=line, priority=priority), encoding="utf-8")
    wide = {"v_min": 0.5, "v_max": 1.5, "loading_max": 1000.0}
    given = {"name": "street", "feeder": str(script), "limits": wide, **sections}
    return Problem(prepare(Study.model_validate(given)))


def plans_of(problem, count=3):
    setting = problem.setting
    return setting.decode(np.random.default_rng(3).random((count, len(setting.space))))


def injected(problem, day, name):
    names = [unit.name for unit in problem.setting.feeder.units]
    return day.unit_kva[:, names.index(name)]


def voltages(problem, grid, day, bus):
    rows = [i for i, node in enumerate(grid.nodes) if node.startswith(f"{bus}.")]
    return day.v_pu[:, rows].mean(axis=1)


def test_the_curve_of_category_b_is_followed(tmp_path):
    problem = problem_of(tmp_path, inverters={"volt_var": "B", "kva_per_kw": 1.1})
    day = problem.grid.day(base_plan(problem.setting.operation))
    volts = voltages(problem, problem.grid, day, "b")
    curve = np.interp(volts, *np.array(VOLT_VAR["B"]).T)
    assert injected(problem, day, "roof").imag == pytest.approx(44.0 * curve, abs=44.0 * 1e-4)
    assert np.abs(curve).max() > 0.1


def test_the_day_is_that_of_a_script_with_the_same_control(tmp_path):
    """The issue's own line: plain OpenDSS with InvControl, written by hand, to 1e-6 pu."""
    problem = problem_of(tmp_path, inverters={"volt_var": "B", "kva_per_kw": 1.1})
    setting = problem.setting
    plan = base_plan(setting.operation)
    own = problem.grid.day(plan)
    steps, sun = setting.scenario.steps, setting.scenario.pv
    by_hand = STREET.format(control="", priority=" wattpriority=yes")
    by_hand = by_hand.replace("kVA=30 Pmpp=30 pf=0.98", "kVA=33 Pmpp=30 pf=1 wattpriority=yes")
    by_hand = by_hand.replace("kWhrated=40", "kWhrated=40 kVA=11 %idlingkw=0 dispmode=follow")
    shapes = {"sun": sun, "use": setting.scenario.loads.p[0], "idle": np.zeros(steps)}
    dss.Text.Command("Clear")
    lines = [line for line in by_hand.splitlines()[1:] if line]
    made = [
        f"New LoadShape.{name} npts={steps} interval=1 mult=({' '.join(map(repr, v.tolist()))})"
        for name, v in shapes.items()
    ]
    for line in (*lines[:1], *made, *lines[1:]):
        dss.Text.Command(line)
    for command in (
        "BatchEdit Load..* daily=use",
        "BatchEdit PVSystem..* daily=sun vminpu=0.5 vmaxpu=1.5",
        "Edit Storage.box daily=idle vminpu=0.5 vmaxpu=1.5",
        "New InvControl.hand mode=VOLTVAR vvc_curve1=vv RefReactivePower=VARMAX "
        "VarChangeTolerance=1e-6 VoltageChangeTolerance=1e-7",
        "Set mode=daily stepsize=1h number=1 controlmode=static tolerance=1e-9 maxiterations=100",
        "Set maxcontroliter=1000",
    ):
        dss.Text.Command(command)
    found = []
    for _ in range(steps):
        dss.Solution.Solve()
        dss.Circuit.SetActiveBus("b")
        found.append(np.mean(dss.Bus.puVmagAngle()[0::2]))
    assert np.abs(np.array(found) - voltages(problem, problem.grid, own, "b")).max() < 1e-6


@pytest.mark.parametrize("control", CONTROLS)
def test_a_control_that_a_script_brings_acts(tmp_path, control):
    problem = problem_of(tmp_path, CONTROLS[control])
    without = problem_of(tmp_path / "..", "")
    plan = base_plan(problem.setting.operation)
    day, rest = problem.grid.day(plan), without.grid.day(plan)
    assert not day.reason
    assert np.abs(day.unit_kva - rest.unit_kva).max() > 1.0
    assert not any("switched off" in notice.text for notice in problem.setting.feeder.notices)


@pytest.mark.parametrize("control", CONTROLS)
def test_each_day_begins_anew(tmp_path, control):
    problem = problem_of(tmp_path, CONTROLS[control])
    plans = plans_of(problem)
    for grid in (problem.search_grid, problem.grid):
        first, _, again = (grid.day(plans.row(i)) for i in (0, 1, 0))
        assert np.array_equal(first.v_pu, again.v_pu)
        assert np.array_equal(first.unit_kva, again.unit_kva)


@pytest.mark.parametrize("control", ["volt-var", "both", "watt-pf"])
def test_search_record_and_export_are_one_day(tmp_path, control):
    problem = problem_of(tmp_path, CONTROLS[control])
    setting, plan = problem.setting, plans_of(problem).row(1)
    searched, own = problem.search_grid.day(plan), problem.grid.day(plan)
    assert np.array_equal(searched.v_pu, own.v_pu)
    export_feeder(plan, setting.operation, setting.feeder, tmp_path / "out")
    day = replay(tmp_path / "out" / "Master.dss", setting.scenario.steps)
    assert day.unit_kva == pytest.approx(own.unit_kva, abs=1e-5)
    assert day.loss_kw == pytest.approx(own.loss_kw, abs=1e-7)
    assert problem.search.solver == "opendss"


def test_a_control_at_rest_stays_at_rest(tmp_path):
    problem = problem_of(tmp_path, CONTROLS["volt-var"] + "\nSet controlmode=off")
    assert problem.setting.feeder.controls.inverters == ()


def test_a_unit_under_a_control_of_the_script_is_not_decided_about(tmp_path):
    for_all = r"'inverters.volt_var': InvControl.ic of the scripts .* of the other units"
    with pytest.raises(InputError, match=for_all):
        problem_of(tmp_path, CONTROLS["volt-var"], inverters={"volt_var": "B"})
    fleet = {"units": {"roof": {"power_factor": 0.9}}}
    with pytest.raises(InputError, match=r"leave power_factor out for this unit"):
        problem_of(tmp_path, CONTROLS["volt-var"], fleet=fleet)


@pytest.mark.parametrize("listed", ["roof", "Load.a", "PVSystem."])
def test_a_list_the_engine_would_break_down_at_is_refused(tmp_path, listed):
    with pytest.raises(InputError, match=r"street.dss, line 15: derlist: found"):
        problem_of(tmp_path, f"mode=VOLTVAR vvc_curve1=vv DERList=[{listed}]")
