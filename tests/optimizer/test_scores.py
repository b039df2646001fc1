"""The one comparison of scores."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from toolkit.scores import FEASIBLE, UNSOLVED, Scores, better, sanitised

numbers = st.floats(-1e6, 0.0) | st.sampled_from([0.0, -0.0, np.nan, np.inf, -np.inf])


violations = st.sampled_from([0.0, 1e-7, FEASIBLE, 2e-6, 0.5, 3.0, 1e8, 1e12, np.nan, np.inf])


@st.composite
def raw_scores(draw):
    n = draw(st.integers(1, 12))
    objective = draw(st.lists(numbers, min_size=n, max_size=n))
    violation = draw(st.lists(violations | st.floats(0.0, 10.0), min_size=n, max_size=n))
    return np.array(objective), np.array(violation)


@given(raw_scores())
def test_order_penalised_and_better_agree(raw):
    scores = sanitised(*raw)
    order, scalar = scores.order(), scores.penalised()
    assert sorted(order) == list(range(len(scores)))
    assert np.all(np.isfinite(scalar))
    for worse_at, i in enumerate(order):
        for j in order[:worse_at]:
            here = (scores.objective[i], scores.violation[i])
            ahead = (scores.objective[j], scores.violation[j])
            assert not better(*here, *ahead)
            assert scalar[j] <= scalar[i]
            tie = here == ahead or (here[1] == ahead[1] > 0.0)
            assert better(*ahead, *here) != tie


@given(raw_scores())
def test_what_could_not_be_scored_ranks_below_all_else(raw):
    objective, violation = raw
    scores = sanitised(objective, violation)
    broken = ~(np.isfinite(objective) & np.isfinite(violation))
    assert np.all(scores.violation[broken] == UNSOLVED)
    ranks = np.empty(len(scores), dtype=int)
    ranks[scores.order()] = np.arange(len(scores))
    solved = ~broken & (violation < UNSOLVED)
    if broken.any() and solved.any():
        assert ranks[solved].max() < ranks[broken].min()
        assert scores.penalised()[solved].max() < scores.penalised()[broken].min()


@given(raw_scores())
def test_a_violation_up_to_the_threshold_is_none(raw):
    objective, violation = raw
    scores = sanitised(objective, violation)
    tiny = np.isfinite(objective) & (violation <= FEASIBLE)
    assert np.array_equal(scores.violation == 0.0, tiny)


def test_ties_keep_their_order():
    scores = Scores(np.array([-1.0, -2.0, -2.0, -5.0, -9.0]), np.array([0.0, 0.0, 0.0, 0.5, 0.5]))
    assert scores.order().tolist() == [1, 2, 0, 3, 4]
    assert not better(-2.0, 0.0, -2.0, 0.0)


def test_nan_is_never_better():
    assert not better(np.nan, 0.0, -1.0, 0.0)
    assert better(-1.0, 0.0, 0.0, UNSOLVED)
