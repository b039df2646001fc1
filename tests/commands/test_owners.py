"""20 homes, three that take no part, PV owned by the community: one step by hand, and the rest."""

import shutil

import numpy as np
import pandas as pd
import pytest
from helpers.places import EXAMPLES

from toolkit import read_results
from toolkit.commands import search_and_store, simulate_and_store
from toolkit.commands.reproduce import reproduce
from toolkit.commands.request import Request
from toolkit.commands.settling import settle
from toolkit.errors import InputError
from toolkit.inputs import study_files
from toolkit.inputs.study_changes import changed
from toolkit.model import market
from toolkit.model.plan import base_plan
from toolkit.problem import accounts
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare
from toolkit.results.figures.groups import groups_of
from toolkit.results.report.answer import facts, notices_of
from toolkit.results.report.money import bills_section
from toolkit.results.report.worth import SIMPLE, worth_words
from toolkit.results.solving import evaluation_of

MEMBERS = [f"h{i}" for i in range(1, 18)]
#: The step from 12 to 13 h: loads are half of those declared, the sun gives 0.85 of the rating.
NOON = 12
CASE = "base"
BATTERY = {"name": "bess1", "kind": "bess", "bus": "h3", "kw": 5.0, "kwh": 10.0}


def street(**changes):
    study = study_files.load(str(EXAMPLES / "community" / "community.toml"))
    return changed(study, changes, "test")


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("community") / "out"
    simulate_and_store(street(), None, folder, "toolkit simulate")
    return folder


def case_of(out, *tables):
    home = out / "cases" / CASE
    return [pd.read_csv(home / f"{table}.csv") for table in tables]


def test_energy_of_noon_by_hand(out):
    """34 kW of PV are 2 kW for each member: odd homes need 1 of it, even ones 3.

    Nine odd homes have 1 kWh too much, eight even ones lack 1: 8 kWh are traded, each odd home
    sells 8/9 and gives 1/9 to the grid. The three others take 3, 1 and 3 kWh from the grid.
    """
    (buses,) = case_of(out, "buses")
    noon = buses[buses["step"] == NOON + 1].set_index("bus")
    for i in range(1, 18):
        sold, bought = (8 / 9, 0.0) if i % 2 else (0.0, 1.0)
        assert noon.loc[f"h{i}", "sell_kwh"] == pytest.approx(sold, abs=2e-3)
        assert noon.loc[f"h{i}", "buy_kwh"] == pytest.approx(bought, abs=2e-3)
    assert noon.loc[["h18", "h19", "h20"], ["sell_kwh", "buy_kwh"]].to_numpy().max() == 0.0
    (hourly,) = case_of(out, "hourly")
    row = hourly.iloc[NOON]
    assert row["traded_kwh"] == pytest.approx(8.0, abs=2e-3)
    assert (row["import_kwh"], row["export_kwh"]) == pytest.approx((7.0, 1.0), abs=5e-3)


def test_bills_of_noon_by_hand():
    """Mid-market price (0.08 + 0.30 - 0.08) / 2 = 0.15; buyers also pay 0.08 to the network."""
    problem = Problem(prepare(street()))
    plan = without_search(problem)
    net = solved_of(problem, plan).net[0]
    done = problem.setting.market.settle(net)
    bill = dict(zip(problem.setting.market.names, done.bill[NOON], strict=True))
    for i in range(1, 18):
        by_hand = -(8 / 9 * 0.15 + 1 / 9 * 0.08) if i % 2 else 1.0 * (0.15 + 0.08)
        assert bill[f"h{i}"] == pytest.approx(by_hand, abs=1e-4)
    assert [bill[f"h{i}"] for i in (18, 19, 20)] == pytest.approx([0.9, 0.3, 0.9], abs=1e-4)
    # To the network: its part of 8 kWh traded and of 7 imported; the grid gets the rest.
    assert done.network[NOON] == pytest.approx(0.08 * 15.0, abs=1e-3)
    assert done.grid[NOON] == pytest.approx(0.22 * 7.0 - 0.08 * 1.0, abs=1e-3)


def without_search(problem):
    return base_plan(problem.setting.operation)


def solved_of(problem, plan):
    return evaluation_of(problem, problem.grid.day(plan), plan).solved


def test_each_member_pays_its_part_of_the_investment(out):
    """40 kW at 1,100 are 44,000, 2,588.24 for each of 17; upkeep is 1 % of it."""
    (owners,) = case_of(out, "owners")
    owners = owners.set_index("owner")
    assert owners.index.tolist() == [f"h{i}" for i in range(1, 21)]
    assert owners.loc[MEMBERS, "role"].unique().tolist() == ["member"]
    assert owners.loc[["h18", "h19", "h20"], "role"].unique().tolist() == ["other"]
    assert owners.loc[MEMBERS, "investment"].to_numpy() == pytest.approx(44_000 / 17)
    assert owners.loc[MEMBERS, "upkeep_cost"].to_numpy() == pytest.approx(440 / 17)
    assert (owners.loc[["h18", "h19", "h20"], "investment"] == 0.0).all()
    # A home's meter, and a 17th of that of the PV; the highest import is that of 19 h.
    assert owners.loc["h1", "standing_cost"] == pytest.approx(50.0 + 50.0 / 17)
    assert owners.loc["h2", "demand_cost"] == pytest.approx(12 * 6.0, rel=1e-4)
    # Nothing saved and nothing spent for those who take no part.
    assert owners.loc["h18", "saving"] == pytest.approx(0.0, abs=1e-3)
    assert (owners.loc[MEMBERS, "saving"] > 0.0).all()


def test_owners_sum_to_the_community(out):
    (owners,) = case_of(out, "owners")
    row = pd.read_csv(out / "community.csv").iloc[0]
    names = ("energy_cost", "demand_cost", "standing_cost", "investment", "capital_cost")
    for name in (*names, "upkeep_cost", "annual_cost", "reference_cost", "npv"):
        assert owners[name].sum() == pytest.approx(row[name], rel=1e-9), name
    assert row["worse_off_in_year"] == 0
    assert row["jain_index_of_year"] == pytest.approx(
        owners["saving"][:17].sum() ** 2 / (17 * (owners["saving"][:17] ** 2).sum())
    )


@pytest.mark.parametrize("mechanism", ["mid-market", "bill-sharing", "auction", "bilateral"])
def test_the_ledger_of_a_year_sums_to_nothing(mechanism):
    owned = {"units": {"pv1": "third-party:Solar"}} if mechanism == "auction" else {}
    tariffs = {"demand_at_head": 2.0}
    asked = street(settlement={"mechanism": mechanism}, owners=owned, tariffs=tariffs)
    problem = Problem(prepare(asked))
    solved = solved_of(problem, without_search(problem))
    ledger = accounts.ledger(solved)
    found, held = market.balances(ledger), accounts.accounts(solved)
    scale = sum(abs(one.money) for one in ledger)
    assert abs(sum(found.values())) <= 1e-9 * scale
    assert abs(found[market.MARKET]) <= 1e-9 * scale
    for name, pays in zip(problem.setting.market.names, held.annual[0], strict=True):
        assert -found[name] == pytest.approx(pays, abs=1e-9 * scale)
    assert found[market.SUPPLIERS] == pytest.approx(held.units.annual.sum())


def test_the_page_begins_with_what_the_units_are_worth(out):
    """40 kW for 1,100 EUR are 44,000; what is saved a year besides the annuity pays them back."""
    results = read_results(out)
    groups = groups_of(results)
    row = pd.read_csv(out / "community.csv").iloc[0]
    _, saved, back, lowest = facts(groups[0], groups[0], results)
    less = row["reference_cost"] - row["annual_cost"]
    assert saved.value == f"{less:,.0f} EUR"
    assert saved.about.startswith("less to pay in a year")
    assert back.value == f"{44_000.0 / (less + row['capital_cost']):.1f} years"
    assert back.about == "until 44,000 EUR invested are paid back"
    whose = "of all together: members and the others"
    assert saved.beside == (whose,)
    value = f"net present value {row['npv']:,.0f} EUR over 20 years at a discount rate of 4 %"
    assert back.beside == (SIMPLE, value, whose)
    assert lowest.about.startswith("lowest voltage")
    year, trading = worth_words(results, groups[0])
    assert year.startswith("base costs ")
    assert f"its net present value is {row['npv']:,.0f} EUR" in year
    assert trading.startswith(
        "Trading in base (mid-market) saves all together (members and the others) "
    )
    noticed = notices_of(results)
    assert [notice.partition(":")[0] for notice in noticed.beside] == ["horizon", "tariffs.demand"]
    assert [notice.partition(":")[0] for notice in noticed.after] == ["market.members", "owners"]


def test_the_page_says_when_each_is_paid_back_before_what_that_is_made_of(out):
    results = read_results(out)
    groups = groups_of(results)
    table, parts, *_ = bills_section(results, groups, groups[0]).tables
    owners = pd.read_csv(out / "cases" / CASE / "owners.csv").set_index("owner")
    assert table.header[:4] == [
        "owner",
        "saved, EUR",
        "paid back in, years",
        "net present value, EUR",
    ]
    assert [row[0] for row in table.rows] == list(owners.index)
    cells = {row[0]: row for row in table.rows}
    assert cells["h1"][2] == f"{owners.loc['h1', 'payback_years']:.1f}"
    assert cells["h1"][3] == f"{owners.loc['h1', 'npv']:,.0f}"
    assert cells["h18"][1:5] == ["0", "-", "0", "0"]  # it owns nothing and takes no part
    assert parts.title == "What that is made of"


def test_it_is_reproduced_and_a_forged_share_is_not(out):
    checked = reproduce(out)
    assert checked.reproduced, [d for d in checked.differences if not d.holds]
    path = out / "cases" / CASE / "owners.csv"
    text = path.read_text()
    table = pd.read_csv(path)
    table.loc[3, "income"] += 1.0
    table.to_csv(path, index=False)
    checked = reproduce(out)
    path.write_text(text)
    broken = [d for d in checked.differences if not d.holds]
    assert [(d.file, d.column) for d in broken if d.column] == [("owners.csv", "income")]


def test_trades_are_found_again_without_the_studys_files(out, tmp_path):
    shutil.copytree(out, tmp_path / "alone")
    study = tmp_path / "alone" / "study.toml"
    there = str(EXAMPLES / "community")
    study.write_text(study.read_text().replace(there, str(tmp_path / "gone")))
    checked = reproduce(tmp_path / "alone")
    broken = [d for d in checked.differences if not d.holds and d.file.endswith(".csv")]
    assert not broken
    made = {(d.file, d.column) for d in checked.differences}
    assert {("hourly.csv", "traded_kwh"), ("buses.csv", "sell_kwh")} <= made


def test_settle_shows_years_with_units_by_mechanism(out):
    found = settle(out, CASE)
    (owners,) = case_of(out, "owners")
    own = found.bills[found.bills["mechanism"] == "mid-market"].set_index("bus")
    expected = owners.set_index("owner")
    assert own["annual_cost"].to_dict() == pytest.approx(expected["annual_cost"].to_dict())
    by_mechanism = found.community.set_index("mechanism")
    assert by_mechanism.loc["mid-market", "worse_off_in_year"] == 0
    assert np.isfinite(by_mechanism["jain_index_of_year"]).all()
    assert "worse_off_in_year" in found.table()


def test_a_third_party_has_a_row_of_its_own(tmp_path):
    """It has no load, so all that it makes is sold, to members or to the grid."""
    asked = street(owners={"pv": "third-party:Solar"})
    told = simulate_and_store(asked, None, tmp_path / "out", "toolkit simulate").money
    owners, bills, trades = case_of(tmp_path / "out", "owners", "bills", "trades")
    own = owners.set_index("owner").loc["third-party:Solar"]
    assert own["role"] == "third party"
    assert own["investment"] == pytest.approx(44_000.0)
    assert own["reference_cost"] == 0.0
    assert own["given_kwh"] == pytest.approx(owners["given_kwh"].sum())
    assert own["income"] == pytest.approx(-own["energy_cost"])
    costs = own["capital_cost"] + own["upkeep_cost"] + own["standing_cost"]
    assert own["saving"] == pytest.approx(own["income"] - costs)
    gain, years = own["saving"], own["investment"] / (own["saving"] + own["capital_cost"])
    assert told.endswith(
        f"third-party:Solar earns {gain:,.0f} EUR a year, its 44,000 EUR invested included, paid "
        f"back in {years:,.1f} years."
    )
    assert "Nobody pays more in a year, units included, than without new units." in told
    assert set(trades["seller"]) == {"third-party:Solar"}
    day = bills[bills["period"] == "day"].set_index("bus").loc["third-party:Solar"]
    assert day["bill_trading"] * 365 == pytest.approx(own["energy_cost"])
    assert day["made_kwh"] == pytest.approx(own["given_kwh"] / 365)
    assert pd.read_csv(tmp_path / "out" / "community.csv")["worse_off_buses"].isna().all()


def test_nobody_worse_off_counts_what_units_cost(tmp_path):
    """PV that costs a hundred times as much is paid by members who save less than it costs."""
    market_of = {"objective": "traded", "nobody_worse_off": True}
    dear = street(market=market_of, costs={"pv": {"per_kw": 110_000}})
    simulate_and_store(dear, None, tmp_path / "out", "toolkit simulate")
    summary = pd.read_csv(tmp_path / "out" / "summary.csv").set_index("case")
    base = summary.loc["base"]
    assert not base["feasible"]
    assert "somebody pays more in a year than without new units (owners.csv)" in base["broken"]
    assert reproduce(tmp_path / "out").reproduced
    cheap = Problem(prepare(street(market=market_of)))
    assert accounts.worsening(solved_of(cheap, without_search(cheap))).tolist() == [0.0]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"dispatch": {"policy": "surplus"}, "fleet": {"add": [BATTERY]}},
            "policy 'surplus', which knows buses and no owners",
        ),
        ({"owners": {"units": {"pv9": "site"}}}, "units: there is no unit 'pv9'. Did you mean"),
        ({"owners": {"pv": "bus:h99"}}, "owner of pv1: there is no bus 'h99'. Did you mean"),
        ({"owners": {"pv": "bus:station"}}, "found bus station as an owner, where no load is"),
        ({"owners": {"shares": {"h1": 0.5, "h18": 0.5}}}, "shares.h18: found a bus that is no"),
    ],
)
def test_owners_that_cannot_be(more, said):
    with pytest.raises(InputError) as error:
        prepare(street(**more))
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_the_exact_model_is_refused_by_name(tmp_path):
    asked = Request(("random",), 5, 1, bound_s=5.0)
    with pytest.raises(InputError, match="no exact model: 'owners': unit pv1 belongs to somebody"):
        search_and_store(street(market={"objective": "traded"}), asked, tmp_path / "o", "toolkit")


def test_results_without_owners_have_none_of_it(tmp_path):
    study = street()
    plain = study.model_copy(update={"owners": None})
    simulate_and_store(plain, None, tmp_path / "out", "toolkit simulate")
    assert not (tmp_path / "out/cases/base/owners.csv").exists()
    assert "jain_index_of_year" not in pd.read_csv(tmp_path / "out" / "community.csv")
    assert "[owners" not in (tmp_path / "out" / "study.toml").read_text()
