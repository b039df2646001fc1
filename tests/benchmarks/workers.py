"""Two workers beside one, in one run: whole runs on 12 buses, and populations on a big feeder.

The two forms take turns, round after round, so that noise on a shared machine hits both alike; a
ratio is the median of its rounds. Processes that score rows are started and have their circuits
compiled before the clock runs; that of a run is started with it. That both find the same, bit for
bit, is checked first.
"""

import argparse
import statistics
import time
from contextlib import closing
from pathlib import Path

import numpy as np
from studies import with_units

from toolkit.inputs import study_files
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare
from toolkit.runs.parallel_evaluator import Shares
from toolkit.runs.pool import Pool
from toolkit.runs.run import Task
from toolkit.runs.supervise import carry_out
from toolkit.runs.worker_tasks import Place
from toolkit.runs.workers import Locals, available

#: What has to be reached.
EXPECTED = 1.7


def main():
    """Read the command line, take the time of both forms, judge."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=3, help="rounds (3)")
    parser.add_argument("--budget", type=int, default=2000, help="evaluations of a run (2000)")
    parser.add_argument("--population", type=int, default=40, help="rows of a population (40)")
    parser.add_argument("--big", type=Path, help="script of a big feeder, such as Master_ckt5.dss")
    asked = parser.parse_args()
    print(f"{available()} cores")
    ratios = [runs_side_by_side(asked.budget, asked.rounds)]
    if asked.big:
        ratios.append(shared_rows(with_units(asked.big, 12), asked.population, asked.rounds))
    return 0 if min(ratios) >= EXPECTED else 1


def runs_side_by_side(budget, rounds):
    """Return how much faster two runs of cheetah are on two workers than on one."""
    setting = prepare(study_files.load("ieee12"))
    place = Place(Problem(setting), lambda number, spent: None, lambda: False)
    with closing(Locals(place, 1)) as one, closing(Locals(place, 2)) as two:

        def carried_out(crew, budget=budget):
            tasks = [Task("cheetah", seed, budget, {}) for seed in (1, 2)]
            futures = [crew.submit(carry_out, i, t, None) for i, t in enumerate(tasks)]
            return [future.result().objective for future in futures]

        assert same(carried_out(one, 50), carried_out(two, 50))
        what = f"12 buses, two runs of {budget} evaluations"
        return ratio(what, lambda: carried_out(one), lambda: carried_out(two), rounds)


def shared_rows(setting, population, rounds):
    """Return how much faster a population is scored by two workers than by one."""
    x = np.random.default_rng(0).random((population, len(setting.space)))
    problem = Problem(setting)
    with closing(Pool(setting, Problem(setting).search.chosen, 2)) as crew:
        shares = Shares(problem, crew)
        assert same([problem.evaluate(x[:8]).objective], [shares.evaluate(x[:8]).objective])
        what = f"{setting.study.name}, {len(setting.feeder.buses)} buses, {population} rows"
        return ratio(what, lambda: problem.evaluate(x), lambda: shares.evaluate(x), rounds)


def same(one, other):
    """Say whether two lists of arrays are equal."""
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def ratio(what, one, two, rounds):
    """Print and return the median of the rounds' ratios of seconds."""
    two()  # every process has compiled its circuit by now
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        one()
        middle = time.perf_counter()
        two()
        found.append((middle - start) / (time.perf_counter() - middle))
    median = statistics.median(found)
    print(
        f"{what}: 2 workers {median:.2f} times 1 worker, rounds from {min(found):.2f} to "
        f"{max(found):.2f}; expected at least {EXPECTED}"
    )
    return median


if __name__ == "__main__":
    raise SystemExit(main())
