"""NSGA-II and NSGA-III of the pymoo library, for several goals at once.

Deb, Pratap, Agarwal and Meyarivan, "A fast and elitist multiobjective genetic algorithm: NSGA-II",
IEEE Transactions on Evolutionary Computation 6(2):182-197 (2002), doi 10.1109/4235.996017; Deb and
Jain, "An evolutionary many-objective optimization algorithm using reference-point-based
nondominated sorting approach, part I", 18(4):577-601 (2014), doi 10.1109/TEVC.2013.2281535; Blank
and Deb, "pymoo: multi-objective optimization in Python", IEEE Access 8:89497-89509 (2020), doi
10.1109/ACCESS.2020.2990567.

pymoo is an extra, and imported when a search starts.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from toolkit.optimizer import FrontOptimizer, FrontView, OptimizerOptions

PYMOO = {"pymoo": 'pip install "p2p-der-toolkit[fronts]"'}


class Nsga2(FrontOptimizer):
    """NSGA-II with pymoo's own crossover and mutation of real numbers."""

    description = "NSGA-II of the pymoo library, several goals at once"
    reference = "Deb et al. (2002), IEEE TEVC 6(2):182-197, doi 10.1109/4235.996017"
    requires: ClassVar[Mapping[str, str]] = PYMOO

    class Options(OptimizerOptions):
        """Options of NSGA-II."""

        population: int = Field(50, ge=4, le=10_000, description="candidates a generation")

    def search(self, problem: FrontView, rng: np.random.Generator) -> None:
        """Evolve a population until the budget is spent."""
        kind = importlib.import_module("pymoo.algorithms.moo.nsga2").NSGA2
        _evolve(problem, rng, lambda: kind(pop_size=self.options.population))


class Nsga3(FrontOptimizer):
    """NSGA-III with evenly spread reference directions."""

    description = "NSGA-III of the pymoo library, several goals at once"
    reference = "Deb and Jain (2014), IEEE TEVC 18(4):577-601, doi 10.1109/TEVC.2013.2281535"
    requires: ClassVar[Mapping[str, str]] = PYMOO

    class Options(OptimizerOptions):
        """Options of NSGA-III."""

        population: int = Field(50, ge=4, le=10_000, description="candidates a generation")

    def search(self, problem: FrontView, rng: np.random.Generator) -> None:
        """Evolve a population until the budget is spent."""
        kind = importlib.import_module("pymoo.algorithms.moo.nsga3").NSGA3
        toward = _directions(len(problem.goals), self.options.population)
        _evolve(problem, rng, lambda: kind(ref_dirs=toward, pop_size=self.options.population))


def _directions(goals: int, most: int) -> Any:
    """Return reference directions, as many as a population has members, or a few fewer."""
    of_partitions = importlib.import_module("pymoo.util.ref_dirs").get_reference_directions
    partitions = 1
    while len(of_partitions("das-dennis", goals, n_partitions=partitions + 1)) <= most:
        partitions += 1
    return of_partitions("das-dennis", goals, n_partitions=partitions)


def _evolve(problem: FrontView, rng: np.random.Generator, algorithm: Any) -> None:
    """Let pymoo run on the problem, anew where it comes to an end by itself."""
    base = importlib.import_module("pymoo.core.problem").Problem
    minimize = importlib.import_module("pymoo.optimize").minimize
    endless = importlib.import_module("pymoo.core.termination").NoTermination

    class Asked(base):  # type: ignore[misc, valid-type]  # pymoo has no types
        def __init__(self) -> None:
            d, k = len(problem.space), len(problem.goals)
            super().__init__(n_var=d, n_obj=k, n_ieq_constr=1, xl=np.zeros(d), xu=np.ones(d))

        def _evaluate(self, x: Any, out: dict[str, Any], *args: Any, **kwargs: Any) -> None:
            found = problem.evaluate(np.clip(np.asarray(x, dtype=float), 0.0, 1.0))
            out["F"], out["G"] = found.objectives, found.violation[:, None]

    while True:
        seed = int(rng.integers(2**31))
        minimize(Asked(), algorithm(), endless(), seed=seed, verbose=False, copy_algorithm=False)
