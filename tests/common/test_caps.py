"""Studies, plans, numbers and words out of all proportion."""

import pytest
from helpers.refusals import HEAD, refusal

from toolkit.common.errors import MESSAGE
from toolkit.inputs import study_files
from toolkit.model import plan_json


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = " + "[" * 100_000, ["nested too deep"]),
        ("a." * 100_000 + "b = 1", ["line 3", "at most 20 names"]),
        ('"a" . ' * 100_000 + "b = 1", ["line 3", "at most 20 names"]),
        ("x = " + "[" * 50 + "]" * 50, ["at most 20 sections"]),
        ("x = " + "9" * 10_000, ["thousands of digits"]),
        ("x = 0x" + "f" * 10_000, ["'x'", "at most 9223372036854775807"]),
        ("x = 1979-05-27", ["'x'", "1979", "expected text, a number"]),
        ("[limits]\nv_max = inf", ["'limits.v_max'", "inf", "finite"]),
        ("[limits]\nv_max = 1e300", ["'limits.v_max'", "1e+300", "less than or equal to 10"]),
        ("[vehicles]\ncharger_kw = 1e-300", ["'vehicles.charger_kw'", "at least 1e-06"]),
        ("[storage]\neta_charge = 1e-9", ["'storage.eta_charge'", "at least 0.01"]),
        ("[fleet]\nscale = [0, 1e9]", ["'fleet.scale.1'", "less than or equal to 1000000"]),
        ("[tariffs]\nretail = 1e300", ["'tariffs.retail.0'", "less than or equal"]),
        (f"[fleet]\nbuses = {['b'] * 20_000}", ["'fleet.buses'", "at most 10000"]),
        (f"x = {[1] * 40_000}", ["40,000 entries", "35,136"]),
        ("\n".join(f"a{i} = 1" for i in range(500)), ["unknown key 'a0'", "more like these"]),
    ],
)
def test_a_study_out_of_all_proportion_is_refused_in_words(text, words):
    refusal(lambda: study_files.parse((HEAD + text).encode(), "mine.toml"), "mine.toml", *words)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"units":' * 100_000, '{"a": ' + "9" * 5000 + "}"]
)
def test_a_plan_nested_too_deep_is_refused(text, ieee12):
    refusal(
        lambda: plan_json.from_json(text, ieee12.operation, "plan.json"), "plan.json: not a plan"
    )
    with pytest.raises((ValueError, KeyError, TypeError)):
        plan_json.parsed(text)


def test_a_plan_that_says_a_thing_twice_is_refused(ieee12):
    text = '{"step_h": 1.0, "units": [], "units": []}'
    refusal(
        lambda: plan_json.from_json(text, ieee12.operation, "plan.json"),
        "'units' stands there twice",
    )


def test_a_station_of_more_vehicles_than_any_is_refused(make_setting):
    bounds = {"units": {"bev1": {"size": [0, 1e8]}}}
    refusal(lambda: make_setting(fleet=bounds), "bev1", "1e+08 vehicles", "0 to 1,000,000")
    refusal(lambda: make_setting(fleet={"scale": [0, 1e6]}, vehicles={"charger_kw": 0.001}), "bev1")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["optimize", "--runs", "1000000000"], "up to 10,000"),
        (["optimize", "--budget", "1000000000000"], "up to 100,000,000"),
        (["optimize", "--budget", "9" * 5000], "budget"),
        (["optimize", "--workers", "1000000"], "up to 1,000"),
        (["optimize", "--seed", str(2**70)], "no run's seed above"),
        (["compare", "--runs", "9999", "--budget", "1"], "at most 10,000 in all"),
        (["bound", "--time", "1e300"], "at most 10,000,000"),
        (["bound", "--gap", "nan"], "--gap"),
        (["optimizers", "test", "random", "--option", "x=1"], "no option 'x'"),
        (["simulate", ""], "no word that is empty"),
        (["simulate", "a\0b"], "without NUL"),
        (["simulate", "\udcff"], "UTF-8"),
    ],
)
def test_a_number_or_word_out_of_all_proportion_is_refused_at_once(words, said, command):
    code, out, err = command(*words)
    assert code == 2, out + err
    assert said in err
    assert len(err) < MESSAGE + 500
