"""A small map of a plan that stands still: one SVG for a notebook, legible on light and dark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from toolkit.common.excerpts import line
from toolkit.common.types import FloatArray
from toolkit.model.kinds import KINDS
from toolkit.results.figures import style
from toolkit.results.figures.geometry import Sketch, as_tree
from toolkit.results.figures.groups import Group, extreme
from toolkit.results.figures.one_line import face_colours
from toolkit.results.report.environment import environment
from toolkit.results.report.layouts import on_map
from toolkit.results.report.plan import size_text, there
from toolkit.results.store.contents import Results

#: Its width, its least and largest height, and how much a row of a one-line diagram takes.
WIDE, LEAST, HIGHEST, ROW = 640.0, 150.0, 420.0, 30.0
#: Room around the feeder: left, top, right, bottom. Units stand above their bus.
MARGIN = np.array([24.0, 40.0, -24.0, -42.0])
#: With more buses than this only those with units are named, with more units than this none.
MOST_NAMES, MOST_UNITS = 40, 30
#: A map of more buses than these would be too large for a notebook.
MOST_BUSES = 8_000


def small_map(results: Results, shown: Group) -> Markup:
    """Return the feeder with a plan's units, each bus in the colour of its voltage; or nothing.

    Nothing for a feeder too large for it.
    """
    network = results.network
    if len(network["buses"]) > MOST_BUSES:
        return Markup("")
    plain = on_map(network)[0] or as_tree(network)
    room = np.array([WIDE, 0.0]) + MARGIN[2:] - MARGIN[:2]
    rows = float(np.ptp(plain.xy[:, 1]))
    asked = room[0] / plain.ratio - room[1] if plain.to_scale else rows * ROW - room[1]
    height = round(float(np.clip(asked, LEAST, HIGHEST)))
    drawn = _upright(plain.fitted(np.array([0.0, 0.0, WIDE, height]) + MARGIN), height)
    units = [u for u in shown.median.plan["units"] if there(u) and u["bus"] in plain.names]
    marks = _marks(drawn, units)
    return Markup(
        environment()
        .get_template("map.svg.j2")
        .render(
            width=round(WIDE),
            height=height,
            label=f"Map of feeder {network['feeder']}: {len(units)} units, {shown.title}",
            lines="".join(_way(corners) for corners in drawn.lines),
            dot=8.0 if len(plain.names) <= MOST_NAMES else 5.0 if len(plain.names) <= 400 else 3.0,
            head=_dot(drawn.xy[drawn.names.index(network["head"])]),
            buses="".join(map(_dot, drawn.xy)),
            dots=_dots(drawn.xy, face_colours(plain, shown, results.study.limits)),
            units=marks,
            names=_names(drawn, units),
            legend=_legend(units),
        )
    )


def caption(results: Results, shown: Group) -> str:
    """Return what the map shows, in words."""
    limits = results.study.limits
    told = (
        "Each bus has the colour of its voltage nearest a limit: brown low, violet high, pale in "
        f"the middle of {limits.v_min:g} to {limits.v_max:g} pu."
    )
    if not shown.median.buses["v_min_pu"].notna().any():
        return told
    at = extreme(shown.median.buses, "v_min_pu", "bus", lowest=True)
    return f"{told} The lowest is {at.value:.4f} pu at bus {at.at}, {shown.clock(at.step)}."


def _upright(sketch: Sketch, height: float) -> Sketch:
    """Return a sketch with y downwards, as SVG has it."""
    turn, down = np.array([1.0, -1.0]), np.array([0.0, height])
    lines = tuple(corners * turn + down for corners in sketch.lines)
    return Sketch(sketch.names, sketch.xy * turn + down, lines, sketch.to_scale)


def _way(corners: FloatArray) -> str:
    return "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in corners)


def _dot(at: FloatArray) -> str:
    return f"M{at[0]:.0f} {at[1]:.0f}h0"


def _dots(xy: FloatArray, colours: Sequence[str]) -> list[tuple[str, str]]:
    """Return one path for all buses of one colour."""
    paths: dict[str, str] = {}
    for at, colour in zip(xy, colours, strict=True):
        paths[colour] = paths.get(colour, "") + _dot(at)
    return list(paths.items())


def _by_bus(units: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for unit in units:
        found.setdefault(str(unit["bus"]), []).append(unit)
    return found


def _marks(drawn: Sketch, units: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return each unit's mark above its bus, side by side, with its name and size to read."""
    at = {name: i for i, name in enumerate(drawn.names)}
    return [
        {
            "x": round(float(drawn.xy[at[bus], 0]) + (i - (len(own) - 1) / 2.0) * 16.0, 1),
            "y": round(float(drawn.xy[at[bus], 1]) - 15.0, 1),
            "outline": style.LOOKS[unit["kind"]].outline,
            "colour": style.LOOKS[unit["kind"]].colour,
            "title": f"{unit['name']}: {KINDS[unit['kind']].word}, {size_text(unit)}, bus {bus}",
        }
        for bus, own in _by_bus(units).items()
        for i, unit in enumerate(own)
    ]


def _names(drawn: Sketch, units: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the names of buses below them: of all, of those with units, or of none."""
    named = set(drawn.names) if len(drawn.names) <= MOST_NAMES else {*_by_bus(units)}
    if len(named) > max(MOST_NAMES, MOST_UNITS):
        return []
    return [
        {"x": round(float(x), 1), "y": round(float(y) + 17.0, 1), "text": line(name)}
        for name, (x, y) in zip(drawn.names, drawn.xy, strict=True)
        if name in named
    ]


def _legend(units: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the marks of the kinds there are, with their titles, from left to right."""
    kinds, left, found = {str(unit["kind"]) for unit in units}, 12.0, []
    for kind in (kind for kind in KINDS if kind in kinds):
        look, title = style.LOOKS[kind], KINDS[kind].title
        found.append({"x": left, "outline": look.outline, "colour": look.colour, "text": title})
        left += 30.0 + style.text_width(title, 11.0)
    return [{**entry, "x": round(float(entry["x"]), 1)} for entry in found]  # type: ignore[arg-type]
