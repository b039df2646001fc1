"""Endurance: one process scores plan after plan and drops circuit after circuit, and stays small.

Prints the resident memory after a tenth of the evaluations and at the end, which has to be within
5 % of it, and the same for circuits compiled and dropped. Exits with 1 when it is not.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

from toolkit.grid.opendss import Grid
from toolkit.inputs import study_files
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare

#: How much memory may grow from the first tenth on.
ALLOWED = 0.05


def resident_mb():
    """Return the memory the process holds in MB, from Linux's own account."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024.0
    raise SystemExit("no VmRSS in /proc/self/status: this benchmark needs Linux")


def growth(what, count, work):
    """Call ``work`` that many times; print and return the growth of memory after a tenth."""
    early = max(count // 10, 1)
    start = time.perf_counter()
    for i in range(early):
        work(i)
    before = resident_mb()
    for i in range(early, count):
        work(i)
    after, taken = resident_mb(), time.perf_counter() - start
    grown = after / before - 1.0
    print(f"{what}: {before:.1f} MB after {early}, {after:.1f} MB after {count} ({grown:+.1%})")
    print(f"{'':4}{taken:.0f} s, {count / taken:.0f} per second")
    return grown


def main():
    """Read the command line, score plans, compile circuits, judge."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--evaluations", type=int, default=200_000, help="plans to score (200,000)")
    parser.add_argument("--circuits", type=int, default=500, help="circuits to compile (500)")
    asked = parser.parse_args()
    setting = prepare(study_files.load("ieee12"))
    problem, rng = Problem(setting), np.random.default_rng(0)
    batch = 100
    shape = (batch, len(setting.space))
    found = [
        growth(
            f"batches of {batch} evaluations",
            max(asked.evaluations // batch, 10),
            lambda _: problem.evaluate(rng.random(shape)),
        ),
        growth(
            "circuits compiled and dropped",
            max(asked.circuits, 10),
            lambda i: Grid(setting.feeder, setting.operation, stand_ins=i % 2 == 0),
        ),
    ]
    return int(max(found) > ALLOWED)


if __name__ == "__main__":
    sys.exit(main())
