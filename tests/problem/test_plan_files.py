"""Plans that follow a policy: written with it, followed anew when read, or refused."""

import json

import numpy as np
import pytest

import toolkit
from toolkit.errors import InputError
from toolkit.problem import plan_files
from toolkit.problem.setting import prepare


@pytest.fixture(scope="module")
def setting():
    return prepare(toolkit.load_study("ieee12", dispatch={"policy": "surplus"}))


@pytest.fixture(scope="module")
def plan(setting):
    return setting.decode(np.random.default_rng(1).random((1, len(setting.space)))).row(0)


def test_variables_are_named_by_store_and_parameter(setting):
    names = setting.space.names[-12:]
    assert names[:3] == ("bess1.reserve", "bess1.share", "bess1.price")
    assert len(setting.space) == 2 * len(setting.fleet.units) + 12


def test_a_plan_is_read_back_as_it_was(setting, plan):
    text = plan_files.to_json(plan, setting)
    data = json.loads(text)
    assert data["dispatch"] == {"policy": "surplus"}
    assert set(data["units"][4]["parameters"]) == {"reserve", "share", "price"}
    assert "parameters" not in data["units"][0]
    again = plan_files.from_json(text, setting, "plan.json")
    assert np.array_equal(again.p_kw, plan.p_kw)
    assert np.array_equal(again.parameters, plan.parameters)
    assert plan_files.to_json(again, setting) == text


def test_a_short_plan_follows_the_study_s_policy_by_its_defaults(setting, plan):
    data = json.loads(plan_files.to_json(plan, setting))
    del data["dispatch"]
    for unit in data["units"]:
        del unit["p_kw"]
        unit.pop("parameters", None)
    again = plan_files.from_json(json.dumps(data), setting, "plan.json")
    assert again.parameters[0].tolist() == [0.2, 1.0, 0.0]
    assert not np.array_equal(again.p_kw, plan.p_kw)


def test_a_plan_with_series_is_one_without_policy(setting, plan):
    data = json.loads(plan_files.to_json(plan, setting))
    del data["dispatch"]
    for unit in data["units"]:
        unit.pop("parameters", None)
    again = plan_files.from_json(json.dumps(data), setting, "plan.json")
    assert again.parameters is None
    assert np.abs(again.p_kw - plan.p_kw).max() < 1e-9


def other_series(data):
    data["units"][4]["p_kw"][2] += 1.0


def another_policy(data):
    data["dispatch"] = {"policy": "rolling", "options": {"hours": 3}}


def foresight(data):
    data["dispatch"]["foresight"] = "perfect foresight"


def unknown_parameter(data):
    data["units"][4]["parameters"]["reserv"] = 0.1


def too_much(data):
    data["units"][4]["parameters"]["reserve"] = 1.1


def odd_section(data):
    data["dispatch"]["polcy"] = "x"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (other_series, "it is not what its policy gives in this study"),
        (another_policy, r"found policy 'rolling' \(hours = 3\); expected policy 'surplus', which"),
        (foresight, r"found policy 'surplus' \(perfect foresight\); expected policy 'surplus'"),
        (unknown_parameter, r"has no 'reserv'. Did you mean 'reserve'\?"),
        (too_much, "parameters, reserve: found 1.1; expected 0 to 1"),
        (odd_section, "polcy"),
    ],
)
def test_what_does_not_fit_is_refused_with_file_and_unit(setting, plan, change, told):
    data = json.loads(plan_files.to_json(plan, setting))
    change(data)
    with pytest.raises(InputError, match=told) as caught:
        plan_files.from_json(json.dumps(data), setting, "plan.json")
    assert "plan.json" in str(caught.value)


def test_parameters_without_a_policy_are_refused(ieee12, setting, plan):
    data = json.loads(plan_files.to_json(plan, setting))
    del data["dispatch"]
    with pytest.raises(InputError, match="the plan follows no policy"):
        plan_files.from_json(json.dumps(data), ieee12, "plan.json")
