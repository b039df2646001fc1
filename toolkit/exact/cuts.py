"""Cuts on what a bus can sell: the concave hull of what it consumes of its own.

A slot's own use is F = min(injection, load + charging). With charging turned round (most minus
charging) it is min(sum of items, cap) less a sum: submodular over the box of its items, so the
hull of its values at the corners is Lovasz's extension (1983, doi
10.1007/978-3-642-68874-4_10), and every order of the items gives one valid cut. The cut that a
point breaks most comes from sorting the items by their share of what they can be at most.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np

from toolkit.common.types import BoolArray, FloatArray, IndexArray
from toolkit.exact.formulation import Formulation
from toolkit.exact.program import NONE, Program

#: How much a point must break a cut, kW, to have it added.
BROKEN = 1e-4


@dataclass(frozen=True)
class Items:
    """What may fill a slot's own use: I items at N slots in T steps.

    most: largest value, kW, 0 where there is no item; coefficient and variable of its power;
    turned: whether it is charging, (I,); cap: load and all charging, kW, (N, T).
    """

    most: FloatArray
    coefficient: FloatArray
    variable: IndexArray
    turned: BoolArray
    cap: FloatArray

    def values(self, x: FloatArray, used: FloatArray) -> FloatArray:
        """Return the items' values, kW, (I, N, T), at a point whose slots are used (N,)."""
        power = np.where(self.variable == NONE, 0.0, self.coefficient * x[self.variable])
        turned = self.most * used[:, None] - power
        return np.where(self.turned[:, None, None], turned, power)

    def shares(self, rank: FloatArray) -> FloatArray:
        """Return how much of each item counts as own use, 0 to 1, when filled highest rank first.

        rank: (I, N, T).
        """
        order = np.argsort(-rank, axis=0, kind="stable")
        most = np.take_along_axis(self.most, order, axis=0)
        filled = np.minimum(np.cumsum(most, axis=0), self.cap)
        gained = np.diff(filled, axis=0, prepend=0.0)
        sorted_shares = np.divide(gained, most, out=np.ones_like(most), where=most > 0.0)
        shares = np.empty_like(sorted_shares)
        np.put_along_axis(shares, order, sorted_shares, axis=0)
        return shares


def items_of(form: Formulation) -> Items:
    """Return the items of a formulation: output and discharge of every class, then charging."""
    coefficients, injected = form.injection
    output = np.array([c.size_max * c.output for c in form.classes])
    discharge = np.array([c.size_max * c.discharge for c in form.classes])
    charge = np.array([c.most_out for c in form.classes])
    member = form.member[:, :, None]
    most = np.concatenate([member * part[:, None, :] for part in (output, discharge, charge)])
    turned = np.arange(len(most)) >= 2 * len(form.classes)
    return Items(
        most=most,
        coefficient=np.concatenate([coefficients, np.ones(form.charge.shape)]),
        variable=np.concatenate([injected, form.charge]),
        turned=turned,
        cap=form.load + most[turned].sum(axis=0),
    )


def seed(program: Program, form: Formulation, items: Items) -> None:
    """Add the cuts that put one injection first, or first after all charging.

    Without them the first relaxation is so loose that separation takes many rounds.
    """
    charging = items.turned.astype(float)
    first = np.flatnonzero(~items.turned & (items.most > 0.0).any(axis=(1, 2)))
    seen: set[bytes] = set()
    for one in first:
        for rank in (2.0 * charging, np.zeros(len(charging))):
            rank[one] = 1.0
            full = np.broadcast_to(rank[:, None, None], items.most.shape)
            shares = items.shares(full)
            injects = items.most[one] > 0.0
            new = [
                (n, t) for n, t in np.argwhere(injects) if not _known(seen, n, t, shares[:, n, t])
            ]
            _add(program, form, items, shares, np.array(new, dtype=np.intp).reshape(-1, 2))


def _known(seen: set[bytes], n: int, t: int, shares: FloatArray) -> bool:
    key = bytes(chain(int(n).to_bytes(4, "little"), int(t).to_bytes(4, "little")))
    key += np.round(shares, 9).tobytes()
    if key in seen:
        return True
    seen.add(key)
    return False


def separate(program: Program, form: Formulation, items: Items, x: FloatArray) -> int:
    """Add the cut that a point breaks most at every slot and step; return how many there are."""
    used = x[form.used]
    values = items.values(x, used)
    held = items.most * used[:, None]
    rank = np.divide(values, held, out=np.zeros_like(values), where=held > 1e-9)
    shares = items.shares(rank)
    most_sold = ((1.0 - shares) * values).sum(axis=0)
    sells = form.trades[:, None]
    broken = np.argwhere((x[form.surplus] > most_sold + BROKEN) & sells)
    _add(program, form, items, shares, broken)
    return len(broken)


def _add(
    program: Program, form: Formulation, items: Items, shares: FloatArray, where: IndexArray
) -> None:
    """Add surplus <= sum of (1 - share) * item at some (slot, step), shape (m, 2)."""
    if not len(where):
        return
    at = (slice(None), where[:, 0], where[:, 1])
    sold = 1.0 - shares[at]
    turned = items.turned[:, None]
    power = np.where(turned, 1.0, -1.0) * sold * items.coefficient[at]
    idle = -(turned * sold * items.most[at]).sum(axis=0)
    terms = [
        (1.0, form.surplus[at[1:]]),
        (power, items.variable[at]),
        (idle, form.used[where[:, 0]]),
    ]
    program.rows((len(where),), terms, upper=0.0)
