"""The summary of results against what their command was asked: cases, seeds and endings."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from toolkit.commands.reproduce import compare
from toolkit.commands.reproduce.difference import Difference, same, unlike
from toolkit.commands.reproduce.manifest_request import AT, FILE, RUN, ManifestRequest, is_given


def summary(
    request: ManifestRequest, found: pd.DataFrame, polished: Mapping[str, int]
) -> list[Difference]:
    """Compare the rows of summary.csv with what was asked: cases, their order, seeds and endings.

    polished: evaluations that polishing took of each run, from the ends of histories.
    """
    names = list(found["case"])
    differences = _cases(request, names)
    runs = [RUN.fullmatch(name) if not is_given(name) else None for name in names]
    solved = {
        "optimizer": pd.Series(
            ["" if run is None else run["optimizer"] for run in runs], dtype=object
        ),
        "seed": pd.Series(["" if run is None else run["seed"] for run in runs], dtype=object),
    }
    labels = [f"case {name}" for name in names]
    differences += [
        compare.column("", "summary.csv", name, "", found[name], values, labels)
        for name, values in solved.items()
    ]
    if not request.sound:
        return differences
    return [*differences, *_endings(request, found, polished)]


def _cases(request: ManifestRequest, names: list[str]) -> list[Difference]:
    """Compare the cases there are with those that were asked for."""
    if names[:1] != ["base"] or len(set(names)) < len(names):
        return [unlike("", "summary.csv", "case", "no base case, or one twice", "each once")]
    if not request.sound:
        return []
    places = {name: request.place(name) for name in names[1:] if not is_given(name)}
    alien = [name for name, place in places.items() if place is None]
    given = [name for name in names[1:] if is_given(name)]
    allowed = ["exact"] if request.bound else [] if request.optimizers else ["plan"]
    of_points = not (request.bound or request.optimizers)
    alien += [
        name for name in given if name not in allowed and not (of_points and name.startswith(AT))
    ]
    if alien:
        return [unlike("", "summary.csv", "case", alien[0], "one that was asked for")]
    lacking = request.first_missing({*places, *request.without_plan})
    if lacking is not None:
        return [unlike("", "summary.csv", "case", f"no {lacking}", "one, as was asked for")]
    twofold = [
        name for name in request.without_plan if name in places or request.place(name) is None
    ]
    if twofold:
        return [unlike("", FILE, "without_plan", twofold[0], "runs that left no plan")]
    wanted = ["base", *given, *_grouped(places)]
    if names != wanted:
        at = next(i for i, name in enumerate(names) if name != wanted[i])
        return [unlike("", "summary.csv", "case", names[at], wanted[at], f"row {at + 1}")]
    return [same("", "summary.csv", "case", "", "")]


def _grouped(places: Mapping[str, tuple[int, int] | None]) -> list[str]:
    """Return runs by optimizer, in the order in which the first of each was carried out."""
    ordered = sorted((place, name) for name, place in places.items() if place is not None)
    first: dict[int, int] = {}
    for i, ((_, label), _) in enumerate(ordered):
        first.setdefault(label, i)
    return [
        name for (_, label), name in sorted(ordered, key=lambda one: (first[one[0][1]], one[0]))
    ]


def _endings(
    request: ManifestRequest, found: pd.DataFrame, polished: Mapping[str, int]
) -> list[Difference]:
    """Compare how runs ended with the evaluations they spent, and with how the command ended."""
    differences, allowed = [], []
    budget = request.budget - request.kept_back
    evaluations = compare.numbers(found["evaluations"])
    for name, spent in zip(found["case"], evaluations, strict=True):
        searched, where = spent - polished.get(name, 0), f"case {name}"
        if searched > budget or spent > request.budget:
            most = f"at most {request.budget}"
            differences.append(_odd("evaluations", f"{spent:g}", most, where))
        own = "spent" if searched == budget else "returned"
        allowed.append(("",) if is_given(name) else (own, "stopped", "failed"))
    odd = [i for i, ending in enumerate(found["ending"]) if ending not in allowed[i]]
    for i in odd[:1]:
        where, ending = f"case {found['case'].iloc[i]}", found["ending"].iloc[i] or "blank"
        differences.append(_odd("ending", ending[:40], allowed[i][0] or "blank", where))
    if not odd:
        differences.append(same("", "summary.csv", "ending", "", ""))
    return [*differences, _status(request, set(found["ending"]))]


def _odd(column: str, found: str, expected: str, where: str) -> Difference:
    return unlike("", "summary.csv", column, found, expected, where)


def _status(request: ManifestRequest, endings: set[str]) -> Difference:
    """Compare how a command ended with how its runs did."""
    wanted = request.status
    if "failed" in endings:
        wanted = "failed"
    elif "stopped" in endings and request.status == "complete":
        wanted = "interrupted"
    return same("", FILE, "status", request.status, wanted)
