"""The tables of a comparison for a paper: statistics, average ranks, and every pair."""

from __future__ import annotations

import math

import pandas as pd

from toolkit.results.figures.groups import groups_of
from toolkit.results.printed.numbers import A12, RANK, SHARE, Sought, number, p_value, sought
from toolkit.results.printed.paper_table import NOTHING, PaperTable
from toolkit.results.store.contents import Results
from toolkit.results.wording import ALPHA, p_text, too_few

#: Columns that are alike in most comparisons, and what is said of them below.
RUNS = {"runs": "Runs of each: {}.", "feasible": "Runs of each that keep every limit: {}."}
SEEDS = {"n": "Seeds that both ran with: {}."}


def statistics(results: Results, apart: bool = False) -> PaperTable | None:
    """Return each optimizer's results over its runs, in the figure that is sought.

    apart: whether quartiles and the range between them have columns of their own.
    """
    table, told = results.statistics, sought(results)
    if table["runs"].sum() < 2:
        return None
    unit, goal = told.unit, told.goal
    spread = ("lower quartile", "upper quartile", "IQR") if apart else ("quartiles",)
    header = [f"{name}, {unit}" for name in ("median", *spread, "best")]
    extra = {"average_rank": ("average rank", RANK), "median_pct_of_bound": ("% of bound", SHARE)}
    shown = {name: look for name, look in extra.items() if table[name].notna().any()}
    rows = []
    for _, row in table.iterrows():
        rows.append(
            [
                str(row["optimizer"]),
                told.told(row["median_kwh"]),
                *_quartiles(row, told, apart),
                told.told(row["best_kwh"]),
                *(number(float(row[name]), digits) for name, (_, digits) in shown.items()),
                f"{row['runs']:.0f}",
                f"{row['feasible']:.0f}",
            ]
        )
    header = ["optimizer", *header, *(words for words, _ in shown.values()), *RUNS]
    span = groups_of(results)[0].span
    title = f"{goal.title} over the {goal.over(span)}: results of each optimizer over its runs"
    notes = ["Best: the lowest."] if goal.sign > 0.0 else []
    return PaperTable(title, header, rows, notes=notes, spare=RUNS)


def _quartiles(row: pd.Series, told: Sought, apart: bool) -> list[str]:
    """Return the quartiles of an optimizer in one cell, or each and their range in its own."""
    ends = sorted(told.sign * row[name] for name in ("lower_quartile_kwh", "upper_quartile_kwh"))
    if any(map(math.isnan, ends)):
        return [NOTHING] * (3 if apart else 1)
    low, high, between = (number(v, told.decimals) for v in (*ends, ends[1] - ends[0]))
    return [low, high, between] if apart else [f"{low} to {high}"]


def ranks(results: Results) -> PaperTable | None:
    """Return Friedman's test: average ranks, and which differ from the best by Nemenyi's."""
    if results.friedman.empty:
        return None
    test = results.friedman.iloc[0]
    table = results.statistics.sort_values("average_rank", kind="stable")
    best = str(table["optimizer"].iloc[0])
    found = _nemenyi(results.pairs, best)
    rows = []
    for _, row in table.iterrows():
        name, rank = str(row["optimizer"]), float(row["average_rank"])
        behind = rank - float(table["average_rank"].iloc[0])
        mine = name == best
        rows.append(
            [
                name,
                number(rank, RANK),
                "-" if mine else number(behind, RANK),
                "-" if mine else p_value(found[name]),
            ]
        )
    header = ["optimizer", "average rank", "behind the best", "p (Nemenyi)"]
    seeds, many = f"{test['seeds']:.0f}", f"{test['optimizers']:.0f}"
    chi2 = number(test["chi2"], RANK)
    notes = [
        f"Rank 1 is best; ranks of {many} optimizers over {seeds} seeds.",
        f"Friedman's test ({test['method']}): chi-squared {chi2}, {int(many) - 1} degrees of "
        f"freedom, {p_text(float(test['p']))}.",
        f"Ranks further apart than {number(test['critical_difference'], RANK)} differ "
        f"significantly (Nemenyi, alpha = {ALPHA:g}).",
        *too_few(results.pairs),
    ]
    return PaperTable("Average ranks of the optimizers", header, rows, notes=notes)


def _nemenyi(pairs: pd.DataFrame, best: str) -> dict[str, float]:
    """Return p of Nemenyi's test of every other optimizer against one."""
    found = {}
    for _, row in pairs.iterrows():
        both = [str(row["optimizer_a"]), str(row["optimizer_b"])]
        if best in both:
            (other,) = (name for name in both if name != best)
            found[other] = float(row["p_nemenyi"])
    return found


def pairs(results: Results) -> PaperTable | None:
    """Return the test of every pair of optimizers."""
    table, told = results.pairs, sought(results)
    if table.empty or results.statistics["runs"].sum() < 2:
        return None
    header = ["pair", "n", f"difference, {told.unit}", "p", "p (Holm)", "A12", "effect"]
    rows = [
        [
            f"{row['optimizer_a']} vs {row['optimizer_b']}",
            f"{row['n']:.0f}",
            told.told(row["median_difference_kwh"]),
            p_value(row["p"]),
            p_value(row["p_holm"]),
            number(row["a12"], A12),
            str(row["effect"]),
        ]
        for _, row in table.iterrows()
    ]
    return PaperTable(
        "Every pair of optimizers, tested over seeds",
        header,
        rows,
        notes=_explained(table),
        spare=SEEDS,
    )


def _explained(pairs: pd.DataFrame) -> list[str]:
    """Return what the columns of pairs are, and whether p can be low enough at all."""
    count = len(pairs)
    return [
        "n: seeds that both ran with.",
        "Difference: median over seeds of the first less the second.",
        "p: two-sided exact Wilcoxon signed-rank test; p (Holm): corrected for "
        f"{count} pair{'' if count == 1 else 's'}, significant up to alpha = {ALPHA:g}.",
        "A12: chance that a run of the first is better.",
        *(too_few(pairs) if pairs["n"].max() >= 2 else ()),
    ]
