"""The program that HiGHS solves: solved by hand, stopped, limited, silent."""

import time

import numpy as np
import pytest
from helpers.tiny_studies import TIGHT

from toolkit.common.errors import EngineError
from toolkit.exact.program import NONE, Effort, Program


def knapsack(threads=1):
    """Return 5a + 4b with 6a + 4b <= 24, a + 2b <= 6; whole numbers: 20 at (4, 0)."""
    program = Program(threads)
    both = program.variables((2,), integer=True, gain=[5.0, 4.0])
    program.rows((2,), [(np.array([[6.0, 1.0], [4.0, 2.0]]), both[:, None])], upper=[24.0, 6.0])
    return program, both


def hard_knapsack():
    """Return a program that takes HiGHS far longer than any test waits."""
    rng = np.random.default_rng(1)
    program = Program(1)
    many = program.variables((120,), 0.0, 1.0, integer=True, gain=rng.integers(80, 100, 120))
    weights = rng.integers(10, 100, (120, 12)).astype(float)
    program.rows((12,), [(weights, many[:, None])], upper=weights.sum(axis=0) / 2.0)
    return program


def test_a_linear_program_solved_by_hand():
    program, _ = knapsack()
    found = program.solve(Effort(), relaxed=True)
    assert found.optimal
    assert found.x == pytest.approx([3.0, 1.5])
    assert (found.objective, found.bound) == pytest.approx((21.0, 21.0))


def test_what_contradicts_itself_is_solved_again_without_presolve(monkeypatch):
    """HiGHS 1.16 has told an objective that its own solution does not have, after presolve."""
    program, _ = knapsack()
    truly, asked = Program._contradicts_itself, []

    def at_first(self):
        asked.append(self._engine.getOptionValue("presolve")[1])
        return True if len(asked) == 1 else truly(self)

    monkeypatch.setattr(Program, "_contradicts_itself", at_first)
    found = program.solve(TIGHT)
    assert asked[1:] == ["off"]
    assert (found.objective, found.bound) == pytest.approx((20.0, 20.0))


def test_what_fails_is_solved_again_without_presolve(monkeypatch):
    """HiGHS 1.16 ends some mixed-integer programs with an error after presolve."""
    program, _ = knapsack()
    truly, asked = Program._ran, []

    def not_at_first(self):
        asked.append(self._engine.getOptionValue("presolve")[1])
        return truly(self) and len(asked) > 1

    monkeypatch.setattr(Program, "_ran", not_at_first)
    found = program.solve(TIGHT)
    assert asked[1:] == ["off"]
    assert (found.objective, found.bound) == pytest.approx((20.0, 20.0))


@pytest.mark.parametrize("off", [0.0, 5e-8, 9e-8])
@pytest.mark.parametrize("interior", [False, True])
def test_what_is_infeasible_by_less_than_the_tolerance_is_not(off, interior):
    """HiGHS keeps rows to 1e-7, but its presolve calls them broken by less."""
    program, width = Program(1, interior=interior), 1e-9
    x = program.variables((6,), 1.0, 1.0 + width, gain=1.0)
    each = np.array([10.0, -20.0, 30.0, -40.0, 50.0, -60.0])
    most = -30.0 + width * 90.0 + off
    program.rows((), [(each, x)], most, most)
    found = program.solve(TIGHT, relaxed=True)
    assert found.optimal
    assert found.bound == pytest.approx(6.0)


@pytest.mark.parametrize("relaxed", [False, True])
def test_what_is_infeasible_is_said_to_be(relaxed):
    program = Program(1)
    x = program.variables((2,), 0.0, 1.0, integer=True, gain=1.0)
    program.rows((), [(1.0, x)], lower=2.1)
    found = program.solve(TIGHT, relaxed=relaxed)
    assert (found.bound, found.x, found.optimal) == (-np.inf, None, True)


def test_what_fails_twice_is_an_error(monkeypatch):
    program, _ = knapsack()
    monkeypatch.setattr(Program, "_ran", lambda self: False)
    with pytest.raises(EngineError, match="HiGHS failed"):
        program.solve(TIGHT)


def test_whole_numbers_solved_by_hand():
    program, _ = knapsack()
    found = program.solve(TIGHT)
    assert found.optimal
    assert found.x == pytest.approx([4.0, 0.0])
    assert (found.objective, found.bound) == pytest.approx((20.0, 20.0))
    assert program.solve(TIGHT, relaxed=True).objective == pytest.approx(21.0)


def test_rows_may_follow_a_solve_and_be_dropped_again():
    program, (a, b) = knapsack()
    program.solve(TIGHT)
    height = program.height
    program.rows((), [(1.0, np.array([a, b]))], upper=3.0)
    program.rows((), [(1.0, a)], upper=1.0)
    assert program.solve(TIGHT).objective == pytest.approx(13.0)
    program.drop(height + 1)
    assert program.solve(TIGHT).objective == pytest.approx(15.0)
    program.drop(height)
    assert program.height == height
    assert program.solve(TIGHT).objective == pytest.approx(20.0)
    program.drop(height)
    assert program.solve(TIGHT).objective == pytest.approx(20.0)


def test_variables_are_limited_and_released():
    program, both = knapsack()
    program.limit(both[:1], 2.0, 2.0)
    assert program.solve(TIGHT).x == pytest.approx([2.0, 2.0])
    program.limit(both, [0.0, 1.0], [1.0, 1.0])
    assert program.solve(TIGHT).x == pytest.approx([1.0, 1.0])
    program.release(both)
    assert program.solve(TIGHT).objective == pytest.approx(20.0)


def test_where_a_term_has_no_variable_nothing_is_added():
    program = Program(1)
    x = program.variables((2,), 0.0, [5.0, 9.0], gain=1.0)
    program.rows((2,), [(np.array([2.0, 7.0]), np.array([x[0], NONE])), (1.0, x[::-1])], upper=9.0)
    assert program.solve(Effort()).x == pytest.approx([0.0, 9.0])


def test_what_cannot_be_met_has_no_solution_and_a_bound_below_all():
    for relaxed in (True, False):
        program, (a, _) = knapsack()
        program.rows((), [(1.0, a)], lower=5.0)
        found = program.solve(Effort(), relaxed=relaxed)
        assert (found.objective, found.bound, found.x) == (-np.inf, -np.inf, None)


def test_nothing_is_printed(capfd):
    program, _ = knapsack(threads=0)
    program.solve(TIGHT, relaxed=True, should_stop=lambda: False)
    program.solve(TIGHT, should_stop=lambda: False)
    hard_knapsack().solve(Effort(seconds=0.1))
    assert capfd.readouterr() == ("", "")


def test_a_solve_stops_when_told_and_its_bound_holds():
    asked = []

    def should_stop():
        asked.append(True)
        return len(asked) > 3

    program = hard_knapsack()
    began = time.monotonic()
    found = program.solve(Effort(gap=0.0), should_stop=should_stop)
    assert time.monotonic() - began < 30.0
    assert not found.optimal
    assert found.bound >= found.objective
    assert found.x is not None


def test_a_time_limit_is_each_solves_own():
    program = hard_knapsack()
    for _ in range(5):
        began = time.monotonic()
        found = program.solve(Effort(seconds=0.2, gap=0.0))
        assert not found.optimal
    assert time.monotonic() - began < 1.0


def test_programs_with_other_numbers_of_threads_take_turns():
    one, all_there_are = knapsack(threads=1)[0], knapsack(threads=0)[0]
    for program in (one, all_there_are, one, all_there_are):
        assert program.solve(TIGHT).optimal
        assert program.solve(TIGHT, relaxed=True).bound == pytest.approx(21.0)
