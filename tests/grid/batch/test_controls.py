"""Regulators and capacitor controls in the batch power flow, beside the engine's own."""

import numpy as np
import pytest
from helpers.batch_flow import batch_flow

from toolkit.grid.agreement import agreement
from toolkit.grid.batch import impedance
from toolkit.grid.network import Unfit
from toolkit.inputs.study import Study
from toolkit.problem.encoding import decode
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare

#: A feeder from a weak source to loads of several models, with room for what controls it.
FEEDER = """Clear
New Circuit.x basekv=12.47 bus1=a pu={source} mvasc3=120 mvasc1=90
New Transformer.t phases=3 windings=2 buses=(a b) kvs=(12.47 12.47) kvas=(5000 5000) xhl=1
New Line.l bus1=b bus2=c r1=0.3 x1=0.6 r0=0.9 x0=1.8 c1=3 c0=1 length=2 units=km
New Transformer.u phases=3 windings=2 buses=(c d) kvs=(12.47 12.47) kvas=(5000 5000) xhl=1
New Line.m bus1=d bus2=e r1=0.3 x1=0.6 r0=0.9 x0=1.8 c1=3 c0=1 length=3 units=km
New Load.one bus1=c kv=12.47 kw=900 pf=0.9 model=1
New Load.two bus1=e kv=12.47 kw=500 pf=0.8 model=2
New Load.three bus1=e.1 phases=1 kv=7.2 kw=250 pf=0.95 model=5
New Load.four bus1=e.2 phases=1 kv=7.2 kw=150 pf=0.9 model=4 cvrwatts=0.8 cvrvars=2.5
~ vminpu=0.8 vmaxpu=1.2
New PVSystem.p bus1=e phases=3 kv=12.47 kva=900 pmpp=900 pf=1
New Storage.s bus1=c phases=3 kv=12.47 kwrated=300 kwhrated=1200
{controls}
Set voltagebases=[12.47]
Calcvoltagebases
"""
REG = "New RegControl.r transformer=t winding=2 vreg=122 band=2 ptratio=60 ctprim=300 "
REG2 = "\nNew RegControl.q transformer=u winding=2 vreg=123 band=2 ptratio=60 ctprim=300 "
CAP = (
    "New Capacitor.k bus1=e kv=12.47 kvar=600 {more}\nNew CapControl.k capacitor=k element=line.m "
)
REGULATED = {
    "plain": REG,
    "line drop": REG + "r=3 x=7",
    "line drop by size": REG + "ldc_z=4",
    "highest phase": REG + "ptphase=max",
    "lowest phase with line drop": REG + "ptphase=min r=2 x=3",
    "third phase": REG + "ptphase=3",
    "limit": REG + "vreg=123 band=4 vlimit=123.5",
    "few taps at once": REG + "maxtapchange=1",
    "wide steps, narrow band": REG + "band=1.4 tapdelay=1",
    "tap on the other winding": REG + "tapwinding=1",
    "two, one after the other": REG + REG2 + "delay=30",
    "two at once": REG + REG2,
    "at its end": REG + "\nEdit Transformer.t mintap=0.99 maxtap=1.01 numtaps=4",
}
SWITCHED = {
    "current": CAP.format(more="") + "type=current ctratio=1 onsetting=62 offsetting=50",
    "largest current": CAP.format(more="")
    + "type=current ctphase=max ctratio=1 onsetting=62 offsetting=50",
    "voltage": CAP.format(more="") + "type=voltage ptratio=60 onsetting=112 offsetting=117",
    "lowest voltage in delta": CAP.format(more="conn=delta")
    + "type=voltage ptratio=60 ptphase=min onsetting=112 offsetting=117",
    "voltage in delta": CAP.format(more="conn=delta")
    + "type=voltage ptratio=104 onsetting=112 offsetting=117",
    "kvar": CAP.format(more="") + "type=kvar onsetting=450 offsetting=-250",
    "kvar with override": CAP.format(more="")
    + "type=kvar onsetting=450 offsetting=-250 ptratio=60 voltoverride=yes vmin=109 vmax=116",
    "power factor": CAP.format(more="kvar=300")
    + "type=pf onsetting=0.93 offsetting=-0.97 pctminkvar=100",
    "time": CAP.format(more="") + "type=time onsetting=9 offsetting=17",
    "time over night": CAP.format(more="") + "type=time onsetting=17 offsetting=5",
    "three steps": CAP.format(more="numsteps=3 states=[1 0 0]")
    + "type=voltage ptratio=60 onsetting=114 offsetting=117",
    "with a regulator": CAP.format(more="") + "type=kvar onsetting=450 offsetting=-250\n" + REG,
}


@pytest.fixture
def problem_of(tmp_path):
    def make(controls, source=0.99):
        script = tmp_path / "feeder.dss"
        script.write_text(FEEDER.format(controls=controls, source=source), encoding="utf-8")
        study = {"name": "x", "feeder": str(script)}
        return Problem(prepare(Study.model_validate(study)))

    return make


def plans_of(setting, n):
    x = np.random.default_rng(3).random((n, len(setting.space)))
    return decode(x, setting.operation, setting.space)


def held_to_the_engine(problem):
    setting = problem.setting
    flow, plans = batch_flow(setting.feeder, setting.operation), plans_of(setting, 12)
    found = agreement(flow.days(plans), problem.search_grid.days(plans))
    assert found.solved
    # A tap is 6e-3 pu, a step of a capacitor more: other ones would show.
    assert found.v_pu < 1e-7, found
    assert max(found.loss, found.loading, found.power) < 1e-6, found
    assert flow.acting(plans) > 0.0
    return flow, plans


@pytest.mark.parametrize("controls", REGULATED.values(), ids=REGULATED)
def test_regulators_move_as_in_the_engine(problem_of, controls):
    held_to_the_engine(problem_of(controls))


@pytest.mark.parametrize("controls", SWITCHED.values(), ids=SWITCHED)
def test_capacitors_switch_as_in_the_engine(problem_of, controls):
    held_to_the_engine(problem_of(controls, source=0.98))


@pytest.mark.parametrize("dense", [True, False], ids=["dense", "in pieces"])
def test_a_plan_under_control_is_the_same_bits_alone_and_among_others(
    dense, problem_of, monkeypatch
):
    monkeypatch.setattr(impedance, "DENSE", 300 if dense else 0)
    flow, _ = held_to_the_engine(problem_of(REG + REG2 + "r=2 x=3"))
    setting = problem_of(REG + REG2 + "r=2 x=3").setting
    together = flow.days(plans_of(setting, 50))
    for i in (0, 7, 49):
        alone = flow.days(plans_of(setting, 50).row(slice(i, i + 1)))
        for name in ("v_pu", "loss_kw", "loading", "load_kva"):
            assert np.array_equal(getattr(alone, name)[0], getattr(together, name)[i])
    again = flow.days(plans_of(setting, 50))
    assert np.array_equal(again.v_pu, together.v_pu)


@pytest.mark.parametrize(
    ("controls", "why"),
    [
        (REG + "reversible=yes", "RegControl.r has reversible=yes"),
        (REG + "bus=e.1", "RegControl.r regulates another bus"),
        (REG + "inversetime=yes", "RegControl.r has inversetime=yes"),
        (REG + REG2 + "transformer=t", "several controls act on one element"),
        (
            "New LoadShape.g npts=2 interval=12 mult=[0 1]\n"
            + CAP.format(more="")
            + "type=follow controlsignal=g",
            "CapControl.k is of type follow",
        ),
    ],
)
def test_what_the_batch_solver_does_not_follow_is_named(problem_of, controls, why):
    setting = problem_of(controls).setting
    with pytest.raises(Unfit, match=why):
        batch_flow(setting.feeder, setting.operation)
