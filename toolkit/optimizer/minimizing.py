"""Run any optimizer on a plain function of one vector, through the same ledger as a study."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import ArrayLike
from pydantic import PlainValidator

from toolkit.common import caps
from toolkit.common.arguments import (
    Budget,
    Options,
    Seed,
    checked,
    plain,
)
from toolkit.common.errors import BudgetSpent, InputError, ToolkitError
from toolkit.common.excerpts import excerpt
from toolkit.common.types import FloatArray
from toolkit.optimizer import registry
from toolkit.optimizer.contract import Optimizer
from toolkit.optimizer.ledger import Ledger, search
from toolkit.optimizer.scores import UNSOLVED, Scores
from toolkit.optimizer.space import Space, Variable


@dataclass(frozen=True)
class Minimum:
    """The best point of a search and what it took.

    Attributes
    ----------
    x : numpy.ndarray of shape (d,)
        The best point, in the function's own units.
    fun : float
        The function's value there; NaN if it never gave a finite one.
    evaluations : int
        Evaluations spent: fewer than the budget if the optimizer came back early.
    history : numpy.ndarray of shape (evaluations,)
        Best value after each evaluation.
    """

    x: FloatArray
    fun: float
    evaluations: int
    history: FloatArray

    def __repr__(self) -> str:
        """Return the value first; of a long point its ends."""
        point = np.array2string(self.x, precision=6, separator=", ", threshold=20)
        return f"Minimum(fun={self.fun!r}, evaluations={self.evaluations}, x={point})"


def _optimizer(value: Any) -> str | Optimizer | type[Optimizer]:
    given = plain(value)
    if isinstance(given, str | Optimizer):
        return given
    if flaw := registry.OPTIMIZERS.flaw(given):
        raise ValueError(f"{flaw}; expected an optimizer's name, class or instance")
    found: type[Optimizer] = given
    return found


def _function(value: Any) -> Callable[[FloatArray], float]:
    words = "expected a function of one vector"
    if not callable(value):
        raise ValueError(words)
    try:
        takes = inspect.signature(value)
    except (TypeError, ValueError):  # not every built-in function tells
        takes = None
    try:
        if takes is not None:
            takes.bind(np.zeros(1))
    except TypeError as error:
        raise ValueError(words) from error
    found: Callable[[FloatArray], float] = value
    return found


def _bounds(value: Any) -> FloatArray:
    try:
        found = np.asarray(value)
        if found.dtype.kind not in "iuf":
            raise ValueError
        return found.astype(float)
    except (TypeError, ValueError, OverflowError, RecursionError):
        raise ValueError("expected a number or a list of numbers") from None


AnyOptimizer = Annotated[str | Optimizer | type[Optimizer], PlainValidator(_optimizer)]
Function = Annotated[Callable[[FloatArray], float], PlainValidator(_function)]
Bounds = Annotated[ArrayLike, PlainValidator(_bounds)]


@checked
def minimize(
    optimizer: AnyOptimizer,
    function: Function,
    lower: Bounds,
    upper: Bounds,
    *,
    budget: Budget,
    seed: Seed,
    options: Options | None = None,
) -> Minimum:
    """Minimise a function of one vector between two bounds, in this process.

    Parameters
    ----------
    optimizer : str or Optimizer or type of Optimizer
        A name such as ``"cheetah"``, a class or an instance.
    function : callable
        Takes a vector of shape (d,) and returns one number. NaN and infinity never become best.
    lower, upper : array_like of shape (d,) or ()
        Bounds, both inclusive.
    budget, seed : int
        Evaluations that may be spent; the same seed gives the same history.
    options : mapping, optional
        Options of an optimizer given by name or as a class.

    Returns
    -------
    Minimum
        The best point ``x``, its value ``fun``, ``evaluations`` and ``history``.

    Raises
    ------
    InputError, ToolkitError
        For what cannot be used; for evaluations without the ledger. The function's own pass.

    Examples
    --------
    >>> import toolkit
    >>> best = toolkit.minimize("cheetah", lambda x: x @ x, [-5, -5], [5, 5], budget=500, seed=1)
    >>> best.evaluations, bool(best.fun < 1e-3)
    (500, True)
    """
    space = _box(lower, upper)
    values: list[float] = []
    ledger = Ledger(deepcopy(space), _scorer(space, function, budget, values), budget)
    search(_instance(optimizer, options), ledger, np.random.default_rng(seed))
    _check_honest(ledger, values)
    fun = ledger.best_objective if ledger.best_violation < UNSOLVED else np.nan
    return Minimum(_natural(space, ledger.best_x), fun, ledger.spent, ledger.best_so_far)


def _instance(
    optimizer: str | Optimizer | type[Optimizer], options: Mapping[str, Any] | None
) -> Optimizer:
    if isinstance(optimizer, str):
        return registry.build(optimizer, options)
    if isinstance(optimizer, type):
        return registry.configure(optimizer, options)
    if options:
        raise InputError("options go with an optimizer's name or class; this one has its own.")
    return optimizer


def _box(lower: ArrayLike, upper: ArrayLike) -> Space:
    """Return a space of real variables x1, x2, ... between the bounds."""
    low, high = np.asarray(lower, dtype=float), np.asarray(upper, dtype=float)
    try:
        low, high = np.broadcast_arrays(np.atleast_1d(low), np.atleast_1d(high))
        if low.ndim != 1:
            raise ValueError(f"found {low.ndim} dimensions, expected 1")
        if not 0 < low.size <= caps.VARIABLES:
            raise ValueError(f"found {low.size:,} numbers, expected 1 to {caps.VARIABLES:,}")
        if np.abs([low, high]).max() > caps.FARTHEST:
            far = caps.FARTHEST
            raise ValueError(f"found numbers beyond {far:g}, expected {-far:g} to {far:g}")
        bounds = enumerate(zip(low, high, strict=True), start=1)
        return Space(tuple(Variable(f"x{i}", "real", float(a), float(b)) for i, (a, b) in bounds))
    except ValueError as error:
        raise InputError(f"bounds: {error}") from None


def _natural(space: Space, x: FloatArray) -> FloatArray:
    """Map unit-cube points to natural values; rounding must not carry them past a bound."""
    return np.minimum(np.maximum(space.values(x), space.lower), space.upper)


def _check_honest(ledger: Ledger, values: Sequence[float]) -> None:
    """Raise ToolkitError unless the ledger holds what the function gave, no more and no less."""
    told = np.where(ledger.violation == 0.0, ledger.objective, np.nan)
    given = np.where(np.isfinite(values), values, np.nan)
    if not np.array_equal(told, given, equal_nan=True):
        raise ToolkitError(
            f"the optimizer changed what is counted: the function was evaluated {len(values)} "
            f"times, the ledger holds {ledger.spent} evaluations, or other values."
        )


def _scorer(
    space: Space, function: Callable[[FloatArray], float], budget: int, values: list[float]
) -> Callable[[FloatArray], Scores]:
    """Wrap the function for the ledger; each of its values is added to a list.

    A plain function has no known ceiling; the highest value seen so far stands in for it, so that
    a point without a value ranks last for scalar-only libraries too.
    """
    ceiling = 0.0

    def score(rows: FloatArray) -> Scores:
        nonlocal ceiling
        if len(values) + len(rows) > budget:
            raise BudgetSpent
        found = [_value(function(row)) for row in _natural(space, rows)]
        values.extend(found)
        ceiling = max([ceiling, *filter(math.isfinite, found)])
        return Scores(np.array(found), np.zeros(len(found)), ceiling)

    return score


def _value(found: Any) -> float:
    if isinstance(found, float):
        return found
    try:
        value = np.asarray(found)
    except ValueError:  # lists within each other, of uneven lengths
        value = np.asarray(None)
    if value.dtype.kind not in "iufb":
        raise InputError(f"function: found {excerpt(found)} as a result, expected one number")
    if value.size != 1:
        raise InputError(f"function: found a result of shape {value.shape}, expected one number")
    return float(value.item())
