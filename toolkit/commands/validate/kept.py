"""What of a plan holds on days that it was not made for, and what is said of the rest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from toolkit.common.errors import listed
from toolkit.model.scenario import day_numbers
from toolkit.problem.goals import GOALS
from toolkit.results.columns import columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from toolkit.inputs.study import Study
    from toolkit.model.plan_entries import Entry, Parsed
    from toolkit.model.scenario import Scenario
    from toolkit.problem.setting import Setting

#: What holds on any day, whatever else is decided.
ALWAYS = {"name", "bus", "kw", "kwh", "vehicles", "kvar", "power_factor"}


def without_series(given: Parsed, policy: str, scenario: Scenario) -> str:
    """Return a plan file of the sites and sizes of another, for a policy to be followed.

    It states the stores' parameters where the other follows that policy, power factors, and the
    largest share of their rating that units give. What is decided step by step says nothing about
    other days, but for the hours in which a capacitor is on, if those of a day are known.
    """
    followed = given.dispatch is not None and given.dispatch.policy == policy
    units = [_kept(unit, followed) | _on(unit, given, scenario) for unit in given.units]
    return json.dumps({"units": units, **({} if given.open is None else {"open": given.open})})


def _kept(unit: Entry, followed: bool) -> dict[str, Any]:
    kept = ALWAYS | ({"parameters"} if followed else set())
    if isinstance(unit.given, float):
        kept = kept | {"given"}
    return unit.model_dump(include=kept, exclude_none=True)


def _on(unit: Entry, given: Parsed, scenario: Scenario) -> dict[str, list[bool]]:
    """Return in which steps a capacitor is on: at the same hours of each day."""
    if unit.on is None or not _by_the_clock(unit.on, given, scenario):
        return {}
    day = len(unit.on)
    return {"on": [unit.on[t % day] for t in range(scenario.steps)]}


def _by_the_clock(on: Sequence[bool], given: Parsed, scenario: Scenario) -> bool:
    """Say whether steps of a plan are those of one whole day, as days of a scenario have them."""
    day = int((day_numbers(scenario.steps, scenario.dt) == 0).sum())
    return given.step_h == scenario.dt and len(on) == day and round(day * scenario.dt, 6) == 24.0


def limits_left(study: Study) -> tuple[str, ...]:
    """Say which limits of a study these days are not held to."""
    names = [*study.limits.of_goals]
    if not names:
        return ()
    return (
        f"limits.goals: limits of {listed(names)} are for the time that the plan was made for; "
        "these days are not held to them.",
    )


def told(given: Parsed, setting: Setting) -> tuple[str, ...]:
    """Say what a plan decides step by step that its other days do without, or have by the clock."""
    units, fleet = given.units, setting.fleet.units
    kvar = [u.name for u in fleet if u.reactive is not None and u.reactive.searched == "kvar"]
    shares = [unit.name for unit in units if isinstance(unit.given, list)]
    clock = [u.name for u in units if u.on and _by_the_clock(u.on, given, setting.scenario)]
    stays = [unit.name for unit in units if unit.on and unit.name not in clock]
    words = (
        (_constant(given, setting), "its rating in every step; these days have no output.NAME"),
        (kvar, "no reactive power on these days; that of each step was decided for other days"),
        (shares, "all that sun and wind give; shares of each step were decided for other days"),
        (clock, "each capacitor is on in the same hours of each of these days"),
        (stays, "each capacitor is on throughout these days; its steps are no single day's"),
    )
    return tuple(f"{listed(names)}: {what}." for names, what in words if names)


def _constant(given: Parsed, setting: Setting) -> list[str]:
    """Return the generators that a plan has by a series, and that give all they can elsewhere."""
    at = {unit.name: u for u, unit in enumerate(setting.fleet.units)}
    return [
        unit.name
        for unit in given.units
        if unit.kind == "generator"
        and min(unit.p_kw) < unit.kw * (1.0 - 1e-9)
        and unit.name in at
        and bool((setting.operation.generation[at[unit.name]] == 1.0).all())
    ]


def figures_left(study: Study) -> tuple[str, ...]:
    """Say which goals a study measures of which single days have no figure."""
    there = columns("validation.csv")
    names = [n for n in study.market.measured or () if GOALS[n].column not in there]
    if not names:
        return ()
    return (f"market.measured: validation.csv, a row per day, has no figures of {listed(names)}.",)
