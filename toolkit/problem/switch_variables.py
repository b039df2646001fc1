"""The variables of switches: a key for each, in whose order they are closed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from toolkit.common.errors import InputError, listed
from toolkit.common.types import FloatArray
from toolkit.model.decisions import Decisions
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan
from toolkit.optimizer.space import Variable


def variables(operation: Operation) -> list[Variable]:
    """Return one key, 0 to 1, for each switch that is searched."""
    switches = operation.fleet.switches
    if switches is None or not switches.searched:
        return []
    return [Variable(f"{name}.key", "real", 0.0, 1.0) for name in switches.names]


def count(operation: Operation) -> int:
    """Return how many variables there are."""
    switches = operation.fleet.switches
    return len(switches.names) if switches is not None and switches.searched else 0


def decided(values: FloatArray, operation: Operation, decisions: Decisions) -> Decisions:
    """Return decisions with the switches that are open by their keys, (n, K)."""
    switches = operation.fleet.switches
    assert switches is not None  # there are variables
    return replace(decisions, open=switches.opened(values))


def values(plan: Plan, operation: Operation) -> FloatArray:
    """Return keys of the switches that are open in a plan, (K,).

    Raises InputError for a plan that no keys give: one with a loop, or with buses cut off.
    """
    switches = operation.fleet.switches
    if switches is None or not switches.searched:
        return np.zeros(0)
    is_open = switches.base if plan.further.open is None else plan.further.open
    if not switches.radial(is_open):
        said = listed(switches.said(is_open)) or "no line"
        raise InputError(f"switches: found {said} open; expected a radial network, all of it fed.")
    return switches.keys(is_open)
