"""How the time of a plan grows with buses and steps, and that memory does not.

``python tests/benchmarks/growth.py`` measures the bundled feeders; ``--public FOLDER`` those of a
folder with the public ones as well, each named as its study in examples/feeders. ``--memory``
solves a population over a year on the largest feeder given instead and prints the peak memory.
"""

import argparse
import csv
import os
import resource
import tempfile
import time
import tomllib
from pathlib import Path

import numpy as np

from toolkit.inputs import profiles, study_files
from toolkit.inputs.study import Study
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare

#: Hours of a day, four days, four weeks and a year.
STEPS = (24, 96, 672, 8760)
#: Public feeders by the number of their buses, and their scripts.
PUBLIC = {
    "ieee123": "IEEE123Master.dss",
    "european-lv": "Master.dss",
    "epri-ckt5": "Master_ckt5.dss",
}
STUDIES = Path(__file__).resolve().parents[2] / "examples" / "feeders"
#: Steps of plans that are solved for a figure, at least one plan.
MEASURED = 1200


def long_day(folder, steps):
    """Write the bundled day over and over; return the file."""
    path = folder / f"{steps}.csv"
    text = profiles.locate("typical_day").read_text(encoding="utf-8")
    header, *rows = csv.reader(text.splitlines())
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [header, *([str(t), *rows[t % len(rows)][1:]] for t in range(steps))]
        )
    return path


def problem_of(name, script, path):
    """Return a study over the steps of a profile, ready to be searched."""
    if script is None:
        given = study_files.load(name).model_dump()
    else:
        given = tomllib.loads((STUDIES / f"{name}.toml").read_text(encoding="utf-8"))
        given["feeder"] = str(script.resolve())
    return Problem(prepare(Study.model_validate({**given, "profiles": str(path)})))


def seconds(problem, steps):
    """Return the CPU seconds of a plan, the least of three, and what solved it."""
    count = max(MEASURED // steps, 1)
    x = np.random.default_rng(0).random((count, len(problem.space)))
    problem.evaluate(x)
    best = np.inf
    for _ in range(3 if steps < 1000 else 1):
        start = time.process_time()
        problem.evaluate(x)
        best = min(best, time.process_time() - start)
    return best / count


def feeders(public):
    """Return the feeders by name, with the script of the public ones."""
    found = dict.fromkeys(("ieee12", "ieee33", "ieee69"))
    if public is None:
        return found
    return found | {name: public / name / script for name, script in PUBLIC.items()}


def measure(chosen, steps):
    """Print ms a plan, and a step, of every feeder over every number of steps."""
    print("| feeder | buses | solver | " + " | ".join(f"T = {t:,}" for t in steps) + " |")
    print("|---|---:|---|" + "---:|" * len(steps))
    with tempfile.TemporaryDirectory() as folder:
        for name, script in chosen.items():
            cells = []
            for t in steps:
                problem = problem_of(name, script, long_day(Path(folder), t))
                each = 1000.0 * seconds(problem, t)
                cells.append(f"{each:,.3g}")
            buses = len(problem.setting.feeder.buses)
            solver = problem.search.solver
            print(f"| {name} | {buses:,} | {solver} | {' | '.join(cells)} |", flush=True)


def memory(name, script, count, steps):
    """Print the peak memory of a population over many steps."""
    with tempfile.TemporaryDirectory() as folder:
        problem = problem_of(name, script, long_day(Path(folder), steps))
        x = np.random.default_rng(0).random((count, len(problem.space)))
        start = time.process_time()
        problem.evaluate(x)
        spent = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    print(f"{name}, {count} plans of {steps:,} steps: {spent:.0f} s, at most {peak:,.0f} MB")


def main():
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--public", type=Path, help="folder with the public feeders")
    parser.add_argument("--only", help="one feeder by name")
    parser.add_argument("--steps", type=int, nargs="+", default=STEPS, help="steps (24 to 8,760)")
    parser.add_argument("--memory", type=int, metavar="N", help="peak memory of N plans instead")
    asked = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    chosen = feeders(asked.public)
    if asked.only:
        chosen = {asked.only: chosen[asked.only]}
    if asked.memory:
        name, script = list(chosen.items())[-1]
        return memory(name, script, asked.memory, max(asked.steps))
    return measure(chosen, tuple(asked.steps))


if __name__ == "__main__":
    main()
