"""Whole commands on a study in whose market some buses take no part."""

import shutil

import pandas as pd
import pytest
from helpers import drawings
from helpers.effort import little

import toolkit
from toolkit.commands import search_and_store
from toolkit.commands.explain import explain
from toolkit.commands.reproduce import reproduce
from toolkit.commands.request import Request
from toolkit.inputs import study_files
from toolkit.results.columns import columns
from toolkit.results.report import write_report

CASE = "random-seed1"
OUT = ["3", "5", "7", "9"]


@pytest.fixture(scope="module")
def found(tmp_path_factory, write_coarse, begin_inside, undrawn):
    """A folder with a study of seven members, its results with a bound and a polished plan."""
    home = tmp_path_factory.mktemp("members")
    path = write_coarse(home)
    members = '[market]\nmembers = ["2", "4", "6", "8", "1?"]\n[fleet]\nbuses = ["3", "6", "8"]\n'
    path.write_text(path.read_text() + members, encoding="utf-8")
    request = Request(("random",), 20, 1, polish="sites", bound_s=3.0)
    with little(begin_inside):
        search_and_store(study_files.load(str(path)), request, home / "out", "toolkit compare")
    return home / "out"


def read(folder, name):
    return pd.read_csv(folder / "cases" / CASE / name, dtype={"bus": str})


def test_bills_say_who_is_a_member_and_bill_the_others_as_alone(found):
    bills = read(found, "bills.csv")
    assert list(bills.columns) == columns("bills.csv", ["member"])
    others = bills[~bills["member"]]
    assert sorted(others["bus"].unique()) == OUT
    assert others["bill_trading"].to_numpy() == pytest.approx(others["bill_alone"].to_numpy())
    assert not others[["sold_kwh", "bought_kwh", "saving"]].to_numpy().any()
    assert (others["import_kwh"] + others["export_kwh"]).sum() > 0.0
    inside = bills[bills["member"] & (bills["period"] == "day")]
    row = pd.read_csv(found / "community.csv").set_index("case").loc[CASE]
    assert row["saving"] == pytest.approx(inside["saving"].sum())
    # Jain's index is that of members with any energy.
    moved = inside[["sold_kwh", "bought_kwh", "export_kwh", "import_kwh"]].any(axis=1)
    saving = inside.loc[moved, "saving"].clip(lower=0.0)
    assert row["jain_index"] == pytest.approx(saving.sum() ** 2 / len(saving) / (saving**2).sum())


def test_hours_and_buses_follow_and_energy_is_conserved(found):
    buses, hourly = read(found, "buses.csv"), read(found, "hourly.csv")
    others = buses[buses["bus"].isin(OUT)]
    assert not others[["sell_kwh", "buy_kwh"]].to_numpy().any()
    assert buses["sell_kwh"].sum() > 0.0
    dt = 24.0 / len(hourly)
    net = buses.groupby("step")["net_kw"].sum() * dt
    through = (hourly["export_kwh"] - hourly["import_kwh"]).to_numpy()
    assert through == pytest.approx(net.to_numpy(), abs=1e-6)
    assert hourly["traded_kwh"].sum() == pytest.approx(buses["sell_kwh"].sum())
    trades = pd.read_csv(found / "cases" / CASE / "trades.csv", dtype=str)
    assert not set(OUT) & {*trades["seller"], *trades["buyer"]}


def test_no_case_is_above_the_bound(found):
    summary = pd.read_csv(found / "summary.csv")
    bound = pd.read_csv(found / "bound.csv")["bound_kwh"].item()
    assert summary["traded_kwh"].max() <= bound
    assert summary.set_index("case").loc["exact", "traded_kwh"] > 0.0
    assert len(pd.read_csv(found / "polish.csv")) == 1


def test_it_is_reproduced_with_its_sources_and_without(found):
    assert reproduce(found).reproduced
    source = found.parent / "coarse.csv"
    held = source.read_bytes()
    source.unlink()
    try:
        assert reproduce(found).reproduced
    finally:
        source.write_bytes(held)


def test_a_bill_that_says_another_member_is_found(found, tmp_path):
    copy = shutil.copytree(found, tmp_path / "copy")
    path = copy / "cases" / CASE / "bills.csv"
    path.write_text(path.read_text().replace("False", "True"), encoding="utf-8")
    told = [d for d in reproduce(copy).differences if not d.holds]
    assert {(d.file, d.column) for d in told} == {("bills.csv", "member")}


def test_the_page_says_who_takes_part(found, tmp_path):
    copy = shutil.copytree(found, tmp_path / "copy")
    drawings.put(copy, *drawings.DRAWN)
    write_report(copy)
    page = (copy / "report.html").read_text(encoding="utf-8")
    assert "7 of 11 prosumers take part in the market" in page
    assert "saves all together (members and the others) " in page


def test_plans_are_explained_and_validated(found):
    explained = explain(found)
    assert explained.refused == ""
    assert explained.value > 0.0
    toolkit.validate(found, policy="surplus")
    table = pd.read_csv(found / "validation.csv")
    assert (table["traded_kwh"] <= table["bound_kwh"] + 1e-6).all()
    assert len(table) == 1
