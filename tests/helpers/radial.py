"""A power flow of our own for balanced radial feeders: backward and forward sweeps in numpy.

It reads sections and loads from the text of the scripts and shares nothing with the toolkit or
OpenDSS. Powers are three-phase kVA, drawn from the network positive; voltages are in pu.
"""

import re
from pathlib import Path

import numpy as np

NEW = re.compile(r"^new\s+(line|load)\.", re.IGNORECASE)


def declared(path):
    """Return the properties, in lower case, of each line or load of a script, in its order."""
    texts = Path(path).read_text(encoding="utf-8").splitlines()
    return [
        dict(part.lower().split("=", 1) for part in text.split() if "=" in part)
        for text in texts
        if NEW.match(text)
    ]


def sections(path):
    """Return (from bus, to bus, ohms) of each section of a Lines.dss, in the file's order."""
    return [
        (d["bus1"], d["bus2"], complex(float(d["r1"]), float(d["x1"])) * float(d["length"]))
        for d in declared(path)
    ]


def loads(path):
    """Return {bus: kVA} of a Loads.dss."""
    return {d["bus1"]: complex(float(d["kw"]), float(d["kvar"])) for d in declared(path)}


def solve(lines, drawn, head="1", kv=11.0, source_pu=1.0, tolerance=1e-12):
    """Solve one step: ``drawn`` maps bus to kVA. Return ({bus: pu}, losses kW + j kvar).

    ``lines`` must be listed from the head outwards.
    """
    ohm_base = kv**2 * 1000.0  # kVA base of 1
    parent = {to: (start, ohms / ohm_base) for start, to, ohms in lines}
    buses = [head, *parent]
    assert all(start in buses[: i + 1] for i, (start, _) in enumerate(parent.values()))
    volts = {bus: complex(source_pu) for bus in buses}
    for _ in range(200):
        current = {bus: np.conj(complex(drawn.get(bus, 0.0)) / volts[bus]) for bus in buses}
        for bus in reversed(buses[1:]):
            current[parent[bus][0]] += current[bus]
        new = {head: complex(source_pu)}
        for bus in buses[1:]:
            start, ohms = parent[bus]
            new[bus] = new[start] - ohms * current[bus]
        moved = max(abs(new[bus] - volts[bus]) for bus in buses)
        volts = new
        if moved < tolerance:
            losses = sum(parent[bus][1] * abs(current[bus]) ** 2 for bus in buses[1:])
            return {bus: abs(v) for bus, v in volts.items()}, losses
    raise ArithmeticError("the sweeps did not settle")
