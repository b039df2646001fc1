"""The example studies on public feeders: a small search on each, and what its results hold."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from toolkit import study
from toolkit.commands import search_and_store
from toolkit.problem import prepare
from toolkit.request import Request

EXAMPLES = Path(__file__).parents[1] / "examples" / "feeders"
NAMES = ("ieee13", "ieee34", "ieee123", "european-lv")
AGAIN = """
from opendssdirect import dss
dss.Text.Command('Redirect Master.dss')
dss.Text.Command('Set number=1')
for _ in range(24):
    dss.Text.Command('Solve')
    assert dss.Solution.Converged()
    volts = [v for v in dss.Circuit.AllBusMagPu() if v > 0]
    print(dss.Circuit.Losses()[0] / 1000.0, min(volts), max(volts))
"""


@pytest.fixture(scope="module", params=NAMES)
def asked(request, public_feeder):
    text = (EXAMPLES / f"{request.param}.toml").read_bytes()
    found = study.parse(text, f"{request.param}.toml")
    script = public_feeder(request.param)
    assert found.feeder == f"dss/{request.param}/{script.name}"
    return found.model_copy(update={"feeder": str(script)})


@pytest.fixture(scope="module")
def results(asked, tmp_path_factory):
    folder = tmp_path_factory.mktemp("public") / asked.name
    request = Request(("cheetah-plus",), 40, 1, 1, 1)
    assert search_and_store(asked, request, folder, "toolkit optimize").status == "complete"
    return folder


def cases(folder):
    found = sorted((folder / "cases").iterdir())
    assert [case.name for case in found] == ["base", "cheetah-plus-seed1"]
    return found


def test_the_base_case_and_the_best_plan_keep_the_limits(results):
    summary = pd.read_csv(results / "summary.csv")
    assert summary["feasible"].all()
    assert (summary["traded_kwh"] >= 0.0).all()
    base, found = summary["traded_kwh"]
    assert found > base


def test_the_day_is_the_same_in_plain_opendss(results):
    for case in cases(results):
        run = subprocess.run(
            [sys.executable, "-c", AGAIN],
            cwd=case / "feeder",
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        rows = np.array([line.split() for line in run.stdout.splitlines()], dtype=float)
        hourly = pd.read_csv(case / "hourly.csv")
        for i, name in enumerate(("loss_kw", "v_min_pu", "v_max_pu")):
            assert rows[:, i] == pytest.approx(hourly[name].to_numpy(), rel=1e-7), name


def test_the_energy_traded_follows_from_the_buses(results):
    for case in cases(results):
        buses = pd.read_csv(case / "buses.csv")
        hourly = pd.read_csv(case / "hourly.csv")
        kinds = [f"{kind}_kw" for kind in ("pv", "wt", "bess", "bev")]
        net = buses[kinds].sum(axis=1) - buses["load_kw"]
        surplus = net.clip(lower=0.0).groupby(buses["step"]).sum()
        deficit = (-net).clip(lower=0.0).groupby(buses["step"]).sum()
        traded = np.minimum(surplus, deficit).to_numpy()
        assert hourly["traded_kwh"].to_numpy() == pytest.approx(traded, abs=1e-6)


def test_units_deliver_their_plans(results, asked):
    fleet = prepare(asked).fleet
    for case in cases(results):
        units = pd.read_csv(case / "units.csv")
        assert len(units) == fleet.steps * len(fleet.units)
        assert units["q_kvar"].abs().max() < 1e-2


def test_the_homes_keep_their_own_days(public_feeder):
    text = (EXAMPLES / "european-lv.toml").read_bytes()
    script = public_feeder("european-lv")
    found = study.parse(text, "homes").model_copy(update={"feeder": str(script)})
    setting = prepare(found)
    assert len(setting.feeder.prosumers) == 55
    assert len(setting.loads.p) == 55
    minutes = np.loadtxt(script.parent / "Daily_1min_100profiles" / "load_profile_1.txt")
    home = setting.loads.kw[:, setting.feeder.bus_index["34"]]
    assert home == pytest.approx(minutes.reshape(24, 60).mean(axis=1), abs=1e-12)
