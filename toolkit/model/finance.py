"""Arithmetic of investments: annuities, replacements, payback and levelised cost.

Pure functions. Rates are shares per year, 0.05 for 5 %; times are years; money is of today, without
inflation. A payment of a year falls at its end, an investment at the start of the first. Annuities
and periods are numpy-financial's; the terms are those of Brealey, Myers and Allen, "Principles of
Corporate Finance", and VDI 2067 part 1 (2012), which pays replacements and counts what is left of
the last one.
"""

from __future__ import annotations

import math

import numpy_financial as npf

#: Rates below are none: what they change is lost in rounding.
LEAST_RATE = 1e-9
#: Years closer to a whole number of lifetimes than this are that many.
WHOLE = 1e-9
#: A unit that gives less in a year gives nothing, kWh: a power flow is solved to more than that.
LEAST_KWH = 1e-3


def annuity_factor(rate: float, years: float) -> float:
    """Return the share of a sum of today that repays it in equal payments, per year."""
    if rate < LEAST_RATE:
        return 1.0 / years
    return float(-npf.pmt(rate, years, 1.0))


def present_value(yearly: float, rate: float, years: float) -> float:
    """Return what equal payments of every year are worth today, in money."""
    if rate < LEAST_RATE:
        return yearly * years
    return float(-npf.pv(rate, years, yearly))


def net_present_value(investment: float, saving: float, rate: float, years: float) -> float:
    """Return what savings of every year are worth beyond an investment of today, in money."""
    return present_value(saving, rate, years) - investment


def outlay_factor(lifetime: float, replacement: float, rate: float, years: float) -> float:
    """Return what one unit of money invested costs over the years, all at today's worth.

    Whatever lives for ``lifetime`` years is bought again at the end of it for ``replacement`` times
    the first price, until ``years`` are over. What is left of the last one then is worth its price
    times the share of its lifetime that is left.
    """
    last = max(math.ceil(years / lifetime - WHOLE) - 1, 0)
    again = sum((1.0 + rate) ** (-k * lifetime) for k in range(1, last + 1))
    left = max((last + 1) * lifetime - years, 0.0) / lifetime
    price = replacement if last else 1.0
    residual = price * left * (1.0 + rate) ** -years
    return float(1.0 + replacement * again - residual)


def payback_years(investment: float, saving: float) -> float:
    """Return the years after which savings of every year sum to an investment.

    NaN where they never do: where nothing is saved.
    """
    if investment <= 0.0:
        return 0.0 if saving >= 0.0 else math.nan
    return investment / saving if saving > 0.0 else math.nan


def discounted_payback_years(investment: float, saving: float, rate: float) -> float:
    """Return the same with savings at today's worth; NaN where interest eats them."""
    simple = payback_years(investment, saving)
    if not simple > 0.0 or rate < LEAST_RATE:
        return simple
    if simple * rate >= 1.0:
        return math.nan
    return float(npf.nper(rate, saving, -investment))


def levelised(annual_cost: float, kwh: float) -> float:
    """Return cost per kWh, both of a year that is like every other; NaN without energy."""
    return annual_cost / kwh if kwh > LEAST_KWH else math.nan
