"""What can be proven of a study: a bound on every plan, and the best plan the engine accepts."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from toolkit.common.errors import InputError
from toolkit.common.monitor import SILENT, Monitor
from toolkit.exact.asked import asked_of
from toolkit.exact.bounds import Bound
from toolkit.exact.branch_and_bound import prove
from toolkit.exact.dispatch import Dispatch, settled
from toolkit.exact.network_limits import Verified, best_accepted, model_day, verified
from toolkit.exact.program import Effort
from toolkit.exact.shares import pct
from toolkit.model.fleet import FleetUnit
from toolkit.model.plan import Plan
from toolkit.problem.goals import GOALS
from toolkit.problem.problem import Problem
from toolkit.problem.setting import Setting

#: Share of the time for the bound itself; the rest is for a plan that keeps the network's limits.
FOR_THE_BOUND = 0.7
#: Share of the time left that one solution for such a plan may take.
ONE_TRY = 0.3
#: Relative distance between the bound and the best plan at which a bound is good enough.
GAP = 1e-3
#: Layouts tried, best first.
LAYOUTS = 3


@dataclass(frozen=True)
class Proof:
    """A proven bound, the best plan found and verified, and the seconds both took.

    goal: what they are of, blank of energy; of a goal that is minimised they are minus its figure.
    """

    bound: Bound
    exact: Verified
    seconds: float
    goal: str = ""

    def row(self) -> dict[str, object]:
        """Return the proof as the row of bound.csv."""
        bound, exact = self.bound, self.exact.kwh if self.exact.plan is not None else np.nan
        # The exact plan may be the better one: the model was solved again to find it.
        best = np.fmax(bound.best_kwh if bound.found else np.nan, exact)
        found = {"bound": bound.kwh, "without_limits": best, "exact": exact}
        told: dict[str, object] = {
            "exact_pct_of_bound": pct(exact, bound.kwh),
            "gap_pct": 100.0 - pct(exact, bound.kwh),
            "bound_s": round(bound.seconds, 1),
            "seconds": round(self.seconds, 1),
            "ended": bound.ended,
        }
        if not self.goal:
            return {**{f"{name}_kwh": value for name, value in found.items()}, **told}
        sign = -GOALS[self.goal].sign
        none = {f"{name}_kwh": np.nan for name in found}
        own = {name: sign * value for name, value in found.items()}
        return {**none, **told, "goal": self.goal, **own}


def check(problem: Problem) -> None:
    """Refuse a study whose objective or loads the model does not describe. Raises InputError."""
    setting = problem.setting
    asked_of(problem.aim)
    if not setting.fleet.units:
        raise InputError(
            f"study {setting.study.name}: no exact model: feeder {setting.feeder.name} has no "
            "unit, so nothing is traded; expected units, or leave the bound out."
        )
    check_powers(problem)


def check_powers(problem: Problem) -> None:
    """Refuse a study whose units or loads the model does not describe. Raises InputError."""
    check_owners(problem.setting)
    for unit in problem.setting.fleet.units:
        _check_inverter(problem.setting.study.name, unit)
    _check_loads(problem)


def check_owners(setting: Setting) -> None:
    """Refuse a study in which units are not whose bus they stand at. Raises InputError."""
    owners = setting.scenario.owners
    if owners is not None and owners.apart.any():
        unit = setting.fleet.units[int(owners.apart.argmax())].name
        raise InputError(
            f"study {setting.study.name}: no exact model: 'owners': unit {unit} belongs to "
            "somebody else than the bus it stands at, of which the model knows nothing; expected "
            "owners 'site', or leave out the bound and --polish."
        )


def _check_inverter(study: str, unit: FleetUnit) -> None:
    """Refuse a unit that gives less than the sun by what the model knows nothing of."""
    why: tuple[str, str] | None = None
    if unit.gives_less:
        why = "by the voltage", "volt_watt, or the control of the scripts,"
    elif unit.reactive is not None and unit.reactive.reactive_first:
        why = "where its reactive power goes first", "priority = 'reactive'"
    if why is not None:
        raise InputError(
            f"study {study}: no exact model: the inverter of {unit.name} may give less than the "
            f"sun, {why[0]}, of which the model knows nothing; leave {why[1]} out."
        )


def _check_loads(problem: Problem) -> None:
    """Refuse a study whose loads the model does not describe. Raises InputError."""
    setting = problem.setting
    feeder = setting.feeder
    if (problem.load_kw < 0.0).any():
        bus = feeder.buses[int(np.argwhere(problem.load_kw < 0.0)[0, 1])]
        raise InputError(
            f"study {setting.study.name}: no exact model: bus {bus} of feeder {feeder.name} has a "
            "negative load; expected 0 kW or more (declare what generates as a unit)."
        )
    if not problem.loads_as_scheduled:
        low, high = feeder.constant_power_band
        limits = setting.study.limits
        if limits.share_of_hours < 1.0:
            raise InputError(
                f"study {setting.study.name}: no exact model: 'limits.share_of_hours': found "
                f"{limits.share_of_hours:g}; in the other hours voltages may be any, at which "
                "loads need not draw what is scheduled. Expected 1, or leave out the bound and "
                "--polish."
            )
        band = f"constant power holds from {low:g} to {high:g} pu"
        if low > high:
            band = "some have another model, or are no constant power at any voltage"
        if low <= limits.v_min and limits.v_max <= high:
            raise InputError(
                f"study {setting.study.name}: no exact model: in the base day the loads of feeder "
                f"{feeder.name} do not draw what is scheduled ({band}); expected a base day that "
                "solves, with voltages in that band."
            )
        raise InputError(
            f"study {setting.study.name}: no exact model: the loads of feeder {feeder.name} change "
            f"with voltage within {limits.v_min:g} to {limits.v_max:g} pu ({band}); expected loads "
            "with model=1 whose vminpu and vmaxpu hold the limits."
        )


def prove_study(
    problem: Problem,
    seconds: float = 120.0,
    gap: float = GAP,
    *,
    known: Sequence[Plan] = (),
    monitor: Monitor = SILENT,
) -> Proof:
    """Bound a study's energy and find its best plan, in about so many seconds.

    gap: relative distance between the bound and the best plan without network limits at which the
    bound is good enough. known: plans to begin from; of those that the engine accepts the best is
    the least that comes of it. Raises InputError where the model does not describe the loads.
    """
    started = time.monotonic()
    check(problem)
    day, best = model_day(problem), best_accepted(problem, known)
    bound = prove(
        problem.setting.operation,
        problem.load_kw,
        day.objective,
        Effort(FOR_THE_BOUND * seconds, gap),
        risk=day.risk,
        asked=day.asked,
        known=() if best.plan is None else (best.plan,),
        monitor=monitor,
    )
    monitor.phase("making the best plan keep the network's limits")
    exact = _exact(problem, bound, best, started + seconds, gap, monitor)
    return Proof(bound, exact, time.monotonic() - started, day.asked.goal)


def _exact(
    problem: Problem,
    bound: Bound,
    best: Verified,
    deadline: float,
    gap: float,
    monitor: Monitor,
) -> Verified:
    """Make the plans of the best layouts keep the limits; stop where no other could be better.

    best: the best plan that is known already.
    """
    setting = problem.setting
    day = model_day(problem)
    until = replace(
        monitor, should_stop=lambda: monitor.should_stop() or time.monotonic() > deadline
    )
    for found in bound.found[:LAYOUTS]:
        left = deadline - time.monotonic()
        if (
            found.kwh <= best.kwh
            or (left <= 0.0 and best.plan is not None)
            or monitor.should_stop()
        ):
            break
        dispatch = Dispatch(settled(setting.operation, found.plan.bus), day)
        effort = Effort(max(ONE_TRY * left, 2.0), gap)
        tried = verified(
            problem,
            dispatch,
            found.plan,
            effort,
            monitor=until,
        )
        if tried.plan is not None and tried.kwh > best.kwh:
            best = tried
    return best
