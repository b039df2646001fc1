"""Goals of money: bills, costs of a year, net present value and investment."""

from __future__ import annotations

import numpy as np

from toolkit import Given, Goal, SolvedPlans
from toolkit.space import FloatArray


class CommunityCost(Goal):
    """The sum of the prosumers' bills with trading."""

    description = "Sum of the prosumers' bills with trading"
    reference = "docs/settlement.md"
    label, unit, direction = "cost of the community", "money", "min"
    lowest = -np.inf
    needs = ("bills",)
    at_once = True

    def figure(self, solved: SolvedPlans) -> FloatArray:
        """Return the sum, money."""
        return np.asarray(solved.bill.sum(axis=(-2, -1)))

    def scale(self, given: Given) -> float:
        """Return what the scheduled load costs at retail, money."""
        return given.load_cost

    def worst(self, given: Given) -> float:
        """Return what loads and units at their largest would cost at retail, money."""
        return float((given.retail * given.hours) @ given.most_kw)


class AnnualCost(Goal):
    """What energy, connections and units cost the prosumers in a year."""

    description = "What energy, connections and units cost in a year, investments as annuities"
    reference = "VDI 2067 part 1, annuity method"
    label, unit, direction = "cost", "money", "min"
    lowest = -np.inf
    needs = ("losses", "costs")
    at_once = True

    def figure(self, solved: SolvedPlans) -> FloatArray:
        """Return the cost of a year, money."""
        return _annual_cost(solved)

    def scale(self, given: Given) -> float:
        """Return what the scheduled load costs in a year at retail, money."""
        return given.load_cost * given.per_year

    def worst(self, given: Given) -> float:
        """Return a cost of a year that no plan exceeds, money."""
        return given.most_annual_cost


def _annual_cost(solved: SolvedPlans) -> FloatArray:
    return np.asarray(solved.connection_cost + solved.unit_cost.sum(axis=-1))


class NetPresentValue(Goal):
    """What a plan is worth today against having no new unit.

    It is what its annual cost is below that of the reference, over all years, at today's worth.
    """

    description = "What the plan is worth today against having no new unit"
    reference = "VDI 2067 part 1, annuity method"
    label, unit, direction = "net present value", "money", "max"
    lowest = -np.inf
    needs = ("losses", "costs")
    at_once = True

    def figure(self, solved: SolvedPlans) -> FloatArray:
        """Return the value, money."""
        saving = solved.given.reference_cost - _annual_cost(solved)
        return np.asarray(saving / solved.given.annuity)

    def scale(self, given: Given) -> float:
        """Return what the scheduled load costs over all years, at today's worth, money."""
        return given.load_cost * given.per_year / given.annuity

    def worst(self, given: Given) -> float:
        """Return the lowest value that a plan can have, money."""
        return (given.reference_cost - given.most_annual_cost) / given.annuity


class Investment(Goal):
    """What is paid at the start for new units, subsidies taken off."""

    description = "What is paid at the start for new units, subsidies taken off"
    reference = "prices of [costs]"
    label, unit, direction = "investment", "money", "min"
    needs = ("costs",)
    at_once = True

    def figure(self, solved: SolvedPlans) -> FloatArray:
        """Return the sum, money."""
        return np.asarray(solved.investment.sum(axis=-1))

    def scale(self, given: Given) -> float:
        """Return the investment in units of their largest sizes, money."""
        return given.most_investment

    def worst(self, given: Given) -> float:
        """Return the same."""
        return given.most_investment
