"""Uniform random search: the baseline that every optimizer has to beat."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from toolkit.optimizer import Optimizer, OptimizerOptions, ProblemView


class RandomSearch(Optimizer):
    """Independent uniform samples of the unit cube."""

    description = "Uniform random sampling, the baseline"
    reference = "Brooks (1958), Operations Research 6(2):244-251, doi 10.1287/opre.6.2.244"
    baseline = True

    class Options(OptimizerOptions):
        """Options of random search."""

        batch: int = Field(64, ge=1, le=100_000, description="candidates handed over at once")

    def minimize(self, problem: ProblemView, rng: np.random.Generator) -> None:
        """Sample until the budget is spent."""
        while True:
            problem.evaluate(rng.random((self.options.batch, len(problem.space))))
