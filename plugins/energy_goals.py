"""Goals of energy: what is traded, what is lost, and what the community makes itself."""

from __future__ import annotations

import numpy as np

from toolkit import Given, Goal, SolvedPlans
from toolkit.space import FloatArray

#: Kinds of units that store.
STORES = ("bess", "bev")


class Traded(Goal):
    """Energy sold to neighbours over all steps, equation (10)."""

    description = "Energy sold to neighbours over all steps"
    reference = "equation (10) of the formulation"
    label, unit, direction = "energy traded", "kWh", "max"
    needs = ("trades",)
    at_once = True

    def figure(self, solved: SolvedPlans) -> FloatArray:
        """Return the energy, kWh."""
        return np.asarray(solved.sold_kwh.sum(axis=-1))

    def scale(self, given: Given) -> float:
        """Return the scheduled load, kWh."""
        return given.load_kwh


class TradedToLoad(Traded):
    """The part of it that serves load, and does not charge stores."""

    description = "Energy sold to neighbours that serves load"
    label = "energy traded to load"

    def figure(self, solved: SolvedPlans) -> FloatArray:
        """Return the energy, kWh."""
        return np.asarray(solved.sold_to_load_kwh.sum(axis=-1))


class Losses(Goal):
    """Active losses of the network over all that steps stand for."""

    description = "Active losses of the network over all steps"
    reference = "the engine's own losses"
    label, unit, direction = "network losses", "kWh", "min"
    needs = ("losses",)
    at_once = True

    def figure(self, solved: SolvedPlans) -> FloatArray:
        """Return the losses, kWh."""
        return np.asarray((solved.loss_kw * solved.given.hours).sum(axis=1))

    def scale(self, given: Given) -> float:
        """Return the scheduled load, kWh."""
        return given.load_kwh

    def worst(self, given: Given) -> float:
        """Return the most energy that loads and units together can have, kWh."""
        return float(given.most_kw @ given.hours)


class SelfSufficiency(Goal):
    """The share of what prosumers used that they generated, all behind one meter."""

    description = "Share of what all used that they generated"
    reference = "docs/settlement.md, self-sufficiency"
    label, unit, direction = "self-sufficiency", "%", "max"
    highest = 100.0
    needs = ("trades",)
    at_once = True

    def figure(self, solved: SolvedPlans) -> FloatArray:
        """Return the share, %."""
        given = solved.given
        stores = np.flatnonzero([kind in STORES for kind in given.kinds])
        counts = given.weights
        units = solved.unit_kw.sum(axis=-1) - solved.unit_kw[..., stores].sum(axis=-1)
        negative_load = counts * np.maximum(-solved.load_kw[..., given.prosumers], 0.0).sum(axis=-1)
        net = counts * solved.party_kw.sum(axis=-1)
        generated = (counts * units + negative_load).sum(axis=-1)
        # Not below 0: what is given may come from a store.
        own = np.maximum(generated - np.maximum(net, 0.0).sum(axis=-1), 0.0)
        used = own + np.maximum(-net, 0.0).sum(axis=-1)
        share: FloatArray = np.divide(own, used, out=np.zeros_like(own), where=used > 0.0)
        return 100.0 * share

    def scale(self, given: Given) -> float:
        """Return the whole, %."""
        return 100.0
