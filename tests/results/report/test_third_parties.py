"""A study with a utility that owns the wind: who sells to whom hour by hour, on the page too."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from toolkit import read_results
from toolkit.commands.settling import settle
from toolkit.inputs.owner_sections import Owners
from toolkit.results.figures.groups import groups_of
from toolkit.results.money_words import yearly_sentence
from toolkit.results.report import hours
from toolkit.results.report.findings import findings
from toolkit.results.report.money import bills_section
from toolkit.results.report.third_parties import third_parties
from toolkit.results.report.worth import worth_facts, worth_words


@pytest.fixture(scope="module")
def case(owned):
    return read_results(owned).cases["base"]


def test_what_all_sell_and_buy_in_an_hour_is_what_was_traded(owned, case):
    third = third_parties(case, read_results(owned).study.ownership)
    assert third.names == ("Stadtwerke",)
    by_step = case.buses.groupby("step")[["sell_kwh", "buy_kwh"]].sum().to_numpy()
    traded = case.hourly["traded_kwh"].to_numpy()
    assert by_step[:, 0] + third.sell_kwh[:, 0] == pytest.approx(traded, abs=1e-6)
    assert by_step[:, 1] + third.buy_kwh[:, 0] == pytest.approx(traded, abs=1e-6)
    sold = case.trades.loc[case.trades["seller"] == "third-party:Stadtwerke", "kwh"].sum()
    assert third.sell_kwh.sum() == pytest.approx(sold)
    assert traded[19] == pytest.approx(100.0, abs=0.1)


def test_two_third_parties_buy_by_what_they_draw(case):
    """By hand: 9 kWh are traded, buses buy 3 of them, stores draw 1 and 2 kW: 2 and 4 kWh."""
    steps = {"step": [1, 1], "kind": "bess", "bus": "2", "sell_kwh": 0.0}
    alone = dataclasses.replace(
        case,
        hourly=pd.DataFrame({"traded_kwh": [9.0]}),
        buses=pd.DataFrame({"step": [1, 1], "bus": ["2", "3"], "buy_kwh": [1.0, 2.0]}),
        units=pd.DataFrame({**steps, "unit": ["a", "b"], "p_kw": [-1.0, -2.0]}),
    )
    third = third_parties(alone, Owners(units={"A": "third-party:x", "b": "third-party:y"}))
    assert third.of_unit == (0, 1)
    assert third.buy_kwh == pytest.approx(np.array([[2.0, 4.0]]))


def test_prosumers_are_counted_without_third_parties(owned):
    results = read_results(owned)
    groups = groups_of(results)
    words = bills_section(results, groups, groups[0]).words
    assert words[1].startswith("7 of 11 prosumers take part in the market")


def test_sentences_name_a_third_party_and_no_bus_of_it(owned):
    results = read_results(owned)
    groups = groups_of(results)
    told = findings(results, groups, groups[0])["figure12_trades"]
    assert "; the most from Stadtwerke to bus 2, " in told


def test_one_unit_of_a_kind_is_told_as_one(owned):
    results = read_results(owned)
    base = groups_of(results)[0]
    units = [unit for unit in base.median.plan["units"] if unit["name"] in ("bess1", "wt1", "wt2")]
    case = dataclasses.replace(base.median, plan={**base.median.plan, "units": units})
    alone = dataclasses.replace(base, median=case)
    told = findings(results, [alone], alone)["figure1_one_line"]
    assert told.startswith("Base case: 2 wind turbines, 1 battery at 3 buses; ")


def test_a_study_without_third_parties_has_none(ieee12_results):
    results = read_results(ieee12_results)
    (first, *_) = hours.hours(results, groups_of(results))["cases"]
    assert first["third"] == []
    assert {unit["third"] for unit in first["units"]} == {-1}


def test_who_pays_more_and_whose_money_it_is_are_told(owned):
    results = read_results(owned)
    base = groups_of(results)[0]
    year, _, trading = worth_words(results, base)
    assert year.endswith(
        "No member and no third party pays more in a year, units included, than without new units; "
        "2 who are no members do (3, 7)."
    )
    whose = "members, the others and Stadtwerke"
    assert trading.startswith(f"Trading in base (mid-market) saves all together ({whose}) 243.93 ")
    saved, _ = worth_facts(results, base, base)
    assert saved.beside == (f"of all together: {whose}",)


def test_who_pays_more_by_any_mechanism_is_told(owned):
    assert settle(owned, "base").sentences[-1].endswith("; 2 who are no members do (3, 7).")


def test_who_is_no_member_is_told_besides_members_that_pay_more():
    """By hand: h1, a member, and h3, who is none, pay 5 and 6 more; h2 and h4 as much as before."""
    owners = pd.DataFrame(
        {
            "owner": ["h1", "h2", "h3", "h4"],
            "role": ["member", "member", "other", "other"],
            "saving": [-5.0, 0.0, -6.0, 0.0],
        }
    )
    row = {"case": "x", "currency": "EUR", "annual_cost": 100.0, "reference_cost": 89.0}
    row |= {"payback_years": 2.0, "investment": 0.0, "npv": 0.0}
    row |= {"worse_off_in_year": 1, "worse_off_in_year_owners": "h1"}
    assert yearly_sentence(row, owners=owners).endswith(
        " More in a year, units included, than without new units: h1 (1); "
        "1 who is no member does (h3)."
    )
    row["worse_off_in_year_owners"] = ""
    assert "Nobody pays more in a year" in yearly_sentence(row, owners=owners.iloc[:2])
