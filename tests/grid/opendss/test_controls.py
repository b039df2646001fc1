"""Feeders with regulators and switched capacitors: every day begins from the same state."""

import dataclasses
import os

import numpy as np
import pytest
from helpers.forks import printed

from toolkit.errors import InputError
from toolkit.grid.opendss import engine, export_feeder, read_feeder
from toolkit.inputs.study import Study
from toolkit.model.plan import base_plan
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare

UNITS = """
New PVSystem.roof bus1={0} kV={2} Pmpp=400 kVA=600
New Generator.mill bus1={1} kV={2} kW=300
New Storage.box bus1={0} kV={2} kWrated=200 kWhrated=800 dispmode=follow
New Storage.bev1 bus1={1} kV={2} kWrated=70 kWhrated=400 dispmode=follow
"""
#: Two three-phase buses of each feeder, and their kV.
SITES = {
    "ieee13": ("671", "692", 4.16),
    "ieee34": ("848", "844", 24.9),
    "ieee123": ("47", "76", 4.16),
}


@pytest.fixture(scope="module", params=SITES)
def setting(request, public_feeder, tmp_path_factory):
    """Prepare a study of a public feeder with units of our own added."""
    script = tmp_path_factory.mktemp("with_units") / f"{request.param}.dss"
    units = UNITS.format(*SITES[request.param])
    script.write_text(f'Redirect "{public_feeder(request.param)}"\n{units}', encoding="utf-8")
    fleet = {"buses": list(SITES[request.param][:2]), "scale": [0.0, 2.0]}
    return prepare(Study.model_validate({"name": "x", "feeder": str(script), "fleet": fleet}))


@pytest.mark.parametrize("search", [True, False])
def test_a_b_a_gives_a_twice_bit_for_bit(setting, random_plan, search):
    problem = Problem(setting)
    grid = problem.search_grid if search else problem.grid
    plans = [base_plan(setting.operation), *(random_plan(setting, seed) for seed in range(3))]
    days = [grid.day(plan) for plan in (*plans, *plans[::-1])]
    for first, again in zip(days[:4], days[:3:-1], strict=True):
        assert not first.reason
        for field in dataclasses.fields(first):
            a, b = getattr(first, field.name), getattr(again, field.name)
            assert a == b if isinstance(a, str | None) else np.array_equal(a, b, equal_nan=True)
    assert not np.array_equal(days[0].v_pu, days[1].v_pu, equal_nan=True)


def test_a_fresh_engine_gives_the_same_bits(setting, random_plan):
    plan, other = random_plan(setting, 5), random_plan(setting, 6)
    worn = Problem(setting).grid
    worn.day(other)
    fresh = Problem(setting).grid
    assert np.array_equal(worn.day(plan).v_pu, fresh.day(plan).v_pu, equal_nan=True)


def test_regulators_work_through_the_day(setting):
    """Regulators move, and hold the voltages of the day closer than neutral taps would.

    The Solve of ieee13 moves its taps before the day, so that its first position is none of rest.
    """
    grid = Problem(setting).grid
    plan = base_plan(setting.operation)
    day = grid.day(plan)
    name, start = setting.feeder.controls.taps[0]
    grid._run(f"? Transformer.{name}.taps")
    assert str(list(start)) != grid._d.Text.Result()
    controls = setting.feeder.controls
    neutral = tuple((name, (1.0,) * len(at)) for name, at in controls.taps)
    controls = dataclasses.replace(controls, taps=neutral)
    feeder = dataclasses.replace(setting.feeder, controls=controls)
    grid = Problem(dataclasses.replace(setting, feeder=feeder)).grid
    grid._run("Set controlmode=off")
    still = grid.day(plan)
    assert np.nanmin(day.v_pu) > np.nanmin(still.v_pu)


def test_an_exported_day_is_the_same_in_plain_opendss(setting, tmp_path):
    plan = base_plan(setting.operation)
    day = Problem(setting).grid.day(plan)
    export_feeder(plan, setting.operation, setting.feeder, tmp_path / "f")
    code = (
        "import sys\nfrom opendssdirect import dss\ndss.Text.Command('Redirect Master.dss')\n"
        "dss.Text.Command('Set number=1')\n"
        "for _ in range(24):\n    dss.Text.Command('Solve')\n    print(dss.Circuit.Losses()[0])"
    )
    losses = np.array(printed(code, cwd=tmp_path / "f").split(), dtype=float) / 1000.0
    assert losses == pytest.approx(day.loss_kw, rel=1e-9)


BODY = """Clear
New Circuit.small bus1=a basekV=11 MVAsc3=1e6 MVAsc1=1e6
New Line.ab bus1=a bus2=b r1=9 x1=9 r0=1 x0=1 c1=0 c0=0 length=1 units=none normamps=100
New Load.b bus1=b kV=11 kW=900 kvar=700 vminpu=0.5
New Capacitor.cap bus1=b kvar=600 kV=11 numsteps=3
New CapControl.cap element=line.ab capacitor=cap type=kvar onsetting=300 offsetting=-300 delay=30
New PVSystem.roof bus1=b kV=11 Pmpp=90 kVA=90
New Storage.box bus1=b kV=11 kWrated=20 kWhrated=80 dispmode=follow
New StorageController.sc element=line.ab terminal=1 modedischarge=peakshave kwtarget=1
New InvControl.ic mode=VOLTVAR vvc_curve1=curve
New Fuse.f monitoredobj=line.ab
Edit Capacitor.cap states=[1 0 0]
Set voltagebases=[11]
Calcvoltagebases
Set mode=yearly number=35040 stepsize=15m genmult=3 controlmode=time tolerance=0.1
Set algorithm=newton loadmodel=admittance maxcontroliter=1 maxiterations=2 random=gaussian
"""


@pytest.fixture
def small(tmp_path):
    script = tmp_path / "small.dss"
    curve = "New XYcurve.curve npts=4 yarray=(1 1 -1 -1) xarray=(0.5 0.95 1.05 1.5)\n"
    script.write_text(BODY.replace("New InvControl", curve + "New InvControl"), encoding="utf-8")
    return prepare(Study.model_validate({"name": "small", "feeder": str(script)}))


def test_capacitor_controls_begin_each_day_alike_and_others_rest(small):
    assert small.feeder.controls.steps == (("cap", (1, 0, 0)),)
    assert {c.split(".")[0] for c in small.feeder.controls.idle} == {"StorageController", "Fuse"}
    # Without a list it works on all inverters.
    assert small.feeder.controls.inverters == (("InvControl.ic", ("PVSystem.roof", "Storage.box")),)
    grid = Problem(small).grid
    plan = base_plan(small.operation)
    first, again = grid.day(plan), grid.day(plan)
    assert np.array_equal(first.v_pu, again.v_pu)
    grid._run("? Capacitor.cap.states")
    assert "0" not in grid._d.Text.Result()
    assert np.abs(first.unit_kva.imag).max() > 1.0
    box = [u.name for u in small.feeder.units].index("box")
    assert first.unit_kva.real[:, box] == pytest.approx(0.0, abs=1e-6)
    assert first.load_kva.real.sum(axis=1) == pytest.approx(900 * small.profiles.load, rel=1e-6)


def test_the_settings_a_script_leaves_are_taken_back(small, tmp_path):
    plain = tmp_path / "plain.dss"
    lines = small.feeder.script.read_text(encoding="utf-8").splitlines()[:-2]
    plain.write_text("\n".join(lines) + "\n", encoding="utf-8")
    other = prepare(Study.model_validate({"name": "plain", "feeder": str(plain)}))
    days = [Problem(s).grid.day(base_plan(s.operation)) for s in (small, other)]
    assert np.array_equal(days[0].v_pu, days[1].v_pu)
    assert np.array_equal(days[0].loss_kw, days[1].loss_kw)


@pytest.mark.parametrize("name", [*SITES, "european-lv", "epri-ckt5"])
def test_a_feeder_read_by_us_is_the_one_the_engine_reads(name, public_feeder):
    script = public_feeder(name)
    ours = engine.compile_feeder(script)
    here = os.getcwd()
    theirs = engine.new_engine()
    theirs.Text.Command(f'Redirect "{script}"')
    os.chdir(here)
    found = []
    for d in (ours, theirs):
        d.Text.Command("Set mode=snap number=1 controlmode=static tolerance=1e-9")
        d.Text.Command("Solve")
        found.append((d.Circuit.YNodeOrder(), np.array(d.Circuit.AllBusVMag())))
    assert found[0][0] == found[1][0]
    assert found[0][1] == pytest.approx(found[1][1], rel=1e-9)
    assert read_feeder(script).name


def test_a_regulator_of_an_autotrans_is_refused_by_name(tmp_path):
    script = tmp_path / "auto.dss"
    lines = [
        "New Circuit.auto basekv=12.47 bus1=src",
        "New AutoTrans.REGA phases=3 windings=2 buses=(src,b) kvs=(12.47,11)",
        "New RegControl.r transformer=REGA winding=2 vreg=122 band=2 ptratio=60",
        "New Load.a bus1=b kv=11 kw=500",
        "Set voltagebases=[12.47 11]",
        "Calcvoltagebases",
    ]
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"RegControl.r regulates 'rega', which is no Transformer"):
        read_feeder(script)
