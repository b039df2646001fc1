"""What is decided besides sites, sizes and stores: as many variables as are counted, and back."""

import numpy as np
import pytest

import toolkit
from toolkit.problem import further_variables
from toolkit.problem.encoding import decode, encode
from toolkit.problem.setting import prepare

CAPACITOR = {
    **{"name": "bank", "kind": "capacitor", "bus": "9", "kvar": 100},
    "switched": "per step",
}
STUDIES = {
    "nothing": {},
    "factors": {"inverters": {"power_factor": "optimised"}},
    "steps": {"inverters": {"reactive": "per step"}},
    "all": {
        "inverters": {"power_factor": "optimised"},
        "fleet": {"curtail": True, "add": [CAPACITOR], "units": {"pv1": {"reactive": "per step"}}},
        "switches": {"candidates": ["*"]},
    },
    "caps of each step": {"fleet": {"curtail": "per step"}},
}


@pytest.fixture(params=STUDIES)
def setting(request):
    feeder = "ieee33" if request.param == "all" else "ieee12"
    return prepare(toolkit.load_study(feeder, **STUDIES[request.param]))


def test_each_part_counts_its_variables(setting):
    for part in further_variables.PARTS:
        assert part.count(setting.operation) == len(part.variables(setting.operation))


def test_a_plan_survives_encoding(setting):
    operation, space = setting.operation, setting.space
    plans = decode(np.random.default_rng(4).random((3, len(space))), operation, space)
    for i in range(3):
        plan = plans.row(i)
        again = decode(encode(plan, operation, space)[None], operation, space).row(0)
        assert again.p_kw == pytest.approx(plan.p_kw, abs=1e-6)
        for name in ("power_factor", "kvar", "given", "on", "open"):
            one, other = (getattr(each.further, name) for each in (plan, again))
            assert (one is None) == (other is None)
            if one is not None:
                assert np.allclose(one, other, atol=1e-6, equal_nan=True)
        if plan.q_kvar is not None:
            assert again.q_kvar == pytest.approx(plan.q_kvar, abs=1e-5)
