"""What is asked of every policy, one function per check; AssertionError says why not."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable

import numpy as np

from toolkit.common.plugins.checking import check_declaration, check_unknown_option, require
from toolkit.model.devices import stored_change
from toolkit.model.plan import Plan
from toolkit.problem.policies.contract import FORESIGHT
from toolkit.problem.policies.known import ANNOUNCED_H
from toolkit.problem.policies.registry import POLICIES, flaw_of
from toolkit.problem.policies.testing.scenes import (
    DAY,
    YEAR,
    Scene,
    Subject,
    Watched,
    dispatch_of,
    followed_in,
    otherwise,
    plan_in,
    scene,
)

#: kWh by which a balance may be off, and steps at which the future is changed.
EXACT, TURNS = 1e-6, (1, 9, 17, 23)
#: Steps of the longest scenario; of a policy that looks ahead, which takes its time, and of the
#: scenarios in which causality is proven: trips announced for a day are changed after that.
LONG, LOOKING, DAYS = YEAR, 7 * DAY, 3 * DAY


def checks_of(subject: Subject) -> dict[str, Callable[[Subject], None]]:
    """Return the checks that a policy has to pass, by name.

    A policy that is given the future itself is exempt from the proof of causality; the list says
    so in its place.
    """
    causal = {"causal: what is not known yet changes nothing": _causal}
    if subject.made().outlook().source == "perfect":
        causal = {f"no proof of causality: {FORESIGHT}": _exempt}
    return {
        "declares itself": _declares_itself,
        "unknown option refused": _unknown_option_refused,
        "shapes and finite numbers": _shapes,
        **causal,
        "inputs not written to": _inputs_not_written_to,
        "a plan alone as among fifty": _alone_as_among_many,
        "same again": _same_again,
        "a store of no size does nothing": _no_size,
        "energy balance, limits and end": _energy_balance,
        "quiet": _quiet,
    }


def _declares_itself(subject: Subject) -> None:
    check_declaration(POLICIES, subject.kind)
    policy = subject.made()
    asked = tuple(policy.parameters(DAY))
    fault = flaw_of(asked, policy.outlook())
    require(not fault, fault)
    for parameter in asked:
        require(bool(parameter.meaning), f"parameter '{parameter.name}' has no meaning")


def _unknown_option_refused(subject: Subject) -> None:
    check_unknown_option(POLICIES, subject.kind)


def _shapes(subject: Subject) -> None:
    """Follow one plan and several; the session refuses what is not finite or of another shape."""
    for plans in (1, 7):
        at = scene(subject, plans)
        watched = Watched(subject.made())
        followed_in(subject, at, watched)
        require(len(watched.answers) == DAY, "it was not asked once a step")


def _causal(subject: Subject) -> None:
    """Change the future of load, sun, wind and trips: nothing before it may change."""
    announced = round(ANNOUNCED_H)
    for turn in TURNS:
        at = scene(subject, 5, DAYS)
        other = Scene(otherwise(at.operation, turn, announced), at.bus, at.size, at.values)
        # Forecasts are published before: they stay what they were.
        dispatch = dispatch_of(subject, at.operation)
        before = followed_in(subject, at, dispatch=dispatch)
        after = followed_in(subject, other, dispatch=dispatch)
        for t in range(turn):
            same = np.array_equal(before[..., t], after[..., t])
            require(same, f"what changes from step {turn + 1} on changes step {t + 1}")


def _exempt(subject: Subject) -> None:
    """Say that nothing is proven: the list shows the name of this check."""


def _inputs_not_written_to(subject: Subject) -> None:
    at = scene(subject, 4)
    operation = at.operation
    series = (operation.scenario.loads.kw, operation.generation, operation.stores.trip)
    given = (at.bus, at.size, at.values, *series)
    before = [values.copy() for values in given]
    followed_in(subject, at)
    same = all(np.array_equal(a, b) for a, b in zip(before, given, strict=True))
    require(same, "it wrote to what it was given")


def _alone_as_among_many(subject: Subject) -> None:
    at = scene(subject, 50)
    together = followed_in(subject, at)
    for i in (0, 1, 23, 49):
        alone = followed_in(subject, at.only(slice(i, i + 1)))[0]
        gap = float(np.abs(alone - together[i]).max())
        require(gap <= EXACT, f"plan {i + 1} alone differs by {gap:.3g} kW from it among fifty")


def _same_again(subject: Subject) -> None:
    at = scene(subject, 3)
    first, again = followed_in(subject, at), followed_in(subject, at)
    require(np.array_equal(first, again), "followed twice, it wants something else")
    other = followed_in(subject, scene(subject, 3, seed=2))
    require(other.shape == first.shape, "another scenario gave another shape")
    third = followed_in(subject, at)
    require(np.array_equal(first, third), "after another scenario it wants something else")


def _no_size(subject: Subject) -> None:
    plan = plan_in(subject, scene(subject, 3))
    require(not plan.p_kw[0, 2].any(), "a store of no size has power")


def _energy_balance(subject: Subject) -> None:
    """Follow it over a year, a week where it looks ahead: balance, limits and end hold."""
    steps = LOOKING if subject.made().outlook().source != "nothing" else LONG
    at = scene(subject, 1, steps)
    check_energy(plan_in(subject, at), at)


def check_energy(plan: Plan, at: Scene) -> None:
    """Require stores to keep what goes in, their limits and their end, to 1e-6 kWh."""
    stores, rows = at.operation.stores, at.operation.fleet.storage_rows
    size, power, stored = at.size[:, rows, None], plan.p_kw[:, rows], plan.stored[:, rows]
    change = stored_change(power, stores.parameters, at.operation.dt) - stores.trip * size
    gap = float(np.abs(np.diff(stored, axis=-1) - change).max())
    require(gap <= EXACT, f"{gap:.3g} kWh are lost or made in a step")
    capacity, parameters = stores.capacity * size, stores.parameters
    under = float((parameters.soc_min * capacity - stored).max())
    over = float((stored - parameters.soc_max * capacity).max())
    require(max(under, over) <= EXACT, f"a store is {max(under, over):.3g} kWh beyond its limits")
    short = float((parameters.soc_start * capacity - stored[..., -1:]).max())
    require(short <= EXACT, f"a store ends {short:.3g} kWh below its start")
    most = np.maximum(power - stores.discharge * size, -power - stores.charge * size)
    require(float(most.max()) <= EXACT, "a store has more power than it can")


def _quiet(subject: Subject) -> None:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        followed_in(subject, scene(subject, 2))
    said = (out.getvalue() + err.getvalue()).strip()
    require(not said, f"it printed: {said[:200]}")
