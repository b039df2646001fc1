"""Statistics of a comparison: final results paired by seed, feasible first, as tidy frames.

What enters is summary.csv and the name of the column that was maximised; rows without an optimizer
(the base case, a given plan) and runs the user stopped do not take part. docs/statistics.md says
how to read the figures, docs/decisions/ how infeasible runs enter them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from toolkit.common.types import FloatArray
from toolkit.exact.shares import pct
from toolkit.results.columns import columns
from toolkit.results.statistics import rank_tests, targets
from toolkit.results.wording import ALPHA, Pair

#: Energies that differ by less are one and the same plan's (docs/decisions/0001), kWh.
DECIMALS = 6


@dataclass(frozen=True)
class Comparison:
    """The statistics of a results folder, each a frame with the columns of its file.

    ``statistics`` has one row per optimizer, ``pairs`` one per pair, ``friedman`` one row for three
    optimizers or more, ``targets`` one per optimizer and budget; empty where there is nothing.
    """

    statistics: pd.DataFrame
    pairs: pd.DataFrame
    friedman: pd.DataFrame
    targets: pd.DataFrame

    def files(self) -> dict[str, pd.DataFrame]:
        """Return the frames that hold anything by the name of their file."""
        frames = {f"{field.name}.csv": getattr(self, field.name) for field in fields(self)}
        return {name: frame for name, frame in frames.items() if len(frame)}


def compare(
    summary: pd.DataFrame,
    histories: Mapping[str, FloatArray],
    maximised: str,
    bound_kwh: float | None = None,
) -> Comparison:
    """Return the statistics of the runs in a summary.

    summary: rows of summary.csv. histories: best feasible energy so far by case, kWh, each of shape
    (evaluations,), NaN before the first feasible plan. maximised: the column of the energy that was
    maximised. bound_kwh: a proven upper bound on it, for "median % of bound".
    """
    runs = taking_part(summary)
    scores = paired_scores(runs, maximised)
    whole = scores.dropna()
    ranked = whole if scores.shape[1] >= 3 and len(whole) >= 2 else whole.iloc[:0]
    test = None if ranked.empty else rank_tests.friedman(ranked.to_numpy())
    ranks = {} if test is None else dict(zip(ranked, test.average_ranks, strict=True))
    return Comparison(
        statistics=_optimizers(runs, maximised, ranks, bound_kwh),
        pairs=_pairs(scores, ranked, round(floor(runs, maximised), DECIMALS)),
        friedman=_empty("friedman.csv") if test is None else _friedman(ranked, test),
        targets=_targets(runs, histories, bound_kwh),
    )


def on_other_days(runs: pd.DataFrame, maximised: str) -> Comparison:
    """Return the same of validation_runs.csv, rows of runs tried on days they were not made for."""
    return compare(runs.assign(ending="spent"), {}, maximised)


def taking_part(summary: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of finished runs of optimizers.

    A run the user stopped had less budget than the others, through no fault of its optimizer.
    """
    named = summary["optimizer"].fillna("") != ""
    return summary[named & (summary["ending"] != "stopped")]


def paired_scores(runs: pd.DataFrame, maximised: str) -> pd.DataFrame:
    """Return one score a run, higher is better, seeds down and optimizers across.

    The score is what was maximised for a feasible run, and the floor minus the violation for any
    other: the scalar form of :class:`~toolkit.optimizer.scores.Scores`, so every feasible run is
    above every infeasible one. NaN where a run left no plan.
    """
    feasible = runs["feasible"].astype(bool)
    infeasible = floor(runs, maximised) - runs["violation"]
    score = runs[maximised].where(feasible, infeasible).astype(float).round(DECIMALS)
    names = list(dict.fromkeys(runs["optimizer"]))
    tall = runs[["seed", "optimizer"]].assign(score=score)
    wide = tall.pivot_table(index="seed", columns="optimizer", values="score", aggfunc="first")
    return wide.reindex(columns=names)


def floor(runs: pd.DataFrame, maximised: str) -> float:
    """Return what no feasible run is below: 0, or the worst of them where they are negative."""
    feasible = runs.loc[runs["feasible"].astype(bool), maximised]
    return min(0.0, float(feasible.min())) if len(feasible) else 0.0


def _optimizers(
    runs: pd.DataFrame, maximised: str, ranks: Mapping[Any, float], bound_kwh: float | None
) -> pd.DataFrame:
    rows = [
        {
            "optimizer": name,
            **_spread(group, maximised, bound_kwh),
            "average_rank": ranks.get(name, math.nan),
        }
        for name, group in runs.groupby("optimizer", sort=False)
    ]
    return pd.DataFrame(rows, columns=columns("statistics.csv"))


def _spread(group: pd.DataFrame, maximised: str, bound_kwh: float | None) -> dict[str, float]:
    """Return one optimizer's figures over its seeds; NaN for a quartile on an infeasible run."""
    feasible = group["feasible"].to_numpy(dtype=bool)
    energy = np.where(feasible, group[maximised].to_numpy(dtype=np.float64), -np.inf)
    with np.errstate(invalid="ignore"):
        quantiles = np.quantile(energy, [0.25, 0.5, 0.75, 1.0])
    low, middle, high, best = np.where(np.isfinite(quantiles), quantiles, np.nan)
    return {
        "runs": len(group),
        "feasible": int(feasible.sum()),
        "median_kwh": middle,
        "lower_quartile_kwh": low,
        "upper_quartile_kwh": high,
        "iqr_kwh": high - low,
        "best_kwh": best,
        "median_pct_of_bound": np.nan if bound_kwh is None else pct(middle, bound_kwh),
    }


def _pairs(scores: pd.DataFrame, ranked: pd.DataFrame, lowest: float) -> pd.DataFrame:
    """Return every pair's tests, p corrected for the number of pairs.

    ranked: the seeds every optimizer ran with; empty where ranks are not compared. lowest: the
    floor of feasible scores.
    """
    names = list(combinations(map(str, scores), 2))
    common = [scores[[first, second]].dropna().to_numpy() for first, second in names]
    tests = [rank_tests.signed_rank(_differences(pair)) for pair in common]
    corrected = rank_tests.holm([test.p for test in tests])
    nemenyi = _nemenyi(ranked)
    rows = []
    for i, (first, second) in enumerate(names):
        both = _differences(common[i])[(common[i] >= lowest).all(axis=1)]
        pair = _pair(first, second, common[i], both, tests[i], float(corrected[i]), len(names))
        rows.append({**pair.row(), "p_nemenyi": nemenyi.get((first, second), math.nan)})
    return pd.DataFrame(rows, columns=columns("pairs.csv"))


def _differences(pair: FloatArray) -> FloatArray:
    """Return score differences of a pair (n, 2), rounded so that equal ones tie."""
    return np.round(pair[:, 0] - pair[:, 1], DECIMALS)


def _pair(
    first: str,
    second: str,
    pair: FloatArray,
    both: FloatArray,
    test: rank_tests.SignedRank,
    p_holm: float,
    pairs: int,
) -> Pair:
    """Return a pair's tests; ``both``: differences over seeds where both are feasible."""
    differences = _differences(pair)
    testable = len(pair) >= 2
    return Pair(
        optimizer_a=first,
        optimizer_b=second,
        n=len(pair),
        median_difference_kwh=float(np.median(both)) if len(both) else math.nan,
        p=test.p,
        p_holm=p_holm,
        a12=rank_tests.a12(pair[:, 0], pair[:, 1]) if len(pair) else math.nan,
        leaning=test.plus - test.minus,
        seeds_needed=rank_tests.runs_needed(differences, ALPHA / pairs) if testable else math.nan,
    )


def _nemenyi(ranked: pd.DataFrame) -> dict[tuple[str, str], float]:
    if ranked.empty:
        return {}
    p = rank_tests.nemenyi(ranked.to_numpy())
    names = list(enumerate(map(str, ranked)))
    return {(a, b): float(p[i, j]) for i, a in names for j, b in names}


def _friedman(ranked: pd.DataFrame, test: rank_tests.Friedman) -> pd.DataFrame:
    n, k = ranked.shape
    row = {
        "optimizers": k,
        "seeds": n,
        "chi2": test.chi2,
        "p": test.p,
        "method": "exact" if test.exact else "Iman-Davenport F",
        "critical_difference": rank_tests.critical_difference(k, n, ALPHA),
    }
    return pd.DataFrame([row], columns=columns("friedman.csv"))


def _targets(
    runs: pd.DataFrame, histories: Mapping[str, FloatArray], bound_kwh: float | None
) -> pd.DataFrame:
    """Return the share of targets reached, for two optimizers or more."""
    courses = {
        str(name): [histories[case] for case in cases if case in histories]
        for name, cases in runs.groupby("optimizer", sort=False)["case"]
    }
    if len(courses) < 2:
        return _empty("targets.csv")
    return targets.reached(courses, bound_kwh)


def _empty(file: str) -> pd.DataFrame:
    return pd.DataFrame(columns=columns(file))
