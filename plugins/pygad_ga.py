"""The genetic algorithm of the PyGAD library.

Gad, "PyGAD: an intuitive genetic algorithm Python library", Multimedia Tools and Applications
83:58029-58042 (2024), doi 10.1007/s11042-023-17167-y.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from pydantic import Field

from toolkit.optimizer import Optimizer, OptimizerOptions, ProblemView
from toolkit.space import BoolArray, FloatArray, Space, Variable

#: More generations than any budget pays for: only the budget ends a run.
ENDLESS = 10**9
#: Generations in a row without an evaluation after which a population counts as dead.
IDLE = 20
#: Values of a whole-number variable up to which it is a gene of cell numbers; PyGAD lists them all.
MOST_CELLS = 10_000


class PygadGA(Optimizer):
    """PyGAD with whole-number genes for sites and counts and real genes for the rest.

    A count with a great many values is a real gene, cut into cells like any real by others.
    """

    description = "Genetic algorithm of the PyGAD library"
    reference = (
        "Gad (2024), Multimedia Tools and Applications 83:58029, doi 10.1007/s11042-023-17167-y"
    )

    class Options(OptimizerOptions):
        """Options of the genetic algorithm."""

        population: int = Field(20, ge=4, le=10_000, description="candidates a generation")
        selection: Literal["tournament", "sss", "rank", "sus", "rws", "random"] = Field(
            "tournament", description="how parents are selected, in PyGAD's terms"
        )
        tournament: int = Field(5, ge=1, le=100, description="candidates in a tournament")
        parents: float = Field(
            1.0, gt=0.0, le=1.0, description="parents as a share of the population"
        )
        crossover: Literal["uniform", "two_points", "single_point"] = Field(
            "uniform", description="how two parents mix, in PyGAD's terms"
        )
        mutated_genes: float = Field(
            1.0, gt=0.0, le=1000.0, description="genes changed in a child, on average"
        )
        elite: int = Field(1, ge=0, le=1000, description="best candidates kept unchanged")

    def minimize(self, problem: ProblemView, rng: np.random.Generator) -> None:
        """Evolve a population until the budget is spent; begin anew where none can change."""
        # Imported here: it costs a start that only wants the options a good part of a second.
        pygad = importlib.import_module("pygad")
        starts = genes_of(problem.space, problem.starts[: self.options.population])
        while True:
            search = pygad.GA(**self._settings(problem, int(rng.integers(2**31))))
            if len(starts):
                # What PyGAD drew first; later populations begin anew without them.
                search.population[: len(starts)] = starts
                starts = starts[:0]
            search.run()

    def _settings(self, problem: ProblemView, seed: int) -> dict[str, Any]:
        """Return the arguments of ``pygad.GA``."""
        o, variables = self.options, problem.space.variables
        return {
            "num_generations": ENDLESS,
            "sol_per_pop": o.population,
            "num_parents_mating": max(2, round(o.parents * o.population)),
            "num_genes": len(variables),
            "gene_type": [int if by_cell else float for by_cell in cells(problem.space)],
            "gene_space": list(map(_gene_space, variables, cells(problem.space))),
            "fitness_func": _fitness(problem),
            "fitness_batch_size": o.population,
            "parent_selection_type": o.selection,
            "K_tournament": min(o.tournament, o.population),
            "crossover_type": o.crossover,
            "mutation_type": "random",
            "mutation_probability": min(o.mutated_genes / len(variables), 1.0),
            "keep_elitism": min(o.elite, o.population - 1),
            # With an elite this keeps no parent, but spares evaluating a child that equals one.
            "keep_parents": -1 if o.elite else 0,
            "on_generation": _idle_watch(problem),
            "random_seed": seed,
            "suppress_warnings": True,
            "logger": _silent_logger(),
        }


def cells(space: Space) -> BoolArray:
    """Return True for each variable whose gene is the number of a cell, shape (d,)."""
    return space.discrete & (space.upper - space.lower < MOST_CELLS)


def _gene_space(variable: Variable, by_cell: bool) -> dict[str, float] | list[int]:
    """Return the values of a gene: its cell numbers, or the unit interval."""
    if not by_cell:
        return {"low": 0.0, "high": 1.0}
    return list(range(int(variable.upper - variable.lower) + 1))


def unit(space: Space, genes: FloatArray) -> FloatArray:
    """Map genes, shape (n, d), to the unit cube, a cell number to the middle of its cell."""
    count = space.upper - space.lower + 1.0
    return np.clip(np.where(cells(space), (genes + 0.5) / count, genes), 0.0, 1.0)


def genes_of(space: Space, x: FloatArray) -> FloatArray:
    """Map points of the unit cube, shape (n, d), to genes; the inverse of ``unit``."""
    count = space.upper - space.lower + 1.0
    numbers = np.minimum(np.floor(x * count), count - 1.0)
    return np.where(cells(space), numbers, x)


def _fitness(problem: ProblemView) -> Callable[[Any, Any, Any], Any]:
    """Return the fitness PyGAD maximises, for one solution or a batch of them."""

    def fitness(_ga: Any, solutions: Any, _indices: Any) -> Any:
        genes = np.asarray(solutions, dtype=float)
        found = -problem.evaluate(unit(problem.space, np.atleast_2d(genes))).penalised()
        # Python floats: PyGAD judges a fitness by its exact type.
        return found.tolist() if genes.ndim == 2 else float(found[0])

    return fitness


def _idle_watch(problem: ProblemView) -> Callable[[Any], str | None]:
    """Return a callback that stops PyGAD after many generations without an evaluation.

    PyGAD does not evaluate a child that equals a kept candidate or a parent. Where every gene is
    frozen, or as good as, it would go round for ever.
    """
    idle, last = 0, problem.remaining

    def watch(_ga: Any) -> str | None:
        nonlocal idle, last
        idle = idle + 1 if problem.remaining == last else 0
        last = problem.remaining
        return "stop" if idle >= IDLE else None

    return watch


def _silent_logger() -> logging.Logger:
    """Return a logger without an outlet; PyGAD's own prints every error a second time."""
    logger = logging.Logger("pygad-silent")
    logger.addHandler(logging.NullHandler())
    return logger
