"""One page over several results folders, and their figures as one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.commands.many.kinds import kind_of
from toolkit.common import caps
from toolkit.common.errors import InputError, fitting_together
from toolkit.common.files import write_text
from toolkit.common.monitor import SILENT, Monitor
from toolkit.results.columns import columns
from toolkit.results.report.several import page
from toolkit.results.store import manifest
from toolkit.results.store.sheets import write_csv
from toolkit.results.together import words
from toolkit.results.together.told import Told, names_of, told


def write_joint_report(
    folders: Sequence[Path], place: Path, *, monitor: Monitor = SILENT
) -> tuple[Path, str]:
    """Write report.html and cases.csv over several results folders into a place.

    Of a sweep or a front every complete point is taken. Return where the page is, and the answer in
    words. Raises InputError where a folder cannot be read, or the place must not be written to.
    """
    _check_place(place)
    found = _expanded(folders)
    each = []
    for folder, name in zip(found, names_of(found), strict=True):
        monitor.phase(f"reading {name}")
        each.append(told(folder, name))
    with fitting_together(place):
        text, table = page(each, place), as_table(each)
        answer = words.answer(each)
    write_csv(place / "cases.csv", table)
    write_text(place / "report.html", text)
    return place / "report.html", answer


def _check_place(place: Path) -> None:
    """Raise InputError for a place whose report.html is that of something else."""
    if manifest.exists(place) or kind_of(place) is not None:
        raise InputError(
            f"--output {place}: holds results already; expected another folder for the page."
        )
    if place.exists() and not place.is_dir():
        raise InputError(f"--output {place}: is a file; expected a folder.")


def _expanded(folders: Sequence[Path]) -> list[Path]:
    """Return the results folders meant: the points of a sweep or a front in its place."""
    found = [point for folder in folders for point in _points(folder)]
    seen: set[Path] = set()
    for folder in found:
        if folder.resolve() in seen:
            raise InputError(f"{folder}: found twice; expected different results folders.")
        seen.add(folder.resolve())
    if not 2 <= len(found) <= caps.FOLDERS:
        many = "1 results folder" if len(found) == 1 else f"{len(found):,} results folders"
        raise InputError(
            f"found {many}; expected 2 to {caps.FOLDERS} for one page. The report of one lies in "
            "its folder."
        )
    return found


def _points(folder: Path) -> Iterator[Path]:
    kind = kind_of(folder)
    if kind is None:
        yield folder
        return
    whole = [home for home in kind.homes(folder) if manifest.is_complete(home)]
    if not whole:
        raise InputError(f"{folder}: no point of this {kind.word} is complete yet.")
    yield from whole


def as_table(each: Sequence[Told]) -> pd.DataFrame:
    """Return cases.csv: a row for each figure of each folder's best plan and base case."""
    rows: list[dict[str, Any]] = []
    for one in each:
        head = {"folder": str(one.folder), "study": one.study, "feeder": one.feeder}
        for plan, case, figures in (("best", one.case, one.best), ("base", "base", one.base)):
            own = {**head, "plan": plan, "case": case}
            rows += [{**own, "item": f.name, "unit": f.unit, "value": f.value} for f in figures]
        if one.bound is not None:
            own = {**head, "plan": "bound", "case": ""}
            rows.append({**own, "item": one.goal.about, "unit": one.goal.unit, "value": one.bound})
    return pd.DataFrame(rows, columns=columns("cases.csv"))
