"""Unbalance of voltages in results: a column where the study limits it, checked by reproduce."""

import pandas as pd
import pytest
from helpers.roofs import written

from toolkit.commands import simulate_and_store
from toolkit.commands.reproduce import reproduce
from toolkit.model.plan import base_plan
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare
from toolkit.results.figures.groups import groups_of
from toolkit.results.reinforcing import to_reinforce
from toolkit.results.report.hours import hours
from toolkit.results.store import read_results

ONE_PHASE = "New Load.one bus1=c.1 phases=1 kV=0.2309 kW=12 pf=1 vminpu=0.5 vmaxpu=1.5"
LIMITS = "[limits]\nunbalance_max = 1.0\nv_min = 0.8\nv_max = 1.2\n"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return written(tmp_path_factory.mktemp("street"), LIMITS, ONE_PHASE)


@pytest.fixture(scope="module")
def folder(study, tmp_path_factory):
    made = tmp_path_factory.mktemp("unbalanced") / "results"
    simulate_and_store(study, None, made, "toolkit simulate")
    return made


def test_the_column_is_what_the_engine_has(study, folder):
    problem = Problem(prepare(study))
    day = problem.grid.day(base_plan(problem.setting.operation))
    buses = pd.read_csv(folder / "cases" / "base" / "buses.csv")
    own = buses[buses["bus"] == "c"]["unbalance_pct"]
    assert own.to_numpy() == pytest.approx(day.unbalance[:, 3], rel=1e-6)
    assert own.max() > 1.0


def test_it_is_reproduced_and_a_changed_figure_is_seen(folder):
    assert reproduce(folder).reproduced
    path = folder / "cases" / "base" / "buses.csv"
    text = path.read_text("utf-8")
    buses = pd.read_csv(path, dtype=str)
    at = buses["unbalance_pct"].first_valid_index()
    buses.loc[at, "unbalance_pct"] = "0.5"
    buses.to_csv(path, index=False)
    try:
        assert not reproduce(folder).reproduced
    finally:
        path.write_text(text, "utf-8")


def test_planners_and_the_page_are_told(study, folder):
    results = read_results(folder)
    table = to_reinforce(groups_of(results), results.study.limits)
    rows = table[table["what"] == "unbalance"]
    buses = results.cases["base"].buses
    assert rows["worst"].iloc[0] == pytest.approx(buses["unbalance_pct"].max())
    hours_beyond = (buses[buses["bus"] == "c"]["unbalance_pct"] > 1.005).sum()
    assert rows.set_index("element").loc["c", "hours"] == hours_beyond
    parts = hours(results, groups_of(results))["cases"][0]["parts"]
    assert "buses.unbalance_pct" in [part["name"] for part in parts]


def test_other_studies_have_no_such_column(ieee12_results):
    buses = read_results(ieee12_results).cases["base"].buses
    assert "unbalance_pct" not in buses
