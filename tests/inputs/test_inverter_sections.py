"""What a study cannot say of inverters, capacitors and limits on units together."""

import pytest

import toolkit
from toolkit.errors import InputError
from toolkit.problem.setting import prepare

CAPACITOR = {"name": "c", "kind": "capacitor", "bus": "9", "kvar": 5}


@pytest.mark.parametrize(
    ("inverters", "message"),
    [
        ({"power_factor": 0}, r"'inverters.power_factor': found 0; expected a size from 0.1 to 1"),
        ({"power_factor": 1.2}, r"'inverters.power_factor': found 1.2; expected a size"),
        ({"power_factor": "best"}, r"found 'best'; expected a number such as 0.95, or 'optimised'"),
        ({"power_factor": 0.9, "kva": 10}, r"'inverters.kva': unit .* found 10 kVA; expected at"),
        ({"kva": 500}, r"'inverters.kva': found it without power_factor, reactive or volt_var"),
        ({"volt_var": [[1.0, 0.4], [0.9, 0.0]]}, r"the curve goes back from 1 to 0.9 pu; expected"),
        ({"volt_var": [[0.9, 0.0], [1.0, 0.4]]}, r"the share rises from 0 to 0.4 as voltage rises"),
        ({"volt_var": "B", "power_factor": 0.9}, r"found power_factor and volt_var; expected one"),
        (
            {"volt_watt": "B", "reactive": "per step"},
            r"found volt_watt with reactive power that is",
        ),
        ({"reactive": "per step", "power_factor_min": 0.9}, r"power_factor_min and reactive = per"),
        ({"volt_var": "B", "priority": "reactive"}, r"'inverters.priority': found 'reactive'"),
    ],
)
def test_what_no_inverter_can_be_is_said(inverters, message):
    with pytest.raises(InputError, match=message):
        prepare(toolkit.load_study("ieee12", inverters=inverters))


@pytest.mark.parametrize(
    ("fleet", "message"),
    [
        ({"at_most": {"pvs": 1}}, r"'fleet.at_most.pvs': found 'pvs'; .* 'capacitor' or 'all'"),
        ({"kw_at_most": {"capacitor": 1}}, r"'fleet.kw_at_most.capacitor': found 1 kW, but a cap"),
        ({"add": [{**CAPACITOR, "curtail": True}]}, r"'fleet.add.c.curtail': found it of a capac"),
        ({"units": {"wt1": {"volt_var": "B"}}}, r"'fleet.units.wt1.volt_var': .* follows no curve"),
    ],
)
def test_what_no_fleet_can_be_is_said(fleet, message):
    with pytest.raises(InputError, match=message):
        prepare(toolkit.load_study("ieee12", fleet=fleet))
