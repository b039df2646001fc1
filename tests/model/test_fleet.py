"""What a fleet says of its units."""

import numpy as np
import pytest

from toolkit.model.devices import StorageParameters
from toolkit.model.fleet import Fleet, FleetUnit

STORE = StorageParameters(0.1, 0.9, 0.5, 0.95, 0.95)


def fleet_of(*kinds):
    units = tuple(
        FleetUnit(f"{kind}{i}", kind, 0.0, 10.0, (0, 1), 0, 5.0, 1.0, 4.0)
        for i, kind in enumerate(kinds)
    )
    return Fleet(units, ("a", "b"), STORE, STORE, True)


@pytest.mark.parametrize(
    ("kinds", "view"),
    [
        (("pv", "bess", "bev"), True),
        (("bess", "pv", "bev"), False),
        (("pv", "bess"), True),
        (("pv", "wt"), False),
    ],
)
def test_stores_that_follow_each_other_are_a_view_of_all_units(kinds, view):
    fleet, values = fleet_of(*kinds), np.arange(10.0, 10.0 + len(kinds))
    stores = values[fleet.storage]
    assert stores.tolist() == values[fleet.storage_rows].tolist()
    assert np.shares_memory(stores, values) == view
