"""What a study allows units to be together: at most so many, and at most so many kW."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.common.errors import InputError
from toolkit.inputs.fleet_sections import Together
from toolkit.inputs.study import Study
from toolkit.model.fleet import FleetCap, FleetUnit
from toolkit.model.fleet_caps import ROUNDING

#: What a limit on all units together is called; it comes after those on one kind.
ALL = "all"


def caps_of(study: Study, units: Sequence[FleetUnit]) -> tuple[FleetCap, ...]:
    """Return a study's limits on units together, those on all of them last.

    Raises InputError for limits that no plan can keep.
    """
    asked = study.fleet
    named = sorted({*asked.at_most, *asked.kw_at_most}, key=lambda what: what == ALL)
    return tuple(_cap(study, what, units) for what in named)


def _cap(study: Study, what: Together, units: Sequence[FleetUnit]) -> FleetCap:
    rows = tuple(u for u, unit in enumerate(units) if what in (ALL, unit.kind))
    count = study.fleet.at_most.get(what)
    kw = study.fleet.kw_at_most.get(what)
    if kw is not None and what == "capacitor":
        raise InputError(
            f"study {study.name}: 'fleet.kw_at_most.capacitor': found {kw:g} kW, but a capacitor "
            "has kvar and no kW; expected at_most of them, or a smaller size of each."
        )
    must = [units[u] for u in rows if units[u].size_min > 0.0]
    if count is not None and len(must) > count:
        names = ", ".join(unit.name for unit in must)
        raise InputError(
            f"study {study.name}: 'fleet.at_most.{what}': found {count}, but {len(must)} units "
            f"have to be built ({names}); expected at least {len(must)}, or smallest sizes of 0 "
            "for some of them."
        )
    least = sum(unit.size_min * unit.kw_per_size for unit in must)
    if kw is not None and least > kw * (1.0 + ROUNDING):
        raise InputError(
            f"study {study.name}: 'fleet.kw_at_most.{what}': found {kw:g} kW, but the smallest "
            f"sizes of units sum to {least:g} kW; expected at least that, or smaller ones "
            "(fleet.units.NAME.size, fleet.scale, fleet.fixed)."
        )
    return FleetCap(what, rows, count, kw)
