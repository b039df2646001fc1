"""Fronts of several goals as pure functions: which figures are dominated, and the hypervolume.

All figures are minimised here, one row per plan and one column per goal, (n, k). Zitzler and
Thiele, "Multiobjective evolutionary algorithms: a comparative case study and the strength Pareto
approach", IEEE Transactions on Evolutionary Computation 3(4), 1999, doi 10.1109/4235.797969.
"""

from __future__ import annotations

import numpy as np

from toolkit.common.types import BoolArray, FloatArray


def dominated(costs: FloatArray) -> BoolArray:
    """Say of each plan whether another is lower in some goal and higher in none, (n,).

    Equal plans do not dominate each other.
    """
    no_worse = (costs[:, None, :] <= costs[None, :, :]).all(axis=-1)
    better = (costs[:, None, :] < costs[None, :, :]).any(axis=-1)
    return np.asarray((no_worse & better).any(axis=0), dtype=bool)


def hypervolume(costs: FloatArray, reference: FloatArray) -> float:
    """Return the volume of what plans dominate below a reference, (k,), in the goals' units.

    A plan that is not below the reference in every goal adds nothing. Slices along the last goal
    are summed up, each the volume of the plans so far in the goals before it.
    """
    inside = costs[(costs < reference).all(axis=1)]
    if not len(inside):
        return 0.0
    if inside.shape[1] == 1:
        return float(reference[0] - inside.min())
    ordered = inside[np.argsort(inside[:, -1], kind="stable")]
    ends = np.append(ordered[1:, -1], reference[-1])
    volume = 0.0
    for count, depth in enumerate(ends - ordered[:, -1], start=1):
        if depth > 0.0:
            volume += depth * hypervolume(ordered[:count, :-1], reference[:-1])
    return float(volume)


def share_dominated(costs: FloatArray, best: FloatArray, reference: FloatArray) -> float:
    """Return the hypervolume as a share of the box between best and reference figures, 0 to 1."""
    inside = np.maximum(costs, best)
    return hypervolume(inside, reference) / float(np.prod(reference - best))
