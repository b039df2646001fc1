"""The sections of a study file as checked, frozen values, each field with its unit and range."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    ValidationInfo,
    model_validator,
)

from toolkit.common import caps
from toolkit.common.validation import Name, PathText
from toolkit.inputs import not_yet, turbines
from toolkit.inputs.goal_fields import Objective, Part
from toolkit.inputs.not_yet import NotYet
from toolkit.model.devices import NOTHING_DECLARED, DeclaredStore, StorageParameters
from toolkit.model.goal_names import EnergyGoal, PartName
from toolkit.model.solver import Asked


def _at_least(least: float) -> AfterValidator:
    """Refuse a number so small that what is divided by it has no end."""

    def check(value: float) -> float:
        if value < least:
            raise ValueError(f"expected at least {least:g}")
        return value

    return AfterValidator(check)


Share = Annotated[float, Field(ge=0.0, le=1.0)]
Efficiency = Annotated[float, Field(gt=0.0, le=1.0), _at_least(0.01)]
Voltage = Annotated[float, Field(gt=0.0, le=caps.VOLTAGE_PU), _at_least(caps.LEAST)]
Percent = Annotated[float, Field(gt=0.0, le=caps.LOADING_PCT), _at_least(caps.LEAST)]
Power = Annotated[float, Field(gt=0.0, le=caps.KW), _at_least(caps.LEAST)]
Energy = Annotated[float, Field(gt=0.0, le=caps.KWH), _at_least(caps.LEAST)]
Hours = Annotated[float, Field(gt=0.0, le=caps.HOURS), _at_least(caps.LEAST)]
OfVehicle = Annotated[float, Field(gt=0.0, le=caps.VEHICLE), _at_least(caps.LEAST)]
Size = Annotated[float, Field(ge=0.0, le=caps.KW)]
Bounds = tuple[Size, Size]
Scale = Annotated[float, Field(ge=0.0, le=caps.SCALE)]
Speed = Annotated[float, Field(ge=0.0, le=caps.WIND)]
Weight = Annotated[float, Field(gt=0.0, le=caps.WEIGHT), _at_least(1.0 / caps.WEIGHT)]
Buses = Annotated[tuple[Name, ...], Field(max_length=caps.ENTRIES)]
Phase = Annotated[int, Field(ge=1, le=3)]
#: Goals that need no words of their own where all are listed.
_OTHERS = ", ".join(f"'{name}'" for name in get_args(PartName) if name not in get_args(EnergyGoal))


def one_or_many(value: Any) -> Any:
    """Take a single number for a list of one."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (value,)
    if not isinstance(value, list | tuple):
        raise ValueError("expected one number, or a list of numbers, one per step")
    return value


class Section(BaseModel):
    """Base of every section: frozen, unknown keys refused, no NaN or infinity."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    #: Wishes that keys of the section may stand for and that no study can have yet.
    wishes: ClassVar[tuple[NotYet, ...]] = ()

    @model_validator(mode="before")
    @classmethod
    def _not_yet(cls, data: Any) -> Any:
        """Say of what cannot be asked for yet that it is not there, instead of an unknown key."""
        keys = data if isinstance(data, dict) else ()
        if said := not_yet.refusal(keys, cls.model_fields, cls.wishes):
            raise ValueError(said)
        return data


class FeederFiles(Section):
    """A feeder whose scripts read files outside its folder: profiles that many feeders share."""

    script: PathText = Field(description="folder in ./dss, bundled feeder, or path to a .dss file")
    root: PathText | None = Field(
        None,
        description="folder below which the scripts may read files of any name; without it only "
        "those beside a script and below the first one, and .dss files anywhere",
    )


class PowerFlow(Section):
    """How power flows are solved while searching; what is reported is always OpenDSS's."""

    solver: Asked = Field(
        "auto",
        description="'batch': all plans of a population at once, each best one solved by OpenDSS; "
        "'compiled': the same by a kernel that numba compiles, on feeders that it knows; "
        "'opendss': OpenDSS alone; 'auto': 'batch' where it agrees with OpenDSS",
    )


class Market(Section):
    """What is searched for, and who takes part in the local market."""

    objective: Objective = Field(
        "traded",
        description="'traded': all energy sold to neighbours, equation (10); "
        f"'traded_to_load': only what serves load; {_OTHERS}; 'weighted': a sum by weights; or one "
        "installed besides: 'toolkit goals list'",
    )
    weights: dict[Part, Weight] = Field(
        default_factory=dict, description="weights of objectives in a weighted sum, by name"
    )
    options: dict[Name, dict[Name, Any]] | None = Field(
        None,
        max_length=caps.ENTRIES,
        description="options of goals, by the goal's name: 'toolkit goals show NAME'",
    )
    measured: list[Part] | None = Field(
        None,
        max_length=caps.ENTRIES,
        description="goals that results have figures of besides, neither sought nor limited",
    )
    nobody_worse_off: StrictBool = Field(
        False, description="a plan that makes trading dearer for anyone than none is not feasible"
    )
    members: Buses | None = Field(
        None,
        description="buses that trade with each other: names, patterns such as 'b*', or 'kv:X'; "
        "the others deal with the grid alone; left out: all with load or where units may stand",
    )

    @model_validator(mode="after")
    def _weighed(self) -> Market:
        if (self.objective == "weighted") != bool(self.weights):
            raise ValueError(
                f"found objective '{self.objective}' and weights of "
                f"{', '.join(self.weights) or 'nothing'}; expected weights with the objective "
                "'weighted', and only there"
            )
        return self


class Dispatch(Section):
    """Who decides what stores do in each step."""

    policy: Name = Field(
        "schedule",
        description="'schedule': the search, a series for each store with the whole scenario "
        "known; else a policy, which decides by what is known: 'toolkit policies list'",
    )
    options: dict[Name, Any] = Field(
        default_factory=dict,
        max_length=caps.ENTRIES,
        description="options of the policy: 'toolkit policies show NAME'",
    )


class Loads(Section):
    """What the loads draw over the day."""

    shapes: Literal["own", "study"] = Field(
        "own", description="'own': loads keep the daily shapes they declare; 'study': none does"
    )


class Wind(Section):
    """The turbines' power curve, equation (3)."""

    cut_in: Speed = Field(3.0, description="cut-in wind speed, m/s")
    rated: Speed = Field(12.0, description="rated wind speed, m/s")
    cut_out: Speed = Field(25.0, description="cut-out wind speed, m/s")
    table: tuple[tuple[Speed, Share], ...] | None = Field(
        None,
        max_length=caps.ENTRIES,
        description="power curve as pairs of (m/s, pu) instead of the standard curve",
    )
    curve: PathText | None = Field(
        None, description="a .csv file with the power curve, instead of 'table', which it becomes"
    )
    turbine: Name | None = Field(
        None, description="a turbine of windpowerlib, such as 'E48/800', instead of 'table'"
    )

    @model_validator(mode="before")
    @classmethod
    def _with_table(cls, data: Any, info: ValidationInfo) -> Any:
        return turbines.with_table(data, Path((info.context or {}).get("folder", "")))

    @model_validator(mode="after")
    def _ordered(self) -> Wind:
        if not self.cut_in < self.rated < self.cut_out:
            raise ValueError(
                f"found cut_in {self.cut_in:g}, rated {self.rated:g}, cut_out {self.cut_out:g}; "
                "expected them in rising order"
            )
        speeds = [v for v, _ in self.table or ()]
        if speeds != sorted(set(speeds)) or self.table == ():
            raise ValueError(
                f"table: found speeds {speeds}; expected pairs (m/s, pu) with rising speeds"
            )
        return self


class StateOfCharge(Section):
    """What equation (5) needs; shares of the energy capacity."""

    soc_min: Share = Field(0.1, description="lowest state of charge")
    soc_max: Share = Field(1.0, description="highest state of charge")
    soc_start: Share = Field(0.5, description="state of charge at the start of the day")
    eta_charge: Efficiency = Field(0.95, description="charging efficiency")
    eta_discharge: Efficiency = Field(0.95, description="discharging efficiency")

    @model_validator(mode="after")
    def _soc_ordered(self) -> StateOfCharge:
        if not self.soc_min <= self.soc_start <= self.soc_max:
            raise ValueError(
                f"found soc_min {self.soc_min:g}, soc_start {self.soc_start:g}, "
                f"soc_max {self.soc_max:g}; expected them in rising order"
            )
        return self

    def parameters(self) -> StorageParameters:
        """Return them as the value the physics works with."""
        return StorageParameters(
            self.soc_min, self.soc_max, self.soc_start, self.eta_charge, self.eta_discharge
        )


class Storage(Section):
    """Batteries (BESS): what is left out is as each declares it."""

    soc_min: Share | None = Field(None, description="lowest state of charge; undeclared 0.1")
    soc_max: Share = Field(1.0, description="highest state of charge")
    soc_start: Share | None = Field(
        None, description="state of charge at the start of the day; undeclared 0.5"
    )
    eta_charge: Efficiency | None = Field(None, description="charging efficiency; undeclared 0.95")
    eta_discharge: Efficiency | None = Field(
        None, description="discharging efficiency; undeclared 0.95"
    )
    hours: Hours | None = Field(
        None, description="kWh per kW; as declared in the scripts when left out"
    )

    @model_validator(mode="after")
    def _soc_ordered(self) -> Storage:
        given = {n: getattr(self, n) for n in ("soc_min", "soc_start", "soc_max")}
        values = {name: value for name, value in given.items() if value is not None}
        if list(values.values()) != sorted(values.values()):
            found = ", ".join(f"{name} {value:g}" for name, value in values.items())
            raise ValueError(f"found {found}; expected them in rising order")
        return self

    def parameters(self, declared: DeclaredStore = NOTHING_DECLARED) -> StorageParameters:
        """Return what holds for a battery; states may be out of order."""
        usual = vars(StateOfCharge().parameters())
        said = {name: value for name, value in vars(declared).items() if value is not None}
        given = {name: value for name, value in self if name in usual and value is not None}
        return StorageParameters(**{**usual, **said, **given})


class Vehicles(StateOfCharge):
    """Vehicle stations (BEV): each n equal vehicles taken together, equations (6) and (7)."""

    soc_min: Share = Field(0.2, description="lowest state of charge")
    soc_start: Share = Field(0.6, description="state of charge at the start of the day")
    battery_kwh: OfVehicle | None = Field(
        None, description="battery of one vehicle, kWh; left out: as declared, else 40"
    )
    charger_kw: OfVehicle | None = Field(
        None,
        description="charger of one vehicle, kW; left out: 7.4, or as declared where that fits not",
    )
    v2g: StrictBool = Field(True, description="vehicles may discharge into the network")
