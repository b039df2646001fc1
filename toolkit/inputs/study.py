"""The study as a value: what is asked, checked and frozen, with every default filled in."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from toolkit.common import caps
from toolkit.common.validation import Name, PathText
from toolkit.inputs.sections import (
    Fleet,
    Limits,
    Loads,
    Market,
    Section,
    Storage,
    Vehicles,
    Wind,
)
from toolkit.inputs.tariff_sections import Settlement, Tariffs


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
    feeder: PathText = Field(description="folder in ./dss, bundled feeder, or path to a .dss file")
    profiles: PathText = Field("typical_day", description="bundled profiles or path to a .csv file")
    limits: Limits = Limits()
    market: Market = Market()
    tariffs: Tariffs = Tariffs()
    settlement: Settlement = Settlement()
    fleet: Fleet = Fleet()
    loads: Loads = Loads()
    wind: Wind = Wind()
    storage: Storage = Storage()
    vehicles: Vehicles = Vehicles()
    optimizers: dict[Name, dict[Name, Any]] = Field(
        default_factory=dict,
        max_length=caps.ENTRIES,
        description="options of optimizers by name, or by label with a key 'optimizer'",
    )
