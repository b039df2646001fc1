"""Markets in which mechanisms are tried: random days, and such as few think of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from toolkit.common.types import FloatArray
from toolkit.model.market import Settlement, Tariffs, Terms, exchange, seeded_limits
from toolkit.problem.mechanisms.contract import Mechanism, Outcome
from toolkit.problem.mechanisms.registry import MECHANISMS
from toolkit.problem.mechanisms.session import Case, answer, checked, completed

#: Steps and members of a day that is tried.
STEPS, MEMBERS = 24, 7


@dataclass(frozen=True)
class Subject:
    """A mechanism under test."""

    kind: type[Mechanism]
    options: Mapping[str, Any]

    def made(self) -> Mechanism:
        """Return the mechanism, made anew."""
        return MECHANISMS.configure(self.kind, self.options)

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.kind.__name__

    def outcome(self, case: Case) -> Outcome:
        """Return what the mechanism says, held to the rules. Raises ToolkitError."""
        return checked(answer(self.made(), self.name, case), self.name, case, self.kind.terms)

    def settlement(self, case: Case) -> Settlement:
        """Return the settlement of it."""
        return completed(self.outcome(case), case)


def case_of(net: FloatArray, seed: int = 1, room: float = 0.14) -> Case:
    """Return what is to be settled of net positions, kW, (n, T, P), in steps of half an hour.

    room: what a kWh traded saves its two sides, money.
    """
    _, steps, members = net.shape
    rng = np.random.default_rng(seed)
    feed_in, network = rng.uniform(0.02, 0.1, (steps,)), rng.uniform(0.0, 0.1, (steps,))
    tariffs = Tariffs(feed_in + network + room * rng.uniform(0.5, 1.5, (steps,)), feed_in, network)
    ask, bid = seeded_limits(tariffs, members, seed)
    charge = network[:, None, None] * rng.uniform(0.2, 2.0, (steps, members, members))
    # In memory member by member, as the toolkit has it.
    own = np.ascontiguousarray(net.swapaxes(-2, -1)).swapaxes(-2, -1)
    hours = np.full(steps, 0.5)
    return Case(exchange(own, hours[:, None]), tariffs, Terms(ask, bid, charge), hours)


def a_day(plans: int, seed: int = 1, steps: int = STEPS, members: int = MEMBERS) -> Case:
    """Return random days of n plans, in which some have nothing in some steps."""
    rng = np.random.default_rng(seed)
    net = rng.normal(0.0, 30.0, (plans, steps, members))
    net[rng.random(net.shape) < 0.2] = 0.0
    return case_of(net, seed)


def odd_days() -> dict[str, Case]:
    """Return days that few think of, in words."""
    rng = np.random.default_rng(5)
    some = rng.normal(0.0, 10.0, (2, 4, 3))
    return {
        "all have a surplus": case_of(np.abs(some)),
        "all have a deficit": case_of(-np.abs(some)),
        "nobody has anything": case_of(np.zeros((2, 4, 3))),
        "one member alone": case_of(some[..., :1]),
        "nobody at all": case_of(some[..., :0]),
        "a step of next to nothing": case_of(some * 1e-12),
        "megawatts": case_of(some * 1e5),
        "tariffs that leave no room": case_of(some, room=0.0),
    }
