"""Power factors and reactive power of plans that are handed in: read back whole, or refused."""

import json

import numpy as np
import pytest

import toolkit
from toolkit.errors import InputError
from toolkit.problem import plan_files
from toolkit.problem.setting import prepare

FIRST = {"priority": "reactive", "kva_per_kw": 1.0}
ADD = [
    {"name": "bank", "kind": "capacitor", "bus": "9", "kvar": 100},
    {"name": "hourly", "kind": "capacitor", "bus": "7", "kvar": 50, "switched": "per step"},
]
UNITS = {
    "pv1": {"power_factor": "optimised", **FIRST},
    "pv2": {"power_factor": 0.8, **FIRST},
    "wt1": {"reactive": "per step", "kva_per_kw": 1.1, "curtail": True},
}


@pytest.fixture(scope="module")
def setting():
    return prepare(toolkit.load_study("ieee12", fleet={"units": UNITS, "add": ADD}))


@pytest.fixture(scope="module")
def plans(setting):
    return setting.decode(np.random.default_rng(1).random((4, len(setting.space))))


def said(plan, setting):
    return json.loads(plan_files.to_json(plan, setting))


def unit(data, name):
    return next(unit for unit in data["units"] if unit["name"] == name)


@pytest.mark.parametrize("i", range(4))
def test_units_whose_reactive_power_goes_first_are_read_back_as_they_were(setting, plans, i):
    text = plan_files.to_json(plans.row(i), setting)
    again = plan_files.from_json(text, setting, "plan.json")
    assert again.q_kvar == pytest.approx(plans.q_kvar[i], abs=1e-9)
    assert plan_files.to_json(again, setting) == text


@pytest.mark.parametrize("i", range(4))
def test_a_short_plan_with_a_power_factor_gives_what_that_leaves_of_the_sun(setting, plans, i):
    data = said(plans.row(i), setting)
    for each in data["units"]:
        for name in {"p_kw", "q_kvar", "curtailed_kw"} & each.keys():
            del each[name]
    again = plan_files.from_json(json.dumps(data), setting, "short.json")
    pv = [u for u, own in enumerate(setting.fleet.units) if own.kind == "pv"]
    assert again.p_kw[pv] == pytest.approx(plans.p_kw[i][pv], abs=1e-9)
    assert again.q_kvar[pv] == pytest.approx(plans.q_kvar[i][pv], abs=1e-9)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("pv1", {"power_factor": 0.4}, r"power_factor: found 0.4; expected a size from 0.5 to 1"),
        ("pv2", {"power_factor": 0.9}, r"power_factor: found 0.9; expected 0.8, which the study"),
        ("pv2", {"q_kvar": [1.0] * 24}, r"q_kvar: found 1 in step 12; expected .* rating give"),
        ("wt1", {"q_kvar": [9e4] * 24}, r"q_kvar: found 90000 kvar in step .* its rating leaves"),
        ("wt1", {"power_factor": 0.9}, r"power_factor: found 0.9; expected q_kvar alone"),
        ("wt2", {"power_factor": 0.9}, r"power_factor: found it for a unit whose reactive power"),
        ("wt2", {"volt_watt": True}, r"volt_watt: found it of a unit that follows no curve"),
        ("hourly", {"on": [True]}, r"on: found 1 values; expected 24"),
        ("bank", {"on": [True] * 24}, r"on: found it of a unit that is not switched"),
        ("pv1", {"kvar": 5}, r"kvar: found it of a pv unit; expected kw"),
        ("bank", {"kvar": None}, r"'kvar' is missing"),
    ],
)
def test_what_a_plan_cannot_say_is_refused(setting, plans, name, change, message):
    data = said(plans.row(0), setting)
    unit(data, name).update(change)
    with pytest.raises(InputError, match=rf"^plan.json: unit '{name}'[:,] ?{message}"):
        plan_files.from_json(json.dumps(data), setting, "plan.json")
