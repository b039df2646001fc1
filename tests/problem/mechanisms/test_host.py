"""Mechanisms of others at work: in a process of their own, checked, and the same as here."""

import dataclasses

import numpy as np
import pytest
from helpers.settled import settle

from toolkit.common.plugins import letting
from toolkit.common.plugins.hosts import Hosts
from toolkit.errors import InputError, ToolkitError
from toolkit.model.market import Tariffs, Terms, exchange
from toolkit.problem.mechanisms import host, registry, session
from toolkit.problem.mechanisms.contract import Mechanism, Outcome
from toolkit.problem.mechanisms.registry import MECHANISMS, is_ours

NET = np.array([[6.0, -4.0, -8.0], [10.0, 2.0, -6.0]])
TARIFFS = Tariffs(np.full(2, 0.30), np.full(2, 0.10), np.full(2, 0.06))
TOP = "import numpy as np\nfrom toolkit import Mechanism, MechanismOptions, Outcome"
RATED = "return Outcome.at_price(offer, offer.feed_in + 0.5 * self.options.size * offer.room / 5)"


@pytest.fixture
def stranger(install, monkeypatch):
    """Install a mechanism of somebody else."""
    monkeypatch.setattr(host, "_made", {})
    monkeypatch.setattr(host, "_hosts", Hosts())

    def add(body=RATED, name="mine", **changes):
        parts = {
            "top": TOP,
            "base": "Mechanism",
            "options": "MechanismOptions",
            "method": "settle",
            "arguments": "offer",
            "body": body,
            **changes,
        }
        return install(f"of-{name}", name, MECHANISMS.group, **parts)

    yield add
    host._hosts.close()


def done(plans=3):
    rng = np.random.default_rng(2)
    own = np.ascontiguousarray(rng.normal(0.0, 9.0, (plans, 4, 24)))
    return exchange(own.swapaxes(-2, -1), 0.5)


def day_tariffs():
    return Tariffs(np.full(24, 0.30), np.full(24, 0.10), np.full(24, 0.06))


def test_the_toolkits_own_are_ours_and_others_are_not(stranger):
    stranger()
    assert is_ours("sdr")
    assert not is_ours("mine")
    assert not is_ours("nobody")


def test_apart_and_here_are_the_same_to_the_last_digit(stranger, monkeypatch):
    stranger()
    apart = settle("mine", done(), day_tariffs(), size=4)
    assert len(host._hosts) == 1
    assert not host._made
    monkeypatch.setattr(letting, "_here", [True])
    here = settle("mine", done(), day_tariffs(), size=4)
    assert host._made
    for name in ("paid", "received", "network", "grid", "price"):
        assert np.array_equal(getattr(apart, name), getattr(here, name), equal_nan=True), name
    assert apart.bill.sum(axis=(-2, -1)).tolist() == here.bill.sum(axis=(-2, -1)).tolist()


def test_a_command_does_not_import_it(stranger):
    import sys

    module = stranger()
    settle("mine", exchange(NET, 1.0), TARIFFS)
    assert module not in sys.modules


def test_its_options_count_and_wrong_ones_are_refused(stranger):
    stranger()
    # 0.10 + half of 2/5 or 5/5 of 0.14.
    assert settle("mine", exchange(NET, 1.0), TARIFFS, size=2).price[0] == pytest.approx(0.128)
    assert settle("mine", exchange(NET, 1.0), TARIFFS).price[0] == pytest.approx(0.17)
    with pytest.raises(InputError, match="option 'size' of mechanism 'mine': found 1"):
        registry.asked("mine", {"size": 1})


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise RuntimeError('no idea')", "mechanism 'mine': RuntimeError: no idea"),
        ("return 1", "mechanism 'mine': found int; expected a toolkit.Outcome"),
        ("return Outcome()", "found neither owed nor paid; expected owed and due"),
        ("return Outcome(owed=offer.buy)", "found owed alone; expected owed and due"),
        (
            "return Outcome(owed=offer.buy, due=0.9 * offer.sell)",
            "owed and due differ in step 1 of plan 1: found 6 and 5.4 money; expected the same",
        ),
        (
            "return Outcome(owed=offer.buy, due=offer.sell, charges=0.0 * offer.buy)",
            "found charges; expected none, or 'charges' among its terms",
        ),
        (
            "return Outcome(paid=offer.retail[:, None] * offer.deficit, received=offer.sell)",
            "paid less received and what grid and network get differ of plan 1",
        ),
        (
            "return Outcome.at_price(offer, offer.feed_in, 2.0 * offer.surplus, offer.buy)",
            "sell: found energy that is not there; expected 0 to surplus, kWh",
        ),
        (
            "return Outcome.at_price(offer, offer.feed_in, 0.5 * offer.sell, offer.buy)",
            "sell and buy differ in step 1 of plan 1: found 3 and 6 kWh",
        ),
        (
            "return Outcome(owed=np.ones(3), due=offer.sell)",
            r"owed: found an array of shape \(3,\); expected \(1, 2, 3\)",
        ),
        (
            "return Outcome(owed=offer.buy * np.nan, due=offer.sell)",
            "owed: found nan in step 1, member 1 of plan 1; expected finite numbers",
        ),
        ("offer.surplus[:] = 0.0; return Outcome()", "read-only"),
        ("import os; os._exit(3)", "mechanism 'mine': its process ended by itself"),
    ],
)
def test_what_does_not_add_up_is_refused_in_one_message(stranger, body, said):
    stranger(body)
    with pytest.raises(ToolkitError, match=said) as error:
        settle("mine", exchange(NET, 1.0), TARIFFS)
    assert str(error.value).startswith("mechanism 'mine': ")
    assert "\n" not in str(error.value)


def test_terms_that_there_are_not_are_refused(stranger):
    stranger(extra="terms = ('weather',)")
    with pytest.raises(ToolkitError, match="its terms are \\('weather',\\); expected a tuple of"):
        registry.asked("mine", {})


def test_it_is_told_the_terms_it_asks_for_and_no_others():
    terms = Terms(ask=np.full((2, 3), 0.1), bid=np.full((2, 3), 0.2), charge=np.zeros((2, 3, 3)))
    case = session.Case(exchange(NET[None], 1.0), TARIFFS, terms, np.ones(2))
    told = case.offer(("limits",))
    assert told.ask is not None
    assert told.charge is None
    assert case.offer(()).ask is None
    with pytest.raises(ValueError, match="found no charge"):
        dataclasses.replace(case, terms=Terms()).offer(("charges",))


@pytest.mark.parametrize(
    "said",
    [b"", b"\x02\x00\x00\x00[]", b"\xff\xff\xff\xff", b"\x0c\x00\x00\x00" + b'{"owed":[9]}'],
)
def test_bytes_that_say_nothing_are_refused(said):
    with pytest.raises(ToolkitError, match="mechanism 'mine': its process told nonsense"):
        host._read(said, "mechanism 'mine'")


def test_a_price_of_one_number_a_step_is_that_of_every_plan():
    class Cheap(Mechanism):
        description, reference = "cheap", "test"

        def settle(self, offer):
            return Outcome.at_price(offer, offer.feed_in)

    case = session.Case(exchange(np.stack([NET, NET]), 1.0), TARIFFS, Terms(), np.ones(2))
    said = session.checked(session.answer(Cheap(), "cheap", case), "cheap", case, ())
    found = session.completed(said, case)
    # Who sells to neighbours gets what the grid gives as well.
    assert found.received[0, 0].tolist() == pytest.approx([0.6, 0.0, 0.0])
    assert found.price.tolist() == [[0.10, 0.10], [0.10, 0.10]]
