"""Power factors, capacitors and their hours on other days: what holds on any day is kept."""

import json

import numpy as np
import pytest
from helpers.validated import profiles

import toolkit
from toolkit.commands.validate import asked_again, followed_plan, kept, plan_of
from toolkit.model.plan import base_plan
from toolkit.problem import plan_files
from toolkit.problem.setting import prepare

ADD = [
    {"name": "bank", "kind": "capacitor", "bus": "9", "kvar": 100},
    {"name": "hourly", "kind": "capacitor", "bus": "7", "kvar": 50, "switched": "per step"},
]
CHP = {"name": "chp", "kind": "generator", "bus": "5", "kw": 30}
UNITS = {"pv2": {"reactive": "per step", "kva_per_kw": 1.2}}
HOURS = [4 <= hour < 20 for hour in range(24)]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("days")
    profiles(folder / "days.csv", 3, 0)
    fleet = {"add": [*ADD, CHP], "units": UNITS, "shapes": "study"}
    return toolkit.load_study(
        "ieee12",
        profiles=str(folder / "days.csv"),
        fleet=fleet,
        loads={"shapes": "study"},
        inverters={"power_factor": "optimised"},
        horizon={"day": 2},
    )


@pytest.fixture
def case(study, tmp_path):
    """A plan of one day whose PV has power factor 0.8, beside where it is tried."""
    setting = prepare(study)
    data = json.loads(plan_files.to_json(base_plan(setting.operation), setting))
    by_name = {unit["name"]: unit for unit in data["units"]}
    pv = by_name["pv1"]
    pv |= {"power_factor": 0.8, "q_kvar": [0.75 * p for p in pv["p_kw"]]}
    by_name["pv2"]["q_kvar"] = [1.0] * 24
    by_name["chp"]["p_kw"] = [3.0] * 24
    by_name["hourly"]["on"] = HOURS
    folder = tmp_path / "cases" / "plan"
    folder.mkdir(parents=True)
    (folder / "plan.json").write_text(json.dumps(data))
    return tmp_path


def test_power_factors_sizes_and_hours_are_kept(study, case):
    setting, given = (
        prepare(asked_again(study, study.profiles, "surplus", {})),
        plan_of(case, "plan"),
    )
    plan = followed_plan(case, "plan", given, setting)
    at = {unit.name: u for u, unit in enumerate(setting.fleet.units)}
    assert plan.size[at["bank"]] == 100.0
    assert plan.further.on[at["hourly"]].tolist() == HOURS * 3
    assert plan.q_kvar[at["pv1"]] == pytest.approx(0.75 * plan.p_kw[at["pv1"]])
    assert plan.q_kvar[at["pv1"]].max() > 1.0
    assert not np.any(plan.q_kvar[at["pv2"]])
    assert [words.partition(":")[0] for words in kept.told(given, setting)] == [
        "chp",
        "pv2",
        "hourly",
    ]


def test_hours_of_no_single_day_are_not_kept(study, case):
    path = case / "cases" / "plan" / "plan.json"
    data = json.loads(path.read_text())
    for unit in data["units"]:
        unit |= {"on": HOURS[:12]} if "on" in unit else {}
    path.write_text(json.dumps(data))
    setting, given = (
        prepare(asked_again(study, study.profiles, "surplus", {})),
        plan_of(case, "plan"),
    )
    plan = followed_plan(case, "plan", given, setting)
    assert plan.further.on.all()
    assert "throughout" in kept.told(given, setting)[-1]
