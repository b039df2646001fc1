"""The study as a mixed-integer program: sites, sizes, dispatch and clearing, no network.

Every plan the decoder can produce is a point of it with the same traded energy, so its maximum is
never below the best plan. docs/bound.md states it in formulas.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.common.types import BoolArray, FloatArray, IndexArray
from toolkit.exact.days import ModelDay
from toolkit.exact.program import NONE, Program, Term
from toolkit.exact.site_classes import Slot, UnitClass


@dataclass(frozen=True)
class Formulation:
    """Where the variables of N slots and K classes stand in a program; NONE where there is none.

    used: a slot is taken, (N,); present: a class has a unit there, size: its size, both (K, N);
    charge, discharge: kW, (K, N, T); surplus, deficit: kW, (N, T); traded: kW, (T,); fixed: every
    slot is taken by all its classes.
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
    fixed: bool = False

    @property
    def used_steps(self) -> IndexArray:
        """Whether each slot is taken, in every step, (N, T)."""
        return np.broadcast_to(self.used[:, None], self.surplus.shape)

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

    def below_sales(self, program: Program, traded: IndexArray) -> None:
        """Hold what is traded, kW, (T,), below what all who trade have to sell."""
        sold = self.surplus[self.trades]
        program.rows(traded.shape, [(1.0, traded), (-1.0, sold)], upper=0.0)

    def below_purchases(self, program: Program, traded: IndexArray, bought: IndexArray) -> None:
        """Hold what is traded, kW, (T,), below what all who trade buy.

        bought: what counts of each deficit, (N, T). Slots at buses that do not trade, and their
        load, do not count.
        """
        here = self.trades
        program.rows(
            traded.shape,
            [(1.0, traded), (-1.0, bought[here]), (self.load[here], self.used_steps[here])],
            upper=self.day.demand,
        )


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
            charge[i, here], discharge[i, here] = _store(program, unit, size[i, here], day)
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
        traded=program.variables((steps,), gain=day.hours if day.summed and not fixed else 0.0),
        fixed=fixed,
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
    program: Program, unit: UnitClass, size: IndexArray, day: ModelDay
) -> tuple[IndexArray, IndexArray]:
    """Write equations (4) to (7) of M stores of a class; return charge and discharge, (M, T).

    A store may charge and discharge in one step here, which only wastes energy: more plans than
    there are, never fewer.
    """
    steps, dt, fold = len(unit.charge), day.scenario.dt, day.scenario.folded
    charge = program.variables((len(size), steps), 0.0, unit.most_out)
    discharge = program.variables((len(size), steps), 0.0, unit.size_max * unit.discharge)
    stored = program.variables((len(size), *unit.low.shape))
    each, of_stretch = size[:, None], size[:, None, None]
    two_ways = (unit.charge > 0.0) & (unit.discharge > 0.0)
    # Where a store may do either, the row of both together says the same, and more.
    for power, limit in ((charge, unit.charge), (discharge, unit.discharge)):
        alone = np.flatnonzero(~two_ways) if day.asked.any else np.arange(steps)
        ways: list[Term] = [(1.0, power[:, alone]), (-limit[alone], each)]
        program.rows((len(size), len(alone)), ways, upper=0.0)
    both = np.flatnonzero(two_ways)
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
    # For costs a unit without size need not be anywhere: there are many places for it, all alike.
    must = np.array([c.size_min > 0.0 or not form.day.asked.any for c in form.classes])
    program.rows(counts.shape, [(1.0, form.present.T)], np.where(must, counts, 0.0), counts)
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
    shape, load, used = form.surplus.shape, form.load, form.used[:, None]
    net: list[Term] = [
        (1.0, form.surplus),
        (-1.0, form.deficit),
        (-coefficients, injected),
        (1.0, form.charge),
        (load, used),
    ]
    program.rows(shape, net, 0.0, 0.0)
    if form.day.asked.sides:
        program.rows(shape, [(1.0, form.surplus), (-coefficients, injected)], upper=0.0)
    form.below_sales(program, form.traded)
    bought = form.deficit
    if form.day.objective == "traded_to_load":
        # A purchase serves load for its share, which is at most the load and at most the purchase.
        bought = program.variables(shape)
        program.rows(shape, [(1.0, bought), (-load, used)], upper=0.0)
        program.rows(shape, [(1.0, bought), (-1.0, form.deficit)], upper=0.0)
    form.below_purchases(program, form.traded, bought)


def forbid(program: Program, chosen: IndexArray, others: IndexArray | None = None) -> None:
    """Rule out that all of these presences are 1, as they are in one assignment of the units.

    others: presences that are 0 in it, where assignments of more units are others.
    """
    terms: list[Term] = [(1.0, chosen)]
    if others is not None:
        terms.append((-1.0, others))
    program.rows((), terms, upper=float(len(chosen) - 1))


def order_rows(program: Program, form: Formulation, ruled: dict[int, list[int]]) -> None:
    """Use a bus only where each of its dominators is used."""
    buses = np.array([slot.bus for slot in form.slots])
    for bus, better in ruled.items():
        for other in better:
            here, there = form.used[buses == bus], form.used[buses == other]
            program.rows((), [(1.0, here), (-1.0, there)], upper=0.0)
