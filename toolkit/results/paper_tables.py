"""The paper's Tables 1 to 4 from solved cases, with its published figures beside ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from pathlib import Path

import numpy as np
import pandas as pd

from toolkit.common.excerpts import line
from toolkit.common.types import FloatArray
from toolkit.inputs.horizon_sections import Horizon
from toolkit.inputs.study import Study
from toolkit.model.kinds import IN_KVAR, KINDS
from toolkit.problem.goals import Goal
from toolkit.results.case import Case
from toolkit.results.columns import columns
from toolkit.results.periods import PERIODS, shares_of
from toolkit.results.ranking import median_case
from toolkit.results.text_table import TextTable


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


NOTE = (
    "Each optimizer's figures come from one plan: its run with the median {median_of}, "
    "of an even number the lower of the middle two. "
    "tables.csv has the lowest and highest over the seeds."
)
WITH_PAPER = " docs/reproduction.md says why ours and the paper's differ."
POLISHED = " Plans were polished by the exact model after the search (polish.csv)."
#: What the paper calls the optimizers it compares.
PAPER_NAMES = {"pygad": "GA", "cheetah": "COA"}
#: The feeder and the profiles whose figures the paper publishes.
PAPER_FEEDER, PAPER_PROFILES = "ieee12", "typical_day"


def is_papers(study: Study) -> bool:
    """Say whether a study is about what the paper's is: its feeder over its day."""
    asked = (study.script, study.profiles, study.horizon)
    return asked == (PAPER_FEEDER, PAPER_PROFILES, Horizon())


def figures_of(case: Case, dt: float) -> pd.DataFrame:
    """Return one case's figures for all four tables: table, item, period, value.

    A value is the mean over a period, to which a step counts by its share there, as often as its
    day stands for days; blank for a period that no step touches.
    """
    hour, weight = case.hourly, case.hourly["weight"].to_numpy(dtype=float)
    wanted = [
        (1, "", hour["traded_kwh"] / dt),
        (3, "", hour["loss_kw"]),
        (4, "", hour["v_min_pu"]),
    ]
    # What gives no real power contributes none.
    giving = case.units[~case.units["kind"].isin(IN_KVAR)]
    sold = giving.groupby(["kind", "step"], as_index=False)["sell_kwh"].sum()
    wanted += [(2, str(kind), own["sell_kwh"]) for kind, own in sold.groupby("kind")]
    rows = []
    for number, item, values in wanted:
        means = _means(values.to_numpy(dtype=float), weight, dt)
        for period, mean in zip(PERIODS, means, strict=True):
            rows.append((number, item, period, mean / dt if number == 2 else mean))
    return pd.DataFrame(rows, columns=["table", "item", "period", "value"])


def _means(values: FloatArray, weight: FloatArray, dt: float) -> list[float]:
    """Return the mean of a value per step, (T,), over each period; a blank adds nothing.

    weight: how often each step counts, (T,).
    """
    means = []
    for each in shares_of(len(values), dt).T:
        share = each * weight
        here = share != 0.0
        parts = (values * share)[here & ~np.isnan(values)]
        means.append(fsum(parts) / fsum(share[here]) if here.any() else float("nan"))
    return means


def build(
    groups: Mapping[str, Sequence[Case]], dt: float, ranked: str, with_published: bool
) -> pd.DataFrame:
    """Return Tables 1 to 4 as one tidy frame.

    groups: cases by what they are called in the tables (base, optimizer names). ``value`` comes
    from one plan, the group's median run by the column ``ranked``; ``lowest`` and ``highest`` run
    over the group.
    """
    frames = []
    for name, cases in groups.items():
        figures = [figures_of(case, dt) for case in cases]
        median = median_case(cases, ranked)
        frame = next(f for case, f in zip(cases, figures, strict=True) if case is median)
        every = pd.concat(figures)
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


def text_tables(tidy: pd.DataFrame) -> list[TextTable]:
    """Lay the tidy frame out as the paper's tables, cases down and periods across."""
    return [_text_table(kind, tidy[tidy["table"] == kind.number]) for kind in TABLES]


def _text_table(kind: TableKind, part: pd.DataFrame) -> TextTable:
    published = has_published(part)
    header = ["case", *(["kind"] if kind.number == 2 else [])]
    for period in PERIODS:
        header += [period.replace("_", "-"), *(["paper"] if published else [])]
    cells = {(c["case"], c["item"], c["period"]): c for c in part.to_dict("records")}
    rows = []
    for case, item in dict.fromkeys((case, item) for case, item, _ in cells):
        row = [_label(str(case)), *([str(item)] if kind.number == 2 else [])]
        for cell in (cells[case, item, period] for period in PERIODS):
            row.append(_text(float(cell["value"]), kind.digits))
            row += [_text(float(cell["published"]), min(kind.digits, 3))] if published else []
        rows.append(row)
    return TextTable(f"Table {kind.number}. {kind.title}, {kind.unit}", header, rows)


def _label(case: str) -> str:
    """Return what a row of the paper's tables is called: the case, with the paper's name for it."""
    return f"{case} ({PAPER_NAMES[case]})" if case in PAPER_NAMES else case


def _text(value: float, digits: int) -> str:
    return "-" if value != value else f"{value:.{digits}f}"


def to_markdown(tidy: pd.DataFrame, polished: bool, goal: Goal) -> str:
    """Return the tables as Markdown, with a note on what the figures are.

    polished: whether plans of searches were polished; goal: what was sought.
    """
    parts = [_markdown(table) for table in text_tables(tidy)]
    note = NOTE.format(median_of=goal.median_of)
    note += WITH_PAPER if has_published(tidy) else ""
    return "\n".join([*parts, note + (POLISHED if polished else ""), ""])


def has_published(tidy: pd.DataFrame) -> bool:
    """Say whether the paper's figures stand beside ours."""
    return bool(tidy["published"].notna().any())


def _markdown(table: TextTable) -> str:
    rule = ["---" if i == 0 else "---:" for i in range(len(table.header))]
    rows = [[line(cell).replace("|", "\\|") for cell in row] for row in table.rows]
    lines = [f"| {' | '.join(cells)} |" for cells in [table.header, rule, *rows]]
    return "\n".join([f"**{table.title}**", "", *lines, ""])
