"""The plan file of a case as it stands, and where its units are in a day solved again."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from toolkit.commands.reproduce.compare import readable
from toolkit.common import files
from toolkit.common.errors import InputError
from toolkit.common.types import FloatArray, IndexArray
from toolkit.grid.backend import backend
from toolkit.grid.solution import Replayed
from toolkit.model import plan_json
from toolkit.model.curtailment import Curtailable, most_given
from toolkit.model.kinds import KINDS
from toolkit.model.plan import Plan
from toolkit.model.plan_entries import Entry
from toolkit.problem.setting import Setting


@dataclass(frozen=True)
class PlanFile:
    """A plan file as it stands: steps, their hours, the units, and what its days are.

    days: their names, where they have any; weights: what separate days stand for, else None; open:
    the lines that are open, None where it says nothing of them.
    """

    steps: int
    step_h: float
    units: tuple[Entry, ...]
    days: tuple[str, ...] = ()
    weights: tuple[float, ...] | None = None
    open: tuple[str, ...] | None = None

    @property
    def capacitors(self) -> tuple[str, ...]:
        """The full names of the capacitors among the units."""
        own = (unit for unit in self.units if KINDS[unit.kind].in_kvar)  # type: ignore[index]
        return tuple(backend().element_of(unit.kind, unit.name) for unit in own)

    @property
    def stretches(self) -> int:
        """Number of stretches of time, of equal length, through which stores run."""
        return 1 if self.weights is None else len(self.weights)

    @property
    def step_weights(self) -> FloatArray:
        """How many days the day of each step stands for, (T,)."""
        weights = np.ones(1) if self.weights is None else np.array(self.weights)
        return np.repeat(weights, self.steps // self.stretches)

    @property
    def curtailable(self) -> Curtailable | None:
        """What units could give that may give less, None where none may."""
        by_voltage = [k for k, u in enumerate(self.units) if u.volt_watt]
        if not by_voltage and all(u.curtailed_kw is None for u in self.units):
            return None
        shape = len(self.units), self.steps
        available, most = np.full(shape, np.nan), np.full(shape, np.inf)
        for k, u in enumerate(self.units):
            if u.curtailed_kw is not None or u.volt_watt:
                available[k] = np.add(u.p_kw, u.curtailed_kw or 0.0)
            if u.given is not None:
                most[k] = most_given(np.array(u.kw), np.atleast_1d(u.given))
        planned = np.full(shape, np.nan)
        for k in by_voltage:
            planned[k] = self.units[k].p_kw
        return Curtailable(available, most, planned if by_voltage else None)

    def as_plan(self, bus: IndexArray) -> Plan:
        """Return it as a plan; the stored energy, which it does not say, is 0."""
        kw = np.array([u.kw for u in self.units])
        kwh = np.array([u.kwh for u in self.units])
        p_kw = np.array([u.p_kw for u in self.units]).reshape(len(kw), self.steps)
        stored = np.zeros((len(kw), self.steps + 1))
        less = np.array([u.volt_watt for u in self.units], dtype=bool)
        gives_less = less if less.any() else None
        size = np.array([u.kvar or u.vehicles or u.kw for u in self.units], dtype=float)
        return Plan(bus, size, kw, kwh, p_kw, stored, q_kvar=self._kvar(), gives_less=gives_less)

    def _kvar(self) -> FloatArray | None:
        """Return the reactive power of units of which plans say it, kvar, (U, T), 0 for others."""
        if all(unit.q_kvar is None for unit in self.units):
            return None
        return np.array([u.q_kvar or [0.0] * self.steps for u in self.units], dtype=float)


def read_plan(path: Path) -> PlanFile:
    """Read a plan file without asking whether it can be carried out. Raises InputError."""
    text = files.read_text(path)
    try:
        found = plan_json.parsed(text)
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"it is no plan: {reason[:120]}") from error
    step_h, units = found.step_h, found.units
    lengths = {len(own) for u in units for own in (u.p_kw, u.curtailed_kw) if own is not None} or {
        _rows(path.parent / "hourly.csv")
    }
    if len(lengths) != 1 or not min(lengths) or not 0.0 < step_h < math.inf:
        raise InputError(f"found p_kw of {sorted(lengths)} values, steps of {step_h:g} h.")
    steps = lengths.pop()
    if found.weights is not None and steps % len(found.weights):
        raise InputError(f"found {steps} steps for {len(found.weights)} days.")
    names = [unit.name.lower() for unit in units]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None or not {unit.kind for unit in units} <= KINDS.keys():
        raise InputError("a unit stands there twice, or is of no kind that there is.")
    return PlanFile(steps, step_h, units, found.days, found.weights, found.open)


def _rows(path: Path) -> int:
    """Return how many rows a table has: the steps of a plan without units."""
    table = readable(path)
    return 0 if table is None else len(table)


@dataclass(frozen=True)
class UnitRows:
    """Where the units of a plan stand in a day solved again.

    rows: position of each among the day's units; extra: units of the feeder the plan lacks,
    lacking: units of the plan the feeder lacks.
    """

    rows: IndexArray
    extra: tuple[str, ...]
    lacking: tuple[str, ...]


def unit_rows(planned: PlanFile, day: Replayed) -> UnitRows:
    """Find the units of a plan in a day solved again."""
    names = [backend().element_of(u.kind, u.name).lower() for u in planned.units]
    lacking = tuple(name for name in names if name not in day.units)
    extra = tuple(name for name in day.units if name not in names)
    rows = [day.units.index(name) for name in names if name in day.units]
    return UnitRows(np.array(rows, dtype=np.intp), extra, lacking)


def fits(setting: Setting, planned: PlanFile, day: Replayed) -> bool:
    """Say whether a day solved again is one of the study's network, units and steps."""
    feeder, fleet = setting.feeder, setting.fleet
    units = [(u.name.lower(), u.kind) for u in planned.units]
    return (
        set(day.buses) == set(feeder.buses)
        and sorted(day.branches) == sorted(branch.name for branch in feeder.branches)
        and units == [(u.name.lower(), str(u.kind)) for u in fleet.units]
        and planned.steps == setting.scenario.steps
    )
