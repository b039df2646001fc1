"""The paper's Tables 1 to 4 from solved cases, with its published figures beside ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.common.excerpts import line
from toolkit.model.devices import KINDS
from toolkit.model.goal_names import GoalName
from toolkit.problem.goals import GOALS
from toolkit.results.case import Case
from toolkit.results.columns import columns

PERIODS = {"off_peak": "hours 1-8", "mid_peak": "hours 9-16", "peak": "hours 17-24"}


@dataclass(frozen=True)
class TableKind:
    """One of the paper's tables."""

    number: int
    title: str
    quantity: str
    unit: str
    digits: int


TABLES = (
    TableKind(1, "Mean P2P energy traded", "mean_traded_energy", "kWh per hour", 1),
    TableKind(2, "Mean contribution of each kind", "mean_contribution", "kWh per hour", 1),
    TableKind(3, "Mean active loss", "mean_active_loss", "kW", 2),
    TableKind(4, "Mean lowest bus voltage", "mean_min_voltage", "pu", 4),
)
#: What the paper calls the optimizers it compares.
PAPER_NAMES = {"pygad": "GA", "cheetah": "COA"}


def period_of(step: pd.Series[int], dt: float) -> pd.Series[str]:
    """Return the period each step (from 1) of dt hours begins in."""
    hour = ((step - 1) * dt + 1e-9) % 24.0 // 8.0
    return hour.astype(int).map(dict(enumerate(PERIODS)))


def figures_of(case: Case, dt: float) -> pd.DataFrame:
    """Return one case's figures for all four tables: table, item, period, value."""
    period = period_of(case.hourly["step"], dt)
    hour = case.hourly
    hourly = {1: hour["traded_kwh"] / dt, 3: hour["loss_kw"], 4: hour["v_min_pu"]}
    parts = [
        values.groupby(period).mean().rename("value").reset_index().assign(table=number, item="")
        for number, values in hourly.items()
    ]
    parts = [part.set_axis(["period", "value", "table", "item"], axis=1) for part in parts]
    return pd.concat([*parts, _contributions(case, dt)], ignore_index=True)


def _contributions(case: Case, dt: float) -> pd.DataFrame:
    sold = case.units.groupby(["kind", "step"], as_index=False)["sell_kwh"].sum()
    sold["period"] = period_of(sold["step"], dt)
    mean = (sold.groupby(["kind", "period"])["sell_kwh"].mean() / dt).reset_index()
    named: pd.DataFrame = mean.set_axis(["item", "period", "value"], axis=1)
    return named.assign(table=2)


def median_row(summary: pd.DataFrame, objective: GoalName = "traded") -> pd.Series[Any]:
    """Return the middle row: feasible first, then by what was sought, the best first.

    Of two middle rows the lower one.
    """
    by = ["violation", GOALS[objective].ranked]
    ranked = summary.sort_values(by, ascending=[True, False], kind="stable")
    return ranked.iloc[len(ranked) // 2]


def median_case(cases: Sequence[Case], objective: GoalName) -> Case:
    """Return the case that stands for a group, see :func:`median_row`."""
    summary = pd.DataFrame([case.summary for case in cases])
    middle = median_row(summary, objective)["case"]
    return next(case for case in cases if case.name == middle)


def build(
    groups: Mapping[str, Sequence[Case]], dt: float, objective: GoalName, with_published: bool
) -> pd.DataFrame:
    """Return Tables 1 to 4 as one tidy frame.

    groups: cases by what they are called in the tables (base, optimizer names). ``value`` comes
    from one plan, the group's median run; ``lowest`` and ``highest`` run over the group.
    """
    frames = []
    for name, cases in groups.items():
        frame = figures_of(median_case(cases, objective), dt)
        every = pd.concat([figures_of(c, dt) for c in cases])
        spread = every.groupby(["table", "item", "period"])["value"].agg(["min", "max"])
        frame = frame.join(spread, on=["table", "item", "period"]).assign(case=name)
        frames.append(frame.rename(columns={"min": "lowest", "max": "highest"}))
    tidy = pd.concat(frames, ignore_index=True)
    for kind in TABLES:
        tidy.loc[tidy["table"] == kind.number, ["quantity", "unit"]] = [kind.quantity, kind.unit]
    tidy = tidy.merge(published(), how="left", on=["table", "case", "item", "period"])
    if not with_published:
        tidy["published"] = float("nan")
    return _ordered(tidy, list(groups))


def published() -> pd.DataFrame:
    """Return the paper's Tables 1 to 4: table, case, item, period, published."""
    return pd.read_csv(Path(__file__).parent / "published.csv", keep_default_na=False)


def _ordered(tidy: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    order = {
        "case": {n: i for i, n in enumerate(names)},
        "item": {n: i for i, n in enumerate(["", *KINDS])},
        "period": {n: i for i, n in enumerate(PERIODS)},
    }
    ranks = tidy.assign(**{c: tidy[c].map(m) for c, m in order.items()})
    by = ranks.sort_values(["table", "case", "item", "period"], kind="stable").index
    return tidy.loc[by, columns("tables.csv")].reset_index(drop=True)


def label(case: str) -> str:
    """Return what a row of a table is called: the optimizer, with the paper's name for it."""
    return f"{case} ({PAPER_NAMES[case]})" if case in PAPER_NAMES else case


@dataclass(frozen=True)
class Layout:
    """One table ready to print: a title, a header and rows of text."""

    title: str
    header: list[str]
    rows: list[list[str]]


def layouts(tidy: pd.DataFrame) -> list[Layout]:
    """Lay the tidy frame out as the paper's tables, cases down and periods across."""
    return [_layout(kind, tidy[tidy["table"] == kind.number]) for kind in TABLES]


def _layout(kind: TableKind, part: pd.DataFrame) -> Layout:
    published = bool(part["published"].notna().any())
    header = ["case", *(["kind"] if kind.number == 2 else [])]
    for period in PERIODS:
        header += [period.replace("_", "-"), *(["paper"] if published else [])]
    rows = []
    for (case, item), group in part.groupby(["case", "item"], sort=False):
        row = [label(str(case)), *([str(item)] if kind.number == 2 else [])]
        for _, cell in group.set_index("period").loc[list(PERIODS)].iterrows():
            row.append(f"{cell['value']:.{kind.digits}f}")
            row += [_text(float(cell["published"]), kind.digits)] if published else []
        rows.append(row)
    return Layout(f"Table {kind.number}. {kind.title}, {kind.unit}", header, rows)


def _text(value: float, digits: int) -> str:
    return "-" if value != value else f"{value:.{min(digits, 3)}f}"


def to_markdown(tidy: pd.DataFrame, note: str) -> str:
    """Return the tables as Markdown, with a note on what the figures are."""
    parts = [_markdown(layout) for layout in layouts(tidy)]
    return "\n".join([*parts, note, ""])


def _markdown(layout: Layout) -> str:
    rule = ["---" if i == 0 else "---:" for i in range(len(layout.header))]
    rows = [[line(cell).replace("|", "\\|") for cell in row] for row in layout.rows]
    lines = [f"| {' | '.join(cells)} |" for cells in [layout.header, rule, *rows]]
    return "\n".join([f"**{layout.title}**", "", *lines, ""])
