"""The page of several results folders: their answers, a table of cases, one comparing figure."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup, escape

from toolkit.common.excerpts import line
from toolkit.results.figures.several import Panel, draw_several
from toolkit.results.report import pages
from toolkit.results.report.environment import environment
from toolkit.results.report.html_tables import HtmlTable, PageSection, Picture
from toolkit.results.together import words
from toolkit.results.together.told import Told

#: Maps that a page holds: more are left to the folders' own reports.
MAPS = 12


def page(each: Sequence[Told], place: Path) -> str:
    """Return the page of several folders, to lie in a place: links lead from there."""
    fields = words.differing(each)
    script = pages.script(["tables"])
    return (
        environment()
        .get_template("several.html.j2")
        .render(
            count=len(each),
            about=_about(each),
            warnings=words.warnings(each),
            answer=words.answer(each),
            fields=words.about_fields(fields),
            cases=words.cases_table(each, {one.name: _link(one, place) for one in each}),
            beside=[t for t in (words.fields_table(each), words.units_table(each)) if t],
            picture=_figure(each),
            folders=[_section(number, one, place) for number, one in enumerate(each, start=1)],
            style=pages.style(["page"]),
            script=script,
            script_hash=pages.script_hash(script),
        )
    )


def _about(each: Sequence[Told]) -> str:
    feeders = dict.fromkeys(one.feeder for one in each)
    many = "the feeder" if len(feeders) == 1 else "the feeders"
    return f"Results on {many} {', '.join(feeders)}"


def _link(one: Told, place: Path) -> str:
    """Return a folder's name, as a link to its own report where there is one."""
    address = _address(one, place)
    name = escape(line(one.name))
    return Markup('<a href="{}">{}</a>').format(address, name) if address else name


def _address(one: Told, place: Path) -> str:
    """Return where a folder's report lies as seen from the page; blank without one."""
    if one.report is None:
        return ""
    whole = one.report.resolve()
    try:
        return quote(Path(os.path.relpath(whole, place.resolve())).as_posix())
    except ValueError:  # on another drive
        return whole.as_uri()


def _section(number: int, one: Told, place: Path) -> PageSection:
    """Return what a page tells of one folder: its answer, its units, its map."""
    address = _address(one, place)
    own = (
        Markup('<a href="{}">Its own report</a>, with hours and maps.').format(address)
        if address
        else f"It has no report.html: toolkit report {one.folder} writes it."
    )
    said = [one.answer.sentence, *filter(None, [one.answer.medians]), *one.answer.binds, own]
    facts = {"Folder": str(one.folder), "Command": one.command, "Study": one.study}
    tables: list[HtmlTable] = [t for t in one.answer.tables if t.title.startswith("Units")]
    drawn = one.drawn if number <= MAPS else None
    pictures = [] if drawn is None else [_map(one, drawn)]
    anchor = f"folder{number}"
    return PageSection(anchor, one.name, (), tables, pictures, said, facts)


def _map(one: Told, drawn: bytes) -> Picture:
    about = f"The feeder and its units, {one.name}"
    caption = "The base case, and the plans that its own report shows."
    return Picture(pages.svg_source(drawn), about, caption)


def _figure(each: Sequence[Told]) -> Picture | None:
    """Return the figure of all; None where they are about different times."""
    if len({one.span for one in each}) > 1:
        return None
    panels = [_sought(each)] if words.alike(each) else _shared(each)
    names, feasible = [one.name for one in each], [one.feasible for one in each]
    content = draw_several(names, feasible, panels)
    what = " and ".join(panel.label for panel in panels)
    return Picture(pages.svg_source(content), f"{what}, of every folder", words.answer(each))


def _sought(each: Sequence[Told]) -> Panel:
    goal = each[0].goal
    label = f"{goal.title} over the {goal.over(each[0].span)}"
    return Panel(
        f"{label} ({goal.unit})",
        [one.sought for one in each],
        [one.base[0].value for one in each],
        [one.runs if len(one.runs) > 1 else () for one in each],
        [one.bound for one in each],
    )


def _shared(each: Sequence[Told]) -> list[Panel]:
    """Return the panels of what every plan has, where folders seek different things."""
    panels = []
    for name, label in (("energy traded", "Energy traded"), ("network losses", "Network losses")):
        best = [one.figure(name) for one in each]
        base = [next(f.value for f in one.base if f.name == name) for one in each]
        nothing: list[tuple[float, ...]] = [()] * len(each)
        panels.append(Panel(f"{label} (kWh)", best, base, nothing, [None] * len(each)))
    return panels
