"""The columns of owners.csv, and those of one plan settled by every mechanism."""

from __future__ import annotations

from toolkit.results.column import UNIT_COSTS, Column, words

#: What a party's role is called.
MEMBER, OTHER, THIRD = "member", "other", "third party"


def _of_costs(name: str, unit: str, about: str) -> Column:
    """Return a column that is there where a study states what units cost."""
    return Column(name, unit, f"{about}; where the study states owners and costs", optional=True)


#: owners.csv: what each prosumer and third party pays, gets and owns in a year.
OWNERS = (
    words("owner", "bus of the prosumer, or name of the third party"),
    words("role", "member: trades; other: deals with the grid alone; third party: has no load"),
    Column("given_kwh", "kWh", "generated or discharged in a year by its share of units"),
    Column("income", "money", "what it gets for energy in a year"),
    Column("energy_cost", "money", "its bill of energy in a year: what it pays less its income"),
    Column(
        "demand_cost",
        "money",
        "for the highest imports of months at its meters and those of its share of units, in a "
        "year; what the feeder head's costs is shared by what each draws",
    ),
    Column("standing_cost", "money", "for its meters and those of its share of units, in a year"),
    *(_of_costs(name, unit, about) for name, unit, about, *_ in UNIT_COSTS),
    _of_costs("annual_cost", "money", "sum of its costs in a year; below 0 it earns"),
    _of_costs("reference_cost", "money", "the same without any new unit"),
    _of_costs("saving", "money", "reference_cost - annual_cost; a third party's profit in a year"),
    _of_costs("npv", "money", "what that is worth today, over the years of [costs]"),
    _of_costs(
        "payback_years",
        "a",
        "its investment over what it saves a year, replacements left out; blank where nothing",
    ),
    _of_costs("discounted_payback_years", "a", "the same at today's worth; blank where never"),
    _of_costs(
        "cost_per_kwh",
        "money",
        "levelised cost of its generators: what its shares of them cost in a year over what they "
        "give; blank where it has none",
    ),
)
#: settle.csv.
SETTLE = (
    words("case", "the plan that is settled"),
    words("mechanism", "how trades are settled"),
    words("bus", "bus of the prosumer; blank for the community"),
    Column("member", "", "True where it trades with neighbours; blank for the community"),
    Column("bill_alone", "money", "bill without trading; of the community, their sum"),
    Column("bill_trading", "money", "bill with trading; of the community, their sum"),
    Column("saving", "money", "bill_alone - bill_trading"),
    Column("worse_off", "", "1 where the bill is higher by half a cent or more; their number"),
    Column("matched_kwh", "kWh", "energy traded as settled; of the community"),
    Column("network_income", "money", "what the network operator gets; of the community"),
    Column("jain_index", "", "of the savings of members: 1 is even; of the community"),
    _of_costs("annual_cost", "money", "all that it pays in a year, units included"),
    _of_costs(
        "saving_of_year",
        "money",
        "what that is less than without new units, trading by the study's own mechanism there",
    ),
    _of_costs("worse_off_in_year", "", "1 where it is more, by half a cent or more; their number"),
    _of_costs("jain_index_of_year", "", "of what members save in a year; of the community"),
)
