"""The kinds of unit: one record for each, with what it is called and how it is sized."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

UnitKind = Literal["pv", "wt", "bess", "bev"]


@dataclass(frozen=True)
class KindOfUnit:
    """What holds for all units of one kind.

    title: its name in figures, word: in tables, one and many: when counted; stores: whether it
    stores energy; in_vehicles: whether its size is a whole number of vehicles instead of kW.
    """

    title: str
    word: str
    one: str
    many: str
    stores: bool = False
    in_vehicles: bool = False

    @property
    def size_unit(self) -> str:
        """Unit of its size."""
        return "vehicles" if self.in_vehicles else "kW"


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
}
#: The kinds that store energy, and those that generate.
STORES = tuple(name for name, kind in KINDS.items() if kind.stores)
GENERATORS = tuple(name for name, kind in KINDS.items() if not kind.stores)
