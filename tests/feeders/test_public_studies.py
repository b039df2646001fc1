"""The example studies on public feeders: a small search on each, and what its results hold."""

import numpy as np
import pandas as pd
import pytest
from helpers.forks import printed
from helpers.places import EXAMPLES
from helpers.plain_day import solved_plainly

from toolkit.commands import check_feeder, search_and_store
from toolkit.commands.reproduce import reproduce
from toolkit.commands.request import Request
from toolkit.grid.opendss.connections import connection
from toolkit.grid.solution import stacked
from toolkit.inputs import study_files
from toolkit.model.plan import base_plan
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare

FEEDERS = EXAMPLES / "feeders"
NAMES = ("ieee13", "ieee34", "ieee123", "european-lv")


@pytest.fixture(scope="module", params=NAMES)
def asked(request, public_feeder):
    text = (FEEDERS / f"{request.param}.toml").read_bytes()
    found = study_files.parse(text, f"{request.param}.toml")
    script = public_feeder(request.param)
    assert found.feeder == f"dss/{request.param}/{script.name}"
    return found.model_copy(update={"feeder": str(script)})


@pytest.fixture(scope="module")
def results(asked, tmp_path_factory):
    folder = tmp_path_factory.mktemp("public") / asked.name
    request = Request(("cheetah-plus",), 20, 1, 1, 1)
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


def test_the_day_is_the_same_in_plain_opendss(results, tmp_path):
    masters = [case / "feeder" / "Master.dss" for case in cases(results)]
    days = solved_plainly(masters, "steps", 24, tmp_path)
    for case, day in zip(cases(results), days, strict=True):
        hourly = pd.read_csv(case / "hourly.csv")
        for ours, plain in (("loss_kw", "loss"), ("v_min_pu", "low"), ("v_max_pu", "high")):
            assert day[plain] == pytest.approx(hourly[ours].to_numpy(), rel=1e-7), ours


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
    operation = prepare(asked).operation
    for case in cases(results):
        units = pd.read_csv(case / "units.csv")
        assert len(units) == operation.steps * len(operation.fleet.units)
        assert units["q_kvar"].abs().max() < 1e-2


@pytest.mark.parametrize("asked", NAMES[:3], indirect=True)
def test_results_are_reproduced(results):
    found = reproduce(results)
    assert found.reproduced, found.culprits


SNAPSHOT = """
import sys
from opendssdirect import dss
dss.Text.Command(f'Redirect "{sys.argv[1]}"')
dss.Text.Command('Set mode=snapshot number=1 tolerance=1e-9 maxiterations=100')
dss.Text.Command('Solve')
volts = [v for v in dss.Circuit.AllBusMagPu() if v > 0]
print(dss.Circuit.Losses()[0] / 1000.0, min(volts), max(volts))
"""


@pytest.mark.parametrize("name", [*NAMES, "epri-ckt5"])
def test_the_snapshot_is_that_of_plain_opendss(name, public_feeder, tmp_path):
    """Solved tightly on both sides: the scripts' own Solve leaves other voltages to start from."""
    script = tmp_path / "tight.dss"
    public = public_feeder(name)
    ends = "Set tolerance=1e-9 maxiterations=100"
    script.write_text(f'Redirect "{public}"\n{ends}\n', encoding="utf-8")
    said = printed(SNAPSHOT, public, cwd=tmp_path)
    found = check_feeder.check(script, patience=100.0).facts["snapshot"]
    plain = [float(word) for word in said.split()]
    assert list(found.values()) == pytest.approx(plain, rel=1e-9)


def test_the_largest_example_solves_its_base_day_within_limits(public_feeder):
    """50 units on 1,372 homes and shops, by the search's own circuit: 2 to 3 s a day."""
    script = public_feeder("epri-ckt5")
    text = (FEEDERS / "epri-ckt5.toml").read_bytes()
    asked = study_files.parse(text, "epri-ckt5.toml").model_copy(update={"feeder": str(script)})
    setting = prepare(asked)
    assert len(setting.fleet.units) == 50
    assert len(setting.feeder.prosumers) == 1372
    problem = Problem(setting)
    plan = base_plan(setting.operation)
    day = problem.search_grid.day(plan)
    assert not day.reason
    assert problem.scored(stacked([day]), plan.row(None)).violation[0] == 0.0
    assert day.load_kva.real.sum(axis=1) == pytest.approx(problem.load_kw.sum(axis=1), rel=0.05)


@pytest.fixture(scope="module")
def homes(public_feeder):
    """The study of 55 homes prepared, and its feeder's script."""
    text = (FEEDERS / "european-lv.toml").read_bytes()
    script = public_feeder("european-lv")
    found = study_files.parse(text, "homes").model_copy(update={"feeder": str(script)})
    return prepare(found), script


def test_a_unit_that_moves_joins_the_phase_of_the_home(homes):
    feeder = homes[0].feeder
    roof = next(unit for unit in feeder.units if unit.name == "roof1")
    (home,) = feeder.load_phases[feeder.bus_index["899"]]
    assert home != 1
    assert connection(roof, feeder, feeder.bus_index["899"])["bus1"] == f"899.{home}"
    assert connection(roof, feeder, feeder.bus_index["34"])["bus1"] == "34.1"
    assert connection(roof, feeder, feeder.bus_index["2"])["bus1"] == "2.1"


def test_the_homes_keep_their_own_days(homes):
    setting, script = homes
    assert len(setting.feeder.prosumers) == 55
    assert len(setting.scenario.loads.p) == 55
    minutes = np.loadtxt(script.parent / "Daily_1min_100profiles" / "load_profile_1.txt")
    home = setting.scenario.loads.kw[:, setting.feeder.bus_index["34"]]
    assert home == pytest.approx(minutes.reshape(24, 60).mean(axis=1), abs=1e-12)
