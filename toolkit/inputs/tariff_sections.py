"""The sections of a study about money: what energy costs, and how trades are settled."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from toolkit.common import caps
from toolkit.common.validation import Name
from toolkit.inputs.price_tables import Prices, TimedPrices
from toolkit.inputs.sections import Section


class Tariffs(Section):
    """What a kWh costs at the meter, in money/kWh; each one number, or one per step.

    retail, feed_in and network may also be tables by hour, weekday and month: [[tariffs.retail]].
    The defaults are assumptions of the order of European households' prices in 2024.
    """

    retail: TimedPrices = Field((0.30,), description="price of a kWh from the grid, all included")
    feed_in: TimedPrices = Field((0.08,), description="what the grid pays for a kWh")
    network: TimedPrices = Field(
        (0.08,), description="the network's part of retail, due on what neighbours sell as well"
    )
    demand: Annotated[float, Field(ge=0.0, le=caps.PRICE)] = Field(
        0.0,
        description="money per kW of the highest import of each month, at every prosumer's meter",
    )
    demand_at_head: Annotated[float, Field(ge=0.0, le=caps.PRICE)] = Field(
        0.0,
        description="money per kW of the highest import of each month, at the feeder head, losses "
        "included",
    )
    standing: Annotated[float, Field(ge=0.0, le=caps.PRICE)] = Field(
        0.0, description="money per meter and year, whatever is drawn"
    )
    co2: Prices | None = Field(
        None, description="emissions of a kWh from the grid, kg; one number, or one per step"
    )
    currency: Annotated[str, Field(min_length=1, max_length=caps.NAME)] = Field(
        "EUR", description="name of the money"
    )


class Bid(Section):
    """Limit prices of one prosumer in an auction, before the network charge, money/kWh."""

    ask: Prices = Field(description="least to be paid for a kWh sold; one number, or one per step")
    bid: Prices = Field(description="most to pay for a kWh bought; one number, or one per step")


class Settlement(Section):
    """Who pays whom for what was traded (docs/settlement.md)."""

    mechanism: Name = Field(
        "mid-market",
        description="mid-market, sdr, bill-sharing, auction, bilateral, or one installed besides: "
        "'toolkit mechanisms list'",
    )
    options: dict[Name, Any] = Field(
        default_factory=dict,
        max_length=caps.ENTRIES,
        description="options of the mechanism: 'toolkit mechanisms show NAME'",
    )
    seed: int = Field(
        1,
        ge=0,
        le=caps.SEED,
        description="of limit prices that bids do not give, of an auction and what else asks for "
        "them",
    )
    bids: dict[Name, Bid] = Field(
        default_factory=dict,
        max_length=caps.ENTRIES,
        description="limit prices in an auction, by bus",
    )
    charge: Literal["distance", "marginal-loss"] = Field(
        "distance",
        description="what the network charges pairs by, in bilateral and what else asks for it",
    )
