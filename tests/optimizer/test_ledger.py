import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import BudgetSpent, InputError, Stopped
from toolkit.optimizer import Optimizer
from toolkit.optimizer.ledger import Ledger, search
from toolkit.scores import UNSOLVED, Scores
from toolkit.space import Space, Variable

SPACE = Space((Variable("a", "real", 0, 1), Variable("b", "real", 0, 1)))


def total(x):
    return Scores(x.sum(axis=1), np.zeros(len(x)))


def scripted(objective, violation):
    """Give out scores from two lists, one evaluation after another."""
    pairs = iter(zip(objective, violation, strict=True))

    def evaluate(x):
        rows = np.array([next(pairs) for _ in x], dtype=float)
        return Scores(rows[:, 0], rows[:, 1])

    return evaluate


def rows(n):
    return np.linspace(0.0, 1.0, 2 * n).reshape(n, 2)


def test_exactly_the_remaining_rows_return_and_the_next_call_raises():
    ledger = Ledger(SPACE, total, 5)
    assert len(ledger.evaluate(rows(2))) == 2
    assert ledger.remaining == 3
    assert len(ledger.evaluate(rows(3))) == 3
    assert (ledger.spent, ledger.remaining) == (5, 0)
    with pytest.raises(BudgetSpent):
        ledger.evaluate(rows(1))
    assert ledger.spent == 5


def test_rows_beyond_the_budget_are_not_scored():
    seen = []

    def evaluate(x):
        seen.append(len(x))
        return total(x)

    ledger = Ledger(SPACE, evaluate, 5)
    ledger.evaluate(rows(3))
    with pytest.raises(BudgetSpent):
        ledger.evaluate(rows(9))
    assert seen == [3, 2]
    assert np.array_equal(ledger.objective[3:], rows(9)[:2].sum(axis=1))


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12), st.integers(1, 40))
def test_any_batches_spend_the_budget_and_no_more(batches, budget):
    ledger = Ledger(SPACE, total, budget)
    raised = False
    for n in batches:
        try:
            ledger.evaluate(rows(n))
        except BudgetSpent:
            raised = True
            break
    assert ledger.spent == min(sum(batches), budget)
    assert raised == (sum(batches) > budget)
    assert len(ledger.objective) == len(ledger.violation) == len(ledger.best_so_far)


def test_the_history_keeps_every_score_in_order():
    ledger = Ledger(SPACE, scripted([3, 1, 2, 0], [0, 0.5, 0, 2]), 4)
    ledger.evaluate(rows(3))
    ledger.evaluate(rows(1))
    assert ledger.objective.tolist() == [3, 1, 2, 0]
    assert ledger.violation.tolist() == [0, 0.5, 0, 2]


def test_best_so_far_is_nan_until_something_is_feasible():
    ledger = Ledger(SPACE, scripted([-9, 4, 5, -9, 3], [1, 0, 0, 0.1, 0]), 5)
    ledger.evaluate(rows(5))
    assert np.isnan(ledger.best_so_far[0])
    assert ledger.best_so_far[1:].tolist() == [4, 4, 4, 3]


@pytest.mark.parametrize(
    ("objective", "violation", "best"),
    [
        ([3, 1, 2], [0, 0, 0], 1),
        ([3, -1, 2], [0, 0.1, 0], 2),
        ([0, 0, 0], [3, 1, 2], 1),
        ([5, 5, 5], [0, 0, 0], 0),
        ([5, np.nan, 6], [0, 0, 0], 0),
        ([np.nan, 7, np.inf], [0, 0, 0], 1),
        ([-np.inf, 7, 8], [0, 50, 60], 1),
        ([1, 2, 3], [np.nan, 5, 6], 1),
    ],
)
@pytest.mark.parametrize("batch", [1, 2, 3])
def test_the_best_is_feasible_first_and_never_nan(objective, violation, best, batch):
    ledger = Ledger(SPACE, scripted(objective, violation), 3)
    points = rows(3)
    for start in range(0, 3, batch):
        ledger.evaluate(points[start : start + batch])
    assert ledger.best_index == best
    assert np.array_equal(ledger.best_x, points[best])
    assert ledger.best_objective == objective[best]
    assert ledger.best_violation == violation[best]


def test_when_nothing_can_be_scored_the_best_says_so():
    ledger = Ledger(SPACE, scripted([np.nan] * 2, [0] * 2), 2)
    ledger.evaluate(rows(2))
    assert ledger.best_violation == UNSOLVED
    assert np.isnan(ledger.best_so_far).all()


def test_before_the_first_score_there_is_no_best():
    ledger = Ledger(SPACE, total, 3)
    assert ledger.best_index == -1
    assert np.isnan(ledger.best_x).all()
    assert np.isnan(ledger.best_objective)
    assert ledger.best_violation == np.inf
    assert len(ledger.best_so_far) == 0


@pytest.mark.parametrize(
    ("x", "told"),
    [
        (np.zeros(2), r"found shape \(2,\), expected \(n, 2\)"),
        (np.zeros((1, 3)), r"found shape \(1, 3\)"),
        (np.zeros((0, 2)), r"found shape \(0, 2\)"),
        (np.array([[0.0, 0.0], [0.0, 1.5]]), "found 1.5 in row 1, column 1"),
        (np.array([[-1e-9, 0.0]]), "row 0, column 0"),
        (np.array([[0.0, np.nan]]), "found nan in row 0, column 1"),
        (np.array([[np.inf, 0.0]]), "found inf"),
    ],
)
def test_wrong_candidates_are_refused_and_cost_nothing(x, told):
    ledger = Ledger(SPACE, total, 3)
    with pytest.raises(ValueError, match=told):
        ledger.evaluate(x)
    assert ledger.spent == 0


def test_the_evaluator_cannot_write_to_candidates_or_to_the_best():
    def scribble(x):
        scores = total(x)
        x[:] = 0.5
        return scores

    ledger = Ledger(SPACE, scribble, 3)
    x = rows(2)
    kept = x.copy()
    ledger.evaluate(x)
    assert np.array_equal(x, kept)
    assert np.array_equal(ledger.best_x, kept[0])
    x[:] = 0.9
    assert np.array_equal(ledger.best_x, kept[0])


def test_what_the_ledger_hands_out_cannot_change_it():
    ledger = Ledger(SPACE, total, 3)
    ledger.evaluate(rows(2))
    for array in (ledger.objective, ledger.violation, ledger.best_x):
        before = array.copy()
        array[:] = 99.0
        assert not np.array_equal(before, array)
    assert ledger.objective.max() < 99
    assert ledger.violation.max() < 99
    assert ledger.best_x.max() < 99


def test_stop_is_asked_before_every_call_and_keeps_what_was_found():
    ledger = Ledger(SPACE, total, 100, should_stop=lambda: ledger.spent >= 4)
    ledger.evaluate(rows(2))
    ledger.evaluate(rows(2))
    with pytest.raises(Stopped):
        ledger.evaluate(rows(2))
    assert ledger.spent == 4
    assert ledger.best_index == 0


def test_progress_is_told_after_every_batch():
    told = []
    ledger = Ledger(SPACE, total, 5, on_progress=told.append)
    ledger.evaluate(rows(2))
    with pytest.raises(BudgetSpent):
        ledger.evaluate(rows(9))
    assert told == [2, 5]


def test_an_evaluator_that_fails_or_miscounts_spends_nothing():
    def broken(x):
        raise RuntimeError("no")

    def short(x):
        return Scores(np.zeros(1), np.zeros(1))

    for evaluate, error in ((broken, RuntimeError), (short, ValueError)):
        ledger = Ledger(SPACE, evaluate, 5)
        with pytest.raises(error):
            ledger.evaluate(rows(2))
        assert ledger.spent == 0


@pytest.mark.parametrize("budget", [0, -3])
def test_a_budget_below_one_is_refused(budget):
    with pytest.raises(InputError, match=f"found {budget}, expected"):
        Ledger(SPACE, total, budget)


class Fixed(Optimizer):
    """Evaluate one row a call, so often."""

    description = "fixed"
    calls = 3

    def minimize(self, problem, rng):
        for _ in range(self.calls):
            problem.evaluate(rng.random((1, len(problem.space))))


@pytest.mark.parametrize(
    ("budget", "stop_at", "ending"),
    [(2, None, "spent"), (3, None, "spent"), (9, None, "returned"), (9, 1, "stopped")],
)
def test_search_says_how_it_ended(budget, stop_at, ending):
    ledger = Ledger(
        SPACE, total, budget, should_stop=lambda: stop_at is not None and ledger.spent >= stop_at
    )
    assert search(Fixed(), ledger, np.random.default_rng(0)) == ending
    assert ledger.spent == min(budget, 3, stop_at or 9)


def test_points_to_begin_from_are_scored_first_and_count():
    starts = np.array([[0.25, 0.5], [0.75, 0.5]])
    ledger = Ledger(SPACE, total, 5, starts=starts)

    class Asks(Optimizer):
        description = "asks what there is to begin from"

        def minimize(self, problem, rng):
            assert problem.remaining == 3
            assert np.array_equal(problem.starts, starts)
            problem.starts[:] = 0.0
            assert np.array_equal(problem.starts, starts)

    assert search(Asks(), ledger, np.random.default_rng(1)) == "returned"
    assert ledger.spent == 2
    assert np.array_equal(ledger.best_x, starts[0])
    few = Ledger(SPACE, total, 1, starts=starts)
    assert search(Asks(), few, np.random.default_rng(1)) == "spent"
