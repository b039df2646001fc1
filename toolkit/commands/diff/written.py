"""Two results folders side by side as files: diff.csv and diff.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from toolkit.commands.diff import shown
from toolkit.commands.diff.words import per_cent
from toolkit.common.errors import InputError
from toolkit.common.excerpts import line
from toolkit.common.files import write_text
from toolkit.model.kinds import KINDS
from toolkit.results.columns import columns
from toolkit.results.store import manifest
from toolkit.results.store.sheets import write_csv
from toolkit.results.text_table import TextTable

if TYPE_CHECKING:
    from toolkit.commands.diff import Diff

FILES = ("diff.md", "diff.csv")


def check_place(folder: Path) -> None:
    """Raise InputError where files must not be put: a results folder, or what is no folder."""
    if manifest.exists(folder):
        raise InputError(f"--output {folder}: is a results folder; expected another folder.")
    if folder.exists() and not folder.is_dir():
        raise InputError(f"--output {folder}: is a file; expected a folder.")


def write(found: Diff, folder: Path) -> Path:
    """Write diff.md and diff.csv; return the former."""
    check_place(folder)
    write_csv(folder / "diff.csv", as_table(found))
    write_text(folder / "diff.md", as_markdown(found))
    return folder / "diff.md"


def as_table(found: Diff) -> pd.DataFrame:
    """Return all of it as the rows of diff.csv."""
    rows = [*_texts(found), *_units(found), *_figures(found)]
    return pd.DataFrame(rows, columns=columns("diff.csv"))


def _texts(found: Diff) -> Iterator[dict[str, Any]]:
    for _, row in found.overview.assign(part="overview").iterrows():
        yield _text(row)
    for _, row in found.asked.iterrows():
        yield _text(row)


def _text(row: pd.Series) -> dict[str, Any]:
    told = {"text_a": line(row["a"]), "text_b": line(row["b"])}
    return {"part": row["part"], "item": row["name"], "unit": "", **told}


def _units(found: Diff) -> Iterator[dict[str, Any]]:
    for _, row in found.plan.iterrows():
        kind = KINDS[row["kind"]]
        name = f"{kind.word} at {row['bus']}"
        yield _numbers("plan", f"{name}, units", "", row["units_a"], row["units_b"])
        yield _numbers("plan", f"{name}, size", row["unit"], row["size_a"], row["size_b"])
        if kind.stores:
            yield _numbers("plan", f"{name}, stores", "kWh", row["kwh_a"], row["kwh_b"])


def _figures(found: Diff) -> Iterator[dict[str, Any]]:
    for _, row in found.figures.iterrows():
        yield _numbers(row["plan"], row["figure"], row["unit"], row["a"], row["b"])
    for _, row in found.optimizers.iterrows():
        yield _numbers("optimizers", row["optimizer"], row["unit"], row["a"], row["b"])


def _numbers(part: str, item: str, unit: str, a: float, b: float) -> dict[str, Any]:
    off = {"difference": b - a, "difference_pct": per_cent(a, b)}
    return {"part": part, "item": item, "unit": unit, "a": a, "b": b, **off}


def as_markdown(found: Diff) -> str:
    """Return all of it as a page: the answer first, then a table of each part."""
    parts = ["# Two results folders side by side", f"A: `{line(found.a)}`\n\nB: `{line(found.b)}`"]
    parts += map(line, found.sentences)
    parts += [_table(table) for table in shown.tables(found, everything=True)]
    parts += [line(text) for text in shown.binding(found)]
    return "\n\n".join(parts) + "\n"


def _table(table: TextTable) -> str:
    # Tables of figures have a column for their difference.
    aligned = "---:" if "B - A" in table.header else "---"
    rule = ["---", *[aligned] * (len(table.header) - 1)]
    rows = [table.header, rule, *table.rows]
    return "\n".join([f"## {table.title}", "", *map(_row, rows)])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(line(cell).replace('|', chr(92) + '|') for cell in cells)} |"
