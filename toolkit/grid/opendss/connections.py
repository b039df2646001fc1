"""How units are connected at buses: phases, voltages, and the nodes between which legs stand."""

from __future__ import annotations

import numpy as np

from toolkit.model.feeder import DeclaredUnit, Feeder

#: Within these voltages, pu, a unit keeps to its plan.
WIDE = {"vminpu": "0.5", "vmaxpu": "1.5"}


def phases_at(
    unit: DeclaredUnit, there: tuple[int, ...], homes: tuple[int, ...] = ()
) -> tuple[int, ...]:
    """Return the phases a unit connects to at a bus that has the phases ``there``.

    Those of the loads there, ``homes``, come before others, and among each the unit's own first;
    never more than it declares. A bus that no line or transformer reaches has none; there a unit
    keeps its own.
    """
    wanted = sorted(there, key=lambda phase: (phase not in homes, phase not in unit.phases, phase))
    return tuple(sorted(wanted[: len(unit.phases)])) or unit.phases


def unit_phases(unit: DeclaredUnit, feeder: Feeder, at: int) -> tuple[int, ...]:
    """Return the phases a unit connects to at a bus of a feeder, given by its index."""
    if feeder.three_phase and unit.phases == (1, 2, 3):
        return unit.phases
    homes = () if feeder.buses[at] == unit.bus else feeder.load_phases[at]
    return phases_at(unit, feeder.phases[at], homes)


def connection(unit: DeclaredUnit, feeder: Feeder, at: int) -> dict[str, str]:
    """Return the properties that connect a unit at a bus, each of its phases to ground.

    OpenDSS wants kV from phase to ground for one phase, from line to line for two and three; for
    the two legs of a split-phase bus that is 1.73 times the voltage of a leg. A unit declared in
    delta stays so where it finds three phases. Where it is declared it stands as declared, between
    two phases too; where it is moved to, it joins the phases of the loads. In a network without a
    ground it is in delta.
    """
    bus, kv = feeder.buses[at], float(feeder.base_kv[at])
    if bus in feeder.voltages.floating:
        return _between(unit, feeder, at)
    if feeder.three_phase and unit.phases == (1, 2, 3) and not feeder.voltages.floating:
        return {"bus1": bus, "kV": repr(kv), **({"conn": "delta"} if unit.delta else {})}
    phases = unit_phases(unit, feeder, at)
    nodes = "".join(f".{phase}" for phase in phases)
    count = 1 if stands_between(unit, feeder, at) else len(phases)
    kv = kv / float(np.sqrt(3.0)) if len(phases) == 1 else kv
    moved = unit.delta or feeder.voltages.floating
    conn = {"conn": "delta" if unit.delta and len(phases) == 3 else "wye"} if moved else {}
    return {"phases": str(count), "bus1": f"{bus}{nodes}", "kV": repr(kv), **conn}


def stands_between(unit: DeclaredUnit, feeder: Feeder, at: int) -> bool:
    """Say whether a unit is one phase between two phases of a bus: where it is declared so."""
    home = feeder.buses[at] == unit.bus
    return unit.between and home and len(unit_phases(unit, feeder, at)) == 2


def nodes_of_unit(unit: DeclaredUnit, feeder: Feeder, at: int) -> list[str]:
    """Return the nodes that are held to limits because a unit stands at a bus."""
    across = unit.delta or stands_between(unit, feeder, at)
    return list(feeder.voltages.of_unit(feeder.buses[at], unit_phases(unit, feeder, at), across))


def legs_of(unit: DeclaredUnit, feeder: Feeder, at: int) -> list[tuple[str, str]]:
    """Return the two nodes that each leg of a unit at a bus stands between, "" for ground."""
    there = connection(unit, feeder, at)
    _, *numbers = there["bus1"].split(".")
    nodes = [f"{feeder.buses[at]}.{number}" for number in numbers or unit_phases(unit, feeder, at)]
    count = int(there.get("phases", len(unit.phases)))
    delta = there["conn"] == "delta" if "conn" in there else unit.delta
    neutral = nodes[count] if len(nodes) > count else ""
    ends = [*nodes[1:], nodes[0]] if delta else [neutral] * count
    return list(zip(nodes[:count], ends, strict=False))


def _between(unit: DeclaredUnit, feeder: Feeder, at: int) -> dict[str, str]:
    """Return the properties that connect a unit between the phases of a network without a ground.

    There phase to ground has no voltage of its own. A unit of one phase stands between that and the
    next one that is there, one of two phases between both.
    """
    bus, there = feeder.buses[at], feeder.phases[at]
    phases = unit_phases(unit, feeder, at)
    if len(phases) == 1:
        after = [n for n in there if n > phases[0]] or [n for n in there if n < phases[0]]
        phases = (*phases, *after[:1])
    nodes = "".join(f".{phase}" for phase in phases)
    count = "3" if len(phases) == 3 else "1"
    kv = repr(float(feeder.base_kv[at]))
    return {"phases": count, "bus1": f"{bus}{nodes}", "kV": kv, "conn": "delta"}
