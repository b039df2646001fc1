"""The toolkit's conformance suite, and a step by hand."""

from importlib.metadata import entry_points

import numpy as np
import pytest
from toolkit import Offer
from toolkit.testing import check_mechanism

from equal_shares.mechanism import EqualShares


def test_conformance():
    assert [check for check in check_mechanism(EqualShares) if not check.passed] == []


def test_it_is_installed_under_its_name():
    (entry,) = entry_points(group="toolkit.mechanisms", name="equal-shares")
    assert entry.load() is EqualShares


def test_two_sell_to_one_by_hand():
    """6 and 2 kWh meet a need of 4 at 0.30, 0.10 and 0.06: 4 kWh traded save 0.14 each."""
    give, need = np.array([[[6.0, 2.0, 0.0]]]), np.array([[[0.0, 0.0, 4.0]]])
    sell, buy = np.array([[[3.0, 1.0, 0.0]]]), need
    offer = Offer(
        give,
        need,
        sell,
        buy,
        give - sell,
        need - buy,
        *(np.array([price]) for price in (0.30, 0.10, 0.06)),
        hours=np.ones(1),
    )
    found = EqualShares().settle(offer)
    share = 4 * 0.14 / 3
    assert found.received[0, 0] == pytest.approx([0.6 + share, 0.2 + share, share])
    assert found.paid[0, 0] == pytest.approx([0.0, 0.0, 1.2])
