"""Exported feeders give the day in plain OpenDSS, in a process without the toolkit."""

import json
import re
import shutil

import pytest
from helpers.plain_day import solved_plainly
from helpers.stored import cases, frame, step_hours


@pytest.mark.parametrize("way", ["steps", "day"])
def test_the_exported_feeders_give_the_day_in_plain_opendss(results, way, tmp_path):
    names = cases(results)
    masters = [results / "cases" / case / "feeder" / "Master.dss" for case in names]
    steps = len(frame(results, names[0], "hourly"))
    for case, found in zip(names, solved_plainly(masters, way, steps, tmp_path), strict=True):
        hourly = frame(results, case, "hourly")
        if way == "day":
            energy = hourly["loss_kw"].sum() * step_hours(results, case)
            assert found["hour"] == pytest.approx(24.0)
            assert found["energy"] == pytest.approx(energy, rel=1e-4)
            hourly = hourly.tail(1)
        assert found["loss"] == pytest.approx(hourly["loss_kw"].tolist(), abs=1e-4)
        assert found["low"] == pytest.approx(hourly["v_min_pu"].tolist(), abs=1e-6)
        assert found["high"] == pytest.approx(hourly["v_max_pu"].tolist(), abs=1e-6)


def test_the_exported_feeder_may_be_moved(ieee12_results, tmp_path):
    here, there = ieee12_results / "cases" / "base" / "feeder", tmp_path / "a folder" / "feeder"
    shutil.copytree(here, there)
    (found,) = solved_plainly([there / "Master.dss"], "steps", 24, tmp_path)
    assert found["loss"] == pytest.approx(
        frame(ieee12_results, "base", "hourly")["loss_kw"].tolist(), abs=1e-4
    )
    assert str(ieee12_results) not in (here / "Master.dss").read_text(encoding="utf-8")


def test_a_script_says_what_stores_hold_whose_rated_energy_is_wide_on_purpose(ieee12_results):
    """16 vehicles of 40 kWh are 640 kWh; a battery of one day has its own kWhrated."""
    case = ieee12_results / "cases" / "base"
    text = (case / "feeder" / "Master.dss").read_text(encoding="utf-8")
    units = {u["name"]: u for u in json.loads((case / "plan.json").read_text())["units"]}
    said = re.findall(r"^!   Storage\.(\w+) holds ([\d.]+) kWh\.$", text, re.MULTILINE)
    assert {name: float(kwh) for name, kwh in said} == {
        name: unit["kwh"] for name, unit in units.items() if unit["kind"] == "bev"
    }
    assert all(float(kwh) > 0.0 for _, kwh in said)
    rated = dict(re.findall(r"^Edit Storage\.(\w+) bus1.* kWhrated=([\d.]+)", text, re.MULTILINE))
    assert float(rated["bess1"]) == units["bess1"]["kwh"]
