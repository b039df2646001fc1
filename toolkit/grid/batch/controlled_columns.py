"""Columns under control solved in the state that their controls are in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toolkit.common.types import BoolArray, ComplexArray, IndexArray
from toolkit.grid.batch.compensation import Compensation
from toolkit.grid.batch.convergence import has_converged
from toolkit.grid.batch.draws import Injections
from toolkit.grid.batch.fixed_point import MOST, FixedPoint
from toolkit.grid.batch.secant import Secant
from toolkit.grid.control_rules import ControlRules


@dataclass(frozen=True)
class Solved:
    """Columns: voltages, pu, currents, VA at 1 pu, (P, C), and which have converged, (C,).

    The currents have in them what stands for moved controls.
    """

    volts: ComplexArray
    current: ComplexArray
    converged: BoolArray


def unsolved(like: ComplexArray, converged: BoolArray) -> Solved:
    """Return columns of which none are known yet."""
    return Solved(np.full_like(like, np.nan), np.full_like(like, np.nan), converged)


class ControlledColumns:
    """Solves columns of a network under control.

    rules: what controls go by; compensation: what stands for what they change; fixed_point: the
    power flow without them.
    """

    def __init__(self, rules: ControlRules, fixed_point: FixedPoint) -> None:
        self.rules, self.fixed_point = rules, fixed_point
        self.compensation = Compensation(rules, fixed_point.impedance)

    def solve(
        self, injected: ComplexArray, step: IndexArray, begin: ComplexArray, m: ComplexArray
    ) -> Solved:
        """Solve columns. m: what stands for moved controls in each, (C, K, K).

        begin: voltages to begin with, which are written to.
        """
        own, point = self.compensation, self.fixed_point
        start, injections = point.impedance.start, Injections.of(injected)
        powers = point.draws.powers(step)
        current, count = np.empty_like(begin), begin.shape[1]
        found: Solved | None = None
        kept, before = np.zeros(count, dtype=bool), np.zeros(count)
        secant = Secant(begin)
        for _ in range(2 * MOST):
            point.currents(secant.volts, injections, powers, current)
            moved = secant.spare
            drawn = self._drop(current, m, moved)
            np.subtract(start, moved, out=moved)
            largest = secant.moves(moved)
            new = np.asarray(has_converged(largest, before)) & ~kept
            before = largest
            if new.any():
                current[own.ports] += drawn
                if new.all():
                    return Solved(moved, current, new)
                found = found or unsolved(begin, kept)
                found.volts[:, new], found.current[:, new] = moved[:, new], current[:, new]
                kept |= new
                if kept.all():
                    return found
            secant.go_on()
        return found or unsolved(begin, kept)

    def _drop(self, current: ComplexArray, m: ComplexArray, out: ComplexArray) -> ComplexArray:
        """Write what currents take off voltages; return what controlled ports draw besides."""
        own, impedance = self.compensation, self.fixed_point.impedance
        impedance.drop(current, out)
        left = impedance.start[own.ports] - out[own.ports]
        drawn = np.ascontiguousarray(np.matmul(m, left.T[..., None])[..., 0].T)
        out += own.across @ drawn
        return drawn
