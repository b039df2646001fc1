"""What is maximised, as one variable: the sum of all days, the worst day, or the mean of the worst.

Or the figure of a goal other than energy. Limits of goals are rows beside it.

The conditional value at risk is linear by the program of Rockafellar and Uryasev (2000), doi
10.21314/JOR.2000.038: the highest edge less the mean shortfall below it, over the share of days.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from toolkit.common.types import FloatArray, IndexArray
from toolkit.exact.figures import Figures
from toolkit.exact.linear import Sum
from toolkit.exact.program import Program, Term
from toolkit.optimizer.scores import FEASIBLE

if TYPE_CHECKING:
    from toolkit.exact.formulation import Formulation

#: Figures that come out as the model has them.
NOTHING_LOST: Mapping[str, float] = {}


def total(program: Program, form: Formulation, figures: Figures | None = None) -> IndexArray:
    """Add what is maximised, (1,), and the rows that hold it down; and limits of goals.

    It is energy, kWh, or a goal in its unit, minus it where it is minimised. figures: of goals,
    where any is asked for.
    """
    day = form.day
    energy = program.variables((1,), form.day.floor, gain=1.0)
    if figures is not None:
        hold_goals(program, form, figures)
        if form.day.asked.goal:
            return _of_goal(program, form, figures, energy)
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


def _of_goal(
    program: Program, form: Formulation, figures: Figures, total: IndexArray
) -> IndexArray:
    """Hold what is maximised below a goal's figure, minus that of one that is minimised."""
    figure = figures.of(form.day.asked.goal).times(-form.day.asked.sign)
    (figure + Sum(terms=((1.0, total),))).hold(program, upper=0.0)
    return total


def hold_goals(
    program: Program,
    form: Formulation,
    figures: Figures,
    lost: Mapping[str, float] = NOTHING_LOST,
) -> None:
    """Hold limits of goals; lost: by how much figures may come out worse than the model's.

    What counts as no violation is no more than is allowed here, so that a bound holds for it.
    """
    for limit in form.day.asked.held:
        less = lost.get(limit.name, -FEASIBLE * limit.scale)
        if limit.name == "self_sufficiency":
            # It counts as 0 where stores give away more than is generated: that is a limit of none.
            if min(limit.limit, limit.limit + less) > 0.0:
                figures.short_of_own(0.01 * (limit.limit + less)).hold(program, upper=0.0)
        elif limit.at_most:
            figures.of(limit.name).hold(program, upper=limit.limit - less)
        else:
            figures.of(limit.name).hold(program, lower=limit.limit + less)


def _mean_of_worst(
    program: Program, energy: IndexArray, days: list[Term], weights: FloatArray, tail: float
) -> None:
    """Hold an energy below the mean of the worst days. days: minus the energy of each, (D,)."""
    edge, short = program.variables((1,)), program.variables(weights.shape)
    program.rows(weights.shape, [(1.0, edge), (-1.0, short), *days], upper=0.0)
    share = weights / weights.sum() / tail
    below: list[Term] = [(1.0, energy), (-1.0, edge), (share[:, None], short[:, None])]
    program.rows((1,), below, upper=0.0)
