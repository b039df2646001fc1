"""What several results folders say together, in words and in tables ready to print."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from toolkit.model.kinds import KINDS
from toolkit.problem.limit_words import SHARES, held
from toolkit.results.report.html_tables import HtmlTable
from toolkit.results.together.told import Told
from toolkit.results.wording import digits

#: Fields that differ have columns of their own up to so many; more have a table of their own.
COLUMNS = 5
#: Figures told of every folder, whatever it seeks: name, unit, heading.
FIGURES = (
    ("energy traded", "kWh", "traded, kWh"),
    ("energy traded to load", "kWh", "to load, kWh"),
    ("network losses", "kWh", "losses, kWh"),
    ("lowest voltage", "pu", "lowest, pu"),
    ("highest voltage", "pu", "highest, pu"),
    ("highest loading", "%", "highest loading, %"),
)


def alike(each: Sequence[Told]) -> bool:
    """Say whether all seek the same over the same time, so that one of them is the best."""
    return all(one.aim == each[0].aim for one in each)


def best_first(each: Sequence[Told]) -> list[Told]:
    """Return folders that seek the same in order: those that keep every limit, the best first."""
    sign = each[0].goal.sign
    return sorted(each, key=lambda one: (one.violation, sign * one.sought))


def answer(each: Sequence[Told]) -> str:
    """Return which of several folders is the best and by how much, if that can be said."""
    if len({one.span for one in each}) > 1:
        spans = ", ".join(f"{one.name} about the {one.span}" for one in each)
        return f"None is called the best: {spans}, and sums over different times say nothing."
    if not alike(each):
        seek = "; ".join(f"{one.name}: {one.goal.about}" for one in each)
        return (
            f"They do not seek the same ({seek}), so that none is the best. Energies, losses and "
            "voltages are compared, which every plan has."
        )
    first, *others = best_first(each)
    if not first.feasible:
        return f"None of {len(each)} folders has a plan that keeps every limit."
    kept = digits([one.sought for one in each])
    goal = first.goal
    figure = f"{first.sought:,.{kept}f} {goal.unit}"
    told = f"{goal.about} over the {goal.over(first.span)}, {figure}"
    rest = [one for one in others if one.feasible]
    if not rest:
        return (
            f"The best of {len(each)} folders is {first.name}: {told}; it alone keeps every limit."
        )
    ties = [one.name for one in rest if one.sought == first.sought]
    if ties:
        return f"The best of {len(each)} folders are {', '.join([first.name, *ties])}: {told}."
    return f"The best of {len(each)} folders is {first.name}: {told}. {_second(first, rest[0])}"


def _second(first: Told, second: Told) -> str:
    off = abs(first.sought - second.sought)
    kept = digits([off])
    share = f", {100.0 * off / abs(second.sought):,.2g} %" if second.sought else ""
    return (
        f"It is better than {second.name}, the second, by {off:,.{kept}f} {first.goal.unit}{share}."
    )


def warnings(each: Sequence[Told]) -> list[str]:
    """Return what a reader must know before any figure."""
    early = [f"{one.name} {one.status}." for one in each if one.status]
    return [*early, *(f"{one.name} breaks a limit: {one.broken}." for one in each if one.broken)]


def differing(each: Sequence[Told]) -> list[str]:
    """Return the fields that not all have alike, in their order."""
    names = dict.fromkeys(name for one in each for name in one.fields)
    first = each[0].fields
    return [name for name in names if any(o.fields.get(name) != first.get(name) for o in each)]


def about_fields(fields: Sequence[str]) -> str:
    """Return how many fields differ, in words."""
    if not fields:
        return "Studies and searches are the same in every field."
    if len(fields) == 1:
        return f"They differ in one field: {fields[0]}."
    few = f": {', '.join(fields)}" if len(fields) <= COLUMNS else ""
    return f"They differ in {len(fields)} fields of study and search{few}."


def cases_table(each: Sequence[Told], names: Mapping[str, str]) -> HtmlTable:
    """Return a row for each folder: what it asked, its best plan's figures, gap to its bound.

    names: how each is called in its first cell, by its name.
    """
    fields = differing(each)
    shown = fields if len(fields) <= COLUMNS else []
    goals = _goals(each)
    header = ["folder", *shown, "best plan", "limits", *(f"{a}, {u}" for a, u in goals)]
    header += [heading for *_, heading in FIGURES]
    bounds = any(one.bound is not None for one in each)
    header += ["proven bound", "% of bound"] if bounds else []
    columns = [_column(each, *goal) for goal in goals]
    columns += [_column(each, name, unit) for name, unit, _ in FIGURES]
    if bounds:
        columns += [_bounds(each), _column(each, "share of the proven bound", "%")]
    rows = [
        [
            names[one.name],
            *(one.fields.get(field, "-") for field in shown),
            one.case,
            held(one.violation),
            *(column[place] for column in columns),
        ]
        for place, one in enumerate(each)
    ]
    title = f"Cases side by side, over the {each[0].span}" if _one_span(each) else "Cases"
    title += "" if all(one.feasible for one in each) else f"; {SHARES}"
    return HtmlTable(title, header, rows, texts=3 + len(shown))


def _one_span(each: Sequence[Told]) -> bool:
    return len({one.span for one in each}) == 1


def _goals(each: Sequence[Told]) -> list[tuple[str, str]]:
    """Return what is sought by some folder, but for what stands in the table anyway."""
    sought = dict.fromkeys((one.best[0].name, one.best[0].unit) for one in each)
    return [goal for goal in sought if goal not in {(name, unit) for name, unit, _ in FIGURES}]


def _column(each: Sequence[Told], name: str, unit: str) -> list[str]:
    values = [one.figure(name, unit) for one in each]
    kept = {"pu": 4, "%": 1}.get(unit, digits(values))
    return ["-" if math.isnan(value) else f"{value:,.{kept}f}" for value in values]


def _bounds(each: Sequence[Told]) -> list[str]:
    kept = digits([one.bound for one in each if one.bound is not None])
    return ["-" if one.bound is None else f"{one.bound:,.{kept}f} {one.goal.unit}" for one in each]


def fields_table(each: Sequence[Told]) -> HtmlTable | None:
    """Return the fields that differ where they are too many for columns beside the figures."""
    fields = differing(each)
    if len(fields) <= COLUMNS:
        return None
    rows = [[field, *(one.fields.get(field, "-") for one in each)] for field in fields]
    header = ["field", *(one.name for one in each)]
    return HtmlTable("Fields that differ", header, rows, texts=len(header))


def units_table(each: Sequence[Told]) -> HtmlTable | None:
    """Return the units of each best plan by kind: how many, how large together."""
    kinds = [kind.word for kind in KINDS.values() if any(kind.word in one.sizes for one in each)]
    rows = [[one.name, *(one.sizes.get(kind, "-") for kind in kinds)] for one in each]
    header = ["folder", *kinds]
    return HtmlTable("Units of the best plans", header, rows, texts=len(header)) if kinds else None
