"""CMA-ES of the pycma library, with restarts in which the population grows.

Hansen and Ostermeier, "Completely derandomized self-adaptation in evolution strategies",
Evolutionary Computation 9(2):159-195 (2001), doi 10.1162/106365601750190398; restarts by Auger and
Hansen, "A restart CMA evolution strategy with increasing population size", CEC 2005, doi
10.1109/CEC.2005.1554902.

pycma is an extra, and imported when a search starts: it takes a second or two.
"""

from __future__ import annotations

import importlib
import math
import warnings
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from toolkit.optimizer import Optimizer, OptimizerOptions, ProblemView
from toolkit.scores import Scores
from toolkit.space import FloatArray, IndexArray

#: A search ends whose generations differ by no more than these shares of the best objective, which
#: is about how well a power flow is solved, and of the span of all.
OF_BEST, OF_SPAN = 1e-6, 1e-4


class CmaBridge(Optimizer):
    """CMA-ES on the variables that are free, begun anew with a larger population when it is done.

    The penalised score serves it fully: CMA-ES looks at the ranks of candidates alone.
    """

    description = "CMA-ES of the pycma library, restarted with a growing population (IPOP)"
    reference = (
        "Hansen and Ostermeier (2001), Evolutionary Computation 9(2):159-195, "
        "doi 10.1162/106365601750190398"
    )
    requires: ClassVar[Mapping[str, str]] = {"cma": 'pip install "p2p-der-toolkit[cma]"'}

    class Options(OptimizerOptions):
        """Options of CMA-ES; everything else keeps pycma's defaults."""

        sigma: float = Field(
            0.2, gt=0.0, le=0.3, description="first standard deviation, as a share of each range"
        )
        population: int | None = Field(
            None,
            ge=4,
            le=10_000,
            description="candidates in the first population; 4 + 3 ln(variables) when left out",
        )
        growth: float = Field(
            2.0, ge=1.0, le=10.0, description="factor on the population at each restart"
        )

    def minimize(self, problem: ProblemView, rng: np.random.Generator) -> None:
        """Run CMA-ES from random points, each time until it stops by itself, without end."""
        cma = importlib.import_module("cma")
        free = np.flatnonzero(problem.space.free)
        seen = Seen()
        population = float(self.options.population or _default_population(len(free)))
        starts = [*problem.starts]
        while True:
            if not len(free):
                problem.evaluate(_cube(np.empty((1, 0)), free, len(problem.space)))
                continue
            settings = _settings(round(population), len(free), rng)
            begin = starts.pop(0)[free] if starts else rng.random(len(free))
            with _quiet():
                search = cma.CMAEvolutionStrategy(begin, self.options.sigma, settings)
                _descend(search, problem, free, seen)
            population *= self.options.growth


def _default_population(variables: int) -> int:
    """Return pycma's own default: 4 + 3 ln(d), rounded down."""
    return 4 + int(3 * math.log(max(variables, 1)))


def _settings(population: int, variables: int, rng: np.random.Generator) -> dict[str, Any]:
    """Return pycma's settings: the unit cube, random numbers from ``rng``, no files, no words."""
    return {
        "popsize": population,
        # pycma's own transformation folds what leaves the box back into it.
        "bounds": [[0.0] * variables, [1.0] * variables],
        "randn": lambda *shape: rng.standard_normal(shape),
        # NaN leaves NumPy's global state alone.
        "seed": math.nan,
        # pycma keeps steps below a third of the range, but breaks over it in one dimension.
        **({"maxstd_boundrange": math.inf} if variables == 1 else {}),
        "verbose": -10,
        "verb_log": 0,
        "verb_disp": 0,
        # Otherwise a file of this kind in the working folder could change the search.
        "signals_filename": None,
    }


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep pycma's warnings, as on a flat objective, from the terminal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _descend(search: Any, problem: ProblemView, free: IndexArray, seen: Seen) -> None:
    """Let one CMA-ES run until one of its own criteria ends it, or it gains next to nothing."""
    latest: deque[float] = deque(maxlen=10 + math.ceil(30 * len(free) / search.popsize))
    while not search.stop():
        asked = search.ask()
        found = problem.evaluate(_cube(asked, free, len(problem.space)))
        values = found.penalised()
        search.tell(asked, values.tolist())
        seen.note(found)
        latest.append(float(values.min()))
        whole = len(latest) == latest.maxlen
        if whole and max(np.ptp(latest), np.ptp(values)) <= seen.settled:
            return


class Seen:
    """The objectives of feasible candidates so far, over all restarts.

    pycma's own tolerances are absolute, 1e-11 of whatever the objective is measured in. A power
    flow is solved to 1e-6 or so of it, and sites leave flat ends, so they are hardly ever met.
    """

    def __init__(self) -> None:
        self._low, self._high = math.inf, -math.inf

    def note(self, found: Scores) -> None:
        """Widen the span by the feasible candidates among some."""
        values = found.objective[found.violation == 0.0]
        if len(values):
            self._low = min(self._low, float(values.min()))
            self._high = max(self._high, float(values.max()))

    @property
    def settled(self) -> float:
        """How much a search that is done may still differ by; 0 before two feasible ones differ.

        An optimum of zero is followed as far as pycma goes, and a constant added to the objective
        does not end a search.
        """
        return max(min(OF_BEST * abs(self._low), OF_SPAN * (self._high - self._low)), 0.0)


def _cube(
    points: Sequence[FloatArray] | FloatArray, free: IndexArray, variables: int
) -> FloatArray:
    """Return points of the free variables, shape (n, free), as rows of the whole cube, (n, d)."""
    rows = np.full((len(points), variables), 0.5)
    # Rounding in the transformation may leave a point a hair outside.
    rows[:, free] = np.clip(np.asarray(points), 0.0, 1.0)
    return rows
