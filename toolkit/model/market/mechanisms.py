"""Every mechanism by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from toolkit.common.errors import unknown_name
from toolkit.common.types import FloatArray
from toolkit.model.market import pools
from toolkit.model.market.auction import auction
from toolkit.model.market.bilateral import bilateral
from toolkit.model.market.settlement import Exchange, Settlement
from toolkit.model.market.tariffs import Tariffs


@dataclass(frozen=True)
class Terms:
    """What some mechanisms want to know besides; see the mechanism for what it means.

    ask, bid: limit prices of an auction, money/kWh, (T, B); charge: network charge of each pair,
    money/kWh, (T, B, B), for bilateral trades.
    """

    ask: FloatArray | None = None
    bid: FloatArray | None = None
    charge: FloatArray | None = None

    def part(self, steps: slice) -> Terms:
        """Return the terms of some of the steps."""
        known = {name: value for name, value in vars(self).items() if value is not None}
        return Terms(**{name: value[steps] for name, value in known.items()})


def _auction(done: Exchange, tariffs: Tariffs, terms: Terms) -> Settlement:
    if terms.ask is None or terms.bid is None:
        raise ValueError("auction: found no limit prices; expected terms.ask and terms.bid")
    return auction(done, tariffs, terms.ask, terms.bid)


def _bilateral(done: Exchange, tariffs: Tariffs, terms: Terms) -> Settlement:
    if terms.charge is None:
        raise ValueError("bilateral: found no network charges; expected terms.charge")
    return bilateral(done, tariffs, terms.charge)


#: Mechanism by name.
MECHANISMS: Mapping[str, Callable[[Exchange, Tariffs, Terms], Settlement]] = {
    "mid-market": lambda done, tariffs, terms: pools.mid_market(done, tariffs),
    "sdr": lambda done, tariffs, terms: pools.supply_demand_ratio(done, tariffs),
    "bill-sharing": lambda done, tariffs, terms: pools.bill_sharing(done, tariffs),
    "auction": _auction,
    "bilateral": _bilateral,
}


def settle(
    mechanism: str, done: Exchange, tariffs: Tariffs, terms: Terms | None = None
) -> Settlement:
    """Settle an exchange by the mechanism of a name. Raises InputError for an unknown one."""
    if mechanism not in MECHANISMS:
        raise unknown_name("mechanism", mechanism, MECHANISMS)
    return MECHANISMS[mechanism](done, tariffs, terms or Terms())
