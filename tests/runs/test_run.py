"""A run that goes on from its journal is the run that was never stopped."""

from dataclasses import replace

import numpy as np
import pytest

from toolkit.common.monitor import Monitor
from toolkit.optimizer import registry
from toolkit.runs.journal import Journal
from toolkit.runs.run import Task, run
from toolkit.scores import UNSOLVED

OPTIMIZERS = {
    "cheetah": {},
    "cheetah-plus": {},
    "pygad": {},
    "cma": {},
    "random": {},
    "mealpy JADE": {"algorithm": "JADE"},
    "mealpy PSO": {"algorithm": "pso", "c1": 1.5},
}


def same(one, other):
    for name in ("best_x", "objective", "violation", "best_objective"):
        assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True), name
    assert one.ending == other.ending


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_goes_on_to_the_same_run(name, small, tmp_path):
    """Stopped twice, once torn in the middle of a record, and once more when it is done."""
    task = Task(name.split()[0], 3, 180, OPTIMIZERS[name])
    whole = run(small, task)
    assert whole.ending == "spent"
    path = tmp_path / "j"
    for stop_after in (40, 97):
        spent = [0]
        with Journal(path, small.space, {"case": name}) as journal:
            part = run(
                small,
                task,
                journal=journal,
                monitor=Monitor(
                    spent=lambda told, spent=spent: spent.__setitem__(slice(None), told),
                    should_stop=lambda spent=spent, after=stop_after: spent[0] >= after,
                ),
            )
        assert part.ending == "stopped"
        assert 0 < part.evaluations < 180
        path.write_bytes(path.read_bytes()[:-5])
    counted = []
    with Journal(path, small.space, {"case": name}) as journal:
        again = run(small, task, journal=journal, monitor=Monitor(spent=counted.extend))
    same(again, whole)
    assert counted[-1] == 180
    with Journal(path, small.space, {"case": name}) as journal:
        assert journal.held == 180
        same(run(small, task, journal=journal), whole)


def test_all_built_in_optimizers_are_replayed():
    assert {name.split()[0] for name in OPTIMIZERS} >= set(registry.names())


def test_rows_score_the_same_whatever_stands_beside_them(small, problem):
    for asked in (small, problem):
        x = np.random.default_rng(11).random((23, len(asked.space)))
        whole = asked.evaluate(x)
        against = np.full(23, np.median(whole.objective))
        against[::4] = np.nan
        skipping = asked.evaluate_against(x, against)
        assert 0 < skipping.skipped.sum() < 23
        for rows in (slice(0, 1), slice(4, 5), slice(7, 9), slice(5, 20)):
            part = asked.evaluate(x[rows])
            assert np.array_equal(part.objective, whole.objective[rows])
            assert np.array_equal(part.violation, whole.violation[rows])
            part = asked.evaluate_against(x[rows], against[rows])
            assert np.array_equal(part.objective, skipping.objective[rows])


@pytest.mark.parametrize("by", ["evaluate", "evaluate_by_engine"])
def test_the_reason_of_an_unsolved_day_is_carried(by, small, monkeypatch):
    broken = "step 2 did not converge"
    for flow in (small.search.flow, small.search_grid):
        plain = flow.days

        def days(*asked, plain=plain):
            return replace(plain(*asked), reasons=(broken, broken))

        monkeypatch.setattr(flow, "days", days)
    scores = getattr(small, by)(np.full((2, len(small.space)), 0.5))
    assert scores.reasons == (broken, broken)
    assert (scores.violation == UNSOLVED).all()
