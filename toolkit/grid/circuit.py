"""What a compiled circuit looks like to someone who checks it, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from toolkit.model.kinds import UnitKind


@dataclass(frozen=True)
class Link:
    """An enabled element between two buses; ``nodes`` are those at its first terminal.

    closed: whether no terminal is open in all phases; rating_a: A, 0 where none is known.
    """

    name: str
    bus1: str
    bus2: str
    nodes: frozenset[int]
    phases: int
    closed: bool
    rating_a: float

    @property
    def is_transformer(self) -> bool:
        """Say whether its two sides are coupled by a core."""
        return self.name.startswith(("transformer.", "autotrans."))


@dataclass(frozen=True)
class Attached:
    """An enabled element at one bus: its full name, the bus, and how many phases it has."""

    name: str
    bus: str
    phases: int


@dataclass(frozen=True)
class Snapshot:
    """The declared powers at one moment, solved with the settings the scripts leave.

    loss_kw: of the circuit; v_min_pu and v_max_pu: over all phases with a voltage base and a
    voltage, neutral wires left out.
    """

    loss_kw: float
    v_min_pu: float
    v_max_pu: float


@dataclass(frozen=True)
class Circuit:
    """The enabled elements of a circuit and where they stand; no snapshot where it fails."""

    buses: tuple[str, ...]
    without_base: tuple[str, ...]
    sources: tuple[str, ...]
    links: tuple[Link, ...]
    loads: tuple[Attached, ...]
    units: tuple[Attached, ...]
    unit_kinds: tuple[UnitKind, ...]
    regulators: int
    capacitor_controls: int
    idle_controls: tuple[str, ...]
    snapshot: Snapshot | None


@dataclass(frozen=True)
class Trouble:
    """A statement the engine did not take, and the engine's words."""

    file: Path
    line: int
    text: str
