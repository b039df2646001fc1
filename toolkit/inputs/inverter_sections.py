"""What a study says of inverters: how much reactive power units give or take."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from toolkit.inputs.sections import Power, Section
from toolkit.inputs.volt_curves import VoltVar, VoltWatt

#: The smallest size of a power factor: kvar are then ten times the kW.
LEAST_FACTOR = 0.1
#: The smallest size that a search may give one, unless a study says another.
SEARCHED_FACTOR = 0.5
#: kVA per kW of an inverter whose reactive power is decided step by step, unless a study says it:
#: at its rated power 44 % of the kVA are left for kvar, as IEEE 1547-2018 asks of category B.
RATED = 1.0 / (1.0 - 0.44**2) ** 0.5


def _factor(value: Any) -> Any:
    """Refuse what is no power factor."""
    if value is None or value == "optimised":
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("expected a number such as 0.95, or 'optimised'")
    if not LEAST_FACTOR <= abs(value) <= 1.0:
        raise ValueError(
            f"expected a size from {LEAST_FACTOR:g} to 1, negative where a unit that injects takes "
            "in reactive power, or 'optimised'"
        )
    return float(value)


PowerFactor = Annotated[float | Literal["optimised"] | None, BeforeValidator(_factor)]
#: What decides reactive power, of which one can hold.
WAYS = ("power_factor", "reactive", "volt_var")


class InverterSettings(Section):
    """The reactive power of a unit; what is left out is as in [inverters], else as declared."""

    power_factor: PowerFactor = Field(
        None,
        description="signed as in OpenDSS: negative where a unit that injects takes in reactive "
        "power; or 'optimised': one variable per unit",
    )
    power_factor_min: Annotated[float, Field(ge=LEAST_FACTOR, le=1.0)] | None = Field(
        None,
        description="smallest size of a power factor that is searched; "
        f"{SEARCHED_FACTOR:g} when left out",
    )
    reactive: Literal["per step"] | None = Field(
        None, description="'per step': reactive power is decided for each step, within the rating"
    )
    volt_var: VoltVar = Field(
        None,
        description="reactive power by voltage: 'A' or 'B', the defaults of IEEE 1547-2018, or "
        "pairs of (voltage, pu; share of the rating, positive where it is injected)",
    )
    volt_watt: VoltWatt = Field(
        None,
        description="most real power of PV by voltage: 'A' or 'B', or pairs of (voltage, pu; share "
        "of its kW)",
    )
    kva: Power | None = Field(None, description="rating of the inverter, kVA")
    kva_per_kw: Annotated[float, Field(ge=1.0, le=100.0)] | None = Field(
        None,
        description="rating of the inverter, kVA per kW of the unit, instead of kva; when left out "
        f"{RATED:.3f} with reactive = 'per step' or volt_var, else as declared, or no limit",
    )
    priority: Literal["active", "reactive"] | None = Field(
        None,
        description="which power keeps its wish at the rating; 'active' when left out; 'reactive' "
        "for PV with a power factor alone",
    )

    @model_validator(mode="after")
    def _one_way(self) -> InverterSettings:
        said = [name for name in WAYS if getattr(self, name) is not None]
        if len(said) > 1:
            raise ValueError(f"found {' and '.join(said)}; expected one of them")
        if self.volt_watt is not None and (
            self.reactive is not None or self.power_factor == "optimised"
        ):
            raise ValueError(
                "found volt_watt with reactive power that is searched; expected volt_var or a "
                "power_factor beside it"
            )
        if self.kva is not None and self.kva_per_kw is not None:
            raise ValueError("found kva and kva_per_kw; expected one of them")
        if self.power_factor_min is not None and said and self.power_factor != "optimised":
            raise ValueError(
                f"found power_factor_min and {said[0]} = {getattr(self, said[0])}; expected "
                "power_factor_min with power_factor = 'optimised'"
            )
        return self


class Inverters(InverterSettings):
    """The reactive power of all units, unless a unit's own section says another."""


def settings_of(common: Inverters, own: InverterSettings) -> InverterSettings:
    """Return what holds for a unit: its own settings, then those for all.

    A unit that says one way of deciding reactive power, or one form of rating, takes none of the
    others.
    """
    names = InverterSettings.model_fields
    said = {name: getattr(own, name) for name in names if getattr(own, name) is not None}
    usual = {name: getattr(common, name) for name in names}
    for group in (WAYS, ("kva", "kva_per_kw")):
        if said.keys() & set(group):
            usual |= dict.fromkeys(group)
    if said.keys() & set(WAYS) and said.get("power_factor") != "optimised":
        usual["power_factor_min"] = None
    return InverterSettings.model_construct(**{**usual, **said})
