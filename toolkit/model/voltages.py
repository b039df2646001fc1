"""Which voltages limits are held to: those across what customers are connected to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Across:
    """A voltage between two nodes of a bus, and what 1 pu of it is, V.

    neutral: whether the second node is a neutral wire.
    """

    bus: str
    first: int
    second: int
    base_v: float
    neutral: bool = False

    @property
    def name(self) -> str:
        """Its name, such as "701.1-2", or "house.1-n4" to a neutral wire."""
        return f"{self.bus}.{self.first}-{'n' * self.neutral}{self.second}"

    @property
    def nodes(self) -> tuple[str, str]:
        """The names of both nodes."""
        return f"{self.bus}.{self.first}", f"{self.bus}.{self.second}"


@dataclass(frozen=True)
class Slip:
    """A load, or a bus, rated at another voltage than what stands there.

    element: its full name, or the bus; rated_v: its rated voltage, or the bus's base from line to
    line, V; stands_v: between its terminals, or from line to line, without any load, V.
    """

    element: str
    rated_v: float
    stands_v: float


#: What voltages of one level differ by when one is taken for another, in words.
_FACTORS = {
    3**0.5: "the square root of 3",
    2.0: "2",
    2.0 / 3**0.5: "1.155 (2 over the square root of 3)",
    2.0 * 3**0.5: "2 times the square root of 3",
}
#: How far, as a share, a factor may be off: what stands there drops under load.
_NEAR = 0.03


def factor_told(ratio: float) -> str:
    """Return in words what a ratio of voltages is near to: times or over 2 or the root of 3."""
    for factor, name in _FACTORS.items():
        for value, how in ((factor, f"{name} times"), (1.0 / factor, f"{name} times smaller than")):
            if abs(ratio / value - 1.0) <= _NEAR:
                return how
    return ""


@dataclass(frozen=True)
class Voltages:
    """What is held to limits other than each phase to ground over its bus's base.

    left_out: nodes, such as "701.1", whose voltage to ground no customer has; own_v: what 1 pu is,
    V, where the base of a node is not that of its bus; across: voltages between nodes; between:
    buses at which a unit that stands phase to ground brings its phases back; floating: those of
    them whose network has no ground, where units stand between phases; slips: loads whose
    rating was not taken; off_base: buses whose base is that of another level;
    unbalance: whether that of phases is watched.
    """

    left_out: frozenset[str] = frozenset()
    own_v: Mapping[str, float] = field(default_factory=dict)
    across: tuple[Across, ...] = ()
    between: frozenset[str] = frozenset()
    floating: frozenset[str] = frozenset()
    slips: tuple[Slip, ...] = ()
    off_base: tuple[Slip, ...] = ()
    unbalance: bool = False

    def of_unit(self, bus: str, phases: tuple[int, ...], delta: bool) -> tuple[str, ...]:
        """Return the nodes that count because a unit stands on these phases of a bus."""
        if delta or bus not in self.between or bus in self.floating:
            return ()
        return tuple(f"{bus}.{phase}" for phase in phases)


def node_of(name: str) -> str:
    """Return the node, such as "701.1", at which a watched voltage begins."""
    bus, _, nodes = name.rpartition(".")
    return f"{bus}.{nodes.partition('-')[0]}"


def told(name: str) -> str:
    """Return in words what a watched voltage is across: "611.3", "701.1-2" or "house.1-n4"."""
    bus, _, nodes = name.rpartition(".")
    first, _, second = nodes.partition("-")
    if not second:
        return f"bus {bus}, phase {first}"
    if second.startswith("n"):
        return f"bus {bus}, phase {first} to neutral {second[1:]}"
    return f"bus {bus}, phases {first} and {second}"


def kind(name: str) -> str:
    """Return what kind of voltage a name stands for."""
    nodes = name.rpartition(".")[2]
    if "-" not in nodes:
        return "phase to ground"
    return "phase to neutral" if "-n" in nodes else "between phases"


def three_phase_buses(nodes: Iterable[str]) -> list[str]:
    """Return the buses of nodes, such as "611.3", that have all three phases, in their order."""
    there = dict.fromkeys(nodes)
    buses = dict.fromkeys(node.rpartition(".")[0] for node in there)
    return [bus for bus in buses if all(f"{bus}.{phase}" in there for phase in (1, 2, 3))]
