"""Goals of the network: voltages, the highest import at the feeder head, and emissions."""

from __future__ import annotations

import numpy as np

from toolkit import Given, Goal, SolvedPlans
from toolkit.space import FloatArray


class VoltageDeviation(Goal):
    """The largest distance of any node from 1 pu, averaged over what steps stand for."""

    description = "Largest |v - 1| of any node, averaged over steps"
    reference = "the engine's own voltages"
    label, unit, direction = "voltage deviation", "pu", "min"
    needs = ("voltages",)
    at_once = True

    def figure(self, solved: SolvedPlans) -> FloatArray:
        """Return the distance, pu."""
        # fmax passes over NaN: nodes without a voltage base.
        off = [np.fmax.reduce(np.abs(v_pu - 1.0), axis=1) for v_pu in solved.v_pu]
        if not solved.given.separate:
            return np.array([each.mean() for each in off])
        return np.average(off, axis=1, weights=solved.given.hours)

    def scale(self, given: Given) -> float:
        """Return half the width of the voltage band, pu."""
        return 0.5 * (given.v_max - given.v_min)

    def worst(self, given: Given) -> float:
        """Return the largest distance from 1 pu that limits allow, pu."""
        return max(abs(given.v_max - 1.0), abs(1.0 - given.v_min))


class PeakImport(Goal):
    """The highest import at the feeder head in any step, losses included."""

    description = "Highest import at the feeder head in any step, losses included"
    reference = "what charges for peaks are of"
    label, unit, direction = "highest import at the feeder head", "kW", "min"
    needs = ("losses",)
    at_once = True

    def figure(self, solved: SolvedPlans) -> FloatArray:
        """Return the power, kW."""
        return np.asarray(solved.head_import_kw.max(axis=-1))

    def scale(self, given: Given) -> float:
        """Return the highest scheduled load, kW."""
        return float(given.load_kw.sum(axis=1).max()) or 1.0

    def worst(self, given: Given) -> float:
        """Return what loads and units at their largest, and as much in losses, would draw, kW."""
        return 2.0 * float(given.most_kw.max())


class Emissions(Goal):
    """CO2 in a year of what is drawn at the feeder head, losses included, and of generators."""

    description = "CO2 in a year of what the feeder draws, losses included, and of generators"
    reference = "tariffs.co2 and co2_per_kwh of [costs]"
    label, unit, direction = "emissions of CO2", "kg", "min"
    needs = ("losses",)
    at_once = True

    def figure(self, solved: SolvedPlans) -> FloatArray:
        """Return the emissions of a year, kg."""
        given = solved.given
        drawn = (solved.head_import_kw * (given.hours * given.co2)).sum(axis=-1) * given.per_year
        by_unit = (np.maximum(solved.unit_kw, 0.0) * given.hours[:, None]).sum(axis=1)
        return np.asarray(drawn + (by_unit * given.per_year * given.unit_co2).sum(axis=-1))

    def scale(self, given: Given) -> float:
        """Return what the scheduled load emits where all of it comes from the grid, kg a year."""
        emitted = given.load_kw.sum(axis=1) @ (given.hours * given.co2)
        return float(emitted) * given.per_year or 1.0

    def worst(self, given: Given) -> float:
        """Return emissions of a year that no plan exceeds, kg."""
        highest = given.unit_co2.max(initial=0.0) + 2.0 * given.co2
        return float(given.most_kw @ (given.hours * highest)) * given.per_year
