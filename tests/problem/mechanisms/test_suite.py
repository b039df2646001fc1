"""The conformance suite finds what is wrong with mechanisms, and says it."""

import pytest

from toolkit import Mechanism, Outcome
from toolkit.testing import check_mechanism


class Fine(Mechanism):
    description, reference = "the middle price", "test"
    more = 0.0

    def settle(self, offer):
        return Outcome.at_price(offer, offer.feed_in + offer.room / 2.0 + self.more)


class Dear(Fine):
    more = 1.0


class Lossy(Fine):
    def settle(self, offer):
        return Outcome(owed=offer.buy, due=0.9 * offer.sell)


class Among(Fine):
    def settle(self, offer):
        share = 0.5 + 1e-12 * len(offer.sell)
        return Outcome.at_price(offer, offer.feed_in + offer.room * share)


class Remembers(Fine):
    def settle(self, offer):
        self.more = getattr(self, "more", 0.0) + 1e-3
        Remembers.more = self.more
        return super().settle(offer)


def test_a_mechanism_that_is_right_passes():
    assert [check for check in check_mechanism(Fine) if not check.passed] == []


@pytest.mark.parametrize(
    ("kind", "check", "said"),
    [
        (Dear, "prices within the grid's", "a price is outside what the grid gives and takes"),
        (Lossy, "budget balance", "owed and due differ in step"),
        (Among, "a plan alone as among fifty", "expected the same to the last digit"),
        (Remembers, "same again", "asked twice, it says something else"),
    ],
)
def test_what_is_wrong_is_found_and_said(kind, check, said):
    failed = {result.name: result.reason for result in check_mechanism(kind) if not result.passed}
    assert said in failed[check]
