"""What the exact model says of reactive power: nothing, so real power must not depend on it."""

import pytest

import toolkit
from toolkit.errors import InputError
from toolkit.exact import proof
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare


def problem_of(inverters, **units):
    fleet = {"shapes": "study", "units": units}
    return Problem(prepare(toolkit.load_study("ieee12", inverters=inverters, fleet=fleet)))


@pytest.mark.parametrize("inverters", [{"power_factor": 0.9}, {"reactive": "per step"}])
def test_reactive_power_that_leaves_real_power_alone_has_a_model(inverters):
    proof.check(problem_of(inverters))


@pytest.mark.parametrize("check", [proof.check, proof.check_powers])
def test_inverters_that_give_less_by_the_voltage_have_none(check):
    with pytest.raises(InputError, match="inverter of pv1 may give less than the sun, by the vol"):
        check(problem_of({"volt_watt": "B"}))


@pytest.mark.parametrize("check", [proof.check, proof.check_powers])
def test_inverters_whose_reactive_power_goes_first_have_none(check):
    first = {"power_factor": 0.8, "kva_per_kw": 1.0, "priority": "reactive"}
    with pytest.raises(
        InputError, match=r"of pv2 may give less .* leave priority = 'reactive' out"
    ):
        check(problem_of({}, pv2=first))
