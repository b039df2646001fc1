"""Exported feeders give the day in plain OpenDSS, in a process without the toolkit."""

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
