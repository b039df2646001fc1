"""What the elements of a circuit connect, closed or not."""

from __future__ import annotations

from toolkit.common.names import lowered
from toolkit.grid.circuit import Link
from toolkit.grid.opendss.engine import Engine, connections_of

#: The classes that stand between buses.
LINKING = ("Line", "Transformer", "AutoTrans", "Reactor", "Capacitor", "Fault")


def links_of(d: Engine, full_name: str, closed: bool = True) -> list[Link]:
    """Return what the active element connects: the first bus with each other one."""
    if full_name.partition(".")[0] not in LINKING:
        return []
    buses = [bus_name(b) for b in connections_of(d)]
    terminals = range(1, len(buses) + 1)
    closed = closed and not any(_all_open(d, t) for t in terminals)
    first = connections_of(d)[0].split(".")[1:]
    phases = int(d.CktElement.NumPhases())
    nodes = frozenset(int(n) for n in first if n != "0") or frozenset(range(1, phases + 1))
    rating = float(d.CktElement.NormalAmps())
    return [
        Link(full_name.lower(), buses[0], bus, nodes, phases, closed, rating)
        for bus in dict.fromkeys(buses[1:])
        if bus != buses[0]
    ]


def _all_open(d: Engine, terminal: int) -> bool:
    phases = range(1, int(d.CktElement.NumPhases()) + 1)
    return all(d.CktElement.IsOpen(terminal, phase) for phase in phases)


def bus_name(connection: str) -> str:
    """Return the bus of a connection, without its nodes."""
    return lowered(str(connection).split(".")[0])
