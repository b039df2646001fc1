"""The JSON files of results, network and plans, read as plain data that has the right form."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from toolkit.common import files
from toolkit.common.errors import InputError
from toolkit.common.validation import explain
from toolkit.model.plan_entries import Entry


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, allow_inf_nan=False)


class _Bus(_Document):
    name: str
    base_kv: float | None
    x: float | None
    y: float | None
    load_kw: float


class _Branch(_Document):
    name: str
    bus1: str
    bus2: str
    rated_kva: float | None = None


class _Network(_Document):
    feeder: str
    head: str
    buses: tuple[_Bus, ...] = Field(strict=False)
    branches: tuple[_Branch, ...] = Field(strict=False)

    @model_validator(mode="after")
    def _connected(self) -> Self:
        names = [bus.name for bus in self.buses]
        if len({*names}) < len(names):
            raise ValueError("expected every bus once")
        named = {self.head, *(end for b in self.branches for end in (b.bus1, b.bus2))}
        if alien := sorted(named - {*names}):
            raise ValueError(f"bus '{alien[0][:60]}' is named, but not among the buses")
        return self


class _Plan(_Document):
    step_h: Annotated[float, Field(gt=0.0)]
    days: tuple[str, ...] = Field((), strict=False)
    weights: tuple[Annotated[float, Field(gt=0.0)], ...] | None = Field(None, strict=False)
    units: tuple[Entry, ...] = Field(strict=False)

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if len({len(unit.p_kw) for unit in self.units}) > 1:
            raise ValueError("expected p_kw of as many values for every unit")
        return self


def read_network(folder: Path) -> dict[str, Any]:
    """Read network.json of a results folder. Raises InputError naming file and key."""
    return _read(folder / "network.json", _Network)


def read_plan(path: Path) -> dict[str, Any]:
    """Read a plan.json without asking whether it can be carried out. Raises InputError."""
    return _read(path, _Plan)


def _read(path: Path, form: type[_Document]) -> dict[str, Any]:
    content = files.read_json(path)
    try:
        form.model_validate(content)
    except ValidationError as error:
        raise InputError(explain(error, form, str(path))) from error
    data: dict[str, Any] = content
    return data
