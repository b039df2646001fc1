"""What happens over the steps of a scenario: sun, wind, vehicles, loads and prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from toolkit.common.types import BoolArray, FloatArray, IndexArray

if TYPE_CHECKING:
    from toolkit.model.connections import Connections
    from toolkit.model.market.tariffs import Tariffs
    from toolkit.model.ownership import Owners

#: Values of steps, or their places.
Values = TypeVar("Values", FloatArray, IndexArray)


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

    def part(self, steps: slice) -> LoadDay:
        """Return some of the steps."""
        return LoadDay(self.names, self.p[:, steps], self.q[:, steps], self.of, self.kw[steps])


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

    def part(self, steps: slice) -> UnitDay:
        """Return some of the steps."""
        degrees = None if self.temperature is None else self.temperature[steps]
        return UnitDay(self.followed[steps], self.q[steps], degrees, self.output[steps])


@dataclass(frozen=True)
class StationDay:
    """What the vehicles of a station do over T steps.

    plugged: share of them at their chargers; trip: kWh each drives; both (T,).
    """

    plugged: FloatArray
    trip: FloatArray

    def part(self, steps: slice) -> StationDay:
        """Return some of the steps."""
        return StationDay(self.plugged[steps], self.trip[steps])


@dataclass(frozen=True)
class SeparateDays:
    """D days out of a longer time that a scenario has side by side, none following another.

    names: the date or number of each; weights: how many days each stands for, (D,); their sum is
    the longer time; typical: whether they were chosen as typical of it, not listed.
    """

    names: tuple[str, ...]
    weights: FloatArray
    typical: bool = False


@dataclass(frozen=True)
class Scenario:
    """T steps of dt hours, and what happens in them whatever is decided.

    pv and wt: output per kW of rating, where ``units`` say nothing else by name; plugged: share of
    vehicles at their chargers; trip: kWh a vehicle drives, where ``stations`` say nothing else by
    name; each of shape (T,). separate: the days that its steps are of where they do not follow each
    other; stores then begin each of them at their start and end it no lower. dates: of the days
    that follow each other, where they have any. connections: what may pass through them, None where
    nothing limits it. members: whether each bus trades with neighbours, (B,), None where all do.
    owners: whose units are, None where each is of the bus it stands at.
    """

    dt: float
    pv: FloatArray
    wt: FloatArray
    plugged: FloatArray
    trip: FloatArray
    loads: LoadDay
    tariffs: Tariffs
    separate: SeparateDays | None = None
    dates: tuple[str, ...] = ()
    units: Mapping[str, UnitDay] = field(default_factory=dict)
    stations: Mapping[str, StationDay] = field(default_factory=dict)
    connections: Connections | None = None
    members: BoolArray | None = None
    owners: Owners | None = None

    @property
    def parties(self) -> BoolArray | None:
        """Whether each party trades, (A,), None where all do: members, and third parties."""
        if self.members is None or self.owners is None:
            return self.members
        return np.concatenate([self.members, np.ones(len(self.owners.third), dtype=bool)])

    def station(self, name: str) -> StationDay:
        """Return what the vehicles of a station do."""
        return self.stations.get(name) or StationDay(self.plugged, self.trip)

    @property
    def steps(self) -> int:
        """Number of steps T."""
        return len(self.pv)

    @property
    def day_names(self) -> tuple[str, ...]:
        """What each day is called; none where days have but a number, from 1."""
        return self.dates if self.separate is None else self.separate.names

    @property
    def step_days(self) -> list[str]:
        """What the day of each step is called, (T,)."""
        return days_of_steps(self.steps, self.dt, self.day_names)

    @property
    def day_slices(self) -> list[slice]:
        """The steps of each day."""
        starts = np.flatnonzero(np.diff(day_numbers(self.steps, self.dt), prepend=-1)).tolist()
        return [slice(a, b) for a, b in zip(starts, [*starts[1:], self.steps], strict=True)]

    @property
    def stretches(self) -> int:
        """Number of stretches of time, of equal length, through which stores run."""
        return 1 if self.separate is None else len(self.separate.names)

    @property
    def weights(self) -> FloatArray:
        """How often each step counts, (T,): as many times as its day stands for days."""
        if self.separate is None:
            return np.ones(self.steps)
        return np.repeat(self.separate.weights, self.steps // self.stretches)

    @cached_property
    def step_hours(self) -> FloatArray:
        """How many hours each step stands for, (T,): its dt, as often as it counts."""
        hours: FloatArray = self.dt * self.weights
        return hours

    @property
    def hours(self) -> float:
        """How many hours the scenario stands for."""
        if self.separate is None:
            return self.steps * self.dt
        return 24.0 * float(self.separate.weights.sum())

    def part(self, own: slice, dates: tuple[str, ...] = ()) -> Scenario:
        """Return some steps that follow each other; ``dates`` of their days, if they have any."""
        return Scenario(
            dt=self.dt,
            pv=self.pv[own],
            wt=self.wt[own],
            plugged=self.plugged[own],
            trip=self.trip[own],
            loads=self.loads.part(own),
            tariffs=self.tariffs.part(own),
            units={name: day.part(own) for name, day in self.units.items()},
            stations={name: day.part(own) for name, day in self.stations.items()},
            dates=dates,
            connections=None if self.connections is None else self.connections.part(own),
            members=self.members,
            owners=self.owners,
        )

    def stretch(self, number: int) -> slice:
        """Return the steps of a stretch of time, by its number from 0."""
        length = self.steps // self.stretches
        return slice(number * length, (number + 1) * length)

    def alone(self, number: int) -> Scenario:
        """Return one of separate days, which then stands for all that they stand for."""
        assert self.separate is not None
        names, total = self.separate.names[number : number + 1], self.separate.weights.sum()
        own = SeparateDays(names, np.array([total]), self.separate.typical)
        return replace(self.part(self.stretch(number)), separate=own)

    def folded(self, values: Values) -> Values:
        """Return values of steps, (..., T), by the stretches that they are of, (..., D, T / D)."""
        *outer, steps = values.shape
        return values.reshape(*outer, self.stretches, steps // self.stretches)


def day_numbers(steps: int, dt: float) -> IndexArray:
    """Return the day that each of T steps of dt hours is of, from 0, (T,)."""
    numbers: IndexArray = np.floor(np.arange(steps) * dt / 24.0 + 1e-9).astype(np.intp)
    return numbers


def days_of_steps(steps: int, dt: float, names: Sequence[str]) -> list[str]:
    """Return what the day of each of T steps of dt hours is called: its name, or its number."""
    numbers = day_numbers(steps, dt).tolist()
    return [names[d] if d < len(names) else str(d + 1) for d in numbers]


def since_start(total: FloatArray, stretches: int, steps: int) -> FloatArray:
    """Return sums over the steps so far, (..., <= T), as sums since each stretch of T began."""
    if stretches == 1:
        return total
    first = np.arange(total.shape[-1]) // (steps // stretches) * (steps // stretches)
    before = np.concatenate([np.zeros_like(total[..., :1]), total], axis=-1)[..., first]
    since: FloatArray = total - before
    return since
