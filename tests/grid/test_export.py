"""Exported feeders give the day in plain OpenDSS, in a process without the toolkit."""

import json
import shutil
import subprocess
import sys

import pytest
from helpers.stored import cases, frame, step_hours

#: Run by a bare interpreter: hourly losses, lowest and highest voltage of exported feeders.
SOLVE = """
import json, sys
from opendssdirect import dss
assert not [m for m in sys.modules if m.split(".")[0] in ("toolkit", "toolkit_plugins")]
way, steps, everything = sys.argv[1], int(sys.argv[2]), []
for master in sys.argv[3:]:
    dss.Text.Command("ClearAll")
    dss.Text.Command(f'Redirect "{master}"')
    found = {"loss": [], "low": [], "high": []}
    everything.append(found)
    if way == "steps":
        dss.Text.Command("Set number=1")
    else:
        dss.Text.Command("New EnergyMeter.all element=line.l1_2 terminal=1")
    for _ in range(steps if way == "steps" else 1):
        dss.Text.Command("Solve")
        assert dss.Solution.Converged()
        volts = dss.Circuit.AllBusMagPu()
        found["loss"].append(dss.Circuit.Losses()[0] / 1000.0)
        found["low"].append(min(volts))
        found["high"].append(max(volts))
    if way == "day":
        dss.Meters.First()
        registers = dict(zip(dss.Meters.RegisterNames(), dss.Meters.RegisterValues()))
        found["energy"] = registers["Zone Losses kWh"]
        found["hour"] = dss.Solution.DblHour()
print(json.dumps(everything))
"""


def solved_plainly(masters, way, steps, cwd):
    """Return what plain OpenDSS, in a process without the toolkit, makes of exported feeders."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", SOLVE, way, str(steps), *map(str, masters)],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


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
