"""Exported days solved by plain OpenDSS in a process without the toolkit."""

import json
import subprocess
import sys

#: Run by a bare interpreter: hourly losses, lowest and highest voltage of exported feeders.
SOLVE = """
import json, sys
from opendssdirect import dss
assert not [m for m in sys.modules if m.split(".")[0] in ("toolkit", "toolkit_plugins")]
way, steps, everything = sys.argv[1], int(sys.argv[2]), []
for master in sys.argv[3:]:
    dss.Text.Command("ClearAll")
    dss.Text.Command(f'Redirect "{master}"')
    found = {"loss": [], "low": [], "high": []}
    everything.append(found)
    if way == "steps":
        dss.Text.Command("Set number=1")
    else:
        dss.Text.Command("New EnergyMeter.all element=line.l1_2 terminal=1")
    for _ in range(steps if way == "steps" else 1):
        dss.Text.Command("Solve")
        assert dss.Solution.Converged()
        volts = [v for v in dss.Circuit.AllBusMagPu() if v > 0]
        found["loss"].append(dss.Circuit.Losses()[0] / 1000.0)
        found["low"].append(min(volts))
        found["high"].append(max(volts))
    if way == "day":
        dss.Meters.First()
        registers = dict(zip(dss.Meters.RegisterNames(), dss.Meters.RegisterValues()))
        found["energy"] = registers["Zone Losses kWh"]
        found["hour"] = dss.Solution.DblHour()
print(json.dumps(everything))
"""


def solved_plainly(masters, way, steps, cwd):
    """Return what plain OpenDSS, in a process without the toolkit, makes of exported feeders."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", SOLVE, way, str(steps), *map(str, masters)],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)
