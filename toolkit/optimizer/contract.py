"""The plug-in contract, on one page; docs/how-to/optimizer.md shows how to write a plug-in.

A plug-in owns its loop. The ledger owns budget, history and the best candidate, so a plug-in
returns nothing and cannot misreport.
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
    """Base class of the options of an optimizer: a pydantic model.

    Each field has a default, limits and a description, from which the toolkit checks values and
    lists the options. Unknown keys are refused; values are frozen.

    Examples
    --------
    >>> from pydantic import Field
    >>> from toolkit import OptimizerOptions
    >>> class Options(OptimizerOptions):
    ...     population: int = Field(20, ge=2, description="candidates per generation")
    >>> Options(population=5).population
    5
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


class ProblemView(Protocol):
    """All that an optimizer sees of a problem."""

    @property
    def space(self) -> Space:
        """The variables, normalised to [0, 1]."""

    @property
    def remaining(self) -> int:
        """Evaluations left in the budget."""

    @property
    def starts(self) -> FloatArray:
        """Points to begin from, shape (n, d), often none.

        They are scored before the optimizer is asked, so that no run ends worse than they are; an
        optimizer may put them into its first population, or leave them.
        """

    def evaluate(self, x: FloatArray) -> Scores:
        """Score candidates.

        Parameters
        ----------
        x : numpy.ndarray of shape (n, d)
            Candidates in the unit cube, one per row; not written to.

        Returns
        -------
        Scores
            Objective and violation, each of shape (n,).

        Raises
        ------
        BudgetSpent
            When fewer than n evaluations are left, after scoring the first rows. Let it pass: the
            run then ends normally.
        """


class SkippingView(ProblemView, Protocol):
    """What the toolkit's own problems offer in addition; other problems may not.

    With it a greedy optimizer says what each candidate has to beat.
    """

    def evaluate_against(self, x: FloatArray, incumbent: FloatArray) -> Scores:
        """Score candidates as ``evaluate`` does, each against an objective to beat.

        Parameters
        ----------
        x : numpy.ndarray of shape (n, d)
            Candidates in the unit cube.
        incumbent : numpy.ndarray of shape (n,)
            Objective of the feasible member that a candidate would replace, NaN where there is
            none.

        Returns
        -------
        Scores
            A candidate that cannot beat its incumbent may come without its violation
            (``Scores.skipped``). It still counts as an evaluation.
        """


class Optimizer(ABC):
    """Base class of every optimizer; a subclass has to define ``minimize`` only.

    A plug-in names its subclass in the entry-point group ``toolkit.optimizers``.

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
    baseline : bool
        Read by the conformance suite: a baseline need not beat random search.
    stochastic : bool
        Read by the conformance suite: an optimizer that is not stochastic may ignore the seed.
    chooses : str
        The option that ``NAME:VALUE`` sets where an optimizer is named, such as ``"algorithm"`` for
        ``mealpy:GWO``; none unless a subclass names one.
    requires : mapping of str to str
        Libraries that may be missing: import name to the command that installs the library. Import
        them in ``minimize``. When one is missing, the optimizer is listed with that command.

    Examples
    --------
    >>> import toolkit
    >>> class Sampling(toolkit.Optimizer):
    ...     description = "Uniform sampling"
    ...     reference = "textbook"
    ...
    ...     def minimize(self, problem, rng):
    ...         while True:
    ...             problem.evaluate(rng.random((10, len(problem.space))))
    >>> toolkit.minimize(Sampling, lambda x: x @ x, [-1], [1], budget=100, seed=1).evaluations
    100
    """

    description: ClassVar[str] = ""
    reference: ClassVar[str] = ""
    baseline: ClassVar[bool] = False
    stochastic: ClassVar[bool] = True
    chooses: ClassVar[str] = ""
    requires: ClassVar[Mapping[str, str]] = {}

    class Options(OptimizerOptions):
        """Options of this optimizer; none unless a subclass declares them."""

    def __init__(self, options: Any = None) -> None:
        self.options: Any = self.Options() if options is None else options

    @classmethod
    def options_for(cls, given: Mapping[str, Any]) -> type[OptimizerOptions]:
        """Return the class of the options that go with those given.

        An optional hook for an optimizer that is many in one, such as a library's: what else it
        takes may depend on what is given.

        Parameters
        ----------
        given : mapping
            Options as they were given, not yet checked; numbers may be text.

        Returns
        -------
        type of OptimizerOptions
            ``Options``, or a subclass of it with more fields.

        Raises
        ------
        InputError
            For a value that means nothing.
        """
        return cls.Options

    @classmethod
    def choices(cls) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """Return the values of options that only a library knows.

        An optional hook for ``toolkit optimizers show``. It may import the library.

        Returns
        -------
        mapping
            Option to heading to values; the heading ``""`` stands for none.
        """
        return {}

    @abstractmethod
    def minimize(self, problem: ProblemView, rng: np.random.Generator) -> None:
        """Search until ``problem.evaluate`` raises ``BudgetSpent``.

        Parameters
        ----------
        problem : ProblemView
            What is to be minimised: ``space``, ``remaining`` and ``evaluate``.
        rng : numpy.random.Generator
            The source of all randomness. Then a seed gives the same history in any process.
        """
