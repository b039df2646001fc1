"""How quickly targets are reached: shares of (run, target) pairs by evaluations spent.

The runtime distribution of COCO (Hansen et al. 2021, doi 10.1080/10556788.2020.1808977) and the
data profile of More and Wild (2009, doi 10.1137/080724083), with targets taken from the results.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from toolkit.common.types import FloatArray, IntArray
from toolkit.results.columns import columns

#: Number of targets, evenly spaced, and of budgets looked at, evenly spaced in their logarithm.
LEVELS = 51
BUDGETS = 201


def course(history: pd.DataFrame) -> FloatArray:
    """Return a run's best feasible energy so far from its history, kWh, NaN before there is one."""
    return -history["best_objective"].to_numpy(dtype=np.float64)


def levels(courses: Sequence[FloatArray], bound_kwh: float | None = None) -> FloatArray:
    """Return the targets, kWh: from the worst first feasible plan to the best ever found.

    courses: best feasible energy so far of each run, shape (evaluations,), NaN before there is one.
    bound_kwh, a proven upper bound, takes the place of the best ever found. Empty when no run has
    a feasible plan; one target when all runs begin and end alike.
    """
    feasible = [run[~np.isnan(run)] for run in courses]
    feasible = [run for run in feasible if len(run)]
    if not feasible:
        return np.empty(0)
    lowest = min(float(run[0]) for run in feasible)
    highest = max(float(run[-1]) for run in feasible) if bound_kwh is None else bound_kwh
    return np.unique(np.linspace(lowest, highest, LEVELS))


def reached(
    courses: Mapping[str, Sequence[FloatArray]], bound_kwh: float | None = None
) -> pd.DataFrame:
    """Return the share of (run, target) pairs reached, one row per optimizer and budget.

    courses: each optimizer's runs, see :func:`levels`. A run that ended early keeps what it had; a
    run without a feasible plan reaches no target and still counts.
    """
    every = [run for runs in courses.values() for run in runs]
    wanted = levels(every, bound_kwh)
    longest = max((len(course) for course in every), default=0)
    if not len(wanted):
        return pd.DataFrame(columns=columns("targets.csv"))
    budgets = np.unique(np.rint(np.geomspace(1, longest, BUDGETS)).astype(int))
    rows = [
        pd.DataFrame({"optimizer": name, "evaluations": budgets, "share": shares})
        for name, runs in courses.items()
        if runs
        for shares in [np.mean([_shares(run, wanted, budgets) for run in runs], axis=0)]
    ]
    return pd.concat(rows, ignore_index=True)[columns("targets.csv")]


def _shares(run: FloatArray, wanted: FloatArray, budgets: IntArray) -> FloatArray:
    """Return the share of the targets one run has reached at each budget."""
    if not len(run):
        return np.zeros(len(budgets))
    best = np.nan_to_num(run[np.minimum(budgets, len(run)) - 1], nan=-np.inf)
    return np.asarray(np.searchsorted(wanted, best, side="right") / len(wanted), dtype=np.float64)
