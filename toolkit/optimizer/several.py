"""Several goals at once: the contract of optimizers that find a front, registry and ledger.

Such an optimizer owns its loop, as one of a single goal does. The ledger owns the budget and tells
a journal of every evaluation, so a plug-in returns nothing and cannot misreport.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np

from toolkit.common.errors import BudgetSpent, Stopped
from toolkit.common.plugins.groups import Group
from toolkit.common.types import FloatArray
from toolkit.optimizer.contract import OptimizerOptions
from toolkit.optimizer.space import Space


@dataclass(frozen=True)
class FrontScores:
    """Objectives and violation of n candidates, all to be minimised.

    Attributes
    ----------
    objectives : numpy.ndarray of shape (n, k)
        A column for each goal: its figure, or minus it where more is better.
    violation : numpy.ndarray of shape (n,)
        Sum of normalised excesses over the limits, without unit; 0 for a feasible candidate.

    Examples
    --------
    >>> import numpy as np
    >>> from toolkit.optimizer import FrontScores
    >>> scores = FrontScores(np.array([[-70.0, 3.0]]), np.zeros(1))
    >>> len(scores)
    1
    """

    objectives: FloatArray
    violation: FloatArray

    def __len__(self) -> int:
        return len(self.objectives)


class FrontView(Protocol):
    """All that an optimizer of several goals sees of a problem."""

    @property
    def space(self) -> Space:
        """The variables, normalised to [0, 1]."""

    @property
    def goals(self) -> tuple[str, ...]:
        """The names of the goals, in the order of the objectives."""

    @property
    def remaining(self) -> int:
        """Evaluations left in the budget."""

    def evaluate(self, x: FloatArray) -> FrontScores:
        """Score candidates.

        Parameters
        ----------
        x : numpy.ndarray of shape (n, d)
            Candidates in the unit cube, one per row; not written to.

        Returns
        -------
        FrontScores
            Objectives of shape (n, k) and violation of shape (n,).

        Raises
        ------
        BudgetSpent
            When fewer than n evaluations are left, after scoring the first rows. Let it pass: the
            run then ends normally.
        """


class FrontOptimizer(ABC):
    """Base class of every optimizer of several goals at once; a subclass has to define ``search``.

    A plug-in names its subclass in the entry-point group ``toolkit.fronts``.

    Parameters
    ----------
    options : OptimizerOptions, optional
        Values of the class's ``Options``; the defaults when left out.

    Attributes
    ----------
    description : str
        One line saying what it is.
    reference : str
        Where it comes from: paper, DOI.
    requires : mapping of str to str
        Libraries that may be missing: import name to the command that installs the library. Import
        them in ``search``.

    Examples
    --------
    >>> import toolkit
    >>> class Sampling(toolkit.FrontOptimizer):
    ...     description = "Uniform sampling"
    ...
    ...     def search(self, problem, rng):
    ...         while True:
    ...             problem.evaluate(rng.random((10, len(problem.space))))
    >>> Sampling().options
    Options()
    """

    description: ClassVar[str] = ""
    reference: ClassVar[str] = ""
    requires: ClassVar[Mapping[str, str]] = {}

    class Options(OptimizerOptions):
        """Options of this optimizer; none unless a subclass declares them."""

    def __init__(self, options: Any = None) -> None:
        self.options: Any = self.Options() if options is None else options

    @abstractmethod
    def search(self, problem: FrontView, rng: np.random.Generator) -> None:
        """Search until ``problem.evaluate`` raises ``BudgetSpent``.

        Parameters
        ----------
        problem : FrontView
            What is to be minimised: ``space``, ``goals``, ``remaining`` and ``evaluate``.
        rng : numpy.random.Generator
            The source of all randomness. Then a seed gives the same history in any process.
        """


FRONTS = Group(
    "toolkit.fronts",
    "optimizer of several goals",
    FrontOptimizer,  # type: ignore[type-abstract]  # never made, only asked about
    OptimizerOptions,
    "search",
)


class FrontLedger:
    """The referee of a search for several goals: it counts evaluations, and scores no more.

    ``evaluate`` scores candidates of shape (n, d) in the unit cube; ``should_stop`` is asked before
    each call, ``on_progress`` told the evaluations spent after each.
    """

    def __init__(
        self,
        space: Space,
        goals: tuple[str, ...],
        evaluate: Callable[[FloatArray], FrontScores],
        budget: int,
        should_stop: Callable[[], bool] = lambda: False,
        on_progress: Callable[[int], None] = lambda spent: None,
    ) -> None:
        self.space, self.goals, self.budget = space, goals, budget
        self.spent = 0
        self._evaluate, self._should_stop, self._on_progress = evaluate, should_stop, on_progress

    @property
    def remaining(self) -> int:
        """Evaluations left in the budget."""
        return self.budget - self.spent

    def evaluate(self, x: FloatArray) -> FrontScores:
        """Score candidates, see ``FrontView``; what is not within the unit cube is refused."""
        if self._should_stop():
            raise Stopped
        rows = np.array(x, dtype=float)
        if rows.ndim != 2 or rows.shape[1] != len(self.space) or not len(rows):
            raise ValueError(
                f"candidates: found shape {rows.shape}, expected (n, {len(self.space)})"
            )
        if not ((rows >= 0.0) & (rows <= 1.0)).all():
            raise ValueError("candidates: found numbers beyond 0 to 1")
        left = self.remaining
        if not left:
            raise BudgetSpent
        scores = self._evaluate(rows[:left])
        self.spent += len(scores)
        self._on_progress(self.spent)
        if len(rows) > left:
            raise BudgetSpent
        return scores


def find(optimizer: FrontOptimizer, ledger: FrontLedger, rng: np.random.Generator) -> str:
    """Let an optimizer spend a ledger's budget; say how it ended: spent, stopped or returned."""
    try:
        optimizer.search(ledger, rng)
    except Stopped:
        return "stopped"
    except BudgetSpent:
        pass
    return "returned" if ledger.remaining else "spent"
