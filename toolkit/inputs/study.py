"""The study as a value: what is asked, checked and frozen, with every default filled in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from toolkit.common import caps
from toolkit.common.excerpts import shortened
from toolkit.common.validation import SECTION, TEXT, Name, PathText
from toolkit.inputs.cost_sections import Costs
from toolkit.inputs.fleet_sections import Fleet
from toolkit.inputs.horizon_sections import Horizon
from toolkit.inputs.inverter_sections import Inverters
from toolkit.inputs.limit_sections import Limits
from toolkit.inputs.output_sections import Output
from toolkit.inputs.owner_sections import Owners
from toolkit.inputs.sections import (
    Dispatch,
    FeederFiles,
    Loads,
    Market,
    PowerFlow,
    Section,
    Storage,
    Vehicles,
    Wind,
)
from toolkit.inputs.switch_sections import SwitchFields
from toolkit.inputs.tariff_sections import Settlement, Tariffs


def _form(value: Any) -> str:
    """Say whether a feeder is given by a text alone or by a section."""
    return SECTION if isinstance(value, dict | FeederFiles) else TEXT


class Study(Section):
    """A whole study, as resolved: every default filled in.

    The fields are those of a study file; ``toolkit.load_study`` makes one. Values are frozen.

    Examples
    --------
    >>> import toolkit
    >>> study = toolkit.load_study("ieee12")
    >>> study.feeder, study.limits.v_max
    ('ieee12', 1.05)
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=caps.NAME)] = (
        Field(description="name of the study")
    )
    feeder: Annotated[
        Annotated[PathText, Tag(TEXT)] | Annotated[FeederFiles, Tag(SECTION)], Discriminator(_form)
    ] = Field(description="folder in ./dss, bundled feeder, or path to a .dss file; or a section")
    profiles: PathText = Field("typical_day", description="bundled profiles or path to a .csv file")
    horizon: Horizon = Horizon()
    limits: Limits = Limits()
    power_flow: PowerFlow = PowerFlow()
    market: Market = Market()
    tariffs: Tariffs = Tariffs()
    settlement: Settlement = Settlement()
    costs: Costs = Costs()
    owners: Owners | None = None
    fleet: Fleet = Fleet()
    inverters: Inverters = Inverters()
    dispatch: Dispatch = Dispatch()
    loads: Loads = Loads()
    wind: Wind = Wind()
    storage: Storage = Storage()
    vehicles: Vehicles = Vehicles()
    switches: SwitchFields = SwitchFields()
    output: Output = Output()
    optimizers: dict[Name, dict[Name, Any]] = Field(
        default_factory=dict,
        max_length=caps.ENTRIES,
        description="options of optimizers by name, or by label with a key 'optimizer'",
    )

    def __repr__(self) -> str:
        """Return what differs from the defaults, as ``load_study`` takes it."""
        given = self.model_dump(mode="json", exclude_defaults=True)
        told = ", ".join(f"{name}={value!r}" for name, value in given.items())
        return shortened(f"Study({told})", 1900)

    @field_validator("feeder", mode="after")
    @classmethod
    def _plain(cls, feeder: str | FeederFiles) -> str | FeederFiles:
        """Return a section that says no more than a text as that text."""
        return feeder.script if isinstance(feeder, FeederFiles) and feeder.root is None else feeder

    @model_validator(mode="after")
    def _ranks_days(self) -> Study:
        """Refuse a goal whose figures of days have no mean that says anything."""
        market = self.market
        sought = market.weights if market.objective == "weighted" else {market.objective: 1.0}
        if self.horizon.risk == "cvar" and "self_sufficiency" in sought:
            raise ValueError(
                'found horizon.risk = "cvar" and self_sufficiency in [market]; expected risk = '
                '"worst" or "mean", or another objective: the mean of the shares of days is no '
                "share of what they use"
            )
        return self

    @property
    def ownership(self) -> Owners:
        """Whose units are."""
        return self.owners or Owners()

    @property
    def script(self) -> str:
        """The feeder's script, by name or path."""
        return self.feeder.script if isinstance(self.feeder, FeederFiles) else self.feeder

    @property
    def root(self) -> Path | None:
        """The folder below which the feeder's scripts may read files, if one is stated."""
        stated = self.feeder.root if isinstance(self.feeder, FeederFiles) else None
        return None if stated is None else Path(stated)
