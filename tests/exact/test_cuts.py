"""Cuts hold wherever a slot can be, and pass through its corners."""

from itertools import permutations

import numpy as np
import pytest
from helpers.tiny_studies import operation_of, unit

from toolkit.exact import cuts
from toolkit.exact.days import ModelDay
from toolkit.exact.formulation import formulate
from toolkit.exact.program import NONE, Program
from toolkit.exact.site_classes import (
    Slot,
    classes_of,
)


class Rows:
    """Stands in for a program; keeps the rows that are added."""

    def __init__(self):
        self.added = []

    def rows(self, shape, terms, lower=-np.inf, upper=np.inf):
        self.added.append((shape, terms, lower, upper))

    def hold_at(self, x):
        """Say whether all rows hold at a point."""
        known = np.append(x, 0.0)
        for shape, terms, lower, upper in self.added:
            parts = [np.asarray(coefficient) * known[index] for coefficient, index in terms]
            parts = [part.sum(axis=tuple(range(part.ndim - len(shape)))) for part in parts]
            total = np.sum([np.broadcast_to(part, shape) for part in parts], axis=0)
            if np.any(total > upper + 1e-9) or np.any(total < lower - 1e-9):
                return False
        return True


def one_slot(seed):
    """Return the formulation of all kinds in one slot of two steps, and its number of variables."""
    rng = np.random.default_rng(seed)
    kinds = [("pv", 0.0), ("wt", 0.0), ("bess", 2.0), ("bev", 2.0)]
    operation = operation_of(
        *(unit(kind, float(rng.integers(1, 4)), (0,), hours) for kind, hours in kinds),
        pv=rng.random(2),
        wt=[rng.random(), 0.0],
        plugged=[1.0, 0.5],
        v2g=bool(seed % 2),
        buses=1,
    )
    program, classes = Program(1), classes_of(operation)
    load = rng.choice([0.0, 1.0, 4.0], (2, 1)) * rng.random((2, 1))
    day = ModelDay(load, operation.scenario, "traded")
    return formulate(program, classes, (Slot(0, (0, 1, 2, 3)),), day), program.size


def feasible_point(form, size, used, rng):
    """Return random sizes and powers of the one slot, and what it then sells."""
    x = np.zeros(size)
    x[form.used] = used
    corner = rng.random() < 0.5
    share = rng.random if not corner else lambda shape=None: rng.integers(0, 2, shape).astype(float)
    for k, c in enumerate(form.classes):
        x[form.size[k]] = used * c.size_max * share(1)
        if c.stores:
            x[form.charge[k, 0]] = x[form.size[k]] * c.charge * share(2)
            x[form.discharge[k, 0]] = x[form.size[k]] * c.discharge * share(2)
    coefficients, injected = form.injection
    powers = np.where(injected == NONE, 0.0, coefficients * x[injected])[:, 0].sum(axis=0)
    taken = np.where(form.charge == NONE, 0.0, x[form.charge])[:, 0].sum(axis=0)
    net = powers - taken - used * form.load[0]
    x[form.surplus[0]], x[form.deficit[0]] = np.maximum(net, 0.0), np.maximum(-net, 0.0)
    return x


@pytest.mark.parametrize("seed", range(3))
def test_every_cut_of_every_order_holds_wherever_a_slot_can_be(seed):
    form, size = one_slot(seed)
    rng = np.random.default_rng(seed)
    items, rows = cuts.items_of(form), Rows()
    cuts.seed(rows, form, items)
    seeded = len(rows.added)
    assert seeded > 0
    there = np.flatnonzero(items.most.any(axis=(1, 2)))
    for order in permutations(there):
        rank = np.zeros(len(items.most))
        rank[list(order)] = np.arange(len(order), 0.0, -1.0)
        point = at_shares(form, items, rank / len(order), size)
        cuts.separate(rows, form, items, point)
    assert len(rows.added) > seeded
    for used in (0.0, 1.0, 1.0, 1.0, 0.5) * 12:
        assert rows.hold_at(feasible_point(form, size, used, rng))


def at_shares(form, items, share, size):
    """Return a point that sells too much, its items at given shares, (I,), of their most."""
    x = np.zeros(size)
    x[form.used] = 1.0
    for i in np.flatnonzero(items.most.any(axis=(1, 2))):
        at = 1.0 - share[i] if items.turned[i] else share[i]
        for t in range(items.most.shape[2]):
            if items.coefficient[i, 0, t] > 0.0 and items.variable[i, 0, t] != NONE:
                x[items.variable[i, 0, t]] = at * items.most[i, 0, t] / items.coefficient[i, 0, t]
    x[form.surplus] = 1e3
    return x


def test_cuts_are_met_exactly_at_the_corners_they_pass_through():
    """Shares of an order add up to what the bus consumes when its first items are at their most."""
    form, _ = one_slot(1)
    items = cuts.items_of(form)
    rng = np.random.default_rng(2)
    for _ in range(50):
        rank = rng.random((*items.most.shape[:1], 1, 1)) + np.zeros_like(items.most)
        shares = items.shares(rank)
        order = np.argsort(-rank[:, 0, 0])
        filled = np.cumsum((shares * items.most)[order], axis=0)
        at_most = np.minimum(np.cumsum(items.most[order], axis=0), items.cap)
        assert filled == pytest.approx(at_most)


def test_separation_ends_where_no_cut_is_broken():
    form, size = one_slot(3)
    rng = np.random.default_rng(3)
    items, rows = cuts.items_of(form), Rows()
    for _ in range(50):
        x = feasible_point(form, size, 1.0, rng)
        assert cuts.separate(rows, form, items, x) == 0
    assert not rows.added
