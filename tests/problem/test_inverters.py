"""What a study may say of inverters: what holds, and one message for what cannot be."""

import re

import pytest

import toolkit
from toolkit.errors import InputError
from toolkit.exact.proof import check
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare


def asked(inverters=None, **units):
    sections = {"inverters": inverters or {}, "fleet": {"units": units}}
    return prepare(toolkit.load_study("ieee12", **sections))


@pytest.mark.parametrize(
    ("inverters", "message"),
    [
        ({"power_factor": 0}, "'inverters.power_factor': found 0; expected a size from 0.1 to 1"),
        ({"power_factor": 1.2}, "'inverters.power_factor': found 1.2; expected a size from 0.1"),
        ({"power_factor": "best"}, "found 'best'; expected a number such as 0.95, or 'optimised'"),
        ({"reactive": "hourly"}, "'inverters.reactive': found 'hourly'"),
        (
            {"power_factor": 0.9, "reactive": "per step"},
            "found power_factor and reactive; expected",
        ),
        ({"power_factor": 0.9, "kva": 50, "kva_per_kw": 1.1}, "found kva and kva_per_kw"),
        ({"power_factor": 0.9, "power_factor_min": 0.8}, "found power_factor_min and power_factor"),
        ({"power_factor": 0.9, "kva": 10}, "found 10 kVA; expected at least 150, the kW"),
        ({"kva": 500}, "'inverters.kva': found it without power_factor, reactive or volt_var"),
        ({"volt_var": "C"}, "found 'C'; expected 'A', 'B', or pairs"),
        ({"volt_var": [[1.0, 0.3]]}, "2 to 20 of voltage, pu, and share"),
        ({"volt_var": [[1.0, 0.3], [0.9, 0.1]]}, "the curve goes back from 1 to 0.9 pu"),
        ({"volt_var": [[0.9, 0.1], [1.0, 0.3]]}, "the share rises from 0.1 to 0.3"),
        ({"volt_var": [[0.9, 0.1], [9.0, 0.0]]}, "found 9 pu; expected voltages from 0.5 to 1.5"),
        ({"volt_watt": [[0.9, 1.5], [1.0, 0.0]]}, "found a share of 1.5; expected 0 to 1"),
        ({"volt_watt": "A", "power_factor": "optimised"}, "found volt_watt with reactive power"),
        ({"voltvar": "B"}, "unknown key 'inverters.voltvar'. Did you mean 'volt_var'?"),
    ],
)
def test_what_cannot_be_said_of_all_has_one_message(inverters, message):
    with pytest.raises(InputError, match=re.escape(message)):
        asked(inverters)


@pytest.mark.parametrize(
    ("unit", "said", "message"),
    [
        ("wt1", {"volt_var": "B"}, "'fleet.units.wt1.volt_var': found it for Generator.wt1"),
        ("bess1", {"volt_watt": "B"}, "'fleet.units.bess1.volt_watt': found it for Storage.bess1"),
        ("bess1", {"power_factor": 0.9, "priority": "reactive"}, "bess1.priority': found 'react"),
        ("pv1", {"reactive": "per step", "kva": 20}, "'fleet.units.pv1.kva': unit pv1: found 20"),
        (
            "pv1",
            {"kva": 200},
            "'fleet.units.pv1.kva': found it without power_factor, reactive or volt_var",
        ),
    ],
)
def test_what_cannot_be_said_of_a_unit_has_one_message(unit, said, message):
    with pytest.raises(InputError, match=re.escape(message)):
        asked(**{unit: said})


def test_curves_for_all_hold_for_those_that_can_follow_them():
    setting = asked({"volt_var": "B", "volt_watt": "A"})
    units = {unit.name: unit for unit in setting.feeder.units}
    assert units["wt1"].volt is None
    told = [notice for notice in setting.feeder.notices if "is not followed" in notice.text]
    assert [notice.about for notice in told] == ["Generator.wt1", "Generator.wt2"]
    assert units["bess1"].volt.watt == ()
    assert units["pv1"].volt.var[0] == (0.92, 0.44)
    assert units["pv1"].volt.watt == ((1.06, 1.0), (1.1, 0.2))
    fleet = {unit.name: unit for unit in setting.fleet.units}
    assert fleet["wt1"].reactive is None
    assert fleet["bev1"].reactive.kva_per_kw == pytest.approx(1.1136, abs=1e-4)
    assert [name for name, unit in fleet.items() if unit.gives_less] == ["pv1", "pv2"]


def test_no_bound_is_proven_where_inverters_give_less_by_the_voltage():
    problem = Problem(asked({"volt_watt": "B"}))
    with pytest.raises(InputError, match="no exact model: the inverter of pv1 may give less"):
        check(problem)
