"""What of a study the exact model leaves out, in words: a bound holds, and is no closer than that.

Nothing here needs the solver: a page is made where a folder has been sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.common.errors import ToolkitError
from toolkit.exact.asked import BILLED, HELD, SOUGHT
from toolkit.problem.goals import as_energy
from toolkit.problem.mechanisms import registry
from toolkit.problem.mechanisms.contract import CHARGES

if TYPE_CHECKING:
    from toolkit.inputs.study import Study

#: Goals whose figure has the network's losses in it.
WITH_LOSSES = ("peak_import", "co2")


def provable(study: Study) -> bool:
    """Say whether the model can seek what a study seeks."""
    goal = study.market.objective
    if as_energy(goal):
        return True
    flat = goal not in BILLED or _charges_flat(study)
    return goal in SOUGHT and flat and not study.horizon.over_days.averse


def left_out(study: Study) -> tuple[str, ...]:
    """Return the limits of goals that the model does not know, each as NAME.max or NAME.min."""
    flat = _charges_flat(study)
    return tuple(
        f"{name}.{end}"
        for name, bound in study.limits.of_goals.items()
        for end, limit in (("max", bound.max), ("min", bound.min))
        if limit is not None
        and not (name in HELD and HELD[name] == (end == "max") and (flat or name not in BILLED))
    )


def relaxations(study: Study) -> tuple[str, ...]:
    """Return in sentences what the model counts as less than it costs."""
    return (*_losses(study), *_wear(study))


def _asked(study: Study) -> set[str]:
    """Return the goals that the model is asked for, as goal or limit."""
    return {study.market.objective, *study.limits.of_goals}


def _charges_flat(study: Study) -> bool:
    asked = study.settlement
    try:
        return CHARGES not in registry.asked(asked.mechanism, asked.options).terms
    except ToolkitError:  # not installed where the page is made; its charges are not known
        return False


def _losses(study: Study) -> tuple[str, ...]:
    asked = _asked(study)
    at_head = bool(study.tariffs.demand_at_head) and bool(asked & {"annual_cost", "npv"})
    if not at_head and not asked & set(WITH_LOSSES):
        return ()
    return (
        "The model loses nothing in the network, so imports at the feeder head are at least what "
        "it says.",
    )


def _wear(study: Study) -> tuple[str, ...]:
    if not _asked(study) & {"annual_cost", "npv"}:
        return ()
    stated = (*study.costs.by_kind.values(), *study.costs.units.values())
    if all(own.cycle_life is None or (own.depth_exponent or 1.0) == 1.0 for own in stated):
        return ()
    return (
        "Wear with a depth_exponent above 1 counts nothing in the model, so costs are at least "
        "what it says.",
    )
