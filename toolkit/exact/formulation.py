"""The study as a mixed-integer program: sites, sizes, dispatch and clearing, no network.

Every plan the decoder can produce is a point of it with the same traded energy, so its maximum is
never below the best plan. docs/bound.md states it in formulas.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.common.types import BoolArray, FloatArray, IndexArray
from toolkit.exact.program import NONE, Program, Term
from toolkit.exact.site_classes import Slot, UnitClass
from toolkit.model.goal_names import EnergyGoal
from toolkit.model.risk import MEAN, Risk
from toolkit.model.scenario import Scenario
from toolkit.problem.energy import at_risk


@dataclass(frozen=True)
class ModelDay:
    """What the plans meet: load of each bus, kW, (T, B), steps, and what is maximised.

    risk: how the energies of separate days become one.
    """

    load: FloatArray
    scenario: Scenario
    objective: EnergyGoal
    risk: Risk = MEAN

    def energy(self, kw: FloatArray) -> float:
        """Return what is maximised, kWh, of kW in each step, (T,)."""
        if self.risk.averse:
            return float(at_risk(kw, self.scenario, self.risk))
        return float(kw @ self.hours)

    @property
    def hours(self) -> FloatArray:
        """How many hours each step stands for, (T,)."""
        return self.scenario.step_hours

    @property
    def trades(self) -> BoolArray:
        """Whether each bus trades with neighbours, (B,)."""
        members = self.scenario.members
        return np.ones(self.load.shape[1], dtype=bool) if members is None else members

    @property
    def demand(self) -> FloatArray:
        """Load of those who trade, kW, (T,)."""
        total: FloatArray = np.where(self.trades, self.load, 0.0).sum(axis=1)
        return total


@dataclass(frozen=True)
class Formulation:
    """Where the variables of N slots and K classes stand in a program; NONE where there is none.

    used: a slot is taken, (N,); present: a class has a unit there, size: its size, both (K, N);
    charge, discharge: kW, (K, N, T); surplus, deficit: kW, (N, T); traded: kW, (T,).
    """

    classes: tuple[UnitClass, ...]
    slots: tuple[Slot, ...]
    day: ModelDay
    used: IndexArray
    present: IndexArray
    size: IndexArray
    charge: IndexArray
    discharge: IndexArray
    surplus: IndexArray
    deficit: IndexArray
    traded: IndexArray

    @property
    def load(self) -> FloatArray:
        """Load of each slot's bus, kW, (N, T)."""
        return self.day.load.T[[slot.bus for slot in self.slots]]

    @property
    def trades(self) -> BoolArray:
        """Whether each slot's bus trades with neighbours, (N,)."""
        return self.day.trades[[slot.bus for slot in self.slots]]

    @property
    def member(self) -> BoolArray:
        """Whether a class may have a unit at a slot, (K, N)."""
        member: BoolArray = self.present != NONE
        return member

    @property
    def injection(self) -> tuple[FloatArray, IndexArray]:
        """Coefficients and variables of what generators and stores inject, (2K, N, T)."""
        output = np.array([c.output for c in self.classes])
        sizes = np.broadcast_to(self.size[:, :, None], self.discharge.shape)
        coefficients = np.broadcast_to(output[:, None, :], self.discharge.shape)
        idle = np.where(coefficients > 0.0, sizes, NONE)
        ones = np.ones(self.discharge.shape)
        return np.concatenate([coefficients, ones]), np.concatenate([idle, self.discharge])


def formulate(
    program: Program,
    classes: tuple[UnitClass, ...],
    slots: tuple[Slot, ...],
    day: ModelDay,
    *,
    fixed: bool = False,
    whole_sizes: bool = False,
) -> Formulation:
    """Write the study into a program; with ``fixed`` every slot is taken by all its classes.

    What is maximised is then left to the caller, as it is where days count by how bad they are.
    """
    steps, n, k = len(day.load), len(slots), len(classes)
    used = program.variables((n,), 1.0 if fixed else 0.0, 1.0, integer=True)
    present = np.full((k, n), NONE)
    size = np.full((k, n), NONE)
    charge = np.full((k, n, steps), NONE)
    discharge = np.full((k, n, steps), NONE)
    for i, unit in enumerate(classes):
        here = np.array([s for s, slot in enumerate(slots) if i in slot.classes], dtype=np.intp)
        present[i, here] = _presence(program, slots, used, here)
        size[i, here] = program.variables(
            (len(here),), 0.0, unit.size_max, integer=unit.whole and whole_sizes
        )
        _size_rows(program, unit, size[i, here], present[i, here])
        if unit.stores:
            charge[i, here], discharge[i, here] = _store(program, unit, size[i, here], day.scenario)
        elif unit.curtails:
            discharge[i, here] = _less(program, unit, size[i, here])
    form = Formulation(
        classes,
        slots,
        day,
        used,
        present,
        size,
        charge,
        discharge,
        surplus=program.variables((n, steps)),
        deficit=program.variables((n, steps)),
        traded=program.variables((steps,), gain=0.0 if fixed or day.risk.averse else day.hours),
    )
    if not fixed:
        _count_rows(program, form)
    _clearing_rows(program, form)
    return form


def _presence(
    program: Program, slots: Sequence[Slot], used: IndexArray, here: IndexArray
) -> IndexArray:
    """Return the variables that say whether a class is present: its slot's own, if it must be."""
    optional = np.array([slots[s].optional for s in here], dtype=bool)
    own = used[here].copy()
    if optional.any():
        own[optional] = program.variables((int(optional.sum()),), 0.0, 1.0, integer=True)
        program.rows((len(here),), [(1.0, own), (-1.0, used[here])], upper=0.0)
    return own


def _size_rows(program: Program, unit: UnitClass, size: IndexArray, present: IndexArray) -> None:
    program.rows(size.shape, [(1.0, size), (-unit.size_max, present)], upper=0.0)
    if unit.size_min > 0.0:
        program.rows(size.shape, [(1.0, size), (-unit.size_min, present)], lower=0.0)


def _less(program: Program, unit: UnitClass, size: IndexArray) -> IndexArray:
    """Return what M units of a class give, no more than sun and wind would, (M, T)."""
    given = program.variables((len(size), len(unit.discharge)), 0.0, unit.most_in)
    program.rows(given.shape, [(1.0, given), (-unit.discharge, size[:, None])], upper=0.0)
    return given


def _store(
    program: Program, unit: UnitClass, size: IndexArray, scenario: Scenario
) -> tuple[IndexArray, IndexArray]:
    """Write equations (4) to (7) of M stores of a class; return charge and discharge, (M, T).

    A store may charge and discharge in one step here, which only wastes energy: more plans than
    there are, never fewer.
    """
    steps, dt, fold = len(unit.charge), scenario.dt, scenario.folded
    charge = program.variables((len(size), steps), 0.0, unit.most_out)
    discharge = program.variables((len(size), steps), 0.0, unit.size_max * unit.discharge)
    stored = program.variables((len(size), *unit.low.shape))
    each, of_stretch = size[:, None], size[:, None, None]
    program.rows(charge.shape, [(1.0, charge), (-unit.charge, each)], upper=0.0)
    program.rows(charge.shape, [(1.0, discharge), (-unit.discharge, each)], upper=0.0)
    both = np.flatnonzero((unit.charge > 0.0) & (unit.discharge > 0.0))
    program.rows(
        (len(size), len(both)),
        [
            (1.0 / unit.charge[both], charge[:, both]),
            (1.0 / unit.discharge[both], discharge[:, both]),
            (-1.0, each),
        ],
        upper=0.0,
    )
    most = unit.soc_max * unit.capacity
    program.rows(stored.shape, [(1.0, stored), (-most, of_stretch)], upper=0.0)
    program.rows(stored.shape, [(1.0, stored), (-unit.low, of_stretch)], lower=0.0)
    starts, start = stored[..., 0], unit.soc_start * unit.capacity
    program.rows(starts.shape, [(1.0, starts), (-start, each)], 0.0, 0.0)
    program.rows(
        stored[..., 1:].shape,
        [
            (1.0, stored[..., 1:]),
            (-1.0, stored[..., :-1]),
            (-unit.eta_charge * dt, fold(charge)),
            (dt / unit.eta_discharge, fold(discharge)),
            (fold(unit.trip), of_stretch),
        ],
        0.0,
        0.0,
    )
    return charge, discharge


def _count_rows(program: Program, form: Formulation) -> None:
    """Place every unit, no two of a kind that stand apart at one bus, and one layout a bus."""
    buses = np.array([slot.bus for slot in form.slots])
    kinds = np.array([c.kind if c.apart else "" for c in form.classes])
    counts = np.array([len(c.units) for c in form.classes], dtype=float)
    program.rows(counts.shape, [(1.0, form.present.T)], counts, counts)
    for bus in np.unique(buses):
        here = np.flatnonzero(buses == bus)
        program.rows((), [(1.0, form.used[here])], upper=1.0)
        for kind in np.unique(kinds[kinds != ""]):
            alike = form.present[np.ix_(kinds == kind, here)]
            if len(np.unique(alike[alike != NONE])) > 1:
                program.rows((), [(1.0, alike)], upper=1.0)


def _clearing_rows(program: Program, form: Formulation) -> None:
    """Write equations (1) and (8): net positions, and traded energy below both sides' sums.

    Buses outside every slot that is taken buy their load, so what slots leave of all load counts.
    Slots at buses that do not trade, and their load, count on neither side.
    """
    coefficients, injected = form.injection
    shape, load = form.surplus.shape, form.load
    used = form.used[:, None]
    net: list[Term] = [
        (1.0, form.surplus),
        (-1.0, form.deficit),
        (-coefficients, injected),
        (1.0, form.charge),
        (load, used),
    ]
    program.rows(shape, net, 0.0, 0.0)
    program.rows(shape, [(1.0, form.surplus), (-coefficients, injected)], upper=0.0)
    steps, here = form.traded.shape, form.trades
    program.rows(steps, [(1.0, form.traded), (-1.0, form.surplus[here])], upper=0.0)
    bought = form.deficit
    if form.day.objective == "traded_to_load":
        # A purchase serves load for its share, which is at most the load and at most the purchase.
        bought = program.variables(shape)
        program.rows(shape, [(1.0, bought), (-load, used)], upper=0.0)
        program.rows(shape, [(1.0, bought), (-1.0, form.deficit)], upper=0.0)
    program.rows(
        steps,
        [
            (1.0, form.traded),
            (-1.0, bought[here]),
            (load[here], np.broadcast_to(used, shape)[here]),
        ],
        upper=form.day.demand,
    )


def forbid(program: Program, chosen: IndexArray) -> None:
    """Rule out that all of these presences are 1, as they are in one assignment of the units."""
    program.rows((), [(1.0, chosen)], upper=float(len(chosen) - 1))


def order_rows(program: Program, form: Formulation, ruled: dict[int, list[int]]) -> None:
    """Use a bus only where each of its dominators is used."""
    buses = np.array([slot.bus for slot in form.slots])
    for bus, better in ruled.items():
        for other in better:
            here, there = form.used[buses == bus], form.used[buses == other]
            program.rows((), [(1.0, here), (-1.0, there)], upper=0.0)
