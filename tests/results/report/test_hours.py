"""What the page's map and charts are made from: days, cases, the opening hour, and places."""

import dataclasses
import json
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from toolkit.inputs.limit_sections import Limits
from toolkit.results.figures.groups import groups_of
from toolkit.results.report import hours
from toolkit.results.report.layouts import GRID, feeder
from toolkit.results.report.margins import margins
from toolkit.results.store import read_results


@pytest.fixture(scope="module")
def results(ieee12_results):
    return read_results(ieee12_results)


def data_of(results):
    return json.loads(str(hours.hours_data(results, groups_of(results))))


def test_the_best_plan_comes_first_and_the_base_case_last(results):
    data = data_of(results)
    summary = results.summary[results.summary["case"] != "base"]
    kept = summary.sort_values(["violation", "traded_kwh"], ascending=[True, False])
    assert [held["name"] for held in data["cases"]] == [*kept["case"], "base"]
    assert data["cases"][0]["note"].startswith("best plan found")
    noted = [held["note"] for held in data["cases"] if "median of random" in held["note"]]
    assert len(noted) == 1
    assert data["left_out"] == [0, 0]
    assert data["days"] == [["", 24]]


def test_the_day_opens_at_the_step_nearest_a_limit(results):
    limits = results.study.limits
    for held in data_of(results)["cases"]:
        case = results.cases[held["name"]]
        inner = case.buses[case.buses["bus"] != results.network["head"]]
        spare = np.minimum(inner["v_min_pu"] - limits.v_min, limits.v_max - inner["v_max_pu"])
        of_step = (spare / ((limits.v_max - limits.v_min) / 2)).groupby(inner["step"]).min()
        loads = case.lines.groupby("step")["loading_pct"].max()
        of_step = np.minimum(of_step, 1.0 - loads / limits.loading_max)
        assert held["opening"] == of_step.argmin()


def frames(volts, loading):
    """A case of one bus beside the head and one line, by step."""
    steps = len(volts)
    buses = {
        "step": np.repeat(np.arange(1, steps + 1), 2),
        "bus": ["head", "a"] * steps,
        "v_min_pu": np.column_stack([np.full(steps, 1.05), volts]).reshape(-1),
    }
    lines = {"step": np.arange(1, steps + 1), "line": "line.x", "loading_pct": loading}
    held = pd.DataFrame(buses)
    return held.assign(v_max_pu=held["v_min_pu"]), pd.DataFrame(lines)


def test_margins_are_shares_of_half_the_band_and_of_the_rating(results):
    """By hand: 0.99 pu is 0.04 of 0.05 above 0.95; 90 % of a limit of 120 % leaves a quarter."""
    buses, lines = frames([0.99, 1.0, 1.06], [90.0, np.nan, 30.0])
    case = dataclasses.replace(results.cases["base"], buses=buses, lines=lines)
    limits = Limits(v_min=0.95, v_max=1.05, loading_max=120.0)
    near, words = margins(case, limits, {"head": "head"})
    assert near == pytest.approx([0.25, 1.0, -0.2])
    assert words == ["line.x at 90 % of its rating", "bus a at 1.0000 pu", "bus a at 1.0600 pu"]


def test_separate_days_are_named(two_days):
    data = data_of(read_results(two_days))
    assert data["days"] == [["day 15", 24], ["day 182", 24]]


def test_a_long_time_leaves_out_days_but_not_the_one_nearest_a_limit(two_days, monkeypatch):
    results = read_results(two_days)
    opening = data_of(results)["cases"][0]["opening"]
    monkeypatch.setattr(hours, "MOST_VALUES", 10_000)
    data = data_of(results)
    assert data["days"] == [[["day 15", "day 182"][opening // 24], 24]]
    assert data["left_out"] == [1, 0]
    assert data["cases"][0]["opening"] == opening % 24


def test_many_cases_leave_out_those_that_stand_for_nothing(results, monkeypatch):
    monkeypatch.setattr(hours, "MOST_VALUES", 10_000)
    data = data_of(results)
    names = [held["name"] for held in data["cases"]]
    assert names[-1] == "base"
    assert data["left_out"] == [0, len(results.cases) - len(names)]
    assert all(held["note"] for held in data["cases"])


def network(places, branches=None):
    names = [str(i) for i in range(len(places))]
    pairs = branches or list(pairwise(names))
    return {
        "feeder": "f",
        "head": "0",
        "buses": [
            {"name": n, "x": x, "y": y, "load_kw": 1.0, "base_kv": 11.0}
            for n, (x, y) in zip(names, places, strict=True)
        ],
        "branches": [{"name": f"line.{a}_{b}", "bus1": a, "bus2": b} for a, b in pairs],
    }


def test_degrees_keep_the_shape_of_the_land():
    """150 buses along 0.02 degrees both ways at 52 north: as wide as 0.6157 of their height."""
    share = np.linspace(0.0, 1.0, 150)
    degrees = list(zip(5.1 + 0.02 * share, 52.0 + 0.02 * share**2, strict=True))
    flat = np.array(feeder(network(degrees))["map"]).reshape(-1, 2)
    width, height = np.ptp(flat, axis=0)
    assert height == GRID
    assert width / height == pytest.approx(np.cos(np.radians(52.01)), rel=1e-3)
    assert flat[0].tolist() == [0, GRID]  # south-west is to the left and below


def test_metres_and_drawn_places_keep_theirs():
    flat = feeder(network([(0, 0), (300, 0), (300, 100)]))["map"]
    assert flat == [0, 33333, GRID, 33333, GRID, 0]


def test_homes_without_coordinates_stand_around_their_neighbour():
    places = [(0.0, 0.0), (1000.0, 0.0), (None, None), (None, None)]
    data = feeder(network(places, [("0", "1"), ("1", "2"), ("1", "3")]))
    flat = np.array(data["map"]).reshape(-1, 2)
    assert data["guessed"] == 2
    assert len({tuple(at) for at in flat.tolist()}) == 4
    assert np.hypot(*(flat[2:] - flat[1]).T).max() < 0.01 * GRID
    assert feeder(network([(None, None)] * 4))["map"] is None


def test_the_one_line_layout_bends_where_a_lateral_leaves():
    data = feeder(network([(None, None)] * 4, [("0", "1"), ("1", "2"), ("3", "1")]))
    assert sorted(data["bends"]) == [1, 1, 2]
