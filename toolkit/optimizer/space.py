"""The search space: named variables, each normalised to [0, 1]."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np

from toolkit.common.errors import ArgumentError
from toolkit.common.excerpts import excerpt
from toolkit.common.types import BoolArray, FloatArray, IndexArray

Kind = Literal["real", "integer", "choice"]


@dataclass(frozen=True)
class Variable:
    """One variable of a search space, with its natural bounds.

    Attributes
    ----------
    name : str
        Name of the variable, such as ``"pv1.size"``.
    kind : {"real", "integer", "choice"}
        ``real`` takes every value in [lower, upper], ``integer`` the whole numbers among them.
        ``choice`` takes the same whole numbers as labels, such as places in a list of buses; their
        order need not mean anything.
    lower, upper : float
        Natural bounds, both inclusive. A variable with ``lower == upper`` is frozen.

    Raises
    ------
    ArgumentError
        For a name that is no text, an unknown kind, or bounds that do not fit the kind.

    Examples
    --------
    >>> from toolkit import Variable
    >>> Variable("pv1.size", "real", 5.0, 30.0).upper
    30.0
    """

    name: str
    kind: Kind
    lower: float
    upper: float

    def __post_init__(self) -> None:
        if not isinstance(self.name, str):
            raise ArgumentError(f"variable: name: found {excerpt(self.name)}; expected text")
        if self.kind not in get_args(Kind):
            kinds = ", ".join(get_args(Kind))
            found = excerpt(self.kind)
            raise ArgumentError(f"variable {self.name}: kind: found {found}; expected {kinds}")
        for bound in (self.lower, self.upper):
            if not _is_finite(bound):
                raise ArgumentError(
                    f"variable {self.name}: bounds must be finite numbers; found {excerpt(bound)}"
                )
        if self.lower > self.upper:
            raise ArgumentError(f"variable {self.name}: lower {self.lower} is above {self.upper}")
        if self.kind != "real" and not (
            float(self.lower).is_integer() and float(self.upper).is_integer()
        ):
            raise ArgumentError(f"variable {self.name}: a {self.kind} needs whole-number bounds")


def _is_finite(bound: object) -> bool:
    """Say whether something is a number that a double holds."""
    try:
        return isinstance(bound, int | float | np.number) and bool(np.isfinite(float(bound)))
    except (OverflowError, TypeError):
        return False


@dataclass(frozen=True)
class Space:
    """An ordered set of variables and the map between the unit cube and natural values.

    Attributes
    ----------
    variables : tuple of Variable
        The variables in order; d is their number, ``len(space)``.

    Raises
    ------
    ArgumentError
        For anything but a tuple or list of variables.

    Examples
    --------
    >>> from toolkit import Space, Variable
    >>> space = Space((Variable("kw", "real", 0.0, 10.0), Variable("bus", "choice", 0, 3)))
    >>> space.values([0.5, 0.5]).tolist()
    [5.0, 2.0]
    >>> space.unit([5.0, 2.0]).tolist()
    [0.5, 0.625]
    """

    variables: tuple[Variable, ...]

    def __post_init__(self) -> None:
        given = self.variables
        if not isinstance(given, list | tuple) or not all(isinstance(v, Variable) for v in given):
            raise ArgumentError(f"space: found {excerpt(given)}; expected a tuple of variables")

    def __len__(self) -> int:
        return len(self.variables)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the variables, in order."""
        return tuple(v.name for v in self.variables)

    @cached_property
    def lower(self) -> FloatArray:
        """Natural lower bounds, shape (d,)."""
        return np.array([v.lower for v in self.variables], dtype=float)

    @cached_property
    def upper(self) -> FloatArray:
        """Natural upper bounds, shape (d,)."""
        return np.array([v.upper for v in self.variables], dtype=float)

    @cached_property
    def discrete(self) -> BoolArray:
        """True where a variable takes whole numbers only, shape (d,)."""
        return np.array([v.kind != "real" for v in self.variables], dtype=bool)

    @cached_property
    def choice(self) -> BoolArray:
        """True where a variable is a choice, shape (d,)."""
        return np.array([v.kind == "choice" for v in self.variables], dtype=bool)

    @cached_property
    def free(self) -> BoolArray:
        """True where a variable is not frozen, shape (d,)."""
        return self.upper > self.lower

    @cached_property
    def series(self) -> dict[str, IndexArray]:
        """Indices of the variables named ``NAME[1]`` to ``NAME[T]``, T >= 2, in step order.

        A name with a gap in its steps, or with one of them twice, is no series.
        """
        found: dict[str, dict[int, int]] = {}
        counts: dict[str, int] = {}
        for i, name in enumerate(self.names):
            if match := re.fullmatch(r"(.+)\[([1-9][0-9]*)\]", name):
                found.setdefault(match[1], {})[int(match[2])] = i
                counts[match[1]] = counts.get(match[1], 0) + 1
        return {
            name: np.array([at[t] for t in sorted(at)], dtype=np.intp)
            for name, at in found.items()
            if len(at) >= 2 and max(at) == len(at) == counts[name]
        }

    @cached_property
    def units(self) -> dict[str, IndexArray]:
        """Indices of the variables that share the part of their name before the first dot."""
        found: dict[str, list[int]] = {}
        for i, name in enumerate(self.names):
            unit, dot, _ = name.partition(".")
            if dot:
                found.setdefault(unit, []).append(i)
        return {unit: np.array(at, dtype=np.intp) for unit, at in found.items()}

    def values(self, x: FloatArray) -> FloatArray:
        """Map points of the unit cube to natural values.

        Parameters
        ----------
        x : array_like of shape (..., d)
            Points; what lies outside [0, 1] is clipped.

        Returns
        -------
        numpy.ndarray of shape (..., d)
            Natural values within the bounds.

        Notes
        -----
        A real variable has the value ``lower + x (upper - lower)``. A whole-number variable with
        k values cuts [0, 1] into k equal cells, ``lower + min(floor(k x), k - 1)``.
        """
        x = np.minimum(np.maximum(np.asarray(x, dtype=float), 0.0), 1.0)
        values: FloatArray = x * self._cells
        np.floor(values, out=values, where=self.discrete)
        np.minimum(values, self._span, out=values)
        values += self.lower
        # Rounding may carry lower + span past upper by one unit in the last place.
        return np.minimum(values, self.upper, out=values)

    @cached_property
    def _span(self) -> FloatArray:
        """Upper less lower bounds, shape (d,)."""
        return self.upper - self.lower

    @cached_property
    def _cells(self) -> FloatArray:
        """How many cells the unit interval has, shape (d,): of real variables the span."""
        return self._span + self.discrete

    def unit(self, values: FloatArray) -> FloatArray:
        """Map natural values to the unit cube.

        Parameters
        ----------
        values : array_like of shape (..., d)
            Natural values within the bounds.

        Returns
        -------
        numpy.ndarray of shape (..., d)
            Points of the unit cube; ``values(unit(v))`` is ``v`` for every value within the bounds.

        Notes
        -----
        Whole numbers map to the centres of their cells, frozen variables to 0.5.
        """
        values = np.asarray(values, dtype=float)
        span = self.upper - self.lower
        real = (values - self.lower) / np.where(span > 0, span, 1.0)
        whole = (values - self.lower + 0.5) / (span + 1.0)
        return np.where(span > 0, np.where(self.discrete, whole, real), 0.5)
