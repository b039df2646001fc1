"""Units that stay, share a bus or have no size: the exact model has the decoder's plans."""

from dataclasses import replace

import numpy as np
import pytest
from helpers.tiny_studies import OBJECTIVES, TIGHT, operation_of, traded, unit

from toolkit.exact.branch_and_bound import prove
from toolkit.exact.dispatch import settled
from toolkit.exact.site_classes import classes_of, dominators, slots_of
from toolkit.problem.encoding import decode, encode, space_of

LOAD = np.array([[1, 2, 1], [3, 2, 1], [1, 2, 2]], float)
EVERY = (0, 1, 2)


def stay(kind, size, bus, hours=0.0, low=None):
    return replace(unit(kind, size, (bus,), hours, low), stays=True)


def study(*units):
    return operation_of(*units, pv=[1.0, 0.0, 0.5])


STUDIES = {
    "two that share": study(stay("pv", 2.0, 1), stay("pv", 2.0, 1), unit("bess", 2.0, EVERY, 2.0)),
    "alike and fixed": study(stay("pv", 2.0, 1, low=2.0), stay("pv", 2.0, 1, low=2.0)),
    "one moves away": study(
        stay("pv", 2.0, 1), stay("pv", 1.0, 1), unit("pv", 4.0, EVERY), unit("bess", 1.0, (1,), 2.0)
    ),
    "one keeps another away": study(stay("pv", 4.0, 0), unit("pv", 4.0, (0, 1))),
    "no size": study(unit("pv", 0.0, (0,)), unit("pv", 0.0, (0,)), unit("pv", 4.0, (0,))),
}


@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_no_plan_exceeds_the_bound_and_the_best_found_is_the_decoders(name, objective):
    operation = STUDIES[name]
    space = space_of(operation)
    plans = decode(np.random.default_rng(1).random((3000, len(space))), operation, space)
    bound = prove(operation, LOAD, objective, TIGHT, threads=1)
    best = traded(plans, operation, LOAD, objective).max()
    assert best <= bound.kwh + 1e-6
    if objective == "traded":
        assert bound.best_kwh == pytest.approx(bound.kwh, rel=1e-4)
    # The model's best plan is one of the decoder's.
    plan = bound.found[0].plan
    again = decode(encode(plan, operation, space)[None], operation, space).row(0)
    assert np.array_equal(again.bus, plan.bus)
    assert again.p_kw == pytest.approx(plan.p_kw, abs=1e-9)


def test_what_stays_together_is_together_in_every_slot():
    classes = classes_of(STUDIES["one moves away"])
    assert [c.candidates for c in classes] == [(1,), (1,), (0, 2), (1,)]
    assert [c.apart for c in classes] == [False, False, True, True]
    slots = slots_of(classes, dominators(classes, LOAD))
    # Every layout needs the classes 0 and 1 at bus 1; none has the third there.
    assert {s.classes for s in slots if s.bus == 1} >= {(0, 1), (0, 1, 3)}
    assert not any(2 in s.classes for s in slots if s.bus == 1)


def test_units_settled_at_one_bus_are_a_class_each():
    operation = settled(STUDIES["alike and fixed"], np.array([1, 1]))
    assert [c.units for c in classes_of(operation)] == [(0,), (1,)]
