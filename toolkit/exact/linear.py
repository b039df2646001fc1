"""Figures of a plan as sums over the variables of a program."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np

from toolkit.exact.program import Program, Term


@dataclass(frozen=True)
class Sum:
    """A constant and terms, each summed over all that it stands for."""

    constant: float = 0.0
    terms: tuple[Term, ...] = ()

    def __add__(self, other: Sum) -> Sum:
        """Return both together."""
        return Sum(self.constant + other.constant, (*self.terms, *other.terms))

    def times(self, factor: float) -> Sum:
        """Return so many times the sum."""
        terms = tuple((factor * np.asarray(value), where) for value, where in self.terms)
        return Sum(factor * self.constant, terms)

    def hold(self, program: Program, lower: float = -np.inf, upper: float = np.inf) -> None:
        """Keep it within limits."""
        program.rows((), self.terms, lower - self.constant, upper - self.constant)


def total_of(parts: list[Sum]) -> Sum:
    """Return all parts together."""
    return reduce(add, parts, Sum())
