"""The section of a study about what units cost."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from toolkit.common import caps
from toolkit.common.names import lowered
from toolkit.common.validation import Name
from toolkit.inputs.sections import Section, Share
from toolkit.model.kinds import KINDS, UnitKind

Money = Annotated[float, Field(ge=0.0, le=caps.PRICE)]
Years = Annotated[float, Field(ge=0.1, le=1_000.0)]
#: Fields that some kinds alone have, and which.
OF_KINDS: dict[str, tuple[UnitKind, ...]] = {
    "per_kw": ("pv", "wt", "bess", "bev", "generator"),
    "om_per_kw": ("pv", "wt", "bess", "bev", "generator"),
    "per_kwh": ("bess", "bev"),
    "per_vehicle": ("bev",),
    "per_kvar": ("capacitor",),
    "cycle_life": ("bess", "bev"),
    "depth_exponent": ("bess", "bev"),
    "wear_per_kwh": ("bess", "bev"),
    "fuel_per_kwh": ("generator",),
    "co2_per_kwh": ("generator",),
}


class UnitCosts(Section):
    """What units cost, in the currency of [tariffs]; what is left out costs nothing."""

    per_kw: Money | None = Field(None, description="money per kW of rating")
    per_kwh: Money | None = Field(None, description="money per kWh of a store")
    per_vehicle: Money | None = Field(None, description="money per vehicle of a station")
    per_kvar: Money | None = Field(None, description="money per kvar of a capacitor")
    per_unit: Money = Field(0.0, description="money for a unit of any size")
    subsidy: Share = Field(0.0, description="share of the investment that others pay, at the start")
    lifetime: Years | None = Field(
        None, description="years until it is bought again; left out: as long as the study looks"
    )
    replacement: Annotated[float, Field(ge=0.0, le=100.0)] = Field(
        1.0, description="price of the next one as a share of the first"
    )
    om_share: Share = Field(
        0.0,
        description="operation and maintenance a year, as a share of the price before subsidies: "
        "0.015 is 1.5 %",
    )
    om_per_kw: Money | None = Field(
        None, description="operation and maintenance, money per kW and year"
    )
    cycle_life: Annotated[float, Field(ge=1.0, le=1e9)] | None = Field(
        None,
        description="cycles of full depth until a store is used up; cycles are counted by rainflow",
    )
    depth_exponent: Annotated[float, Field(ge=1.0, le=10.0)] | None = Field(
        None, description="a cycle of depth D counts as D to this power; 1 when left out"
    )
    wear_per_kwh: Money | None = Field(
        None, description="money per kWh discharged, instead of cycle_life"
    )
    fuel_per_kwh: Money | None = Field(None, description="money per kWh generated")
    co2_per_kwh: Annotated[float, Field(ge=0.0, le=1_000.0)] | None = Field(
        None, description="emissions, kg per kWh generated"
    )

    @classmethod
    def absent(cls, kind: str) -> tuple[str, ...]:
        """Return the fields that units of a kind do not have, none where it is no kind."""
        if kind not in KINDS:
            return ()
        return tuple(name for name, kinds in OF_KINDS.items() if kind not in kinds)

    @model_validator(mode="after")
    def _worn_once(self) -> UnitCosts:
        if self.cycle_life is not None and self.wear_per_kwh is not None:
            raise ValueError("found cycle_life and wear_per_kwh; expected one of them")
        if self.depth_exponent is not None and self.cycle_life is None:
            raise ValueError("found depth_exponent without cycle_life; expected both")
        return self


class Costs(Section):
    """What units cost over the years, and at which discount rate (docs/how-to/costs.md).

    Units of the scripts that the study keeps as they are (fleet.fixed) are there already: nobody
    buys them.
    """

    discount_rate: Annotated[float, Field(ge=0.0, lt=1.0)] = Field(
        0.05, description="what money of next year is worth less today, per year: 0.05 is 5 %"
    )
    years: Annotated[float, Field(ge=1.0, le=100.0)] = Field(
        20.0, description="years that are looked at; what is left of units then counts"
    )
    pv: UnitCosts | None = Field(None, description="what PV costs")
    wt: UnitCosts | None = Field(None, description="what wind turbines cost")
    bess: UnitCosts | None = Field(None, description="what batteries cost")
    bev: UnitCosts | None = Field(None, description="what vehicle stations cost")
    generator: UnitCosts | None = Field(None, description="what generators cost")
    capacitor: UnitCosts | None = Field(None, description="what capacitors cost")
    units: dict[Name, UnitCosts] = Field(
        default_factory=dict,
        max_length=caps.ENTRIES,
        description="what single units cost, instead of what their kind does",
    )

    @property
    def by_kind(self) -> dict[UnitKind, UnitCosts]:
        """What is stated, by kind."""
        stated = {kind: getattr(self, kind) for kind in KINDS}
        return {kind: own for kind, own in stated.items() if own is not None}

    @property
    def stated(self) -> bool:
        """Say whether anything costs anything."""
        return bool(self.by_kind or self.units)

    def own(self, name: str) -> UnitCosts | None:
        """Return what is said of a single unit, whose name is in lower case."""
        return next((own for key, own in self.units.items() if lowered(key) == name), None)

    @model_validator(mode="after")
    def _distinct(self) -> Costs:
        names: dict[str, str] = {}
        for key in self.units:
            if (other := names.setdefault(lowered(key), key)) != key:
                raise ValueError(
                    f"units: found {other!r} and {key!r}; expected one section for a unit, whose "
                    "letter case does not count"
                )
        return self

    @model_validator(mode="after")
    def _fitting(self) -> Costs:
        for kind, own in self.by_kind.items():
            if wrong := misplaced(own, kind):
                raise ValueError(f"{kind}.{wrong}")
        return self


def misplaced(own: UnitCosts, kind: UnitKind) -> str:
    """Return what is said of a cost that units of a kind do not have, blank where all fit."""
    for name, kinds in OF_KINDS.items():
        if getattr(own, name) is not None and kind not in kinds:
            of = " or ".join(KINDS[each].many for each in kinds)
            return f"{name}: found it of {KINDS[kind].many}; expected it of {of} alone"
    return ""
