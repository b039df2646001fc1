"""The power flow of many plans at once: V = V0 - Z I(V), all steps as columns of one product.

A plan is the same bits whatever stands beside it: its columns fill whole groups, in which BLAS sums
alike, and it ends by its own convergence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from toolkit.common.types import BoolArray, ComplexArray, IndexArray
from toolkit.grid.batch.convergence import Search
from toolkit.grid.batch.currents import squares
from toolkit.grid.batch.draws import Draws, Injections, Powers
from toolkit.grid.batch.impedance import impedance_of
from toolkit.grid.batch.rotation import Rotation
from toolkit.grid.batch.solved_block import GROUP, Block, Part, filled
from toolkit.grid.batch.unit_ports import Injected
from toolkit.grid.network import Network

#: Pairs of iterations after which a plan counts as not converged.
MOST = 50
#: Values of a block, and columns at most: more leave the cache.
VALUES, COLUMNS = 1 << 15, 1536
#: Share of ports up to which those of loads and of a plan's units are solved alone.
FEW = 0.6
#: Columns of a block at least.
LEAST = 24


@dataclass(frozen=True)
class _Columns:
    """The columns of n plans over some steps, C, at the ports at which these draw or inject, Q.

    step: of each, (C,); drawn: what loads draw while they hold, VA, and begin: voltages to begin
    with, pu, (Q, C); network: what currents, with a row of ones below, leave of voltages, and that
    conjugated; one for all plans, (Q, Q + 1), or one of each, (n, Q, Q + 1); none where that takes
    factors.
    """

    plans: int
    width: int
    step: IndexArray
    drawn: ComplexArray
    begin: ComplexArray
    network: tuple[ComplexArray, ComplexArray] | None

    def some(self, plans: BoolArray) -> _Columns:
        """Return the columns of some of the plans."""
        kept = np.repeat(plans, self.width)
        drawn, begin = (np.compress(kept, a, axis=1) for a in (self.drawn, self.begin))
        network = self.network
        if network is not None and network[0].ndim > 2:
            network = network[0][plans], network[1][plans]
        return _Columns(int(plans.sum()), self.width, self.step[kept], drawn, begin, network)

    def currents(self) -> ComplexArray:
        """Return an array for currents, with a row of ones below them, (Q + 1, C)."""
        current = np.empty((len(self.begin) + 1, self.begin.shape[1]), dtype=complex)
        current[-1] = 1.0
        return current

    def product(self, which: int, current: ComplexArray, out: ComplexArray) -> None:
        """Write the voltages that currents leave, or those conjugated, where a matrix is kept."""
        assert self.network is not None
        network = self.network[which]
        if network.ndim > 2:
            current, out = (
                a.reshape(len(a), self.plans, -1).swapaxes(0, 1) for a in (current, out)
            )
        np.matmul(network, current, out=out)


class FixedPoint:
    """Solves plans of T steps on one network of so many buses."""

    def __init__(self, network: Network, rotation: Rotation, buses: int) -> None:
        self.impedance = impedance_of(network, rotation)
        self.draws = Draws(network, rotation, self.impedance.base_v, buses)
        self.buses = buses
        ports, self._steps = self.draws.power.shape
        self.most = min(max(VALUES // ports, LEAST), COLUMNS) // GROUP * GROUP
        self.at_once = max(self.most // filled(self._steps), 1)
        #: Voltages from which a search begins, pu, (P, T): those of loads alone, where there are.
        self.begin = np.repeat(self.impedance.start, self._steps, axis=1)
        #: Whether loads draw their power where nothing else loads the network.
        self.plain = self.draws.plain and bool(self.draws.hold(self.begin).all())
        self._held: dict[tuple[int, int], _Columns] = {}
        none = Injected(np.zeros((ports, 1, self._steps), dtype=complex))
        alone = list(self.blocks(none))
        self._held.clear()
        if all(block.converged.all() for block in alone):
            own = [block.whole.by_plan(block.volts)[0].T for block in alone]
            self.begin = np.ascontiguousarray(np.concatenate(own, axis=1))

    def pays(self, units: int) -> bool:
        """Say whether to solve the ports of loads and those of each plan's units, so many, alone.

        Each plan then has a matrix of its own, which pays where units may stand at many others.
        """
        ports = len(self.impedance.base_v)
        return self.impedance.dense and self.draws.ports + units <= FEW * ports

    def blocks(self, injected: Injected) -> Iterator[Block]:
        """Solve n plans, block by block."""
        count = injected.power.shape[1]
        for first in range(0, count, self.at_once):
            plans = slice(first, min(first + self.at_once, count))
            for begin in range(0, self._steps, self.most):
                steps = slice(begin, min(begin + self.most, self._steps))
                yield self._block(injected.of(plans, steps), plans, steps)

    def _block(self, injected: Injected, plans: slice, steps: slice) -> Block:
        ports, n, count = injected.power.shape
        columns, power = self._columns(n, steps), injected.power
        if columns.width > count:
            power = power[:, :, columns.step[: columns.width] - steps.start]
        power = power.reshape(ports, n * columns.width)
        if injected.ports is not None:
            columns = self._at(injected.ports, columns)
            power = np.concatenate([np.zeros((self.draws.ports, n * columns.width)), power])
        with np.errstate(all="ignore"):
            solved = self._solved(power, columns)
        return Block(Part(plans, steps, columns.width), *solved, ports=injected.ports)

    def _columns(self, n: int, steps: slice) -> _Columns:
        """Return the columns of n plans over some steps, made once while their number stays."""
        key = n, steps.start
        if key not in self._held:
            width = filled(steps.stop - steps.start)
            one = np.minimum(np.arange(steps.start, steps.start + width), steps.stop - 1)
            step = np.tile(one, n)
            drawn, begin = (np.take(a, step, axis=1) for a in (self.draws.power, self.begin))
            if len(self._held) > 1:
                self._held.clear()
            self._held[key] = _Columns(n, width, step, drawn, begin, self.impedance.network)
        return self._held[key]

    def _at(self, ports: IndexArray, columns: _Columns) -> _Columns:
        """Return columns at the ports of loads and of each plan's units, (R, n), alone."""
        loads, (units, n) = self.draws.ports, ports.shape
        plan = np.repeat(np.arange(n), columns.width)
        begin = np.concatenate([columns.begin[:loads], self.begin[ports[:, plan], columns.step]])
        none = np.zeros((units, len(plan)))
        drawn = np.concatenate([columns.drawn[:loads], none])
        own = np.concatenate([np.tile(np.arange(loads), (n, 1)), ports.T], axis=1)
        last = np.full((n, 1), len(self.impedance.base_v))
        at = own[:, :, None], np.concatenate([own, last], axis=1)[:, None]
        assert self.impedance.network is not None
        network = self.impedance.network[0][at]
        return replace(columns, begin=begin, drawn=drawn, network=(network, np.conj(network)))

    def _solved(
        self, injected: ComplexArray, columns: _Columns
    ) -> tuple[ComplexArray, ComplexArray, ComplexArray | None, BoolArray]:
        """Solve columns, first as if all loads drew their power where they usually do."""
        if not self.plain:
            return self._generally(injected, columns)
        drawn = columns.drawn - injected
        volts, converged = self._plainly(drawn, columns)
        current = drawn / volts
        np.conjugate(current, out=current)
        if converged.all() and self.draws.all_hold(volts):
            return volts, current, None, converged
        within = self.draws.hold(volts) & converged
        holds: BoolArray = np.asarray(within.reshape(columns.plans, -1).all(axis=1))
        off = np.repeat(~holds, columns.width)
        again = self._generally(np.compress(off, injected, axis=1), columns.some(~holds))
        volts[:, off], current[:, off], excess, converged[off] = again
        whole = np.zeros((self.buses, len(off)), dtype=complex)
        whole[:, off] = 0.0 if excess is None else excess
        return volts, current, whole, converged

    def _plainly(self, drawn: ComplexArray, columns: _Columns) -> tuple[ComplexArray, BoolArray]:
        """Return voltages where all draw their power, VA, (Q, C), and which columns converged.

        A current is conj(S / V). Every other iteration works with all values conjugated instead.
        """
        drawn_conj, conj = np.conj(drawn), np.empty_like(drawn)
        search = Search(columns.begin, columns.plans)
        whole = columns.currents()
        current = whole[:-1]
        for k in range(MOST):
            np.divide(drawn, search.volts, out=current)
            self._leave(1, columns, whole, conj)
            np.divide(drawn_conj, conj, out=current)
            self._leave(0, columns, whole, search.moved)
            if search.ends(k, current):
                break
        return search.found()

    def _leave(
        self, which: int, columns: _Columns, current: ComplexArray, out: ComplexArray
    ) -> None:
        """Write the voltages that currents, with ones below, leave; or all of it conjugated."""
        if columns.network is not None:
            columns.product(which, current, out)
        elif which:
            self.impedance.drop(np.conj(current[:-1]), out)
            np.subtract(self.impedance.start, out, out=out)
            np.conjugate(out, out=out)
        else:
            self.impedance.drop(current[:-1], out)
            np.subtract(self.impedance.start, out, out=out)

    def _generally(
        self, injected: ComplexArray, columns: _Columns
    ) -> tuple[ComplexArray, ComplexArray, ComplexArray | None, BoolArray]:
        """Return voltages, currents, excess and which columns converged, whatever loads do."""
        search, step = Search(columns.begin, columns.plans), columns.step
        injections, whole = Injections.of(injected), columns.currents()
        powers, current = self.draws.powers(step), whole[:-1]
        for k in range(MOST):
            for volts in (search.volts, search.moved):
                self.currents(volts, injections, powers, current)
                self._leave(0, columns, whole, search.moved)
            if search.ends(k, current):
                break
        volts, converged = search.found()
        self.currents(volts, injections, powers, current)
        return volts, current, self.draws.excess(volts, step), converged

    def currents(
        self, volts: ComplexArray, injections: Injections, powers: Powers, out: ComplexArray
    ) -> None:
        """Write what loads, of these powers, draw less what units inject, VA at 1 pu."""
        out[:] = 0.0
        own = np.take(volts, injections.rows, axis=0)
        squared = squares(own)
        own *= injections.drawn_conj
        own /= squared
        out[injections.rows] = own
        self.draws.currents(volts, powers, out)
