"""What a planner takes away: reinforce.csv, and map.geojson where coordinates are degrees."""

import dataclasses
import json
import re

import pandas as pd
import pytest

from toolkit.commands.planning import write_geojson, write_reinforcements
from toolkit.errors import InputError
from toolkit.results.figures.groups import best_plan, groups_of
from toolkit.results.geojson import to_geojson
from toolkit.results.report import write_report
from toolkit.results.store import read_results
from toolkit.results.store.names import is_result, is_shown


@pytest.fixture
def in_town(folder):
    """The feeder laid out in degrees, its last bus without coordinates."""
    network = json.loads((folder / "network.json").read_text("utf-8"))
    for i, bus in enumerate(network["buses"]):
        bus["x"], bus["y"] = 5.1 + 0.001 * i, 52.0004 + 0.002 * (i % 3)
    network["buses"][-1]["x"] = network["buses"][-1]["y"] = None
    (folder / "network.json").write_text(json.dumps(network), "utf-8")
    return folder


def test_the_map_holds_buses_lines_and_units_of_the_best_plan(in_town):
    path, left_out = write_geojson(in_town)
    held = json.loads(path.read_text("utf-8"))
    results = read_results(in_town)
    summary = results.summary.iloc[1:]
    best = summary.sort_values(["violation", "traded_kwh"], ascending=[True, False])["case"].iloc[0]
    assert held["type"] == "FeatureCollection"
    assert held["name"] == f"ieee12: {best}"
    assert left_out == 1
    kinds = [feature["properties"]["type"] for feature in held["features"]]
    case = results.cases[best]
    last = results.network["buses"][-1]["name"]
    assert kinds.count("bus") == len(results.network["buses"]) - 1
    ends = [(branch["bus1"], branch["bus2"]) for branch in results.network["branches"]]
    assert kinds.count("line") == sum(last not in pair for pair in ends)
    assert kinds.count("unit") == sum(unit["bus"] != last for unit in case.plan["units"])
    by_name = {(f["properties"]["type"], f["properties"]["name"]): f for f in held["features"]}
    bus = by_name["bus", "7"]
    own = case.buses[case.buses["bus"] == "7"]
    assert bus["geometry"] == {"type": "Point", "coordinates": [5.106, 52.0004]}
    assert bus["properties"]["v_min_pu"] == pytest.approx(own["v_min_pu"].min(), abs=5e-5)
    line = by_name["line", "line.l6_7"]
    rows = case.lines[case.lines["line"] == "line.l6_7"]
    assert line["geometry"]["coordinates"] == [[5.105, 52.0044], [5.106, 52.0004]]
    assert line["properties"]["loading_pct"] == pytest.approx(rows["loading_pct"].max(), abs=5e-5)
    assert line["properties"]["hours_over"] == 0.0


def test_places_drawn_by_hand_are_no_map(folder):
    with pytest.raises(InputError, match=r"network\.json: coordinates of buses: found x from 0 to"):
        write_geojson(folder)
    assert not (folder / "map.geojson").exists()


def test_reinforcements_are_of_the_base_case_and_the_case_asked_for(folder):
    study = (folder / "study.toml").read_text("utf-8")
    tight = study.replace("v_min = 0.95", "v_min = 0.99")
    assert tight != study
    (folder / "study.toml").write_text(tight, "utf-8")
    table = pd.read_csv(write_reinforcements(folder, "random-seed1"))
    assert set(table["case"]) == {"base", "random-seed1"}
    buses = pd.read_csv(folder / "cases" / "random-seed1" / "buses.csv")
    low = buses.groupby("bus")["v_min_pu"].min()
    own = table[(table["case"] == "random-seed1") & (table["what"] == "low voltage")]
    assert own["worst"].iloc[0] == pytest.approx(low.min())
    assert len(own) == (low < 0.99 - 5e-5).sum()
    assert (own["hours"] >= 1.0).all()


def test_the_page_says_of_which_case_nothing_is_beyond_a_limit(folder):
    """With a limit between the lowest voltages of two cases, one of them is beyond it."""
    study = (folder / "study.toml").read_text("utf-8")
    results = read_results(folder)
    shown = best_plan(results, groups_of(results))
    lows = {"base case": results.cases["base"].buses["v_min_pu"].min()}
    lows[shown.title] = shown.median.buses["v_min_pu"].min()
    middle = round(sum(lows.values()) / 2.0, 4)
    assert min(lows.values()) < middle < max(lows.values())
    (folder / "study.toml").write_text(study.replace("v_min = 0.95", f"v_min = {middle}"), "utf-8")
    write_report(folder)
    page = (folder / "report.html").read_text("utf-8")
    named = re.findall(r"Nothing is beyond a limit in this case: (.*?)\.<", page)
    assert named == [max(lows, key=lows.__getitem__)]


def test_a_case_that_is_not_there_names_the_nearest(folder):
    with pytest.raises(InputError, match=r"unknown case 'random-seed3'. Did you mean 'random-seed"):
        write_reinforcements(folder, "random-seed3")


def test_files_made_later_are_ours_and_in_no_manifest():
    for name in ("reinforce.csv", "map.geojson"):
        assert is_shown(name)
        assert not is_result(name)


def test_the_command_writes_both_and_names_them(in_town, command):
    code, out, err = command("report", in_town, "--reinforce", "--geojson")
    assert (code, err) == (0, "")
    assert out.splitlines()[1:] == [
        str(in_town / "reinforce.csv"),
        "Left out of the map: 1 bus without coordinates.",
        str(in_town / "map.geojson"),
    ]
    code, _, err = command("report", in_town, "--case", "base")
    assert code == 2
    assert "--case: expected together with --reinforce or --geojson" in err


def test_a_transformer_says_its_rating_and_what_it_would_need(in_town):
    """By hand: 100 kVA at 120 %, where 100 % is allowed, need 120 kVA; one within needs nothing."""
    results = read_results(in_town)
    base = groups_of(results)[0]
    lines = base.median.lines.replace({"line": {"line.l6_7": "transformer.t"}})
    network = json.loads(json.dumps(results.network))
    own = next(branch for branch in network["branches"] if branch["name"] == "line.l6_7")
    own |= {"name": "transformer.t", "rated_kva": 100.0}
    for loading, needed in ((120.0, 120.0), (80.0, None)):
        lines.loc[lines["line"] == "transformer.t", "loading_pct"] = loading
        case = dataclasses.replace(base.median, lines=lines)
        held, _ = to_geojson(
            dataclasses.replace(results, network=network), dataclasses.replace(base, median=case)
        )
        told = [f["properties"] for f in held["features"]]
        (transformer,) = (each for each in told if each["type"] == "transformer")
        assert transformer["name"] == "transformer.t"
        assert transformer["rating_kva"] == 100.0
        assert transformer.get("needed_kva") == needed
        assert all("rating_kva" not in each for each in told if each["type"] == "line")
