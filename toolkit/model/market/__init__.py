"""The local market: physical clearing, and what a settlement is: who pays whom for what was traded.

Pure functions over arrays; nothing here knows studies, plans or the engine.
"""

from toolkit.model.market.clearing import (
    Trades,
    clear,
    contributions,
    traded,
    traded_to_load,
)
from toolkit.model.market.fairness import jain_index, loses, worse_off
from toolkit.model.market.membership import through_the_grid, with_others
from toolkit.model.market.payments import (
    GRID,
    MARKET,
    NETWORK,
    SUPPLIERS,
    Payment,
    balances,
    energy_payments,
    further_payments,
)
from toolkit.model.market.settlement import (
    Exchange,
    Settlement,
    cost_alone,
    exchange,
)
from toolkit.model.market.sufficiency import Balance, balance, kept
from toolkit.model.market.tariffs import Tariffs, series
from toolkit.model.market.terms import Terms, seeded_limits

__all__ = [
    "GRID",
    "MARKET",
    "NETWORK",
    "SUPPLIERS",
    "Balance",
    "Exchange",
    "Payment",
    "Settlement",
    "Tariffs",
    "Terms",
    "Trades",
    "balance",
    "balances",
    "clear",
    "contributions",
    "cost_alone",
    "energy_payments",
    "exchange",
    "further_payments",
    "jain_index",
    "kept",
    "loses",
    "seeded_limits",
    "series",
    "through_the_grid",
    "traded",
    "traded_to_load",
    "with_others",
    "worse_off",
]
