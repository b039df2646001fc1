"""Studies with costs by the year, from the search to the check of what it left behind."""

import numpy as np
import pandas as pd
import pytest

from toolkit.commands import search_and_store, simulate_and_store
from toolkit.commands.reproduce import reproduce
from toolkit.commands.request import Request
from toolkit.errors import InputError
from toolkit.inputs import study_files
from toolkit.inputs.study import Study
from toolkit.problem.goals import GOALS
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare
from toolkit.results.money_words import yearly_sentence
from toolkit.results.report import write_report

COSTS = {
    "discount_rate": 0.05,
    "years": 20,
    "pv": {"per_kw": 1000, "lifetime": 25, "om_share": 0.01, "subsidy": 0.1},
    "wt": {"per_kw": 1500, "per_unit": 500, "om_per_kw": 20},
    "bess": {"per_kwh": 300, "lifetime": 12, "cycle_life": 4000, "depth_exponent": 1.2},
    "bev": {"per_vehicle": 500, "wear_per_kwh": 0.05},
}
TARIFFS = {"demand": 2.0, "demand_at_head": 1.0, "standing": 60.0, "co2": 0.4}
YEARLY = ("annual_cost", "npv", "investment", "peak_import", "co2")
PARTS = ("energy", "demand", "standing", "capital", "upkeep", "wear", "running")


def study_of(objective="annual_cost", costs=COSTS, tariffs=TARIFFS, **more):
    market = {"objective": objective, **more.pop("market", {})}
    sections = {"name": "priced", "feeder": "ieee12", "market": market}
    return Study.model_validate({**sections, "costs": costs, "tariffs": tariffs, **more})


@pytest.fixture(scope="module", params=YEARLY)
def out(request, tmp_path_factory, six_hours, undrawn):
    folder = tmp_path_factory.mktemp("priced") / request.param
    asked = Request(("random",), 20, 1)
    study = study_of(request.param, profiles=str(six_hours))
    search_and_store(study, asked, folder, "toolkit compare")
    return folder


def case_of(out, name):
    home = out / "cases" / name
    return (pd.read_csv(home / f"{table}.csv") for table in ("hourly", "buses", "bills", "costs"))


def test_figures_are_those_of_the_tables_by_hand(out):
    summary = pd.read_csv(out / "summary.csv").set_index("case")
    community = pd.read_csv(out / "community.csv").set_index("case")
    goal = GOALS[out.name]
    for name, row in summary.iterrows():
        hourly, buses, bills, costs = case_of(out, name)
        money = community.loc[name]
        units = [f"{kind}_kw" for kind in ("pv", "wt", "bess", "bev")]
        head = hourly["load_kw"] + hourly["loss_kw"] - hourly[units].sum(axis=1)
        drawn, dt = head.clip(lower=0.0), 24.0 / len(hourly)
        assert row["peak_import_kw"] == pytest.approx(drawn.max(), rel=1e-6)
        assert row["co2_kg"] == pytest.approx(0.4 * drawn.sum() * dt * 365.0, rel=1e-6)
        whole = bills[bills["period"] == "day"]
        meters = buses[buses["bus"].isin(whole["bus"])].groupby("bus")["net_kw"]
        demand = 12.0 * (2.0 * (-meters.min()).clip(lower=0.0).sum() + drawn.max())
        assert money["demand_cost"] == pytest.approx(demand, rel=1e-6)
        assert money["standing_cost"] == 60.0 * len(whole)
        energy = whole["bill_trading"].sum() * 365.0
        assert money["energy_cost"] == pytest.approx(energy, rel=1e-6)
        for part in ("capital", "upkeep", "wear", "running"):
            assert money[f"{part}_cost"] == pytest.approx(costs[f"{part}_cost"].sum())
        annual = sum(money[f"{part}_cost"] for part in PARTS)
        assert row["annual_cost"] == pytest.approx(annual, rel=1e-9)
        saved = (money["reference_cost"] - annual) / 0.0802425872
        assert row["npv"] == pytest.approx(saved, rel=1e-6)
        assert row["investment"] == pytest.approx(costs["investment"].sum())
        assert row["score"] == pytest.approx(-goal.sign * row[goal.column], rel=1e-6)


def test_costs_of_units_follow_from_sizes(out):
    *_, costs = case_of(out, "random-seed1")
    per_size = {"pv": 900.0, "wt": 1500.0, "bev": 500.0}
    for _, unit in costs[costs["kind"] != "bess"].iterrows():
        fixed = 500.0 if unit["kind"] == "wt" and unit["size"] > 0.0 else 0.0
        assert unit["investment"] == pytest.approx(per_size[unit["kind"]] * unit["size"] + fixed)
    stations = costs[costs["kind"] == "bev"]
    assert np.allclose(stations["running_cost"], 0.05 * stations["given_kwh"])


def test_it_is_reproduced(out):
    assert reproduce(out).reproduced


@pytest.mark.parametrize("out", ["annual_cost"], indirect=True)
def test_a_forged_cost_is_not_reproduced(out):
    path = out / "cases" / "base" / "costs.csv"
    text = path.read_text()
    table = pd.read_csv(path)
    table.loc[0, "capital_cost"] += 1.0
    table.to_csv(path, index=False)
    checked = reproduce(out)
    path.write_text(text)
    assert not checked.reproduced
    assert any((d.file, d.column) == ("costs.csv", "capital_cost") for d in _broken(checked))


@pytest.mark.parametrize("out", ["annual_cost"], indirect=True)
def test_the_page_says_what_a_year_costs(out):
    write_report(out)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "What a year costs" in page
    assert "What each unit costs in a year" in page
    community = pd.read_csv(out / "community.csv").set_index("case")
    assert f"{community.loc['base', 'reference_cost']:,.0f}" in page
    assert f"{community.loc['base', 'investment']:,.0f}" in page


def _broken(checked):
    return [difference for difference in checked.differences if not difference.holds]


def test_the_reference_has_no_new_unit():
    """Nothing but loads: bills at retail, meters and highest imports of the feeder without units.

    The 12-bus feeder's loads, as OpenDSS solves them without any unit.
    """
    bare = Problem(prepare(study_of(fleet={"scale": [0.0, 0.0]})))
    found = bare.evaluate(np.full((1, len(bare.space)), 0.5))
    assert -found.objective[0] < 0.0
    assert bare.aim.conditions.economy.reference == pytest.approx(found.objective[0], rel=1e-9)


def test_units_that_are_there_already_are_not_bought(tmp_path):
    there = study_of(fleet={"fixed": ["*"]})
    assert (
        simulate_and_store(there, None, tmp_path / "out", "toolkit simulate").status == "complete"
    )
    costs = pd.read_csv(tmp_path / "out" / "cases" / "base" / "costs.csv")
    money = pd.read_csv(tmp_path / "out" / "community.csv")
    assert costs["existing"].all()
    assert (costs["investment"] == 0.0).all()
    assert (costs["upkeep_cost"] > 0.0).any()
    # The circuits of search and of record agree to about 1e-9 of an energy; this is of millions.
    assert money["npv"][0] == pytest.approx(0.0, abs=1e-8 * money["reference_cost"][0])


def test_evaluations_do_not_depend_on_each_other():
    problem = Problem(prepare(study_of("npv")))
    x = np.random.default_rng(0).random((3, len(problem.space)))
    first = problem.evaluate(x[:1]).objective
    together = problem.evaluate(x).objective
    assert first[0] == together[0] == problem.evaluate(x[:1]).objective[0]


def test_what_is_not_said_is_told():
    costs = {**COSTS, "bess": None}
    told = [str(notice) for notice in prepare(study_of(costs=costs)).feeder.notices]
    assert any("costs.bess: not stated, so batteries cost nothing" in text for text in told)
    assert any("figures of a year are those of the 1 day times 365" in text for text in told)
    assert any("every month has the highest import of all days" in text for text in told)
    assert not any("cost nothing" in str(n) for n in prepare(study_of()).feeder.notices)
    kept = prepare(study_of(costs=costs, fleet={"fixed": ["bess*"]})).feeder.notices
    assert not any("cost nothing" in str(notice) for notice in kept)


def test_studies_without_costs_are_told_of_none(tmp_path):
    plain = Study.model_validate({"name": "plain", "feeder": "ieee12"})
    simulate_and_store(plain, None, tmp_path / "out", "toolkit simulate")
    assert not (tmp_path / "out" / "cases" / "base" / "costs.csv").exists()
    columns = {*pd.read_csv(tmp_path / "out" / "summary.csv")}
    columns |= {*pd.read_csv(tmp_path / "out" / "community.csv")}
    assert not columns & {"annual_cost", "npv", "investment", "peak_import_kw", "co2_kg"}


@pytest.mark.parametrize("goal", ["annual_cost", "npv", "investment"])
def test_a_cost_needs_costs(goal):
    with pytest.raises(InputError, match=rf"found '{goal}', but nothing says what units cost"):
        prepare(study_of(goal, costs={}))


def test_emissions_need_emissions():
    with pytest.raises(InputError, match=r"expected tariffs\.co2"):
        prepare(study_of("co2", tariffs={}))


@pytest.mark.parametrize(
    ("costs", "said"),
    [
        ({"discount_rate": 1.0}, "less than 1"),
        ({"discount_rate": -0.1}, "greater than or equal to 0"),
        ({"pv": {"lifetime": -1}}, "greater than or equal to 0.1"),
        ({"pv": {"subsidy": 1.5}}, "less than or equal to 1"),
        ({"pv": {"per_kwh": 3}}, "pv.per_kwh: found it of PV systems; expected it of batteries"),
        ({"bess": {"cycle_life": 10, "wear_per_kwh": 1}}, "expected one of them"),
        ({"bess": {"depth_exponent": 2}}, "without cycle_life"),
        ({"pv": {"om_share": 1.5}}, "less than or equal to 1"),
        (
            {"units": {"pv1": {"per_kw": 3}, "PV1": {"per_kw": 4}}},
            "expected one section for a unit",
        ),
    ],
)
def test_costs_that_cannot_be(costs, said):
    with pytest.raises(ValueError, match=said):
        study_of(costs=costs)


def test_an_unknown_field_of_a_cost_is_told_the_nearest_one(tmp_path):
    path = tmp_path / "typo.toml"
    path.write_text('name = "typo"\nfeeder = "ieee12"\n[costs.pv]\nper_kwatt = 3\n')
    with pytest.raises(InputError, match=r"unknown key 'costs\.pv\.per_kwatt'\..*'per_kw'"):
        study_files.load(str(path))


@pytest.mark.parametrize(
    ("units", "said"),
    [
        ({"pv9": {"per_kw": 1}}, r"costs\.units\.pv9.*no such unit"),
        ({"pv1": {"per_kwh": 1}}, r"'costs\.units\.pv1\.per_kwh': found it of PV systems"),
    ],
)
def test_costs_of_units_that_cannot_be(units, said):
    with pytest.raises(InputError, match=said):
        prepare(study_of(costs={**COSTS, "units": units}))


def test_the_costs_of_a_year_are_told_in_words():
    row = {"case": "x", "currency": "EUR", "annual_cost": 100.0, "reference_cost": 130.0}
    row |= {"payback_years": 2.5, "investment": 75.0, "npv": 298.7}
    assert yearly_sentence(row) == (
        "x costs 100 EUR a year, 30 EUR less than no new unit; 75 EUR are invested, paid back in "
        "2.5 years; its net present value is 299 EUR."
    )
    row |= {"annual_cost": 140.0, "payback_years": float("nan"), "npv": -99.6}
    assert "10 EUR more than no new unit; 75 EUR are invested, not paid back" in yearly_sentence(
        row
    )
    assert yearly_sentence({"case": "x"}) == ""
    assert yearly_sentence(row, 24.0).endswith(
        "That year is the study's one day, 365 times: given_kwh of costs.csv over the size tells "
        "full-load hours, and so how far that is from a real year."
    )
    assert "the study's 7 days, 52.14 times" in yearly_sentence(row, 168.0)


def test_one_unit_has_a_price_of_its_own(tmp_path):
    study = study_of(costs={**COSTS, "units": {"PV1": {"per_kw": 1}}})
    simulate_and_store(study, None, tmp_path / "out", "toolkit simulate")
    costs = pd.read_csv(tmp_path / "out/cases/base/costs.csv").set_index("unit")
    assert costs.loc["pv1", "investment"] == pytest.approx(costs.loc["pv1", "size"])
    assert costs.loc["pv2", "investment"] == pytest.approx(900.0 * costs.loc["pv2", "size"])
