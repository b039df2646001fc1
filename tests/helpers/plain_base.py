"""A feeder's base day in plain OpenDSS, in a process of its own, beside the toolkit's."""

import json
from dataclasses import dataclass

import numpy as np

from helpers.forks import printed
from toolkit.inputs.study import Study
from toolkit.model.plan import base_plan
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare

NETWORK = """Clear
New Circuit.street bus1=a basekV=11 MVAsc3=1e5 MVAsc1=1e5
New Line.ab bus1=a bus2=b r1=.1 x1=.1 r0=.1 x0=.1 c1=0 c0=0 length=1 units=none normamps=100
New Line.bc bus1=b bus2=c r1=.1 x1=.1 r0=.1 x0=.1 c1=0 c0=0 length=1 units=none normamps=100
{before}
New Load.b bus1=b kV=11 kW=100 pf=0.95 {load}
New Load.c bus1=c kV=11 kW=100 pf=1 vminpu=0.5
New PVSystem.roof bus1=b kV=11 Pmpp=50 kVA=50 irradiance=0
Set voltagebases=[11]
Calcvoltagebases
{after}
"""
HEADER = (
    "hour [h],load [pu],irradiance [W/m2],wind_speed [m/s],plugged_in [pu],"
    "trip_energy [kWh/vehicle]\n"
)

#: Run by a bare interpreter: loads, voltages, taps and open conductors of each step.
SOLVE = """
import json, sys
from opendssdirect import dss
assert not [m for m in sys.modules if m.split(".")[0] in ("toolkit", "toolkit_plugins")]
dss.Text.Command(f'Redirect "{sys.argv[1]}"')
dss.Text.Command("Set mode=daily number=1 stepsize=1h hour=0 sec=0 tolerance=1e-9")
rows = []
for _ in range(int(sys.argv[2])):
    dss.Text.Command("Solve")
    row = {"load": {}, "open": {}, "taps": {}}
    for name in dss.Circuit.AllElementNames():
        dss.Circuit.SetActiveElement(name)
        cls = name.split(".")[0]
        wires = [(t, w) for t in (1, 2) for w in range(1, dss.CktElement.NumPhases() + 1)]
        if cls == "Load" and dss.CktElement.Enabled():
            powers = dss.CktElement.Powers()
            row["load"][name.lower()] = [sum(powers[0::2]), sum(powers[1::2])]
        if cls in ("Line", "Transformer"):
            row["open"][name.lower()] = [w for w in wires if dss.CktElement.IsOpen(*w)]
        if cls == "Transformer":
            dss.Text.Command(f"? {name}.taps")
            row["taps"][name.lower()] = dss.Text.Result()
    row["volts"] = dict(zip(dss.Circuit.AllNodeNames(), dss.Circuit.AllBusMagPu()))
    rows.append(row)
print(json.dumps(rows))
"""


@dataclass
class Step:
    """One step: kW and kvar of each load, pu of each node, and the open conductors of branches."""

    load: dict
    volts: dict
    open: dict
    taps: dict


def plain_base(script, steps=24):
    """Return the first steps of a script's day in plain OpenDSS."""
    rows = json.loads(printed(SOLVE, script, steps, cwd=script.parent))
    return [Step(**row) for row in rows]


def setting_of(script, steps=24, **sections):
    """Return a study of a script, dark, with every load as declared."""
    profile = script.parent / "flat.csv"
    rows = "".join(f"{hour},1,0,0,1,0\n" for hour in range(steps))
    profile.write_text(HEADER + rows, encoding="utf-8")
    study = {"name": "x", "feeder": str(script), "profiles": str(profile), **sections}
    return prepare(Study.model_validate(study))


def own_base(script, steps=24, **sections):
    """Return the same steps as the toolkit has them."""
    setting = setting_of(script, steps, **sections)
    grid = Problem(setting).grid
    day = grid.day(base_plan(setting.operation))
    assert not day.reason
    names = [f"load.{load.name}" for load in setting.feeder.loads]
    found = []
    for t in range(steps):
        kva = grid._reader.power[t, : len(names)]
        load = {name: [float(s.real), float(s.imag)] for name, s in zip(names, kva, strict=True)}
        volts = dict(zip(grid.nodes, map(float, day.v_pu[t]), strict=True))
        found.append(Step(load, volts, open_conductors(grid._d), {}))
    return setting, found


def open_conductors(d):
    """Return the open conductors, (terminal, wire), of each line and transformer in an engine."""
    found = {}
    for name in d.Circuit.AllElementNames():
        d.Circuit.SetActiveElement(name)
        wires = [(t, w) for t in (1, 2) for w in range(1, d.CktElement.NumPhases() + 1)]
        if name.split(".")[0] in ("Line", "Transformer"):
            found[name.lower()] = [list(w) for w in wires if d.CktElement.IsOpen(*w)]
    return found


def assert_same(plain, own, volts=1e-6, powers=1e-4):
    """Hold every load, node and branch of one day to those of another."""
    for theirs, ours in zip(plain, own, strict=True):
        assert ours.open == theirs.open
        assert ours.load.keys() == theirs.load.keys()
        for name, power in theirs.load.items():
            assert np.allclose(ours.load[name], power, rtol=1e-6, atol=powers), name
        for node, volt in theirs.volts.items():
            assert abs(ours.volts[node] - volt) < volts, node
