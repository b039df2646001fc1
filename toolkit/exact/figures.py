"""Goals as sums over the variables of a program: bills, peaks, what units cost, emissions.

Each is exact for a plan, or on the side on which a bound stays one: what is minimised is never
above the plan's own figure, what is maximised never below. docs/bound.md has the formulas.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from toolkit.common.types import FloatArray, IndexArray
from toolkit.exact.linear import Sum, total_of
from toolkit.exact.program import Program, Term
from toolkit.exact.unit_costs import UnitSums
from toolkit.model.costs import MONTHS
from toolkit.problem.economy import years_of

if TYPE_CHECKING:
    from toolkit.exact.formulation import Formulation
    from toolkit.problem.conditions import Conditions


class Figures:
    """The goals of a study in a program; rows and variables are added when first asked for."""

    def __init__(self, program: Program, form: Formulation) -> None:
        conditions = form.day.asked.conditions
        assert conditions is not None
        self._program, self._form = program, form
        self._conditions: Conditions = conditions
        self._per_year = 1.0 / years_of(conditions.operation.scenario)
        self._units = UnitSums(program, form, conditions)

    def of(self, name: str) -> Sum:
        """Return the figure of a goal, in its unit."""
        figure: Sum = getattr(self, name)
        return figure

    @cached_property
    def traded(self) -> Sum:
        """Energy sold to neighbours, kWh: no more than is."""
        return Sum(terms=((self._conditions.hours, self._cleared),))

    @cached_property
    def community_cost(self) -> Sum:
        """All bills: deficits at retail less surpluses at feed-in less what each trade saves."""
        form, tariffs, hours = self._form, self._conditions.market.tariffs, self._conditions.hours
        retail, feed_in = tariffs.retail * hours, tariffs.feed_in * hours
        saved = retail - feed_in - tariffs.network * hours
        load = self._conditions.load_kw.sum(axis=1)
        return Sum(
            float(retail @ load),
            (
                (retail, form.deficit),
                (-(form.load @ retail), form.used),
                (-feed_in, form.surplus),
                (-saved, self._cleared),
            ),
        )

    @cached_property
    def annual_cost(self) -> Sum:
        """What energy, connections and units cost in a year."""
        charges = self._conditions.economy.charges
        meters = len(self._conditions.market.prosumers)
        parts = [
            self.community_cost.times(self._per_year),
            Sum(charges.standing * meters),
            self._units.annual,
        ]
        if charges.demand:
            parts.append(self._peaks_at_meters().times(charges.demand))
        if charges.at_head:
            parts.append(self._peaks_at_head().times(charges.at_head))
        return total_of(parts)

    @cached_property
    def npv(self) -> Sum:
        """What the annual cost is below the reference's, over all years at today's worth."""
        economy = self._conditions.economy
        worth = 1.0 / economy.costs.annuity
        return Sum(economy.reference * worth) + self.annual_cost.times(-worth)

    @cached_property
    def investment(self) -> Sum:
        """What is paid at the start for new units."""
        return self._units.investment

    @cached_property
    def peak_import(self) -> Sum:
        """The highest import at the feeder head, kW, nothing lost in the network."""
        peak = self._program.variables((1,))
        self._program.rows(self._head.shape, [(1.0, self._head), (-1.0, peak)], upper=0.0)
        return Sum(terms=((1.0, peak),))

    @cached_property
    def co2(self) -> Sum:
        """Emissions of a year, kg, nothing lost in the network."""
        economy, hours = self._conditions.economy, self._conditions.hours
        grid = Sum(terms=((self._per_year * hours * economy.co2, self._head),))
        return grid + self._units.emitted

    def short_of_own(self, share: float) -> Sum:
        """Return by how much a share of all that is used is above what is own of it.

        In kW, each step as often as it counts; 0 or less where the self-sufficiency reaches the
        share. All are behind one meter: what neighbours sell each other is own. Own is what is
        generated less what is given through it, which is what is exported and what is drawn.
        """
        counts = self._conditions.operation.scenario.weights
        kept = (self._units.generated + self._exported(counts).times(-1.0)).times(-(1.0 - share))
        return kept + Sum(terms=((counts, self._head),))

    @cached_property
    def _cleared(self) -> IndexArray:
        """What is traded in each step, kW: no more than either side has."""
        form, program = self._form, self._program
        if form.day.objective == "traded":
            return form.traded
        cleared = program.variables(form.traded.shape)
        form.below_sales(program, cleared)
        form.below_purchases(program, cleared, form.deficit)
        return cleared

    @cached_property
    def _head(self) -> IndexArray:
        """What is drawn at the feeder head in each step, kW: no less than is."""
        load, at_slots = self._exchange
        drawn = self._program.variables(load.shape)
        self._program.rows(load.shape, [(1.0, drawn), *at_slots], lower=load)
        return drawn

    def _exported(self, counts: FloatArray) -> Sum:
        """Return surpluses less deficits of all, kW, each step as often as it counts."""
        load, at_slots = self._exchange
        terms = tuple((np.multiply(counts, value), at) for value, at in at_slots)
        return Sum(-float(counts @ load), terms)

    @cached_property
    def _exchange(self) -> tuple[FloatArray, list[Term]]:
        """Surpluses less deficits of all, kW: terms of the slots, less the load of all, (T,)."""
        form, load = self._form, self._conditions.load_kw.sum(axis=1)
        at_slots: list[Term] = [
            (-1.0, form.deficit),
            (1.0, form.surplus),
            (form.load, form.used_steps),
        ]
        return load, at_slots

    def _peaks_at_head(self) -> Sum:
        """Return the sum of the highest imports of twelve months at the feeder head, kW."""
        months = self._conditions.economy.months
        different = np.unique(months)
        peak = self._program.variables(different.shape)
        of = np.searchsorted(different, months)
        self._program.rows(months.shape, [(1.0, self._head), (-1.0, peak[of])], upper=0.0)
        return Sum(terms=((MONTHS / len(different), peak),))

    def _peaks_at_meters(self) -> Sum:
        """Return the same of all prosumers' meters: of each slot its own, else of the bus's load.

        A slot that is taken has a meter, one that is not has none: the hull of either.
        """
        form, months = self._form, self._conditions.economy.months
        different = np.unique(months)
        peak = self._program.variables((len(form.slots), len(different)))
        of = np.searchsorted(different, months)
        self._program.rows(
            form.deficit.shape, [(1.0, form.deficit), (-1.0, peak[:, of])], upper=0.0
        )
        buses = self._conditions.load_kw
        highest = np.array([buses[months == month].max(axis=0) for month in different]).sum(axis=0)
        here = np.array([slot.bus for slot in form.slots], dtype=np.intp)
        prosumers = self._conditions.market.prosumers
        share = MONTHS / len(different)
        return Sum(
            share * float(highest[prosumers].sum()),
            ((share, peak), (-share * highest[here], form.used)),
        )
