"""The contract of a goal, on one page; docs/how-to/goal.md shows how to write one.

A goal is one figure of a solved plan, in its unit, of which a study seeks the most or the least.
What it is told stands in ``told`` beside.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from toolkit.common.types import FloatArray
from toolkit.problem.goal_plugins.told import Given, SolvedPlans


class GoalOptions(BaseModel):
    """Base class of the options of a goal: a pydantic model.

    Each field has a default, limits and a description. Unknown keys are refused; values are frozen.

    Examples
    --------
    >>> from pydantic import Field
    >>> from toolkit import GoalOptions
    >>> class Options(GoalOptions):
    ...     from_hour: int = Field(17, ge=0, le=23, description="first hour that counts")
    >>> Options(from_hour=18).from_hour
    18
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


class Goal(ABC):
    """Base class of every goal; a subclass has to define ``figure`` and say what it is.

    A plug-in names its subclass in the entry-point group ``toolkit.goals``.

    Parameters
    ----------
    options : GoalOptions, optional
        Values of the class's ``Options``; the defaults when left out.

    Attributes
    ----------
    description : str
        One line saying what the figure is.
    reference : str
        Where it comes from: paper, DOI.
    label : str
        What the figure is, in words that go on "the highest" or "the lowest": "evening import".
    unit : str
        Its unit, as it reads behind a number: ``"kWh"``, ``"%"``, ``"times the mean"``.
    direction : {"max", "min"}
        Whether the most or the least of it is sought.
    lowest, highest : float
        Between which every figure is. The worse of them has to be finite, or ``worst`` defined.
    needs : tuple of str
        What it is told besides: ``"trades"``, ``"losses"``, ``"voltages"``, ``"loadings"``,
        ``"bills"``, ``"costs"``.
    at_once : bool
        Whether it may be asked of several plans at once, and says of each the same, to the last
        digit, as of it alone.
    requires : mapping of str to str
        Libraries that may be missing: import name to the command that installs the library. Import
        them in ``figure``.

    Examples
    --------
    >>> import toolkit
    >>> class Peak(toolkit.Goal):
    ...     description = "The highest power that loads and units of all buses take together"
    ...     reference = "folklore"
    ...     label, unit, direction = "highest load", "kW", "min"
    ...
    ...     def figure(self, solved):
    ...         return (-solved.net_kw.sum(axis=2)).max(axis=1).clip(min=0.0)
    ...
    ...     def worst(self, given):
    ...         return 2.0 * given.most_kw.max()
    >>> from toolkit.testing import check_goal
    >>> [check for check in check_goal(Peak) if not check.passed]
    []
    """

    description: ClassVar[str] = ""
    reference: ClassVar[str] = ""
    label: ClassVar[str] = ""
    unit: ClassVar[str] = ""
    direction: ClassVar[Literal["max", "min"]]
    lowest: ClassVar[float] = 0.0
    highest: ClassVar[float] = float("inf")
    needs: ClassVar[tuple[str, ...]] = ()
    at_once: ClassVar[bool] = False
    requires: ClassVar[Mapping[str, str]] = {}

    class Options(GoalOptions):
        """Options of this goal; none unless a subclass declares them."""

    def __init__(self, options: Any = None) -> None:
        self.options: Any = self.Options() if options is None else options

    @abstractmethod
    def figure(self, solved: SolvedPlans) -> FloatArray:
        """Return the figure of each plan.

        Parameters
        ----------
        solved : SolvedPlans
            n plans with the days that were solved of them; read-only.

        Returns
        -------
        numpy.ndarray of shape (n,)
            In the goal's unit, finite. It has to follow from ``solved`` and the options alone.
        """

    def scale(self, given: Given) -> float:
        """Return how much of the figure counts as 1 in a weighted sum of goals.

        Parameters
        ----------
        given : Given
            What every plan of the study meets.

        Returns
        -------
        float
            In the goal's unit, above 0; 1 unless a subclass says otherwise.
        """
        return 1.0

    def worst(self, given: Given) -> float:
        """Return a figure that no plan within all limits is worse than.

        Parameters
        ----------
        given : Given
            What every plan of the study meets.

        Returns
        -------
        float
            In the goal's unit, finite; ``lowest`` or ``highest`` unless a subclass says otherwise.
            Figures that are worse count as this one.
        """
        return self.lowest if self.direction == "max" else self.highest
