"""The kinds of unit: one record for each, with what it is called and how it is sized."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

UnitKind = Literal["pv", "wt", "bess", "bev", "generator", "capacitor"]


@dataclass(frozen=True)
class KindOfUnit:
    """What holds for all units of one kind.

    title: its name in figures, word: in tables, one and many: when counted; stores: whether it
    stores energy; in_vehicles: whether its size is a whole number of vehicles instead of kW;
    in_kvar: whether it is one of kvar, of what gives no real power.
    """

    title: str
    word: str
    one: str
    many: str
    stores: bool = False
    in_vehicles: bool = False
    in_kvar: bool = False

    @property
    def size_unit(self) -> str:
        """Unit of its size."""
        return "vehicles" if self.in_vehicles else "kvar" if self.in_kvar else "kW"

    @property
    def size_field(self) -> str:
        """Where a plan has its size."""
        return "vehicles" if self.in_vehicles else "kvar" if self.in_kvar else "kw"

    @property
    def generates(self) -> bool:
        """Whether it gives real power that nobody decides."""
        return not (self.stores or self.in_kvar)


KINDS: dict[UnitKind, KindOfUnit] = {
    "pv": KindOfUnit("PV", "PV", "PV system", "PV systems"),
    "wt": KindOfUnit("wind", "wind", "wind turbine", "wind turbines"),
    "bess": KindOfUnit("batteries (BESS)", "battery", "battery", "batteries", stores=True),
    "bev": KindOfUnit(
        "vehicles (BEV)",
        "vehicle station",
        "vehicle station",
        "vehicle stations",
        stores=True,
        in_vehicles=True,
    ),
    "generator": KindOfUnit("generators", "generator", "generator", "generators"),
    "capacitor": KindOfUnit("capacitors", "capacitor", "capacitor", "capacitors", in_kvar=True),
}
#: The kinds that store energy, and those that generate.
STORES = tuple(name for name, kind in KINDS.items() if kind.stores)
GENERATORS = tuple(name for name, kind in KINDS.items() if kind.generates)
#: The kinds that give no real power.
IN_KVAR = tuple(name for name, kind in KINDS.items() if kind.in_kvar)
#: Kinds of which an element of a script may be one as well as another.
ALIKE: tuple[tuple[UnitKind, ...], ...] = (("bess", "bev"), ("wt", "generator"))
