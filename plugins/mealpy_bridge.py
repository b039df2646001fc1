"""Every optimizer of the mealpy library, by name.

mealpy is imported when a search starts, not before: it takes seconds and pulls in matplotlib. It
knows one scalar only, so it gets the penalised score. It works on the unit cube throughout.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
from pydantic import Field, ValidationError

from toolkit.errors import InputError
from toolkit.optimizer import Optimizer, OptimizerOptions, ProblemView
from toolkit.space import FloatArray

from . import mealpy_parameters as parameters

#: mealpy accepts no more epochs than this.
MOST_EPOCHS = 100_000


class MealpyBridge(Optimizer):
    """An algorithm of mealpy, run again from a new start should it end before the budget."""

    description = "Any algorithm of the mealpy library, such as mealpy:GWO or mealpy:PSO"
    chooses = "algorithm"
    reference = (
        "Van Thieu and Mirjalili (2023), Journal of Systems Architecture 139:102871, "
        "doi 10.1016/j.sysarc.2023.102871"
    )

    class Options(OptimizerOptions):
        """Options of every algorithm; each has parameters of its own besides."""

        algorithm: str = Field(
            "JADE",
            min_length=1,
            description="an algorithm's name in mealpy, in any case; Original may be left out: GWO "
            "is OriginalGWO",
        )
        population: int = Field(
            50,
            ge=10,
            le=10_000,
            description="candidates in the population; epochs follow from the budget",
        )

    @classmethod
    def options_for(cls, given: Mapping[str, Any]) -> type[OptimizerOptions]:
        """Return the options with the parameters of the algorithm chosen, if one is meant."""
        if given.keys() <= {"population"}:
            return cls.Options
        shared = {key: given[key] for key in cls.Options.model_fields if key in given}
        try:
            asked = cls.Options.model_validate(shared)
        except ValidationError as error:
            # What is wrong with these is said as all options are checked.
            wrong = {item["loc"][0] for item in error.errors()}
            right = {key: value for key, value in shared.items() if key not in wrong}
            asked = cls.Options.model_validate(right)
        with _quiet():
            kind = parameters.named(_known(importlib.import_module("mealpy")), asked.algorithm)
            return parameters.declared(
                cls.Options, kind, asked.algorithm, MOST_EPOCHS, asked.population
            )

    @classmethod
    def choices(cls) -> dict[str, dict[str, list[str]]]:
        """Return mealpy's algorithms by the family it puts them in."""
        with _quiet():
            known = _known(importlib.import_module("mealpy"))
        families: dict[str, list[str]] = {}
        for name, kind in known.items():
            family = kind.__module__.split(".")[1].replace("_", "-")
            families.setdefault(family, []).append(name)
        return {"algorithm": families}

    def minimize(self, problem: ProblemView, rng: np.random.Generator) -> None:
        """Run the algorithm on schedules as long as the budget until that is spent."""
        with _quiet(), _seeded(rng):
            mealpy = importlib.import_module("mealpy")
            kind = parameters.named(_known(mealpy), self.options.algorithm)
            first = self._first(problem, rng)
            while True:
                model = self._model(kind, problem.remaining)
                seed = int(rng.integers(2**31))
                model.solve(_task(mealpy, problem), seed=seed, starting_solutions=first)
                first = None

    def _first(self, problem: ProblemView, rng: np.random.Generator) -> list[FloatArray] | None:
        """Return a first population with the points to begin from, None without any."""
        starts = problem.starts[: self.options.population]
        if not len(starts):
            return None
        drawn = rng.random((self.options.population - len(starts), starts.shape[1]))
        return [*starts, *drawn]

    def _model(self, kind: Any, remaining: int) -> Any:
        """Return the algorithm with its cooling schedule fitted to the evaluations left.

        Most algorithms spend one evaluation a member and epoch. Those that spend more are cut
        off by the budget, those that spend fewer start anew. A few have parameters that need a
        schedule of some length, which they get.
        """
        population = self.options.population
        epochs = min(max(remaining // population, 1), MOST_EPOCHS)
        given = self._given()
        while True:
            try:
                return kind(epoch=epochs, pop_size=population, **given)
            except ValueError:
                if epochs == MOST_EPOCHS:
                    break
                epochs = min(2 * epochs, MOST_EPOCHS)
        refused = parameters.refusal(kind, epochs, population, given)
        raise InputError(f"mealpy refuses {kind.__name__}: {refused}")

    def _given(self) -> dict[str, Any]:
        """Return the algorithm's own parameters that were given."""
        own = self.options.model_fields_set - self.Options.model_fields.keys()
        given: dict[str, Any] = self.options.model_dump(include=own)
        return given


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the arithmetic warnings of mealpy's formulas from the terminal."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _seeded(rng: np.random.Generator) -> Iterator[None]:
    """Let SciPy's Cauchy distribution and Latin hypercubes draw from ``rng``.

    mealpy's JADE and SHADE draw from the one without a seed, that is from NumPy's global state, and
    its PSS makes the other without.
    """
    stats = importlib.import_module("scipy.stats")
    before, hypercube = stats.cauchy.random_state, stats.qmc.LatinHypercube
    stats.cauchy.random_state = rng
    stats.qmc.LatinHypercube = partial(hypercube, rng=rng)
    try:
        yield
    finally:
        stats.cauchy.random_state, stats.qmc.LatinHypercube = before, hypercube


def _known(mealpy: Any) -> dict[str, Any]:
    """Return mealpy's algorithms by class name."""
    known: dict[str, Any] = mealpy.get_all_optimizers(verbose=False)
    return known


def _task(mealpy: Any, problem: ProblemView) -> dict[str, Any]:
    """Return the problem in mealpy's terms."""
    d = len(problem.space)
    return {
        "bounds": mealpy.FloatVar(lb=(0.0,) * d, ub=(1.0,) * d),
        "obj_func": _objective(problem),
        "minmax": "min",
        "log_to": None,
        # Said here, or mealpy spends an evaluation on finding out.
        "_n_objs": 1,
        "obj_weights": np.ones(1),
    }


def _objective(problem: ProblemView) -> Callable[[FloatArray], float]:
    def cost(x: FloatArray) -> float:
        # Some formulas divide by a spread that a flat objective makes zero.
        inside = np.clip(np.nan_to_num(x, nan=0.5), 0.0, 1.0)
        return float(problem.evaluate(inside[np.newaxis]).penalised()[0])

    return cost
