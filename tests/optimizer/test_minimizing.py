import numpy as np
import pytest

from toolkit import minimize
from toolkit.errors import InputError, ToolkitError
from toolkit.optimizer import Optimizer
from toolkit.optimizer.registry import build, load

LOWER, UPPER = np.array([-5.0, 10.0, -0.1]), np.array([5.0, 30.0, 0.3])
TARGET = np.array([1.0, 21.0, 0.2])


def bowl(x):
    return float((((x - TARGET) / (UPPER - LOWER)) ** 2).sum())


class Corner(Optimizer):
    description = "both corners, then home early"

    def minimize(self, problem, rng):
        problem.evaluate(np.vstack([np.zeros(len(problem.space)), np.ones(len(problem.space))]))


@pytest.mark.parametrize("name", ["cheetah", "pygad", "mealpy", "random"])
def test_a_name_finds_the_minimum_in_the_functions_own_units(name):
    calls = []

    def counted(x):
        calls.append(x.copy())
        return bowl(x)

    found = minimize(name, counted, LOWER, UPPER, budget=500, seed=3)
    assert found.evaluations == len(calls) == len(found.history) == 500
    assert found.fun == bowl(found.x) == min(map(bowl, calls))
    assert found.fun < 0.02
    points = np.array(calls)
    assert ((points >= LOWER) & (points <= UPPER)).all()
    assert np.all(np.diff(found.history) <= 0)
    assert found.history[-1] == found.fun


def test_names_classes_and_instances_are_the_same():
    cases = ("random", load("random"), build("random"))
    a, b, c = (minimize(o, bowl, LOWER, UPPER, budget=50, seed=1) for o in cases)
    assert a.history.tolist() == b.history.tolist() == c.history.tolist()
    other = minimize("random", bowl, LOWER, UPPER, budget=50, seed=2)
    assert other.history.tolist() != a.history.tolist()


def test_options_reach_the_optimizer():
    run = {"budget": 200, "seed": 1}
    text = minimize("cheetah", bowl, LOWER, UPPER, options={"variant": "text"}, **run)
    released = minimize("cheetah", bowl, LOWER, UPPER, **run)
    assert text.history.tolist() != released.history.tolist()
    with pytest.raises(InputError, match="Did you mean 'variant'"):
        minimize("cheetah", bowl, LOWER, UPPER, options={"varient": "text"}, **run)
    with pytest.raises(InputError, match="this one has its own"):
        minimize(build("cheetah"), bowl, LOWER, UPPER, options={"variant": "text"}, **run)


def test_coming_back_early_is_reported_as_it_is():
    found = minimize(Corner, bowl, LOWER, UPPER, budget=100, seed=0)
    assert found.evaluations == 2
    assert len(found.history) == 2


def test_rounding_carries_no_point_past_a_bound():
    seen = []
    # -0.1 + 1.0 * (0.3 - -0.1) is above 0.3 in binary arithmetic.
    assert -0.1 + 1.0 * (0.3 - -0.1) > 0.3
    minimize(Corner, lambda x: seen.append(float(x[0])) or 0.0, -0.1, 0.3, budget=2, seed=0)
    assert seen == [-0.1, 0.3]


def test_nan_is_never_the_minimum():
    def holes(x):
        return np.nan if x[0] > 0 else float(x[0] ** 2)

    found = minimize("random", holes, [-1.0], [1.0], budget=100, seed=0)
    assert found.x[0] <= 0
    assert np.isfinite(found.fun)


def test_a_function_without_values_gives_nan():
    found = minimize("cheetah", lambda x: np.nan, [0.0], [1.0], budget=40, seed=0)
    assert np.isnan(found.fun)
    assert found.evaluations == 40
    assert np.isnan(found.history).all()


def test_a_candidate_without_a_value_ranks_last_for_scalar_libraries_too():
    costs = []

    class Peek(Optimizer):
        description = "keep the penalised scores"

        def minimize(self, problem, rng):
            costs.extend(problem.evaluate(np.array([[0.1], [0.9], [0.5]])).penalised())

    minimize(Peek, lambda x: np.nan if x[0] > 0.8 else 1e12 * x[0], [0], [1], budget=3, seed=0)
    assert costs[1] > costs[2] > costs[0]


def test_a_frozen_variable_stays_put():
    found = minimize("random", lambda x: float(x.sum()), [2.0, 0.0], [2.0, 1.0], budget=9, seed=0)
    assert found.x[0] == 2.0


def test_the_functions_result_may_be_an_array_of_one():
    found = minimize("random", lambda x: np.array([x.sum()]), [0.0], [1.0], budget=9, seed=0)
    assert found.fun == found.x.sum()
    with pytest.raises(InputError, match=r"shape \(2,\), expected one number"):
        minimize("random", lambda x: np.zeros(2), [0.0], [1.0], budget=9, seed=0)


@pytest.mark.parametrize(
    ("lower", "upper"),
    [([1.0], [0.0]), ([0.0, 0.0], [1.0, 1.0, 1.0]), ([0.0], [np.inf]), ([[0.0]], [[1.0]])],
)
def test_impossible_bounds_are_refused(lower, upper):
    with pytest.raises(InputError, match="bounds:"):
        minimize("random", bowl, lower, upper, budget=9, seed=0)


def test_an_error_in_the_function_comes_out_unchanged():
    def fails(x):
        raise RuntimeError("mine")

    for name in ("pygad", "mealpy", "cheetah"):
        with pytest.raises(RuntimeError, match="mine"):
            minimize(name, fails, LOWER, UPPER, budget=100, seed=0)


class Overspending(Optimizer):
    description = "reaches for the ledger behind its view"

    def minimize(self, problem, rng):
        ledger = type(problem).remaining.fget.__closure__[0].cell_contents
        x = rng.random((5, len(problem.space)))
        self.cheat(ledger, problem, x)

    def cheat(self, ledger, problem, x):
        ledger._evaluate(x)


class Misreporting(Overspending):
    def cheat(self, ledger, problem, x):
        problem.evaluate(x)
        ledger._objective[:] = -100.0


class Resetting(Overspending):
    def cheat(self, ledger, problem, x):
        while True:
            ledger._spent = 0
            problem.evaluate(x)


@pytest.mark.parametrize("kind", [Overspending, Misreporting, Resetting])
def test_an_optimizer_that_reaches_behind_its_view_is_found_out(kind):
    with pytest.raises(ToolkitError, match="changed what is counted"):
        minimize(kind, bowl, LOWER, UPPER, budget=20, seed=0)


def test_the_view_of_a_problem_holds_nothing_that_can_be_set():
    class Setting(Optimizer):
        description = "sets what it can"

        def minimize(self, problem, rng):
            for name in ("_spent", "space", "remaining", "evaluate"):
                with pytest.raises(AttributeError):
                    setattr(problem, name, None)
            with pytest.raises(TypeError):
                vars(problem)
            problem.space.lower[:] = 0.0

    found = minimize(Setting, bowl, LOWER, UPPER, budget=20, seed=0)
    assert found.evaluations == 0


def test_a_minimum_shows_its_value_first_and_of_a_long_point_its_ends():
    found = minimize("random", lambda x: float(x @ x), [0.0] * 900, [1.0] * 900, budget=4, seed=1)
    assert repr(found).startswith(f"Minimum(fun={found.fun!r}, evaluations=4, x=[")
    assert " ..., " in repr(found)
    assert len(repr(found)) < 300
    short = minimize("random", lambda x: float(x @ x), [0.0], [0.0], budget=1, seed=1)
    assert repr(short) == "Minimum(fun=0.0, evaluations=1, x=[0.])"
