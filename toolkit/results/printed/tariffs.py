"""What energy costs in a study, in a sentence."""

from __future__ import annotations

from toolkit.inputs.price_tables import TimePrice
from toolkit.inputs.tariff_sections import Tariffs

#: Prices that most studies have not.
OTHERS = {
    "demand": "per kW of each month's highest import of a prosumer",
    "demand_at_head": "per kW of each month's highest import at the feeder head",
    "standing": "per meter and year",
}


def tariffs_told(tariffs: Tariffs) -> str:
    """Return the prices of a study, each with what it is for; money without its currency."""
    retail, network, feed_in = map(_price, (tariffs.retail, tariffs.network, tariffs.feed_in))
    energy = f"{retail} per kWh from the grid, of it {network} for the network; {feed_in} per kWh "
    others = [
        f"{getattr(tariffs, k):g} {what}" for k, what in OTHERS.items() if getattr(tariffs, k)
    ]
    return "; ".join([f"{energy}given to the grid", *others])


def _price(prices: tuple[float | TimePrice, ...]) -> str:
    """Return a price, or between what it lies."""
    values = [p.price if isinstance(p, TimePrice) else p for p in prices]
    low, high = min(values), max(values)
    by = "by hour, weekday or month" if isinstance(prices[0], TimePrice) else "by step"
    return f"{low:g}" if low == high else f"{low:g} to {high:g} ({by})"
