"""Rank statistics of paired runs: pure functions of arrays, every p value two-sided.

Exact conditional distributions are used (the observed ranks, ties included, with their signs or
their order within a seed exchanged), because comparisons have few seeds and ties are common: an
optimizer that found the same plan twice scores the same. docs/statistics.md has the sources.
scipy is imported where it is used; that takes a second.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from statistics import NormalDist

import numpy as np
import pandas as pd

from toolkit.common.types import FloatArray, IntArray

#: Vargha and Delaney's thresholds on the larger of A12 and 1 - A12 (2000, doi
#: 10.3102/10769986025002101).
EFFECTS = ((0.71, "large"), (0.64, "medium"), (0.56, "small"), (0.0, "negligible"))
#: Steps the exact Friedman distribution may take, about a second; beyond it the F form is used.
FRIEDMAN_STEPS = 500_000_000


def midranks(values: FloatArray) -> FloatArray:
    """Return ranks from 1, the smallest first, along the last axis; equals share their mean."""
    frame = pd.DataFrame(np.atleast_2d(values)).rank(axis=1)
    return frame.to_numpy(dtype=np.float64).reshape(np.shape(values))


@dataclass(frozen=True)
class SignedRank:
    """Wilcoxon's signed-rank test of n paired differences.

    ``plus`` and ``minus`` are the rank sums of the positive and the negative differences; zero
    differences were left out before ranking, as Wilcoxon does.
    """

    plus: float
    minus: float
    p: float


def signed_rank(differences: FloatArray) -> SignedRank:
    """Test whether paired differences, shape (n,), lie around zero (Wilcoxon 1945), exactly.

    p is 1 when every difference is zero or there is none.
    """
    moved = differences[differences != 0.0]
    ranks = midranks(np.abs(moved))
    plus, minus = float(ranks[moved > 0.0].sum()), float(ranks[moved < 0.0].sum())
    chances = _sums_of_signs(np.rint(2.0 * ranks).astype(int))
    below = float(chances[: round(2.0 * min(plus, minus)) + 1].sum())
    return SignedRank(plus, minus, min(1.0, 2.0 * below))


def _sums_of_signs(weights: IntArray) -> FloatArray:
    """Return the chance of each sum of weights when each counts with probability one half."""
    chances = np.zeros(int(weights.sum()) + 1)
    chances[0] = 1.0
    for weight in weights:
        with_it = np.zeros_like(chances)
        with_it[weight:] = chances[: len(chances) - weight]
        chances = (chances + with_it) / 2.0
    return chances


def smallest_p(seeds: int) -> float:
    """Return the smallest p the signed-rank test can give: every difference of one sign."""
    return min(1.0, 2.0 ** (1 - seeds))


def holm(p: Sequence[float]) -> FloatArray:
    """Return p values corrected for their number by Holm's step-down rule (1979), in order."""
    raw = np.asarray(p, dtype=np.float64)
    order = np.argsort(raw, kind="stable")
    stepped = raw[order] * np.arange(len(raw), 0, -1)
    corrected = np.empty_like(raw)
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(stepped))
    return corrected


def a12(first: FloatArray, second: FloatArray) -> float:
    """Return the chance that a run of the first is higher than one of the second, ties as half.

    Vargha and Delaney's measure of effect; 0.5 is no effect. Shapes (n,) and (m,).
    """
    signs = np.sign(first[:, None] - second[None, :])
    return float((1.0 + signs.mean()) / 2.0)


def effect_word(a: float) -> str:
    """Return how large an effect A12 stands for, in Vargha and Delaney's words."""
    size = max(a, 1.0 - a) + 1e-12
    return next(word for threshold, word in EFFECTS if size >= threshold)


def runs_needed(differences: FloatArray, alpha: float, power: float = 0.8) -> float:
    """Return how many seeds the signed-rank test would need to see differences like these.

    Noether's formula (1987, doi 10.1080/01621459.1987.10478478) with the chance that two
    differences have a positive sum taken from the differences observed, shape (n,), n >= 2; never
    fewer than the exact test needs to reach ``alpha`` at all. Infinity where nothing points either
    way.
    """
    i, j = np.triu_indices(len(differences), k=1)
    leaning = float(np.sign(differences[i] + differences[j]).mean()) / 2.0
    if leaning == 0.0:
        return math.inf
    normal = NormalDist()
    z = normal.inv_cdf(1.0 - alpha / 2.0) + normal.inv_cdf(power)
    return float(max(math.ceil(z**2 / (3.0 * leaning**2)), least_seeds(alpha)))


def least_seeds(alpha: float) -> int:
    """Return the least number of seeds with which the signed-rank test can reach ``alpha``."""
    return math.ceil(1.0 - math.log2(alpha) - 1e-9)


@dataclass(frozen=True)
class Friedman:
    """Friedman's test of k treatments over n blocks; average ranks have shape (k,), 1 is best."""

    average_ranks: FloatArray
    chi2: float
    p: float
    exact: bool


def friedman(scores: FloatArray) -> Friedman:
    """Test whether any column of scores, shape (n, k), higher is better, differs from the others.

    Friedman (1937) with ties; p from the exact distribution where that is quick, else from Iman
    and Davenport's F form (1980). p is 1 when every row is one tie.
    """
    ranks = midranks(-scores)
    n, k = ranks.shape
    means = ranks.mean(axis=0)
    spread = float(((ranks - (k + 1) / 2.0) ** 2).sum())
    if spread == 0.0:
        return Friedman(means, 0.0, 1.0, True)
    chi2 = (k - 1) * float(((ranks.sum(axis=0) - n * (k + 1) / 2.0) ** 2).sum()) / spread
    units = _whole(ranks)
    exact = _grid_steps(units) <= FRIEDMAN_STEPS
    return Friedman(means, chi2, _exact_friedman(units) if exact else _f_form(chi2, n, k), exact)


def _whole(ranks: FloatArray) -> IntArray:
    """Return ranks as whole numbers from 0 with no common factor, shape kept."""
    doubled = np.rint(2.0 * ranks).astype(int) - 2
    divisor = int(np.gcd.reduce(doubled, axis=None))
    return doubled // max(divisor, 1)


def _grid_steps(units: IntArray) -> float:
    n, k = units.shape
    side = float(units.max(axis=1).sum() + 1)
    return float(side ** (k - 1) * math.factorial(k) * n)


def _exact_friedman(units: IntArray) -> float:
    """Return the chance of rank sums at least as far apart, every order within a row as likely."""
    k = units.shape[1]
    side = int(units.max(axis=1).sum()) + 1
    chances = np.zeros((side,) * (k - 1))
    chances[(0,) * (k - 1)] = 1.0
    for row in units:
        orders = Counter(permutations(row.tolist()))
        following = np.zeros_like(chances)
        for order, times in orders.items():
            to = tuple(slice(step, None) for step in order[:-1])
            source = tuple(slice(0, side - step) for step in order[:-1])
            following[to] += chances[source] * (times / math.factorial(k))
        chances = following
    sums = np.indices(chances.shape)
    total = int(units.sum())
    squares = (sums**2).sum(axis=0) + (total - sums.sum(axis=0)) ** 2
    observed = int((units.sum(axis=0) ** 2).sum())
    return min(1.0, float(chances[squares >= observed].sum()))


def _f_form(chi2: float, n: int, k: int) -> float:
    """Return p by Iman and Davenport; never below that of n rows in one order."""
    from scipy.stats import f

    least = float(math.factorial(k)) ** (1 - n)
    rest = n * (k - 1) - chi2
    if rest <= 0.0:
        return least
    return max(least, float(f.sf((n - 1) * chi2 / rest, k - 1, (k - 1) * (n - 1))))


def critical_difference(k: int, n: int, alpha: float) -> float:
    """Return how far average ranks of k over n blocks must lie apart to differ (Nemenyi 1963)."""
    from scipy.stats import studentized_range

    q = float(studentized_range.ppf(1.0 - alpha, k, math.inf)) / math.sqrt(2.0)
    return q * math.sqrt(k * (k + 1) / (6.0 * n))


def nemenyi(scores: FloatArray) -> FloatArray:
    """Return Nemenyi's p of every pair of columns of scores (n, k), shape (k, k).

    The distance of two average ranks, in units of sqrt(k (k + 1) / (6 n)) and times sqrt(2),
    follows the studentized range of k (Demsar 2006). p is 1 on the diagonal.
    """
    from scipy.stats import studentized_range

    n, k = scores.shape
    means = midranks(-scores).mean(axis=0)
    first, second = np.triu_indices(k, 1)
    q = np.abs(means[first] - means[second]) / np.sqrt(k * (k + 1.0) / (6.0 * n))
    p = np.ones((k, k))
    p[first, second] = p[second, first] = studentized_range.sf(q * np.sqrt(2.0), k, np.inf)
    return p
