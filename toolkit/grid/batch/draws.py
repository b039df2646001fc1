"""What loads draw at the ports of a network, over the columns of a block of plans."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from scipy.sparse import csr_matrix

from toolkit.common.types import BoolArray, ComplexArray, FloatArray, IndexArray
from toolkit.grid.batch.currents import POWER, currents_of, leg_currents, squares
from toolkit.grid.batch.in_band import MODELS as QUICK
from toolkit.grid.batch.in_band import Admittances, InBand
from toolkit.grid.batch.rotation import Rotation
from toolkit.grid.network import LoadLegs, Network

#: A share of a voltage that is only rounding.
ROUNDING = 1e-12
#: What loads would draw in the steps of columns: of constant power, conjugated, VA, (G, C), and of
#: those whose band says more; and the steps, (C,).
Powers = tuple[ComplexArray, Admittances, IndexArray]


@dataclass(frozen=True)
class Injections:
    """What units inject, at the ports where any does: which ones, (R,), and VA drawn, (R, C)."""

    rows: IndexArray
    drawn_conj: ComplexArray

    @classmethod
    def of(cls, injected: ComplexArray) -> Injections:
        """Take what units inject at each port, VA, (P, C)."""
        rows = np.flatnonzero(injected.any(axis=1))
        return cls(rows, -np.conj(np.take(injected, rows, axis=0)))


class Draws:
    """The loads of a network, at the ports that stand for all; powers in VA, voltages in pu.

    Legs of constant power with the same band at one port count as one. power: what those draw at
    each port while they hold, (P, T); ports: of loads, which come first; least, most: squares of
    the voltages between which all of them do, (P, 1); plain: whether there are no others.
    """

    def __init__(
        self, network: Network, rotation: Rotation, base_v: FloatArray, buses: int
    ) -> None:
        stand_in = np.isin(network.loads.port, rotation.ports)
        legs = _rows(network.loads, np.flatnonzero(stand_in))
        legs = replace(legs, port=rotation.port[legs.port])
        #: How many legs each stands for.
        size = np.bincount(rotation.port, minlength=len(base_v))
        #: Ports at which loads draw come first: how many.
        self.ports = int(legs.port.max(initial=-1)) + 1
        plain = legs.model == POWER
        self.plain = bool(plain.all())
        self._groups = _grouped(_rows(legs, np.flatnonzero(plain)))
        by_model = np.argsort(legs.model, kind="stable")
        quick = np.isin(legs.model[by_model], QUICK)
        self._in_band = InBand(_rows(legs, by_model[quick]), base_v, self.ports)
        self._in_band_at = _together(self._in_band.legs.port)
        self._others = _rows(legs, np.flatnonzero(~plain & ~np.isin(legs.model, QUICK)))
        self._base_v, self._buses = base_v, buses
        groups = self._groups
        self._alone = len(np.unique(groups.port)) == len(groups.port)
        #: What 1 pu is at the ports of groups, V.
        self._group_v = base_v[groups.port]
        scale = (groups.base_v / self._group_v)[:, None]
        self._least = (groups.least[:, None] * scale) ** 2
        self._most = (groups.most[:, None] * scale) ** 2
        self._size = size
        band = self._in_band.legs
        alike = size[band.port].astype(float), (band.bus, np.arange(len(band.port)))
        #: What the legs of each bus in a band add up from, (B, L).
        self._band_at_buses = csr_matrix(alike, (buses, len(band.port)))
        shape = (len(base_v), groups.power.shape[1])
        self.power = np.zeros(shape, dtype=complex)
        np.add.at(self.power, groups.port, groups.power)
        self.least, self.most = np.zeros((shape[0], 1)), np.full((shape[0], 1), np.inf)
        np.maximum.at(self.least, groups.port, self._least)
        np.minimum.at(self.most, groups.port, self._most)
        self._band = self.least[: self.ports], self.most[: self.ports]
        #: The band in which every load draws its power, less what rounding may do.
        inner = self.least.max(initial=0.0), self.most.min(initial=np.inf)
        self.inner = np.sqrt(inner[0]) * (1.0 + ROUNDING), np.sqrt(inner[1]) * (1.0 - ROUNDING)

    def hold(self, volts: ComplexArray) -> BoolArray:
        """Say in which columns all loads draw their power at voltages, (P, C)."""
        squared = squares(volts[: self.ports])
        within = squared > self._band[0]
        within &= squared <= self._band[1]
        return np.asarray(within.all(axis=0))

    def all_hold(self, volts: ComplexArray) -> bool:
        """Say whether all do in all columns, quickly where all are within the narrowest band."""
        size = np.abs(volts[: self.ports])
        inner = size.min() > self.inner[0] and size.max() < self.inner[1]
        return bool(inner or self.hold(volts).all())

    def powers(self, step: IndexArray) -> Powers:
        """Return what loads would draw in the steps of columns, for ``currents``."""
        power = np.take(self._groups.power, step, axis=1)
        return np.conj(power, out=power), self._in_band.at_steps(step), step

    def currents(
        self,
        volts: ComplexArray,
        powers: Powers,
        out: ComplexArray,
    ) -> None:
        """Add to ``out`` the currents, VA at 1 pu, that loads draw at voltages, (P, C).

        Above its band a load of constant power is an impedance, so that the square of its voltage
        counts no further.
        """
        power, in_band, step = powers
        if len(self._groups.port):
            self._add_groups(volts, power, step, out)
        port = self._in_band_at
        if len(self._in_band.legs.port):
            drawn = self._in_band.currents(volts[port], in_band)
            if self._in_band.at_ports is None:
                out[port] += drawn
            else:
                out[: self.ports] += self._in_band.at_ports @ drawn
        self._add_others(volts, step, out)

    def _add_groups(
        self, volts: ComplexArray, power: ComplexArray, step: IndexArray, out: ComplexArray
    ) -> None:
        groups = self._groups
        at = volts[groups.port]
        squared = squares(at)
        drawn = power * at
        drawn /= np.minimum(squared, self._most)
        low = squared <= self._least
        if low.any():
            row, column = np.nonzero(low)
            drawn[row, column] = currents_of(groups, self._group_v, (row, column), at, step)
        if self._alone:
            out[groups.port] += drawn
        else:
            np.add.at(out, groups.port, drawn)

    def _add_others(self, volts: ComplexArray, step: IndexArray, out: ComplexArray) -> None:
        others = self._others
        if len(others.port):
            base, rows = self._base_v[others.port][:, None], np.arange(len(others.port))
            drawn = leg_currents(others, rows, others.power[:, step], volts[others.port] * base)
            np.add.at(out, others.port, drawn * base)

    def excess(self, volts: ComplexArray, step: IndexArray) -> ComplexArray | None:
        """Return what loads draw beside their power, VA, (B, C) at each bus; None for nothing."""
        total = np.zeros((self._buses, volts.shape[1]), dtype=complex)
        off = self._excess_of_groups(volts, step, total)
        band, others = self._in_band, self._others
        if len(band.legs.port):
            at = np.ascontiguousarray(volts[self._in_band_at])
            drawn = np.conj(band.currents(at, band.at_steps(step)))
            drawn *= at
            drawn -= np.take(band.legs.power, step, axis=1)
            total += (self._band_at_buses @ drawn.view(np.float64)).view(complex)
            off = True
        if not len(others.port):
            return total if off else None
        base, rows = self._base_v[others.port][:, None], np.arange(len(others.port))
        at, power = volts[others.port] * base, others.power[:, step]
        drawn = at * np.conj(leg_currents(others, rows, power, at))
        np.add.at(total, others.bus, (drawn - power) * self._size[others.port][:, None])
        return total

    def _excess_of_groups(self, volts: ComplexArray, step: IndexArray, total: ComplexArray) -> bool:
        """Add what loads of constant power draw beside it; say whether any does."""
        groups = self._groups
        squared = squares(volts[groups.port])
        row, column = np.nonzero((squared <= self._least) | (squared > self._most))
        if not len(row):
            return False
        base = self._group_v[row, None]
        power = groups.power[row, step[column]][:, None]
        at = volts[groups.port[row], column][:, None] * base
        drawn = at * np.conj(leg_currents(groups, row, power, at))
        more = (drawn - power)[:, 0] * self._size[groups.port[row]]
        np.add.at(total, (groups.bus[row], column), more)
        return True


def _together(rows: IndexArray) -> slice | IndexArray:
    """Return rows as a slice where they follow each other, so that taking them copies nothing."""
    begin = int(rows[0]) if len(rows) else 0
    if np.array_equal(rows, np.arange(begin, begin + len(rows))):
        return slice(begin, begin + len(rows))
    return rows


def _rows(legs: LoadLegs, rows: IndexArray) -> LoadLegs:
    return LoadLegs(**{f.name: getattr(legs, f.name)[rows] for f in fields(legs)})


def _grouped(legs: LoadLegs) -> LoadLegs:
    """Return legs of constant power with those of one port, bus and band added up."""
    numbers = (legs.port, legs.bus, legs.base_v, legs.low, legs.least, legs.most)
    table = np.column_stack(numbers)
    _, first, of = np.unique(table, axis=0, return_index=True, return_inverse=True)
    power = np.zeros((len(first), legs.power.shape[1]), dtype=complex)
    np.add.at(power, of.reshape(-1), legs.power)
    return replace(_rows(legs, first), power=power)
