"""Rank statistics against hand-worked figures, plain enumeration, and a published example."""

import math
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from toolkit.results.statistics import rank_tests

#: AUC of four variants of C4.5 on 14 data sets, from Demsar, "Statistical comparisons of
#: classifiers over multiple data sets", Journal of Machine Learning Research 7 (2006), table 6.
DEMSAR = np.array(
    [
        [0.763, 0.768, 0.771, 0.798],
        [0.599, 0.591, 0.590, 0.569],
        [0.954, 0.971, 0.968, 0.967],
        [0.628, 0.661, 0.654, 0.657],
        [0.882, 0.888, 0.886, 0.898],
        [0.936, 0.931, 0.916, 0.931],
        [0.661, 0.668, 0.609, 0.685],
        [0.583, 0.583, 0.563, 0.625],
        [0.775, 0.838, 0.875, 0.875],
        [1.000, 1.000, 1.000, 1.000],
        [0.940, 0.962, 0.965, 0.962],
        [0.619, 0.666, 0.614, 0.669],
        [0.972, 0.981, 0.975, 0.975],
        [0.957, 0.978, 0.946, 0.970],
    ]
)
whole = st.integers(-4, 4).map(float)
probabilities = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12)


def samples(least=1, most=8):
    return st.lists(whole, min_size=least, max_size=most).map(np.array)


@pytest.mark.parametrize(
    ("differences", "plus", "minus", "p"),
    [
        ([1, 2, 3, 4, 5], 15, 0, 2 / 32),  # the smallest p of five pairs
        ([1, 2, 3, 4, -5], 10, 5, 20 / 32),  # ten of 32 sign patterns have a sum of 5 or less
        ([3, -1, 4, 2], 9, 1, 4 / 16),  # sums of 0 and of 1
        ([1, 1, -1], 4, 2, 1.0),  # ties: every rank is 2
        ([0, 0, 1, 2, 3, 4, 5, 6], 21, 0, 2 / 64),  # zeros are left out
        ([0, 0, 0], 0, 0, 1.0),
        ([], 0, 0, 1.0),
        ([7], 1, 0, 1.0),
    ],
)
def test_signed_rank_by_hand(differences, plus, minus, p):
    found = rank_tests.signed_rank(np.array(differences, dtype=float))
    assert (found.plus, found.minus) == (plus, minus)
    assert found.p == pytest.approx(p, abs=1e-12)


@given(samples())
def test_signed_rank_is_the_share_of_sign_patterns_at_least_as_far_out(differences):
    moved = differences[differences != 0.0]
    ranks = stats.rankdata(np.abs(moved))
    sums = [float(ranks @ signs) for signs in product((0, 1), repeat=len(moved))]
    observed = float(ranks @ (moved > 0))
    centre = ranks.sum() / 2.0
    far = np.mean([abs(s - centre) >= abs(observed - centre) - 1e-9 for s in sums])
    assert rank_tests.signed_rank(differences).p == pytest.approx(far, abs=1e-12)


def test_signed_rank_agrees_with_scipy_where_nothing_ties():
    differences = np.random.default_rng(3).normal(0.4, 1.0, 25)
    assert rank_tests.signed_rank(differences).p == pytest.approx(
        stats.wilcoxon(differences, method="exact").pvalue, rel=1e-9
    )


@given(samples())
def test_p_does_not_depend_on_which_comes_first(differences):
    one, other = rank_tests.signed_rank(differences), rank_tests.signed_rank(-differences)
    assert one.p == other.p
    assert (one.plus, one.minus) == (other.minus, other.plus)


@pytest.mark.parametrize(("seeds", "p"), [(1, 1.0), (5, 0.0625), (6, 0.03125)])
def test_smallest_p_is_what_the_test_gives_when_all_agree(seeds, p):
    assert rank_tests.smallest_p(seeds) == p
    assert rank_tests.signed_rank(np.arange(1.0, seeds + 1)).p == p


@pytest.mark.parametrize("alpha", [0.0625, 0.05, 0.05 / 3, 0.05 / 6, 0.05 / 10])
def test_least_seeds_can_reach_alpha_and_one_fewer_cannot(alpha):
    least = rank_tests.least_seeds(alpha)
    assert rank_tests.smallest_p(least) <= alpha < rank_tests.smallest_p(least - 1)


def test_holm_by_hand():
    # sorted 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1: 0.02, 0.03, 0.06, 0.04 -> 0.06
    found = rank_tests.holm([0.01, 0.04, 0.03, 0.005])
    assert found == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert rank_tests.holm([0.6, 0.7]).tolist() == [1.0, 1.0]
    assert rank_tests.holm([0.2]).tolist() == [0.2]
    assert len(rank_tests.holm([])) == 0


@given(probabilities)
def test_holm_is_at_least_the_raw_p_keeps_the_order_and_stays_a_probability(raw):
    found = rank_tests.holm(raw)
    assert np.all(found >= np.array(raw))
    assert np.all(found <= 1.0)
    assert np.all(np.diff(found[np.argsort(raw, kind="stable")]) >= 0.0)


def test_a12_by_hand():
    # 6 against 1..4 wins 4; 4 wins 3 and ties 1; 2 wins 1 and ties 1: (4 + 3.5 + 1.5) / 12
    found = rank_tests.a12(np.array([6.0, 4.0, 2.0]), np.array([1.0, 2.0, 3.0, 4.0]))
    assert found == pytest.approx(9 / 12)
    assert rank_tests.a12(np.array([2.0, 3.0]), np.array([0.0, 1.0])) == 1.0


@given(samples(), samples())
def test_a12_of_the_other_way_round_is_the_rest(first, second):
    one, other = rank_tests.a12(first, second), rank_tests.a12(second, first)
    assert one == pytest.approx(1.0 - other, abs=1e-12)
    assert rank_tests.effect_word(one) == rank_tests.effect_word(other)


@pytest.mark.parametrize(
    ("a", "word"),
    [
        (0.5, "negligible"),
        (0.559, "negligible"),
        (0.56, "small"),
        (0.44, "small"),
        (0.64, "medium"),
        (0.36, "medium"),
        (0.71, "large"),
        (0.29, "large"),
        (0.0, "large"),
    ],
)
def test_effect_words_at_their_thresholds(a, word):
    assert rank_tests.effect_word(a) == word


@pytest.mark.parametrize(
    ("scores", "chi2", "p"),
    [
        # k = 3, n = 4 as tabulated: chi2 of 8 has p 0.0046, of 6.5 p 0.042
        ([[3, 2, 1]] * 4, 8.0, 6 / 6**4),
        ([[3, 2, 1]] * 3 + [[3, 1, 2]], 6.5, 54 / 6**4),
        ([[1, 1, 1]] * 4, 0.0, 1.0),
        ([[3, 2, 1]], 2.0, 1.0),
    ],
)
def test_friedman_by_hand(scores, chi2, p):
    found = rank_tests.friedman(np.array(scores, dtype=float))
    assert found.chi2 == pytest.approx(chi2)
    assert found.p == pytest.approx(p, abs=1e-12)
    assert found.exact


@settings(max_examples=60, deadline=None)
@given(hnp.arrays(float, st.tuples(st.integers(1, 4), st.just(3)), elements=whole))
def test_friedman_is_the_share_of_orders_within_rows_at_least_as_far_out(scores):
    def spread(rows):
        return float(((np.sum(rows, axis=0) - 2.0 * len(rows)) ** 2).sum())

    ranks = [stats.rankdata(-row) for row in scores]
    every = product(*([np.array(order) for order in permutations(row)] for row in ranks))
    far = np.mean([spread(rows) >= spread(ranks) - 1e-9 for rows in every])
    assert rank_tests.friedman(scores).p == pytest.approx(far, abs=1e-12)


def test_friedman_statistic_with_ties_agrees_with_scipy():
    scores = np.random.default_rng(5).integers(0, 4, (12, 5)).astype(float)
    found = rank_tests.friedman(scores)
    assert found.chi2 == pytest.approx(stats.friedmanchisquare(*scores.T).statistic)


def test_the_f_form_takes_over_where_counting_is_long_and_is_near_the_exact_p(monkeypatch):
    scores = np.random.default_rng(4).normal(size=(15, 4)) + np.array([0.0, 0.25, 0.5, 0.75])
    exact = rank_tests.friedman(scores)
    monkeypatch.setattr(rank_tests, "FRIEDMAN_STEPS", 0)
    near = rank_tests.friedman(scores)
    assert (exact.exact, near.exact) == (True, False)
    assert 0.01 < exact.p < 0.05
    chi2 = stats.chi2.sf(exact.chi2, 3)
    assert abs(near.p - exact.p) < min(abs(chi2 - exact.p), 0.1 * exact.p)
    agreeing = rank_tests.friedman(np.tile([3.0, 2.0, 1.0], (6, 1)))
    assert agreeing.p == pytest.approx(6.0**-5)


def test_demsars_example():
    """Average ranks, chi2 9.28, F 3.69, q 2.569 and 2.291, critical differences 1.25 and 1.12."""
    found = rank_tests.friedman(DEMSAR)
    assert found.average_ranks == pytest.approx([3.143, 2.000, 2.893, 1.964], abs=5e-4)
    uncorrected = 12 * 14 / (4 * 5) * (np.sum(found.average_ranks**2) - 4 * 25 / 4)
    assert uncorrected == pytest.approx(9.28, abs=0.01)
    assert rank_tests._f_form(9.28, 14, 4) == pytest.approx(stats.f.sf(3.69, 3, 39), rel=5e-3)
    assert rank_tests.critical_difference(4, 14, 0.05) == pytest.approx(1.25, abs=5e-3)
    assert rank_tests.critical_difference(4, 14, 0.10) == pytest.approx(1.12, abs=5e-3)
    p = rank_tests.nemenyi(DEMSAR)
    # "at p = 0.10 C4.5 is worse than C4.5+m and C4.5+m+cf"; at 0.05 no pair differs
    assert 0.05 < p[0, 1] < 0.10
    assert 0.05 < p[0, 3] < 0.10
    assert np.sum(np.triu(p, 1)[np.triu_indices(4, 1)] < 0.10) == 2


def test_demsars_signed_ranks():
    """His ranks 93 and 12 include the two zeros, split evenly; without them 71.5 and 6.5."""
    differences = np.round(DEMSAR[:, 1] - DEMSAR[:, 0], 3)
    found = rank_tests.signed_rank(differences)
    assert (found.plus, found.minus) == (71.5, 6.5)
    zeros, above, below = 2, 10, 2
    assert np.count_nonzero(differences > 0) == above
    assert found.plus + zeros * above + 1.5 == 93
    assert found.minus + zeros * below + 1.5 == 12


@pytest.mark.parametrize(
    ("k", "q"), [(2, 1.960), (3, 2.343), (4, 2.569), (5, 2.728), (6, 2.850), (10, 3.164)]
)
def test_critical_values_of_nemenyis_test(k, q):
    found = rank_tests.critical_difference(k, 30, 0.05) / math.sqrt(k * (k + 1) / 180)
    assert found == pytest.approx(q, abs=1.1e-3)


def test_nemenyis_p_is_five_per_cent_at_the_critical_difference():
    for n in (5, 15):
        scores = np.random.default_rng(n).normal(size=(n, 4)) * 2.0 + np.arange(4.0)
        p, ranks = rank_tests.nemenyi(scores), rank_tests.friedman(scores).average_ranks
        apart = np.abs(ranks[:, None] - ranks[None, :])
        critical = rank_tests.critical_difference(4, n, 0.05)
        assert np.array_equal(p < 0.05, apart > critical)


@pytest.mark.parametrize(
    ("columns", "recorded"),
    [
        (
            [0, 1, 2, 3],
            [
                0.08867270928888271,
                0.9561771752218107,
                0.0741847950687442,
                0.2592280701547286,
                0.999859449385133,
                0.22669688602641525,
            ],
        ),
        # two columns alike: a tie in every row
        (
            [0, 1, 1, 3],
            [
                0.08867270928888271,
                0.08867270928888271,
                0.04187267772561254,
                1.0,
                0.9912708142694219,
                0.9912708142694219,
            ],
        ),
    ],
)
def test_nemenyis_p_is_what_scikit_posthocs_gives(columns, recorded):
    """Pairs in the order of the upper triangle; recorded with version 0.17.1."""
    p = rank_tests.nemenyi(DEMSAR[:, columns])
    assert p[np.triu_indices(4, 1)] == pytest.approx(recorded, rel=1e-13)
    assert np.array_equal(p, p.T)
    assert np.all(np.diag(p) == 1.0)


def test_runs_needed_by_noethers_formula():
    # ten sums of two, of which 9 are positive: leaning 0.4; (1.960 + 0.842)^2 / (3 * 0.16) = 16.4
    assert rank_tests.runs_needed(np.array([-1.5, 1, 2, 3, 4]), 0.05) == 17
    # all positive: (1.960 + 0.842)^2 / 0.75 = 10.5
    assert rank_tests.runs_needed(np.array([1.0, 2, 3]), 0.05) == 11
    assert rank_tests.runs_needed(np.array([1.0, -1.0]), 0.05) == math.inf
    assert rank_tests.runs_needed(np.zeros(4), 0.05) == math.inf


@given(samples(least=2))
def test_runs_needed_does_not_depend_on_which_comes_first(differences):
    one = rank_tests.runs_needed(differences, 0.05)
    assert one == rank_tests.runs_needed(-differences, 0.05)
    assert one >= rank_tests.least_seeds(0.05)


@pytest.mark.parametrize("shift", [0.3, 0.5, 0.8])
def test_runs_needed_give_the_power_they_promise(shift):
    """Simulated with the exact test: 80 % or more, and not absurdly many."""
    rng = np.random.default_rng(11)
    many = rng.normal(shift, 1.0, 1500)
    needed = int(rank_tests.runs_needed(many, 0.05))
    draws = rng.normal(shift, 1.0, (400, needed))
    power = np.mean([rank_tests.signed_rank(row).p <= 0.05 for row in draws])
    assert 0.75 < power < 0.95
