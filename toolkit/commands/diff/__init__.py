"""Two results folders side by side: study, best plan, figures, and the answer first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.commands.diff import plans, words
from toolkit.common.errors import fitting_together
from toolkit.common.shown import Shown
from toolkit.problem.sought import goal_of
from toolkit.results.figures.groups import Group
from toolkit.results.open_lines import of_plan
from toolkit.results.store.names import is_result
from toolkit.results.store.sheets import read_csv
from toolkit.results.store.sums import checksums
from toolkit.results.together import asked
from toolkit.results.together.found import Found, found

#: Files that hold times besides figures, with the columns of times.
TIMES = {"bound.csv": ["bound_s", "seconds"], "polish.csv": ["seconds"]}
#: What is compared of what was asked, part by part.
PARTS: Mapping[str, Callable[[Any], Mapping[str, Any]]] = {
    "study": lambda results: asked.fields(results.study),
    "search": asked.search,
    "files": asked.files,
    "versions": asked.versions,
}


@dataclass(frozen=True, repr=False)
class Diff(Shown):
    """Two results folders side by side.

    Attributes
    ----------
    a, b : pathlib.Path
        The two folders.
    same : str
        ``bytes`` where every file of results is the same, ``times`` where only times within them
        differ, else blank.
    sentences : tuple of str
        What differs, in words, the answer first.
    overview : pandas.DataFrame
        What each of the two is: name, a, b.
    asked : pandas.DataFrame
        What was asked differently: part (study, search, files, versions), name, a, b.
    plan : pandas.DataFrame
        Units of the best plans by bus and kind: how many, how large, and whether they are the same.
    figures : pandas.DataFrame
        Figures of the best plans (``plan`` is best) and of the base cases (base): figure, unit, a,
        b, difference, difference_pct.
    optimizers : pandas.DataFrame
        What is sought, of the median run of each optimizer that both have.
    binds : tuple of tuple of str
        What keeps each of the two plans from more, in words.

    Examples
    --------
    >>> import toolkit
    >>> a = toolkit.simulate("ieee12", out="results/a").folder
    >>> b = toolkit.simulate("ieee12", out="results/b").folder
    >>> toolkit.diff(a, b).same
    'bytes'
    """

    _told_by = "toolkit.commands.diff.shown"

    a: Path
    b: Path
    same: str
    sentences: tuple[str, ...]
    overview: pd.DataFrame
    asked: pd.DataFrame
    plan: pd.DataFrame
    figures: pd.DataFrame
    optimizers: pd.DataFrame
    binds: tuple[tuple[str, ...], tuple[str, ...]]

    def table(self) -> pd.DataFrame:
        """Return all of it as the rows of diff.csv."""
        from toolkit.commands.diff import written

        return written.as_table(self)


def diff(a: Path, b: Path) -> Diff:
    """Compare two results folders. Raises InputError where one cannot be read."""
    one, other = found(a), found(b)
    with fitting_together(f"{a} and {b}"):
        return _compared(one, other)


def _compared(a: Found, b: Found) -> Diff:
    same = _same(a.folder, b.folder)
    differ = _asked(a, b)
    each = (a.shown.median.plan, b.shown.median.plan)
    units = plans.side_by_side(*each)
    fields = differ.loc[differ["part"] == "study", "name"].tolist()
    files = sum(is_result(name) for name in checksums(a.folder))
    first = words.equal(same, files) or words.answer(a, b, plans.in_words(units), fields)
    dispatched = plans.redispatched(*each) if units["same"].all() else None
    beside = words.beside(a, b, differ, dispatched)
    return Diff(
        a=a.folder,
        b=b.folder,
        same=same,
        sentences=(first, *beside),
        overview=_overview(a, b),
        asked=differ,
        plan=units,
        figures=pd.concat(
            [
                _figures("best", (a, a.shown), (b, b.shown)),
                _figures("base", (a, a.base), (b, b.base)),
            ]
        ),
        optimizers=_optimizers(a, b),
        binds=(a.answer.binds, b.answer.binds),
    )


def _same(a: Path, b: Path) -> str:
    """Say whether all files of results are the same, or the same but for times in them."""
    sums = [{n: d for n, d in checksums(folder).items() if is_result(n)} for folder in (a, b)]
    names = asked.differing(sums)
    if not names:
        return "bytes"
    timed = all(name in TIMES and all(name in held for held in sums) for name in names)
    return "times" if timed and all(_but_for_times(a / n, b / n) for n in names) else ""


def _but_for_times(a: Path, b: Path) -> bool:
    left, right = (read_csv(path).drop(columns=TIMES[path.name]) for path in (a, b))
    return left.equals(right)


def _asked(a: Found, b: Found) -> pd.DataFrame:
    """Return what was asked differently, part by part."""
    rows = []
    for part, told in PARTS.items():
        each = [dict(told(one.results)) for one in (a, b)]
        for name in asked.differing(each):
            values = [asked.text_of(held[name]) if name in held else asked.NOTHING for held in each]
            rows.append((part, name, *values))
    return pd.DataFrame(rows, columns=["part", "name", "a", "b"])


def _overview(a: Found, b: Found) -> pd.DataFrame:
    """Return what each of two folders is, in words."""
    sides = [_facts(one) for one in (a, b)]
    names = [name for name in sides[0] if any(side[name] for side in sides)]
    rows = [(name, *(side[name] or asked.NOTHING for side in sides)) for name in names]
    return pd.DataFrame(rows, columns=["name", "a", "b"])


def _facts(one: Found) -> dict[str, str]:
    study, plan = one.results.study, one.shown.median.plan
    return {
        "folder": str(one.folder),
        "command": one.command,
        "study": study.name,
        "feeder": str(one.results.network["feeder"]),
        "sought": study.market.objective,
        "time": one.shown.span,
        "best plan": one.shown.median.name,
        "limits": "hold" if one.feasible else f"broken by {one.shown.row['violation']:.2g}",
        "stores dispatched by": study.dispatch.policy,
        "open lines": of_plan(plan),
        "status": str(one.results.manifest["status"]),
    }


def _figures(plan: str, a: tuple[Found, Group], b: tuple[Found, Group]) -> pd.DataFrame:
    """Return the figures of a plan of each folder beside each other."""
    sides = [{(f.name, f.unit): f.value for f in one.figures(group)} for one, group in (a, b)]
    blank = float("nan")
    rows = []
    for name, unit in dict.fromkeys([*sides[0], *sides[1]]):
        before, now = (side.get((name, unit), blank) for side in sides)
        rows.append((plan, name, unit, before, now, now - before, words.per_cent(before, now)))
    columns = ["plan", "figure", "unit", "a", "b", "difference", "difference_pct"]
    return pd.DataFrame(rows, columns=columns)


def _optimizers(a: Found, b: Found) -> pd.DataFrame:
    """Return what is sought of the median run of each optimizer that both have, if it is one."""
    columns = ["optimizer", "unit", "runs_a", "runs_b", "a", "b", "difference", "difference_pct"]
    rows = []
    theirs = {group.name: group for group in b.groups[1:]}
    for group in a.groups[1:] if a.aim == b.aim else ():
        other = theirs.get(group.name)
        if other is None:
            continue
        goal = goal_of(a.results.study)
        before, now = goal.figure(group.row), goal.figure(other.row)
        runs = (len(group.runs), len(other.runs))
        off = (now - before, words.per_cent(before, now))
        rows.append((group.name, a.goal.unit, *runs, before, now, *off))
    return pd.DataFrame(rows, columns=columns)
