"""The study file: what is asked, as checked, frozen values.

A study is TOML. Unknown keys are refused with the nearest right name; every message names the file
and the field.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from toolkit import feeders, profiles, scripts
from toolkit.devices import StorageParameters
from toolkit.errors import InputError, nearest, unknown_name
from toolkit.feeders import UnitKind
from toolkit.validation import explain

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Efficiency = Annotated[float, Field(gt=0.0, le=1.0)]
Bounds = tuple[Annotated[float, Field(ge=0.0)], Annotated[float, Field(ge=0.0)]]
Phase = Annotated[int, Field(ge=1, le=3)]
Objective = Literal["traded", "traded_to_load"]


class Section(BaseModel):
    """Base of every section: frozen, unknown keys refused, no NaN or infinity."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Limits(Section):
    """Network limits, equation (9)."""

    v_min: float = Field(0.95, gt=0.0, description="lowest voltage allowed, pu")
    v_max: float = Field(1.05, gt=0.0, description="highest voltage allowed, pu")
    loading_max: float = Field(100.0, gt=0.0, description="highest line or transformer loading, %")

    @model_validator(mode="after")
    def _ordered(self) -> Limits:
        if self.v_min >= self.v_max:
            raise ValueError(f"v_min {self.v_min:g} is not below v_max {self.v_max:g}")
        return self


class Market(Section):
    """What is traded and maximised."""

    objective: Objective = Field(
        "traded",
        description="'traded': all energy sold to neighbours, equation (10); "
        "'traded_to_load': only what serves load",
    )


class UnitBounds(Section):
    """What may be decided about one unit."""

    kind: UnitKind | None = Field(
        None, description="'bess' or 'bev': what a Storage of the scripts stands for"
    )
    size: Bounds | None = Field(
        None, description="smallest and largest size: kW, for a vehicle station vehicles"
    )
    buses: tuple[str, ...] | None = Field(
        None, description="candidate buses: names, patterns, or kv:X for a voltage level"
    )

    @model_validator(mode="after")
    def _ordered(self) -> UnitBounds:
        if self.size and self.size[0] > self.size[1]:
            raise ValueError(f"size: found {list(self.size)}; expected the smaller one first")
        return self


class AddedUnit(UnitBounds):
    """A unit that the study adds to those the scripts declare."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")] = Field(
        description="name of the unit, its own among all units"
    )
    kind: UnitKind = Field(description="'pv', 'wt', 'bess' or 'bev'")
    bus: str = Field(description="where it stands in the base case")
    kw: float | None = Field(None, gt=0.0, description="size in the base case, kW")
    vehicles: int | None = Field(None, gt=0, description="the same for a vehicle station")
    kwh: float | None = Field(
        None, gt=0.0, description="energy of a battery, kWh; storage.hours or 4 h when left out"
    )
    phases: tuple[Phase, ...] = Field(
        (1, 2, 3), min_length=1, max_length=3, description="phases it is made for"
    )

    @model_validator(mode="after")
    def _sized(self) -> AddedUnit:
        fields = ("kw", "kwh", "vehicles")
        given = {name for name in fields if getattr(self, name) is not None}
        takes = {"bess": {"kw", "kwh"}, "bev": {"vehicles"}}.get(self.kind, {"kw"})
        needs = "vehicles" if self.kind == "bev" else "kw"
        if needs not in given or given - takes:
            found = " and ".join(sorted(given)) or "none of them"
            raise ValueError(
                f"unit {self.name}: of {', '.join(fields)} found {found}; a {self.kind} unit "
                f"takes {' and '.join(sorted(takes))}"
            )
        if len(set(self.phases)) < len(self.phases):
            raise ValueError(f"unit {self.name}: phases: found {list(self.phases)}, one twice")
        return self


class Fleet(Section):
    """Which units may be placed where and how large."""

    scale: Bounds = Field((0.0, 2.0), description="bounds of each size, times the declared size")
    buses: tuple[str, ...] | None = Field(
        None,
        description="candidate buses: names, patterns, or kv:X for a voltage level; every bus "
        "with load when left out",
    )
    units: dict[str, UnitBounds] = Field(default_factory=dict, description="bounds of single units")
    add: tuple[AddedUnit, ...] = Field((), description="units beside those the scripts declare")

    @model_validator(mode="after")
    def _ordered(self) -> Fleet:
        if self.scale[0] > self.scale[1]:
            raise ValueError(f"scale: found {list(self.scale)}; expected the smaller one first")
        return self


class Loads(Section):
    """What the loads draw over the day."""

    shapes: Literal["own", "study"] = Field(
        "own",
        description="'own': a load keeps the daily shape it declares, others get the study's; "
        "'study': all get the study's",
    )


class Wind(Section):
    """The turbines' power curve, equation (3)."""

    cut_in: float = Field(3.0, ge=0.0, description="cut-in wind speed, m/s")
    rated: float = Field(12.0, gt=0.0, description="rated wind speed, m/s")
    cut_out: float = Field(25.0, gt=0.0, description="cut-out wind speed, m/s")
    table: tuple[tuple[float, Share], ...] | None = Field(
        None, description="power curve as pairs of (m/s, pu) instead of the standard curve"
    )

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


class Storage(StateOfCharge):
    """Batteries (BESS)."""

    hours: float | None = Field(
        None, gt=0.0, description="kWh per kW; as declared in the scripts when left out"
    )


class Vehicles(StateOfCharge):
    """Vehicle stations (BEV): n equal vehicles taken together, equations (6) and (7)."""

    soc_min: Share = Field(0.2, description="lowest state of charge")
    soc_start: Share = Field(0.6, description="state of charge at the start of the day")
    battery_kwh: float = Field(40.0, gt=0.0, description="battery of one vehicle, kWh")
    charger_kw: float = Field(7.4, gt=0.0, description="charger of one vehicle, kW")
    v2g: bool = Field(True, description="vehicles may discharge into the network")


class Study(Section):
    """A whole study, as resolved: every default filled in."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")] = Field(
        description="name of the study"
    )
    feeder: str = Field(description="folder in ./dss, bundled feeder, or path to a .dss file")
    profiles: str = Field("typical_day", description="bundled profiles or path to a .csv file")
    limits: Limits = Limits()
    market: Market = Market()
    fleet: Fleet = Fleet()
    loads: Loads = Loads()
    wind: Wind = Wind()
    storage: Storage = Storage()
    vehicles: Vehicles = Vehicles()
    optimizers: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description="options of optimizers by name, or by label with a key 'optimizer'",
    )


def names() -> list[str]:
    """Return the names of the studies that come with a feeder folder."""
    found = {p.parent.name for f in feeders.folders() for p in f.glob("*/study.toml")}
    return sorted(found)


def load(name: str) -> Study:
    """Load a study by the name of its feeder folder, or from a TOML path.

    Paths inside the file are relative to it. Raises InputError naming file and field.
    """
    path = _locate(name)
    study = parse(path.read_bytes(), str(path))
    return _absolute(study, path.parent)


def _locate(name: str) -> Path:
    if name.endswith(".toml"):
        path = Path(name)
        if path.is_file():
            return path
        siblings = [p.name for p in path.parent.glob("*.toml")] if path.parent.is_dir() else []
        raise InputError(f"study: no file '{path}'.{nearest(path.name, siblings)}")
    for folder in feeders.folders():
        if name and (folder / name / "study.toml").is_file():
            return folder / name / "study.toml"
    raise unknown_name("study", name, names())


def parse(content: bytes, where: str) -> Study:
    """Parse and check a study file's content; ``where`` is what messages call it."""
    try:
        data = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{where}: not valid TOML: {error}") from error
    try:
        return Study.model_validate(data)
    except ValidationError as error:
        raise InputError(explain(error, Study, where)) from error


def _absolute(study: Study, folder: Path) -> Study:
    """Return the study with its file paths made absolute, so that it can be run from anywhere."""
    changes: dict[str, str] = {}
    script = feeders.locate(study.feeder, folder)
    if not _same_as_bundled(study.feeder, script):
        changes["feeder"] = str(script)
    if study.profiles.endswith(".csv"):
        changes["profiles"] = str(profiles.locate(study.profiles, folder).resolve())
    return study.model_copy(update=changes)


def _same_as_bundled(name: str, script: Path) -> bool:
    """Say whether a name means a bundled feeder or a copy of it that differs in nothing."""
    own = feeders.bundled_folder() / name / script.name
    if name.lower().endswith(".dss") or not own.is_file():
        return False
    return _contents(script) == _contents(own)


def _contents(script: Path) -> list[tuple[str, bytes]]:
    return [(path.name, path.read_bytes()) for path in scripts.referenced_files(script)]


def to_toml(study: Study) -> str:
    """Return the resolved study as TOML; parsing it gives the same study."""
    return tomli_w.dumps(study.model_dump(mode="json", exclude_none=True))


def fingerprint(study: Study) -> str:
    """Return a hash over the resolved study and the content of the files it names."""
    digest = hashlib.sha256(json.dumps(study.model_dump(mode="json"), sort_keys=True).encode())
    day = profiles.locate(study.profiles)
    for name, content in [*_contents(feeders.locate(study.feeder)), (day.name, day.read_bytes())]:
        digest.update(name.encode() + b"\0" + content)
    return digest.hexdigest()
