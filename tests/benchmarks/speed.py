"""Speed of the fitness beside the engine alone, plain scripts and other power flows, in one run.

Every arm works out the same days. That they agree is checked first, then the arms take turns, round
after round, on one core; a ratio is the median of its rounds, so that noise on a shared machine
hits both sides of it alike. Times are the process's own CPU seconds.
"""

import argparse
import importlib.util
import os
import statistics
import textwrap
import time
from pathlib import Path

import numpy as np
from answers import check
from engine_arms import ByEngine, Fitness, OneByOne, OneText, SameCalls
from script_arms import Recompile, TextEdits
from studies import with_units

from toolkit.inputs import study_files
from toolkit.inputs.study import Study
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare
from toolkit.runs.run import Task, run

#: The bundled study has eight units; a ninth makes it the size that speed is usually stated for.
NINTH = {"name": "pv3", "kind": "pv", "bus": "5", "kw": 60.0}


def twelve_bus():
    """Return the bundled 12-bus study with a ninth unit, ready to solve."""
    bundled = study_files.load("ieee12").model_dump()
    bundled["fleet"]["add"] = [NINTH]
    return prepare(Study.model_validate(bundled))


def setting_of(asked):
    """Return the study that the command line asks for, ready to solve."""
    if asked.feeder:
        found = with_units(asked.feeder, asked.units)
    else:
        found = prepare(study_files.load(asked.study)) if asked.study else twelve_bus()
    if asked.solver == "auto":
        return found
    given = found.study.model_dump() | {"power_flow": {"solver": asked.solver}}
    return prepare(Study.model_validate(given))


def arms_for(setting, population, scripts, others):
    """Return the arms with their plans; the slow ones take fewer of them."""
    x = np.random.default_rng(0).random((population, len(setting.space)))
    few = x[: max(population // 10, 1)]
    arms = [Fitness(setting, x), OneByOne(setting, x), ByEngine(setting, few)]
    arms += [SameCalls(setting, x if scripts else few), OneText(setting, few)]
    print(textwrap.fill(f"searched by {arms[0].problem.search}", 79))
    if scripts:
        arms += [Recompile(setting, few), TextEdits(setting, few)]
    return [*arms, *_others(setting, x)] if others else arms


def _others(setting, x):
    """Return the arms of other power flows, as far as they are installed."""
    arms = []
    for module, arm, plans in (
        ("pandapower", "pandapower_arm.Pandapower", x[:1]),
        ("power_grid_model", "power_grid_model_arm.GridModel", x),
    ):
        if importlib.util.find_spec(module) is None:
            print(f'{module} is left out: pip install "p2p-der-toolkit[bench]"')
            continue
        home, _, name = arm.partition(".")
        arms.append(getattr(importlib.import_module(home), name)(setting, plans))
    return arms


def agree(arms, count):
    """Raise AssertionError unless all arms find the same answers; print how close they are."""
    expected = arms[0].answers(count)
    for arm in arms[1:]:
        own = min(count, arm.count)
        worst = check(arm.name, arm.answers(own), expected[:own], arm.tolerance)
        print(f"{arm.name:26} agrees to {worst:.0e} (asked: {arm.tolerance:.0e})")


def seconds(arm):
    """Return the CPU seconds an arm takes for one evaluation."""
    start = time.process_time()
    arm.run()
    return (time.process_time() - start) / arm.count


def measure(arms, rounds):
    """Print evaluations a second of each arm, and what the fitness does for each of its own."""
    for arm in arms:
        arm.run()
    rows = [[seconds(arm) for arm in arms] for _ in range(rounds)]
    print(f"\n{'':26}{'ms each':>10}{'per second':>12}{'fitness is':>12}")
    for i, arm in enumerate(arms):
        each = statistics.median(row[i] for row in rows)
        ratio = statistics.median(row[i] / row[0] for row in rows)
        print(f"{arm.name:26}{1000 * each:10.3f}{1 / each:12.1f}{ratio:11.2f}x")


def skipping(budget, seeds):
    """Print what a search saves by not simulating plans that cannot win."""
    problem = Problem(prepare(study_files.load("ieee12")))
    always = Problem(problem.setting)
    always.__dict__["loads_as_scheduled"] = False
    for one in (problem, always):
        run(one, Task("cheetah-plus", 0, 50, {}))  # compiled before the clock starts
    print(f"\ncheetah-plus, {budget} evaluations\n{'seed':>6}{'skipped':>10}{'s':>8}{'s, all':>8}")
    for seed in seeds:
        task = Task("cheetah-plus", seed, budget, {})
        quick, quick_s = timed(problem, task)
        full, full_s = timed(always, task)
        assert np.array_equal(quick.best_x, full.best_x)
        assert np.array_equal(quick.best_objective, full.best_objective, equal_nan=True)
        share = float(np.isnan(quick.violation).mean())
        print(f"{seed:6}{share:10.0%}{quick_s:8.2f}{full_s:8.2f}  same best, same history of bests")


def timed(problem, task):
    """Return a run and its CPU seconds."""
    start = time.process_time()
    found = run(problem, task)
    return found, time.process_time() - start


def main():
    """Read the command line, check, measure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--feeder", type=Path, help="a script; engine arms only (12-bus study)")
    parser.add_argument("--study", help="a study by name or path, instead of the 12-bus one")
    parser.add_argument("--units", type=int, default=50, help="units put on that feeder (50)")
    parser.add_argument(
        "--solver", default="auto", help="of the fitness (auto); compiled needs numba"
    )
    parser.add_argument("--population", type=int, help="plans a round (50)")
    parser.add_argument("--rounds", type=int, default=9, help="turns each arm takes (9)")
    parser.add_argument("--check", action="store_true", help="only check that the arms agree")
    parser.add_argument("--skipping", action="store_true", help="measure skipped power flows")
    parser.add_argument("--budget", type=int, default=5000, help="evaluations for --skipping")
    asked = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    if asked.skipping:
        return skipping(asked.budget, (1, 2, 3))
    setting = setting_of(asked)
    print(
        f"{setting.study.name}: {len(setting.feeder.buses)} buses, {len(setting.fleet.units)} units"
    )
    bundled = asked.study in (None, "ieee33", "ieee69") and not asked.feeder
    scripts = asked.study is None and not asked.feeder
    arms = arms_for(setting, asked.population or 50, scripts, bundled)
    agree(arms, 2)
    if not asked.check:
        measure(arms, asked.rounds)
    return None


if __name__ == "__main__":
    main()
