"""Plans that curtail on other days: the decided share of the rating is kept."""

import json

import numpy as np
from helpers.roofs import BATTERY, FIXED, written

from toolkit.commands.validate import asked_again, followed_plan, plan_of
from toolkit.problem.setting import prepare


def test_a_share_is_kept_and_shares_of_steps_are_not(tmp_path):
    study = written(tmp_path, "[fleet]\ncurtail = true\n" + FIXED, BATTERY.format(bus="b", kwh=40))
    setting = prepare(asked_again(study, study.profiles, "surplus", {}))
    case = tmp_path / "cases" / "plan"
    case.mkdir(parents=True)
    roof = {"name": "pv1", "kind": "pv", "bus": "c", "kw": 40.0, "kwh": 0.0, "vehicles": 0}
    store = {**roof, "name": "bess1", "kind": "bess", "bus": "b", "kw": 20.0, "kwh": 40.0}
    for given, most in ((0.25, 10.0), ([0.25] * 24, 40.0)):
        units = [{**roof, "p_kw": [0.0] * 24, "given": given}, {**store, "p_kw": [0.0] * 24}]
        (case / "plan.json").write_text(json.dumps({"step_h": 1.0, "units": units}))
        plan = followed_plan(tmp_path, "plan", plan_of(tmp_path, "plan"), setting)
        assert np.max(plan.p_kw[0]) == most
