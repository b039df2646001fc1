"""The open lines of a plan file against the feeder beside it and against the study."""

from __future__ import annotations

from toolkit.commands.reproduce.difference import Difference, same, unlike
from toolkit.commands.reproduce.plan_file import PlanFile
from toolkit.grid.solution import Replayed
from toolkit.model.fleet import Fleet

#: The part of a plan file that names open lines.
SWITCHED = "open"


def with_feeder(case: str, planned: PlanFile, day: Replayed) -> list[Difference]:
    """Compare with the lines that are open in the feeder, where the plan names any."""
    if planned.open is None:
        return []
    found = sorted(planned.open)
    there = {name.partition(".")[2] for name in day.open}
    return [same(case, "plan.json", SWITCHED, found, [name for name in found if name in there])]


def with_study(case: str, planned: PlanFile, fleet: Fleet) -> list[Difference]:
    """Compare with the study: whether it has switches, and how they are in the base case."""
    switches, found = fleet.switches, planned.open
    if switches is None and found is None:
        return []
    if switches is None or found is None:
        here = "none" if found is None else ", ".join(found)
        expected = "none" if switches is None else "the open lines"
        return [unlike(case, "plan.json", SWITCHED, here, expected)]
    if case != "base":
        return []  # what is read of the plan says whether it can be
    declared = switches.said(switches.base)
    return [same(case, "plan.json", SWITCHED, sorted(found), sorted(declared))]
