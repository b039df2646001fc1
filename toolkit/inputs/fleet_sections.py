"""The sections of a study about its units: what may be decided about each, and where."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, StrictBool, WithJsonSchema, model_validator

from toolkit.common import caps
from toolkit.common.names import lowered
from toolkit.common.validation import Name
from toolkit.inputs import not_yet
from toolkit.inputs.inverter_sections import InverterSettings
from toolkit.inputs.sections import (
    Bounds,
    Buses,
    Energy,
    OfVehicle,
    Phase,
    Power,
    Scale,
    Section,
    Size,
)
from toolkit.model.kinds import UnitKind

Sizes = Annotated[tuple[Size, ...], Field(min_length=1, max_length=caps.ENTRIES)]
Count = Annotated[int, Field(ge=0, le=caps.ENTRIES)]
#: What a limit on units together is about.
Together = Literal[UnitKind, "all"]


def _how_often(value: Any) -> Any:
    """Take true, false or "per step"."""
    if isinstance(value, bool) or value == "per step":
        return value
    raise ValueError("expected true, false or 'per step'")


#: Whether PV and wind may give less than sun and wind give, and how often that is decided.
Curtail = Annotated[
    bool | Literal["per step"],
    PlainValidator(_how_often),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"const": "per step", "type": "string"}]}),
]


class UnitBounds(InverterSettings):
    """What may be decided about one unit."""

    kind: UnitKind | None = Field(
        None, description="'bess' or 'bev': what a Storage of the scripts stands for"
    )
    size: Bounds | None = Field(
        None, description="smallest and largest size: kW, for a vehicle station vehicles"
    )
    sizes: Sizes | None = Field(
        None, description="sizes that can be had, instead of all between a smallest and a largest"
    )
    buses: Buses | None = Field(
        None, description="candidate buses: names, patterns, or kv:X for a voltage level"
    )
    fixed: StrictBool | None = Field(
        None, description="keeps bus and size of the base case; a store is still dispatched"
    )
    vehicles: int | None = Field(
        None, gt=0, le=caps.VEHICLES, description="of a vehicle station: vehicles in the base case"
    )
    charger_kw: OfVehicle | None = Field(
        None, description="of a vehicle station: charger of one vehicle, kW"
    )
    battery_kwh: OfVehicle | None = Field(
        None, description="of a vehicle station: battery of one vehicle, kWh"
    )
    switched: Literal["per step"] | None = Field(
        None, description="of a capacitor: 'per step': whether it is on is decided for each step"
    )

    curtail: Curtail | None = Field(
        None, description="of PV or wind: as in [fleet], which holds where this is left out"
    )

    @model_validator(mode="after")
    def _ordered(self) -> UnitBounds:
        if self.size and self.size[0] > self.size[1]:
            raise ValueError(f"size: found {list(self.size)}; expected the smaller one first")
        if self.size and self.sizes:
            raise ValueError("found size and sizes; expected one of them")
        if self.sizes and len(set(self.sizes)) < len(self.sizes):
            raise ValueError(f"sizes: found {list(self.sizes)}, one twice")
        if self.fixed and (self.size or self.sizes or self.buses is not None):
            said = "size" if self.size else "sizes" if self.sizes else "buses"
            raise ValueError(f"found fixed and {said}; expected one of them, or fixed = false")
        return self


class AddedUnit(UnitBounds):
    """A unit that the study adds to those the scripts declare."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=caps.NAME)] = Field(
        description="name of the unit, its own among all units"
    )
    kind: UnitKind = Field(
        description="'pv', 'wt', 'bess', 'bev', 'generator' (constant, or by a column of profiles) "
        "or 'capacitor'"
    )
    bus: Name = Field(description="where it stands in the base case")
    kw: Power | None = Field(None, description="size in the base case, kW")
    kvar: Power | None = Field(None, description="size of a capacitor in the base case, kvar")
    kwh: Energy | None = Field(
        None, description="energy of a battery, kWh; storage.hours or 4 h when left out"
    )
    phases: tuple[Phase, ...] = Field(
        (1, 2, 3), min_length=1, max_length=3, description="phases it is made for"
    )

    @model_validator(mode="after")
    def _sized(self) -> AddedUnit:
        fields = ("kw", "kwh", "kvar", "vehicles")
        given = {name for name in fields if getattr(self, name) is not None}
        needs = {"bev": "vehicles", "capacitor": "kvar"}.get(self.kind, "kw")
        takes = {needs, "kwh"} if self.kind == "bess" else {needs}
        if needs not in given or given - takes:
            found = " and ".join(sorted(given)) or "none of them"
            raise ValueError(
                f"unit {self.name}: of {', '.join(fields)} found {found}; a {self.kind} unit "
                f"takes {' and '.join(sorted(takes))}"
            )
        if self.kind != "bev" and (self.charger_kw or self.battery_kwh):
            said = "charger_kw" if self.charger_kw else "battery_kwh"
            raise ValueError(f"unit {self.name}: found {said}; expected it of a bev unit alone")
        if len(set(self.phases)) < len(self.phases):
            raise ValueError(f"unit {self.name}: phases: found {list(self.phases)}, one twice")
        return self


class Fleet(Section):
    """Which units may be placed where and how large."""

    wishes = (not_yet.SUMS,)
    at_most: dict[Together, Count] = Field(
        default_factory=dict,
        description="most units of some size, by kind, or 'all': { pv = 3 }",
    )
    kw_at_most: dict[Together, Power] = Field(
        default_factory=dict,
        description="most kW together, by kind, or 'all': { pv = 60 }",
    )
    scale: tuple[Scale, Scale] = Field(
        (0.0, 2.0), description="bounds of each size, times the declared size"
    )
    buses: Buses | None = Field(
        None,
        description="candidate buses: names, patterns, or kv:X for a voltage level; every bus "
        "with load when left out",
    )
    fixed: Buses = Field(
        (),
        description="units, by names or patterns, that keep bus and size of the base case",
    )
    shapes: Literal["own", "study"] = Field(
        "own",
        description="'own': PV (in kW/m2) and wind follow their own shapes; 'study': its sun, wind",
    )
    curtail: Curtail = Field(
        False,
        description="true: PV and wind may give less than sun and wind give: what connection "
        "limits ask for, and at most a share of the rating that is searched for each unit; "
        "'per step': a share for each step",
    )
    units: dict[Name, UnitBounds] = Field(
        default_factory=dict, max_length=caps.ENTRIES, description="bounds of single units"
    )
    add: tuple[AddedUnit, ...] = Field(
        (), max_length=caps.ENTRIES, description="units beside those the scripts declare"
    )

    def own(self, name: str) -> UnitBounds | None:
        """Return what the study says of a unit, whose name is in lower case."""
        return next((u for key, u in self.units.items() if lowered(key) == name), None)

    def bounds(self, name: str) -> UnitBounds:
        """Return what may be decided about a unit: ``units`` goes before where it is added."""
        own = self.own(name) or UnitBounds()
        added = next((unit for unit in self.add if lowered(unit.name) == name), None)
        if added is None:
            return own
        said = {field: getattr(added, field) for field in UnitBounds.model_fields}
        said |= {field: value for field, value in own if value is not None}
        return UnitBounds.model_construct(**said)

    def fixed_by(self, name: str) -> str | None:
        """Return the pattern that keeps a unit where and as it is, None where none does."""
        return next((p for p in self.fixed if fnmatchcase(name, lowered(p))), None)

    def keeps(self, name: str) -> bool:
        """Say whether a unit keeps bus and size; what is said of it alone goes before patterns."""
        own = self.bounds(name).fixed
        return self.fixed_by(name) is not None if own is None else own

    @model_validator(mode="after")
    def _distinct(self) -> Fleet:
        names: dict[str, str] = {}
        for key in self.units:
            if (other := names.setdefault(lowered(key), key)) != key:
                raise ValueError(
                    f"units: found {other!r} and {key!r}; expected one section for a unit, whose "
                    "letter case does not count"
                )
        return self

    @model_validator(mode="after")
    def _ordered(self) -> Fleet:
        if self.scale[0] > self.scale[1]:
            raise ValueError(f"scale: found {list(self.scale)}; expected the smaller one first")
        return self
