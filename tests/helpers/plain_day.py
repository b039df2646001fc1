"""Exported days solved by plain OpenDSS in a process without the toolkit."""

import json

from helpers.forks import printed

#: Run by a bare interpreter: hourly losses, lowest and highest voltage of exported feeders.
SOLVE = """
import json, sys
from opendssdirect import dss
assert not [m for m in sys.modules if m.split(".")[0] in ("toolkit", "toolkit_plugins")]
RATINGS = {"PVSystem": "Pmpp", "Generator": "kW", "Storage": "kWrated"}

def between():
    # The buses at which loads stand between phases alone, phases that units
    # bring back, and between which nodes loads stand.
    dss.Text.Command("MakeBusList")
    loads, own = {}, set()
    for _ in dss.Loads:
        bus = dss.CktElement.BusNames()[0].split(".")[0].lower()
        order = list(dss.CktElement.NodeOrder())
        # A load in delta with one node given stands between that and ground.
        loads.setdefault(bus, []).append(bool(dss.Loads.IsDelta()) and 0 not in order)
        if loads[bus][-1]:
            pairs = zip(order, order[1:] + order[:1])
            own |= {(bus, *sorted(pair)) for pair in pairs if len(set(pair)) > 1}
    back = set()
    for name in dss.Circuit.AllElementNames():
        rating = RATINGS.get(name.split(".")[0])
        dss.Circuit.SetActiveElement(name)
        if rating and dss.CktElement.Enabled() and float(dss.Properties.Value(rating)) > 0:
            bus = dss.CktElement.BusNames()[0].split(".")[0].lower()
            back |= {(bus, node) for node in dss.CktElement.NodeOrder() if node}
    return {bus for bus, delta in loads.items() if all(delta)}, back, own

def held(lines, back, own):
    # The voltages across what customers are connected to, pu.
    found = []
    for bus in dss.Circuit.AllBusNames():
        dss.Circuit.SetActiveBus(bus)
        v, nodes = dss.Bus.PuVoltage(), dss.Bus.Nodes()
        v = [complex(a, b) for a, b in zip(v[::2], v[1::2])]
        found += [abs(x) for x, n in zip(v, nodes) if bus not in lines or (bus, n) in back]
        at = dict(zip(nodes, v))
        for a, b in [(a, b) for a in nodes for b in nodes if a < b]:
            if bus in lines or (bus, a, b) in own:
                found.append(abs(at[a] - at[b]) / 3**0.5)
    return found

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
    lines, back, own = between()
    for _ in range(steps if way == "steps" else 1):
        dss.Text.Command("Solve")
        assert dss.Solution.Converged()
        volts = [v for v in held(lines, back, own) if v > 0]
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
    return json.loads(printed(SOLVE, way, steps, *masters, cwd=cwd))
