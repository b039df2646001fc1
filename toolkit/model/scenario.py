"""What happens over the steps of a scenario: sun, wind, vehicles, loads and prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from toolkit.common.types import FloatArray, IndexArray

if TYPE_CHECKING:
    from toolkit.model.market.tariffs import Tariffs


@dataclass(frozen=True)
class LoadDay:
    """What the L loads of a feeder draw over T steps.

    p, q: K different shapes, shares of the declared kW and kvar, both (K, T); ``of`` is the shape
    of each load, (L,); kw: scheduled load of each bus, (T, B).
    """

    names: tuple[str, ...]
    p: FloatArray
    q: FloatArray
    of: IndexArray
    kw: FloatArray


@dataclass(frozen=True)
class UnitDay:
    """What one PV or wind unit does over T steps, other than the study's sun or wind alone.

    followed: what its element follows in the engine, kW/m2 or pu, (T,); q: the same for kvar;
    temperature: deg C, (T,), None where it is constant; output: kW per kW of rating, (T,).
    """

    followed: FloatArray
    q: FloatArray
    temperature: FloatArray | None
    output: FloatArray


@dataclass(frozen=True)
class StationDay:
    """What the vehicles of a station do over T steps.

    plugged: share of them at their chargers; trip: kWh each drives; both (T,).
    """

    plugged: FloatArray
    trip: FloatArray


@dataclass(frozen=True)
class Scenario:
    """T steps of dt hours, and what happens in them whatever is decided.

    pv and wt: output per kW of rating, where ``units`` say nothing else by name; plugged: share of
    vehicles at their chargers; trip: kWh a vehicle drives, where ``stations`` say nothing else by
    name; each of shape (T,). weight: how many such days the scenario stands for.
    """

    dt: float
    pv: FloatArray
    wt: FloatArray
    plugged: FloatArray
    trip: FloatArray
    loads: LoadDay
    tariffs: Tariffs
    weight: float = 1.0
    units: Mapping[str, UnitDay] = field(default_factory=dict)
    stations: Mapping[str, StationDay] = field(default_factory=dict)

    def station(self, name: str) -> StationDay:
        """Return what the vehicles of a station do."""
        return self.stations.get(name) or StationDay(self.plugged, self.trip)

    @property
    def steps(self) -> int:
        """Number of steps T."""
        return len(self.pv)

    @property
    def hours(self) -> float:
        """Length of the scenario in hours."""
        return self.steps * self.dt
