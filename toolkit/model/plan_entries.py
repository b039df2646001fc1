"""What a plan file says of its units and of its policy, checked for its form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from toolkit.common import caps
from toolkit.common.errors import InputError
from toolkit.common.types import FloatArray, IndexArray
from toolkit.model.decisions import Decisions
from toolkit.model.plan import Plan

Rating = Annotated[float, Field(ge=0.0, le=caps.KWH)]
Power = Annotated[float, Field(ge=-caps.KW, le=caps.KW)]


Given = Annotated[float, Field(ge=0.0, le=1.0)]
Vehicles = Annotated[int, Field(ge=0, le=caps.VEHICLES)]


Kvar = Annotated[float, Field(ge=-100.0 * caps.KW, le=100.0 * caps.KW)]
Factor = Annotated[float, Field(ge=-1.0, le=1.0)]


class _Entry(BaseModel):
    """What every plan says of a unit."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    name: str
    bus: str
    store: dict[str, float] | None = None
    parameters: dict[str, float] | None = None
    power_factor: Factor | None = None
    q_kvar: list[Kvar] | None = None
    volt_watt: bool = False
    kvar: Rating | None = None
    on: list[bool] | None = None
    given: Given | list[Given] | None = None
    curtailed_kw: list[Power] | None = None


def check_steps(values: Sequence[float] | None, steps: int, what: str) -> None:
    """Raise InputError for values that are not one per step; what: where they stand."""
    if values is not None and len(values) != steps:
        raise InputError(f"{what}: found {len(values)} values; expected {steps}, one per step.")


class Followed(BaseModel):
    """The policy that a plan follows: its name, its options, and whether it knows the future."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    policy: str
    options: dict[str, Any] = {}
    foresight: str = ""


class GivenEntry(_Entry):
    """One unit of a plan that is handed in; what it leaves out the study gives."""

    kind: str | None = None
    kw: Rating | None = None
    kwh: Rating | None = None
    vehicles: Vehicles | None = None
    p_kw: list[Power] | None = None


class Entry(_Entry):
    """One unit of a plan file that the toolkit writes, which leaves nothing out."""

    kind: str
    kw: Rating
    kwh: Rating
    vehicles: Vehicles
    p_kw: list[Power]


class Parsed(BaseModel):
    """A plan file as it stands: hours per step, units, names of days, and what days stand for.

    ``weights`` are those of separate days; None where days follow each other. dispatch: the policy
    that it follows, None where it carries series alone; open: the lines that are open, None where
    the study has no switches.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    step_h: float
    units: tuple[Entry, ...]
    days: tuple[str, ...] = ()
    weights: tuple[Annotated[float, Field(gt=0.0)], ...] | None = None
    dispatch: Followed | None = None
    open: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _each(self) -> Self:
        if self.weights is not None and len(self.weights) != len(self.days):
            raise ValueError(f"found {len(self.weights)} weights for {len(self.days)} days")
        return self


#: Makes the plan that follows a policy, the study's for None, from buses, sizes, the parameters
#: that the plan states for each store, and what is decided besides; None where stores carry the
#: series that is given.
Follow = Callable[
    [Followed | None, IndexArray, FloatArray, Sequence[GivenEntry], Decisions], Plan | None
]
