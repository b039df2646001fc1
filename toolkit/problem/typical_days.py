"""Days that are typical of a longer time, chosen by tsam, and how many days each stands for.

Hoffmann, Kotzur, Stolten, "The Pareto-optimal temporal aggregation of energy system models",
Applied Energy 315:119029 (2022), doi 10.1016/j.apenergy.2022.119029.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, minimize

from toolkit.common.extras import library, quiet
from toolkit.common.types import FloatArray, IndexArray
from toolkit.inputs.horizon_sections import Extreme

#: Which series an extreme day is one of, and what it is the day of, in tsam's words.
_EXTREME: Mapping[Extreme, tuple[str, str]] = {
    "peak_load": ("load", "max_value"),
    "peak_export": ("export", "max_value"),
    "darkest": ("sun", "min_period"),
}
#: How far weighted sums may be off, as a share, and by which factor a weight may be off the days in
#: its cluster: what is tried, one after the other.
TRIES = ((5e-3, 3.0), (1e-2, 3.0), (1e-2, 10.0), (1e-2, 30.0), (2e-2, 10.0), (5e-2, 10.0))


@dataclass(frozen=True)
class TypicalDays:
    """D days in the order of the calendar.

    at: their positions, from 0, (D,); members: days in the cluster of each, as tsam has it;
    weights: days that each stands for, both (D,); off: how far the weighted sum of each series is
    from its sum over all days, as a share.
    """

    at: IndexArray
    members: FloatArray
    weights: FloatArray
    off: Mapping[str, float]


def typical_days(
    series: Mapping[str, FloatArray], day_steps: int, count: int, extremes: Sequence[Extreme]
) -> TypicalDays:
    """Choose days typical of series, each (T,), of which ``day_steps`` values are a day.

    Real days: of each cluster (agglomerative, Ward's) the medoid, and the extremes beside them.
    Weights are as near to the sizes of clusters as sums of the series allow. Raises InputError
    where tsam is not installed.
    """
    used = {name: values for name, values in series.items() if np.ptp(values) > 0.0}
    days = len(next(iter(series.values()))) // day_steps
    if not used:
        at, members = np.arange(count), np.full(count, days / count)
    else:
        at, members = _clustered(used, day_steps, count, [e for e in extremes if _of(e) in used])
    sums = {
        name: values.reshape(days, -1).sum(axis=1)
        for name, values in used.items()
        if name != "export"
    }
    weights = balanced(members, {name: each[at] for name, each in sums.items()}, sums, days)
    off = {n: float(weights @ s[at] / s.sum() - 1.0) for n, s in sums.items() if s.sum() != 0.0}
    return TypicalDays(at, members, weights, off)


def _of(extreme: Extreme) -> str:
    """Return the series that an extreme day is one of."""
    return _EXTREME[extreme][0]


def _clustered(
    series: Mapping[str, FloatArray], day_steps: int, count: int, extremes: Sequence[Extreme]
) -> tuple[IndexArray, FloatArray]:
    """Return days and the number of days in the cluster of each, in the order of the calendar."""
    tsam = library("tsam", "horizon.days: typical days are chosen by tsam", "year")
    steps = len(next(iter(series.values())))
    hours = 24.0 / day_steps
    index = pd.date_range("2023-01-01", periods=steps, freq=pd.Timedelta(hours=hours))
    kept: dict[str, list[str]] = {}
    for name, how in (_EXTREME[extreme] for extreme in extremes):
        kept.setdefault(how, []).append(name)
    with quiet():
        found = tsam.aggregate(
            pd.DataFrame(dict(series), index=index),
            count - len(extremes),
            period_duration=24,
            temporal_resolution=hours,
            cluster=tsam.ClusterConfig(method="hierarchical", representation="medoid"),
            extremes=tsam.ExtremeConfig(method="append", **kept) if kept else None,
            preserve_column_means=False,
        )
    centers = np.array(found.clustering.cluster_centers, dtype=np.intp)
    sizes = np.array([found.cluster_counts[k] for k in range(len(centers))], dtype=float)
    # An extreme day may be a medoid as well: it is one day then, which stands for both.
    at, of = np.unique(centers, return_inverse=True)
    members: FloatArray = np.bincount(of, weights=sizes).astype(float)
    return at, members


def balanced(
    members: FloatArray,
    chosen: Mapping[str, FloatArray],
    every: Mapping[str, FloatArray],
    days: int,
) -> FloatArray:
    """Return weights, (D,), as near to ``members`` as lets sums over days come out.

    chosen: sums of each series over the chosen days, (D,); every: over all of them. The weights sum
    to ``days``, and those of each series come out to within the first of ``TRIES`` that can be met;
    where none can, weights are ``members``. Least is the sum of squared changes, each over what it
    was.
    """
    totals = {name: float(each.sum()) for name, each in every.items()}
    rows = np.array([chosen[name] / total for name, total in totals.items() if total != 0.0])
    # What is looked for is by how much each is multiplied: numbers near 1, whatever the sizes.
    share = members / members.sum()
    rows = rows.reshape(-1, len(members)) * members
    within = [LinearConstraint(share, 1.0, 1.0)]
    for off, factor in TRIES:
        kept = [*within, LinearConstraint(rows, 1.0 - off, 1.0 + off)] if len(rows) else within
        found = minimize(
            lambda u: (np.sum(share * (u - 1.0) ** 2), 2.0 * share * (u - 1.0)),
            np.ones(len(members)),
            jac=True,
            method="SLSQP",
            bounds=Bounds(1.0 / factor, factor),
            constraints=kept,
            options={"maxiter": 1000, "ftol": 1e-12},
        )
        if found.success:
            scaled: FloatArray = np.array(found.x) * members
            return scaled * (days / float(scaled.sum()))
    unchanged: FloatArray = members * (days / float(members.sum()))
    return unchanged
