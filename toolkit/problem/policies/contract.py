"""The contract of a dispatch policy, on one page; docs/how-to/policy.md shows how to write one.

A policy says in each step what power it wants of each store. The toolkit tells it what is known by
then and no more, and repairs what it wants to what the stores can do.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from toolkit.common.errors import ArgumentError
from toolkit.common.types import FloatArray
from toolkit.problem.policies.known import Known

#: What a policy may be told of later steps: nothing, a forecast that the profiles bring in columns
#: of their own, or what will really be.
Source = Literal["nothing", "column", "perfect"]
#: What results call the last of them.
FORESIGHT = "perfect foresight"


class PolicyOptions(BaseModel):
    """Base class of the options of a policy: a pydantic model.

    Each field has a default, limits and a description. Unknown keys are refused; values are frozen.

    Examples
    --------
    >>> from pydantic import Field
    >>> from toolkit import PolicyOptions
    >>> class Options(PolicyOptions):
    ...     hours: int = Field(24, ge=1, description="hours looked ahead")
    >>> Options(hours=12).hours
    12
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class Parameter:
    """A number that a policy wants searched, one for each store.

    Parameters
    ----------
    name : str
        What the variable of a store is called after its name and a dot, as in ``bess1.reserve``.
    lower, upper, default : float
        Bounds, and the value of a plan that states none.
    unit, meaning : str
        Unit, empty for none, and what the number does.

    Raises
    ------
    ArgumentError
        For bounds that are not finite or do not hold the default.

    Examples
    --------
    >>> from toolkit import Parameter
    >>> Parameter("reserve", 0.0, 1.0, 0.2, "share of capacity", "energy kept back").upper
    1.0
    """

    name: str
    lower: float
    upper: float
    default: float
    unit: str = ""
    meaning: str = ""

    def __post_init__(self) -> None:
        if not (isfinite(self.lower) and isfinite(self.upper)):
            raise ArgumentError(f"parameter {self.name}: expected bounds that are finite")
        if not self.lower <= self.default <= self.upper:
            raise ArgumentError(
                f"parameter {self.name}: found default {self.default:g}; expected it within "
                f"{self.lower:g} to {self.upper:g}"
            )


@dataclass(frozen=True)
class Outlook:
    """What a policy wants to be told of later steps, and how far ahead.

    Parameters
    ----------
    source : {"nothing", "column", "perfect"}
        Nothing; the forecast columns of the profiles; or the future itself. The last is perfect
        foresight: results name it so, and no proof of causality is made of such a policy.
    hours : float
        How many hours ahead.

    Examples
    --------
    >>> from toolkit import Outlook
    >>> Outlook().source
    'nothing'
    """

    source: Source = "nothing"
    hours: float = 0.0


class Policy(ABC):
    """Base class of every dispatch policy; a subclass has to define ``power`` only.

    A plug-in names its subclass in the entry-point group ``toolkit.policies``. An object is made
    anew for each time that plans are followed through a scenario, so it may remember things from
    step to step.

    Parameters
    ----------
    options : PolicyOptions, optional
        Values of the class's ``Options``; the defaults when left out.

    Attributes
    ----------
    description : str
        One line saying what it does.
    reference : str
        Where it comes from: paper, DOI.
    requires : mapping of str to str
        Libraries that may be missing: import name to the command that installs the library. Import
        them in ``power``.

    Examples
    --------
    >>> import numpy as np
    >>> import toolkit
    >>> class Noon(toolkit.Policy):
    ...     description = "Charges from 10 to 14 h, gives back from 18 h on"
    ...     reference = "folklore"
    ...
    ...     def power(self, now):
    ...         if 10 <= now.hour < 14:
    ...             return now.lowest
    ...         return now.highest if now.hour >= 18 else np.zeros_like(now.stored)
    >>> from toolkit.testing import check_policy
    >>> all(check.passed for check in check_policy(Noon))
    True
    """

    description: ClassVar[str] = ""
    reference: ClassVar[str] = ""
    requires: ClassVar[Mapping[str, str]] = {}

    class Options(PolicyOptions):
        """Options of this policy; none unless a subclass declares them."""

    def __init__(self, options: Any = None) -> None:
        self.options: Any = self.Options() if options is None else options

    def parameters(self, steps: int) -> Sequence[Parameter]:
        """Return the numbers that are to be searched for each store; none by default.

        Parameters
        ----------
        steps : int
            Steps of the scenario.

        Returns
        -------
        sequence of Parameter
            Their values come back by name in ``Known.values``.
        """
        return ()

    def outlook(self) -> Outlook:
        """Return what the policy wants to be told of later steps; nothing by default.

        Returns
        -------
        Outlook
            It may follow from the options, and from nothing else.
        """
        return Outlook()

    @abstractmethod
    def power(self, now: Known) -> FloatArray:
        """Return the power wanted of each store in this step.

        Parameters
        ----------
        now : Known
            What is known at this step, for n plans with S stores each; read-only.

        Returns
        -------
        numpy.ndarray of shape (n, S)
            kW, positive into the network. What no store can do is repaired afterwards: a power
            from ``now.lowest`` to ``now.highest`` is carried out as it is.
        """
