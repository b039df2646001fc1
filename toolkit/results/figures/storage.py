"""The figure of stored energy: one panel per unit, one line per case."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MultipleLocator

from toolkit.common.types import FloatArray
from toolkit.inputs.study import Study
from toolkit.model.devices import StorageParameters
from toolkit.model.kinds import KINDS, STORES, UnitKind
from toolkit.results.figures import seasons, style
from toolkit.results.figures.groups import Group

#: More units than this would fill pages: the largest are shown.
MOST_UNITS, FEW_UNITS = 40, 12


def charge(group: Group, unit: str) -> FloatArray | None:
    """Return a unit's state of charge at the end of each step, %; None where it has no size."""
    capacity = {u["name"]: float(u["kwh"]) for u in group.median.plan["units"]}.get(unit, 0.0)
    if capacity <= 0.0:
        return None
    rows = group.median.units[group.median.units["unit"] == unit]
    return np.asarray(100.0 * rows["soc_kwh"] / capacity, dtype=np.float64)


def storages(groups: Sequence[Group]) -> dict[str, UnitKind]:
    """Return the kind of every unit that stores energy in any case, the largest of many only."""
    size: dict[str, float] = {}
    kinds: dict[str, UnitKind] = {}
    for unit in (u for group in groups for u in group.median.plan["units"]):
        if unit["kind"] in STORES and unit["kwh"] > 0.0:
            kinds[unit["name"]] = unit["kind"]
            size[unit["name"]] = max(size.get(unit["name"], 0.0), unit["kwh"])
    largest = set(sorted(size, key=lambda name: -size[name])[: _most()])
    return {name: kind for name, kind in kinds.items() if name in largest}


def _most() -> int:
    """Return how many units are shown: fewer in one column of a page."""
    return FEW_UNITS if style.narrow() else MOST_UNITS


def state_of_charge(groups: Sequence[Group], study: Study) -> Figure | None:
    """Draw the state of charge of every unit over the day; None where nothing stores energy."""
    shown = storages(groups)
    if not shown:
        return None
    columns = min(len(shown), 2 if len(shown) <= 8 else 5)
    if (groups[0].separate or groups[0].long) and len(shown) <= 4:
        columns = 1
    columns = style.columns(columns, len(shown), 1.2)
    rows = -(-len(shown) // columns)
    figure = style.new_figure(9.0, 1.6 + rows * (2.0 if columns < 3 else 1.25))
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    looks = style.line_looks([group.name for group in groups])
    for axes, (unit, kind) in zip(panels, shown.items(), strict=False):
        section = study.storage if kind == "bess" else study.vehicles
        _panel(axes, groups, unit, looks, _allowed(groups, unit, section.parameters()))
        axes.set_title(f"{unit}, {KINDS[kind].title}", fontsize=style.size(9), loc="left")
    style.lowest_labelled(panels, len(shown), columns)
    figure.supylabel("State of charge (% of capacity)", fontsize=style.size(10))
    every = sum(u["kind"] in STORES for u in groups[0].median.plan["units"])
    chosen = f": the {len(shown)} largest of {every} units" if every > _most() else ""
    daily = ", the range of each day" if groups[0].long else ""
    style.title(figure, f"State of charge of each unit{daily}{groups[0].on_days}{chosen}")
    drawn = seasons.handles(groups) if groups[0].long else _handles(groups, looks)
    style.legend_below(figure, [*drawn, _limit()])
    return figure


def _allowed(groups: Sequence[Group], unit: str, usual: StorageParameters) -> StorageParameters:
    """Return what the store of a unit allows: its own, as plans have it, or the usual."""
    units = (u for group in groups for u in group.median.plan["units"] if u["name"] == unit)
    own = next((u["store"] for u in units if u.get("store")), None)
    return usual if own is None else StorageParameters(**own)


def _panel(
    axes: Axes,
    groups: Sequence[Group],
    unit: str,
    looks: dict[str, style.LineLook],
    section: StorageParameters,
) -> None:
    for limit in (section.soc_min, section.soc_max):
        axes.axhline(float(100.0 * limit), color=style.INK, linestyle=(0, (1, 1)), linewidth=1.2)
    for group in groups:
        ends = charge(group, unit)
        if ends is None:
            continue
        if group.long:
            seasons.envelope(axes, group.calendar.by_hour(ends), looks[group.name])
            continue
        at, shown = group.time.ends(float(100.0 * section.soc_start), ends)
        look = style.keywords(looks[group.name], len(at))
        axes.plot(at, shown, **{**look, "markersize": 4.0})
    over = groups[0].calendar if groups[0].long else groups[0].time
    over.lay_out(axes, shaded=False)
    axes.set_ylim(-4.0, 104.0)
    axes.yaxis.set_major_locator(MultipleLocator(25.0))


def _handles(groups: Sequence[Group], looks: dict[str, style.LineLook]) -> list[Line2D]:
    return [Line2D([], [], label=g.title, **style.keywords(looks[g.name])) for g in groups]


def _limit() -> Line2D:
    text = "lowest and highest allowed"
    return Line2D([], [], color=style.INK, linestyle=(0, (1, 1)), linewidth=1.2, label=text)
