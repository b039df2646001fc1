"""What is maximised, as one variable: the sum of all days, the worst day, or the mean of the worst.

The conditional value at risk is linear by the program of Rockafellar and Uryasev (2000), doi
10.21314/JOR.2000.038: the highest edge less the mean shortfall below it, over the share of days.
"""

from __future__ import annotations

from toolkit.common.types import FloatArray, IndexArray
from toolkit.exact.formulation import Formulation
from toolkit.exact.program import Program, Term


def total(program: Program, form: Formulation) -> IndexArray:
    """Add the energy that is maximised, kWh, (1,), and the rows that hold it down."""
    day = form.day
    energy = program.variables((1,), gain=1.0)
    if not day.risk.averse:
        below: list[Term] = [(1.0, energy), (-day.hours[:, None], form.traded[:, None])]
        program.rows((1,), below, upper=0.0)
        return energy
    assert day.scenario.separate is not None
    weights = day.scenario.separate.weights
    hours, traded = day.scenario.dt * weights.sum(), day.scenario.folded(form.traded).T
    if day.risk.name == "worst":
        program.rows(weights.shape, [(1.0, energy), (-hours, traded)], upper=0.0)
    else:
        _mean_of_worst(program, energy, [(-hours, traded)], weights, day.risk.tail)
    return energy


def _mean_of_worst(
    program: Program, energy: IndexArray, days: list[Term], weights: FloatArray, tail: float
) -> None:
    """Hold an energy below the mean of the worst days. days: minus the energy of each, (D,)."""
    edge, short = program.variables((1,)), program.variables(weights.shape)
    program.rows(weights.shape, [(1.0, edge), (-1.0, short), *days], upper=0.0)
    share = weights / weights.sum() / tail
    below: list[Term] = [(1.0, energy), (-1.0, edge), (share[:, None], short[:, None])]
    program.rows((1,), below, upper=0.0)
