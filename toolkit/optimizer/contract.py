"""The plug-in contract, on one page.

A plug-in is a subclass of :class:`Optimizer` named in the entry-point group
``toolkit.optimizers``. It owns its loop; budget, history and the best candidate are the
referee's, so a plug-in returns nothing and cannot misreport.

    class Mine(Optimizer):
        description = "one line"
        reference = "paper, DOI"

        class Options(OptimizerOptions):
            population: int = Field(20, ge=2, le=10_000, description="candidates a generation")

        def minimize(self, problem, rng):
            while True:
                scores = problem.evaluate(rng.random((self.options.population, len(problem.space))))
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol

import numpy as np
from pydantic import BaseModel, ConfigDict

from toolkit.common.types import FloatArray
from toolkit.optimizer.scores import Scores
from toolkit.optimizer.space import Space


class OptimizerOptions(BaseModel):
    """Base of a plug-in's ``Options``: unknown keys are refused, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ProblemView(Protocol):
    """All that a plug-in sees of a problem."""

    @property
    def space(self) -> Space:
        """The variables, normalised to [0, 1]."""

    @property
    def remaining(self) -> int:
        """Evaluations left in the budget."""

    def evaluate(self, x: FloatArray) -> Scores:
        """Score candidates of shape (n, d) in the unit cube; ``x`` is not written to.

        When fewer than n evaluations are left, the first rows are scored and ``BudgetSpent`` is
        raised: let it pass, the run then ends normally.
        """


class SkippingView(ProblemView, Protocol):
    """What the toolkit's own problems offer besides; other problems may not.

    A greedy optimizer may say what each candidate has to beat.
    """

    def evaluate_against(self, x: FloatArray, incumbent: FloatArray) -> Scores:
        """Score candidates as ``evaluate`` does, each against an objective, shape (n,).

        ``incumbent`` is the objective of the feasible member a candidate would replace, NaN where
        there is none. A candidate that cannot beat it may be scored without its violation
        (``Scores.skipped``); it counts as an evaluation all the same.
        """


class Optimizer(ABC):
    """Base class of every optimizer."""

    #: One line saying what it is.
    description: ClassVar[str] = ""
    #: Where it comes from: paper, DOI.
    reference: ClassVar[str] = ""
    #: Flags that the conformance suite reads. A baseline need not beat random search; one that
    #: is not stochastic may search alike whatever the seed.
    baseline: ClassVar[bool] = False
    stochastic: ClassVar[bool] = True
    #: Libraries that may be missing, by import name, each with the command that installs it. Import
    #: them in ``minimize``; without one the optimizer is listed with that command as the reason.
    requires: ClassVar[Mapping[str, str]] = {}

    class Options(OptimizerOptions):
        """Options of this optimizer; none unless a subclass declares them."""

    def __init__(self, options: Any = None) -> None:
        self.options: Any = self.Options() if options is None else options

    @classmethod
    def choices(cls) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """Return the values of options that only a library knows: option -> heading -> values.

        An optional hook for ``optimizers show``, and it may import the library. Values without a
        heading of their own stand under ``""``.
        """
        return {}

    @abstractmethod
    def minimize(self, problem: ProblemView, rng: np.random.Generator) -> None:
        """Search until ``problem.evaluate`` raises ``BudgetSpent``; all randomness is rng's."""
