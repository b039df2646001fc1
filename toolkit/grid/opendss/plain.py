"""Plain OpenDSS in a bare process: a circuit's statements in on stdin, its solved day out.

Run as a file by :mod:`toolkit.grid.opendss.replay`. It imports nothing of the toolkit and reads
the engine through its classic interface, element by element, so that an error of ``day`` cannot
repeat itself here.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from typing import Any

if __name__ == "__main__":
    # The binding takes pandas, half a second, for two functions that are not used here.
    sys.modules["pandas"] = None  # type: ignore[assignment]
from opendssdirect import dss

#: The classes a unit is declared in, with the property that holds its kW rating.
RATINGS = {"PVSystem": "Pmpp", "Generator": "kW", "Storage": "kWrated"}


def main() -> None:
    """Compile, solve step by step, and print what was read as JSON."""
    asked = json.load(sys.stdin)
    for guard in (dss.Basic.AllowForms, dss.Basic.AllowEditor, dss.Basic.AllowChangeDir):
        guard(False)
    dss.Basic.AllowDOScmd(False)
    dss.Text.Command(f'Set DataPath="{asked["scratch"]}"')
    for where, statement in asked["statements"]:
        try:
            dss.Text.Command(statement)
        except Exception as error:
            _end({"failed": f"{where}: OpenDSS says: {' '.join(str(error).split())}"})
    if not dss.Basic.NumCircuits():
        _end({"failed": "the scripts define no circuit"})
    _end(_solved(int(asked["steps"]), asked["capacitors"]))


def _end(told: dict[str, Any]) -> None:
    print(json.dumps(told))
    sys.exit(0)


def _solved(steps: int, capacitors: list[str]) -> dict[str, Any]:
    """Return what holds all day, and what each step brings; some capacitors are units."""
    day = {"number": dss.Solution.Number(), "step_h": dss.Solution.StepSize() / 3600.0}
    dss.Text.Command("MakeBusList")
    loads, units, branches = _elements(capacitors)
    day |= {"loads": [_at(name) for name in loads], "units": [_unit(name) for name in units]}
    dss.Text.Command("Set number=1")
    rows = []
    for step in range(1, steps + 1):
        try:
            dss.Solution.Solve()
        except Exception as error:
            _end({"failed": f"step {step} was not solved: {' '.join(str(error).split())}"})
        if not dss.Solution.Converged():
            _end({"failed": f"step {step} did not converge"})
        rows.append(_read(loads, units, branches))
    bases = [_base_kv(name) for name in dss.Circuit.AllBusNames()]
    day |= {"nodes": dss.Circuit.AllNodeNames(), "buses": dss.Circuit.AllBusNames()}
    return {**day, "bases": bases, "branches": [_branch(name) for name in branches], "rows": rows}


def _elements(capacitors: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Return the full names of enabled loads, units, and lines and transformers."""
    found: dict[str, list[str]] = {}
    for name in dss.Circuit.AllElementNames():
        dss.Circuit.SetActiveElement(name)
        if dss.CktElement.Enabled():
            found.setdefault(name.split(".")[0], []).append(name)
    units = [name for cls in RATINGS for name in found.get(cls, [])]
    units += [name for name in found.get("Capacitor", []) if name.lower() in capacitors]
    return found.get("Load", []), units, found.get("Line", []) + found.get("Transformer", [])


def _base_kv(bus: str) -> float:
    dss.Circuit.SetActiveBus(bus)
    return float(dss.Bus.kVBase())


def _at(name: str) -> dict[str, Any]:
    """Return an element's name in lower case, its first bus, and its rating, A, if any."""
    dss.Circuit.SetActiveElement(name)
    # The binding takes a list of nothing but the word none for an empty one.
    bus = _lowered((dss.CktElement.BusNames() or ["none"])[0].split(".")[0])
    return {"name": name.lower(), "bus": bus, "rating": dss.CktElement.NormalAmps()}


def _branch(name: str) -> dict[str, Any]:
    """Return a branch's name, bus and rating, and whether all its first terminal is open."""
    told = _at(name)
    phases = range(1, dss.CktElement.NumPhases() + 1)
    return {**told, "open": all(dss.CktElement.IsOpen(1, phase) for phase in phases)}


def _lowered(name: str) -> str:
    """Return a name in lower case, letter by letter, as OpenDSS has it."""
    return "".join(letter.lower()[0] for letter in name)


def _unit(name: str) -> dict[str, Any]:
    """Return an element's name, bus, kW and, for a Storage, kWh and what it starts with."""
    cls = name.split(".")[0]
    kwh = _property(name, "kWhrated") if cls == "Storage" else 0.0
    kw = _property(name, RATINGS[cls]) if cls in RATINGS else 0.0
    return {**_at(name), "kw": kw, "kwh": kwh, "start": _stored(name)}


def _property(element: str, name: str) -> float:
    dss.Circuit.SetActiveElement(element)
    return float(dss.Properties.Value(name))


def _read(loads: list[str], units: list[str], branches: list[str]) -> dict[str, Any]:
    """Return the figures of the step just solved: kW and kvar taken, pu, kW, A and kWh."""
    percents = dss.PDElements.AllPctNorm()
    percent = {n.lower(): p for n, p in zip(dss.PDElements.AllNames(), percents, strict=True)}
    return {
        "loss_kw": dss.Circuit.Losses()[0] / 1000.0,
        "volts": dss.Circuit.AllBusVolts(),
        "loads": [_power(name) for name in loads],
        "units": [_power(name) for name in units],
        "stored": [_stored(name) for name in units],
        "branches": [_flow(name, percent) for name in branches],
    }


def _power(name: str) -> list[float]:
    dss.Circuit.SetActiveElement(name)
    powers = dss.CktElement.Powers()
    return [sum(powers[0::2]), sum(powers[1::2])]


def _stored(name: str) -> float:
    """Return a Storage's energy as a share of what it holds."""
    cls, _, bare = name.partition(".")
    if cls != "Storage":
        return 0.0
    dss.Storages.Name(bare)
    return float(dss.Storages.puSOC())


def _flow(name: str, percent: dict[str, float]) -> list[float]:
    """Return power into the first terminal, kW, its largest phase current, A, and loading, %.

    The engine's own loading looks at the first winding of a transformer alone.
    """
    dss.Circuit.SetActiveElement(name)
    phases, wires = dss.CktElement.NumPhases(), dss.CktElement.NumConductors()
    flowing = dss.CktElement.CurrentsMagAng()[0::2]
    kw = sum(dss.CktElement.Powers()[0 : 2 * phases : 2])
    normal, loading = dss.CktElement.NormalAmps(), percent[name.lower()]
    if name.startswith("Transformer.") and normal:
        for winding, share in enumerate(_shares(name)):
            largest = max(flowing[winding * wires : winding * wires + phases])
            loading = max(loading, 100.0 * largest / (normal * share))
    return [kw, max(flowing[:phases]), loading]


@cache
def _shares(name: str) -> list[float]:
    """Return the rated current of each winding of a transformer, as a share of the first's."""
    kvas, kvs = ([float(v) for v in _texts(name, key)] for key in ("kVAs", "kVs"))
    return [kva / kv * kvs[0] / kvas[0] for kva, kv in zip(kvas, kvs, strict=True)]


def _texts(element: str, name: str) -> list[str]:
    dss.Circuit.SetActiveElement(element)
    return str(dss.Properties.Value(name)).strip("[]()").replace(",", " ").split()


if __name__ == "__main__":
    main()
