"""Where the ground of a circuit is: networks without any, and wires that are neutral."""

from __future__ import annotations

from toolkit.common.names import lowered
from toolkit.grid.opendss.engine import Engine, connections_of, words_of

#: Classes whose terminals belong to one network, with one ground.
JOINING = ("Line", "Reactor", "Capacitor", "AutoTrans", "Fault")
GROUND = "0"


class Grounding:
    """Which networks of a circuit have a ground, and which nodes are neutral wires.

    A network is what lines join between transformers. It has a ground where a source, a winding or
    a shunt reactor in wye is connected to it.
    """

    def __init__(self, d: Engine) -> None:
        self._networks, self._wires = _Groups(), _Groups()
        self._grounded: set[str] = set()
        self._neutral: set[str] = set()
        for full_name in map(str, d.Circuit.AllElementNames()):
            d.Circuit.SetActiveElement(full_name)
            if d.CktElement.Enabled():
                self._read(d, full_name)
        self._grounded = {self._networks.of(bus) for bus in self._grounded}
        self._neutral = {self._wires.of(node) for node in (*self._neutral, GROUND)}

    def floats(self, bus: str) -> bool:
        """Say whether the network of a bus has no ground."""
        return self._networks.of(bus) not in self._grounded

    def is_neutral(self, node: str) -> bool:
        """Say whether a node, such as "house.2", is wired to ground or to a neutral point."""
        return self._wires.of(node) in self._neutral

    def _read(self, d: Engine, full_name: str) -> None:
        cls = full_name.partition(".")[0]
        buses = [lowered(bus.split(".")[0]) for bus in connections_of(d)]
        order = list(map(int, d.CktElement.NodeOrder()))
        wires = len(order) // max(len(buses), 1)
        ends = [order[k * wires : (k + 1) * wires] for k in range(len(buses))]
        if cls == "Vsource":
            self._grounded.add(buses[0])
        elif cls == "Transformer":
            self._windings(d, full_name, buses, ends)
        elif cls in JOINING and len(buses) > 1:
            self._join(cls, buses, ends)

    def _join(self, cls: str, buses: list[str], ends: list[list[int]]) -> None:
        for first, second in zip(*ends[:2], strict=True):
            names = [_node(bus, n) for bus, n in zip(buses, (first, second), strict=False)]
            if cls != "Capacitor":
                self._wires.join(*names)
            if GROUND not in names:
                self._networks.join(buses[0], buses[1])
            elif cls == "Reactor":
                self._grounded.add(buses[0])

    def _windings(self, d: Engine, full_name: str, buses: list[str], ends: list[list[int]]) -> None:
        phases = int(d.CktElement.NumPhases())
        conns = words_of(d, full_name, "conns")
        for bus, nodes, conn in zip(buses, ends, conns, strict=True):
            delta = conn.lower().startswith(("d", "ll"))
            used = nodes[:phases] if delta and phases > 1 else nodes
            if 0 in used:
                self._grounded.add(bus)
            elif not delta and phases > 1:
                self._grounded.add(bus)
                self._neutral.add(_node(bus, nodes[-1]))


def _node(bus: str, number: int) -> str:
    return f"{bus}.{number}" if number else GROUND


class _Groups:
    """Names in groups that grow together."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def of(self, name: str) -> str:
        """Return the name that stands for a name's group."""
        while (above := self._above.get(name, name)) != name:
            self._above[name] = self._above.get(above, above)
            name = above
        return name

    def join(self, first: str, second: str) -> None:
        """Make two groups one."""
        self._above[self.of(first)] = self.of(second)
