"""What the statistics of a comparison say, in words and in tables ready to print."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

import pandas as pd

from toolkit.results.statistics.rank_tests import effect_word, least_seeds, smallest_p
from toolkit.results.text_table import TextTable

#: A p value, corrected for the number of pairs, up to this is called significant.
ALPHA = 0.05
#: More seeds than this are not counted out one by one.
MANY = 1000


@dataclass(frozen=True)
class Pair:
    """Two optimizers tested against each other over n seeds that both ran with.

    ``leaning`` is the rank sum for the first less that for the second; ``a12`` the chance that a
    run of the first is better; ``seeds_needed`` to see the effect with a chance of 80 %.
    """

    optimizer_a: str
    optimizer_b: str
    n: int
    median_difference_kwh: float
    p: float
    p_holm: float
    a12: float
    leaning: float
    seeds_needed: float

    @property
    def more_runs(self) -> float:
        """Seeds needed beyond those run, at least one; NaN when the test needs no more."""
        if self.p_holm <= ALPHA or math.isnan(self.seeds_needed):
            return math.nan
        return max(self.seeds_needed - self.n, 1.0)

    @property
    def effect(self) -> str:
        """How large the effect is, in a word."""
        return "-" if math.isnan(self.a12) else effect_word(self.a12)

    @property
    def verdict(self) -> str:
        """What the test says, in words."""
        both = f"{self.optimizer_a} and {self.optimizer_b}"
        if self.n < 2:
            seeds = "one seed" if self.n else "no seed"
            return f"{both}: {seeds} in common, nothing can be tested"
        if self.p_holm <= ALPHA:
            return self._better()
        none = f"{both}: no significant difference at n = {self.n}, {_kept(self.p_holm)}"
        return f"{none}; {self._outlook()}"

    def _better(self) -> str:
        names = [self.optimizer_a, self.optimizer_b]
        better, worse = names if self.leaning > 0.0 else names[::-1]
        chance = self.a12 if self.leaning > 0.0 else 1.0 - self.a12
        against = " the other way" if chance < 0.5 and self.effect != "negligible" else ""
        return (
            f"{better} is better than {worse}, {_kept(self.p_holm)}, {self.effect} effect{against}"
        )

    def _outlook(self) -> str:
        if math.isinf(self.more_runs):
            return "nothing in these runs points either way"
        if self.more_runs > MANY:
            return f"more than {MANY:,} more runs would be needed to see one this size"
        runs = "1 more run" if self.more_runs == 1 else f"{self.more_runs:.0f} more runs"
        return f"about {runs} would be needed to see one this size"

    def row(self) -> dict[str, object]:
        """Return the pair as a row of pairs.csv."""
        return {
            "optimizer_a": self.optimizer_a,
            "optimizer_b": self.optimizer_b,
            "n": self.n,
            "median_difference_kwh": self.median_difference_kwh,
            "p": self.p,
            "p_holm": self.p_holm,
            "a12": self.a12,
            "effect": self.effect,
            "more_runs": math.nan if math.isinf(self.more_runs) else self.more_runs,
            "verdict": self.verdict,
        }


def p_text(p: float) -> str:
    """Return a p value as a reader wants it: 'p = 0.031' or 'p < 0.001', halves rounded up."""
    return "p < 0.001" if p < 0.001 else f"p = {_rounded(p, 2)}"


def _kept(p: float) -> str:
    """Return a p value as verdicts in pairs.csv have it, whose bytes stay: halves to even."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"


def _rounded(value: float, count: int) -> str:
    """Return a number with so many significant digits, halves rounded up."""
    near = Decimal(repr(float(value))).normalize(Context(prec=count, rounding=ROUND_HALF_UP))
    return f"{float(near):.{count}g}"


def sentences(pairs: pd.DataFrame, friedman: pd.DataFrame) -> list[str]:
    """Return what pairs.csv and friedman.csv say, line by line; nothing where nothing compares."""
    if pairs.empty:
        return []
    if int(pairs["n"].max()) < 2:
        return [
            "No two optimizers have two seeds in common: nothing can be tested. "
            f"Ask for more with --runs, at least {least_seeds(ALPHA / len(pairs))}."
        ]
    lines = [_all_together(row) for _, row in friedman.iterrows()]
    verdicts = [f"{_whose(row, len(pairs))}." for _, row in pairs.iterrows()]
    return [*lines, *too_few(pairs), _how_tested(len(pairs)), *verdicts]


def _how_tested(pairs: int) -> str:
    """Return which test p is of, and up to where it counts."""
    corrected = f", corrected for {pairs} pairs by Holm" if pairs > 1 else ""
    return (
        f"Pairs: p is Wilcoxon's signed-rank test, two-sided and exact{corrected}; significant "
        f"up to {ALPHA:g}."
    )


def _whose(row: pd.Series, pairs: int) -> str:
    """Return the verdict on a pair, in which p is named Holm's where it is corrected."""
    told, p = str(row["verdict"]), float(row["p_holm"])
    shown = p_text(p).replace("p", "p (Holm)", 1) if pairs > 1 else p_text(p)
    return told.replace(f", {_kept(p)}", f", {shown}")


def _all_together(row: pd.Series) -> str:
    differ = bool(row["p"] <= ALPHA)
    outcome = "the optimizers differ" if differ else "no significant difference among optimizers"
    return (
        f"Friedman over {row['seeds']:.0f} seeds: {outcome}, {p_text(row['p'])}, alpha = "
        f"{ALPHA:g}; average ranks further apart than {row['critical_difference']:.2f} differ "
        "significantly (Nemenyi)."
    )


def too_few(pairs: pd.DataFrame) -> list[str]:
    """Return a warning when no pair of pairs.csv whatever could come out significant."""
    n, count = int(pairs["n"].max()), len(pairs)
    least = smallest_p(n)
    if count * least <= ALPHA:
        return []
    holm = f", {_rounded(min(1.0, count * least), 2)} corrected for {count} pairs"
    return [
        f"With {n} seeds no pair can come out significant by Wilcoxon's test: the smallest p "
        f"possible is {_rounded(least, 3)}{holm if count > 1 else ''}. It takes at least "
        f"{least_seeds(ALPHA / count)} seeds."
    ]


def comparison_tables(
    statistics: pd.DataFrame, pairs: pd.DataFrame, unit: str = "kWh", span: str = "day"
) -> list[TextTable]:
    """Lay a comparison out: the optimizers, then the pairs if any; nothing for a single run.

    unit: of what was ranked, higher being better; span: the time it is over.
    """
    if statistics["runs"].sum() < 2:
        return []
    return [
        statistics_table(statistics, unit, span),
        *([] if pairs.empty else [pairs_table(pairs, unit)]),
    ]


def statistics_table(statistics: pd.DataFrame, unit: str = "kWh", span: str = "day") -> TextTable:
    """Lay statistics.csv out as a table, one row per optimizer, without blank columns."""
    extra = {"average_rank": ("rank", 2), "median_pct_of_bound": ("% of bound", 1)}
    shown = {name: look for name, look in extra.items() if statistics[name].notna().any()}
    header = ["optimizer", "runs", "feasible", "median", "quartiles", "best"]
    rows = [
        [*_spread(row), *(_number(row[name], digits) for name, (_, digits) in shown.items())]
        for _, row in statistics.iterrows()
    ]
    header += [title for title, _ in shown.values()]
    return TextTable(f"Final results over the seeds, {unit} over the {span}", header, rows)


def _spread(row: pd.Series) -> list[str]:
    low, high = _quartile(row["lower_quartile_kwh"]), _quartile(row["upper_quartile_kwh"])
    return [
        str(row["optimizer"]),
        f"{row['runs']:.0f}",
        f"{row['feasible']:.0f}",
        _kwh(row["median_kwh"]),
        "-" if low == high == "-" else f"{low} to {high}",
        _kwh(row["best_kwh"]),
    ]


def pairs_table(pairs: pd.DataFrame, unit: str = "kWh") -> TextTable:
    """Lay pairs.csv out as a table, one row per pair."""
    header = ["pair", "n", f"median difference, {unit}", "p", "p (Holm)", "A12", "effect"]
    rows = [
        [
            f"{row['optimizer_a']} - {row['optimizer_b']}",
            f"{row['n']:.0f}",
            _number(row["median_difference_kwh"], 1),
            _p(row["p"]),
            _p(row["p_holm"]),
            _number(row["a12"], 2),
            str(row["effect"]),
        ]
        for _, row in pairs.iterrows()
    ]
    title = f"Every pair, tested over the seeds both ran with; significant at p (Holm) <= {ALPHA:g}"
    return TextTable(title, header, rows)


def _p(p: float) -> str:
    return p_text(p).removeprefix("p ").removeprefix("= ")


def _quartile(value: float) -> str:
    """Return a quartile, short enough for two of them to share a column."""
    return _number(value, 0) if abs(value) >= 1000.0 else _kwh(value)


def _kwh(value: float) -> str:
    """Return what was ranked; deviations and weighted shares are small numbers."""
    return f"{value:.3g}" if 0.0 < abs(value) < 1.0 else _number(value, 1)


def _number(value: float, digits: int) -> str:
    return "-" if math.isnan(value) else f"{value:.{digits}f}"


def digits(values: Iterable[float]) -> int:
    """Return how many decimals tell figures apart: four digits of the largest, one at least."""
    largest = max((abs(value) for value in values if not math.isnan(value)), default=0.0)
    return 1 if largest >= 100.0 or largest == 0.0 else min(4, 3 - math.floor(math.log10(largest)))


def percent(value: float) -> str:
    """Return a percentage short enough for a table; a dash for none."""
    return _number(float(value), 1)
