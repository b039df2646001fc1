"""What a search has found so far, in words."""

from __future__ import annotations

from toolkit.commands.watch.standing import SearchStanding, Sought, Standing


def figure_told(figure: float, sought: Sought) -> str:
    """Return a figure with its unit."""
    return f"{number_told(figure, sought)} {sought.unit}".strip()


def number_told(figure: float, sought: Sought) -> str:
    """Return a figure without its unit, with the digits that results have."""
    is_energy = sought.unit == "kWh" and sought.sign < 0.0
    return f"{figure:,.1f}" if is_energy else f"{figure:,.6g}"


def best_told(standing: Standing) -> str:
    """Return the best figure so far, blank before there is any evaluation, or any that compares."""
    best = standing.best
    if best is not None and best.best is not None and best.sought is not None:
        assert best.best.best is not None
        return f"best {figure_told(best.best.best, best.sought)} ({where_told(best)})"
    made = [case for search in standing.searches for case in search.cases if case.evaluations]
    if made and not any(case.feasible for case in made):
        return "no plan keeps every limit yet"
    return ""


def where_told(search: SearchStanding) -> str:
    """Return which run found the best plan of a search."""
    case = "" if search.best is None else search.best.case
    return f"point {search.point}, {case}" if search.point else case
