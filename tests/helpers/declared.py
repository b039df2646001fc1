"""One declared unit on a small feeder: in the toolkit, and in plain OpenDSS beside it."""

import json

from helpers.forks import printed
from toolkit.inputs.study import Study
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare

FEEDER = """Clear
New Circuit.street bus1=a phases=3 basekV=0.4 pu=1.0 MVAsc3=100 MVAsc1=100
New Line.ab bus1=a bus2=b r1=0.05 x1=0.02 r0=0.1 x0=0.05 c1=0 c0=0 length=1 units=none normamps=200
New LoadShape.flat npts=24 interval=1 mult=[{flat}]
New Load.b bus1=b kV=0.4 kW=20 pf=1 vminpu=0.5 vmaxpu=1.5 daily=flat
New LoadShape.day npts=24 interval=1 mult=[{day}]
New LoadShape.powers npts=24 interval=1 mult=[{day}] useactual=yes
New LoadShape.half npts=48 interval=0.5 mult=[{half}]
New TShape.warm npts=24 interval=1 temp=[{warm}]
New XYCurve.eff npts=4 xarray=[.1 .2 .4 1.0] yarray=[.86 .9 .93 .97]
New XYCurve.pt npts=4 xarray=[0 25 75 100] yarray=[1.2 1.0 0.8 0.6]
{units}
Set voltagebases=[0.4]
Calcvoltagebases
"""
DAY = (
    [0.0] * 5
    + [0.1, 0.18, 0.25, 0.4, 0.6, 0.8, 1.0, 1.1, 1.0, 0.8, 0.5, 0.3, 0.22, 0.1]
    + [0.0] * 5
)
SOLVE = """
import json, sys
from opendssdirect import dss
answers = []
for script, element in json.load(sys.stdin):
    dss.Text.Command("ClearAll")
    for line in script.splitlines():
        dss.Text.Command(line)
    dss.Text.Command("Set mode=daily number=1 stepsize=1h hour=0 controlmode=off tolerance=1e-9")
    rows = []
    for _ in range(24):
        dss.Solution.Solve()
        dss.Circuit.SetActiveElement(element)
        s = dss.CktElement.Powers()
        rows.append((-sum(s[0::2]), -sum(s[1::2])))
    answers.append((rows, list(map(float, dss.Circuit.AllBusMagPu()))))
print(json.dumps(answers))
"""


def script_of(units):
    """Return the feeder with some units."""
    warm = [20 + 2 * t for t in range(24)]
    words = {"day": DAY, "half": [v for v in DAY for _ in (0, 1)], "warm": warm, "flat": [1] * 24}
    return FEEDER.format(units=units, **{k: " ".join(map(str, v)) for k, v in words.items()})


def setting_of(folder, units, **sections):
    """Return the setting of a study of the feeder with some units."""
    script = folder / "street.dss"
    script.write_text(script_of(units), encoding="utf-8")
    return prepare(Study.model_validate({"name": "street", "feeder": str(script), **sections}))


def problem_of(folder, units, **sections):
    """Return the problem of a study of the feeder with some units."""
    return Problem(setting_of(folder, units, **sections))


def plain_days(tried):
    """Return (powers of each hour, last voltages) by plain OpenDSS for (units, element) pairs."""
    given = json.dumps([(script_of(units), element) for units, element in tried])
    return json.loads(printed(SOLVE, given=given))
