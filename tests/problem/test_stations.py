"""Vehicle stations: power, energy and number of vehicles as declared, or as the study says."""

import pytest

from toolkit.errors import InputError
from toolkit.inputs.fleet_sections import UnitBounds
from toolkit.inputs.study import Study
from toolkit.model.feeder import DeclaredUnit
from toolkit.model.plan import base_plan
from toolkit.problem import stations
from toolkit.problem.setting import check_searchable, prepare

SCRIPT = """Clear
New Circuit.street bus1=s basekV=0.4 MVAsc3=100 MVAsc1=100
New Line.sa bus1=s bus2=a r1=.01 x1=.01 r0=.01 x0=.01 c1=0 c0=0 length=1 units=none normamps=500
New Line.ab bus1=a bus2=b r1=.01 x1=.01 r0=.01 x0=.01 c1=0 c0=0 length=1 units=none normamps=500
New Load.a bus1=a kV=0.4 kW=20 kvar=2
New Load.b bus1=b kV=0.4 kW=20 kvar=2
{units}
Set voltagebases=[0.4]
Calcvoltagebases
"""
THREE = """New Storage.ev_socket bus1=a phases=1 kV=0.2309 kWrated=3.6 kWhrated=40
New Storage.ev_box bus1=b kV=0.4 kWrated=11 kWhrated=60
New Storage.ev_quick bus1=s kV=0.4 kWrated=50 kWhrated=75"""


@pytest.fixture
def asked(tmp_path):
    """Return a function that makes a setting of a street with these units and this study."""

    def make(units=THREE, **sections):
        script = tmp_path / "street.dss"
        script.write_text(SCRIPT.format(units=units), encoding="utf-8")
        return prepare(Study.model_validate({"name": "s", "feeder": str(script), **sections}))

    return make


def sizes(setting):
    """Return vehicles, kW and kWh of each unit of the base case, by name."""
    plan, units = base_plan(setting.operation), setting.fleet.units
    return {
        u.name: (plan.size[i], pytest.approx(plan.kw[i]), pytest.approx(plan.kwh[i]))
        for i, u in enumerate(units)
    }


def test_stations_of_different_power_stand_as_they_are_declared(asked):
    setting = asked()
    declared = {"ev_socket": (1, 3.6, 40), "ev_box": (1, 11, 60), "ev_quick": (1, 50, 75)}
    assert sizes(setting) == declared
    said = [str(notice) for notice in setting.feeder.notices]
    assert all(any(f"Storage.{name}:" in text for text in said) for name in declared)
    own = [text for text in said if "declares" in text]
    assert "street.dss, line 7: Storage.ev_socket: declares 3.6 kW and 40 kWh" in own[0]


def test_a_state_of_charge_that_is_not_used_is_named_with_its_line(asked):
    units = THREE.replace("kWhrated=60", "kWhrated=60 %stored=50")
    (said,) = [str(n) for n in asked(units).feeder.notices if "state of charge" in n.text]
    assert said.startswith("street.dss, line 8: Storage.ev_box: state of charge")
    assert "soc_start 0.6, not 0.5 as declared" in said


def test_letter_case_of_names_does_not_count(asked):
    setting = asked(fleet={"units": {"EV_Quick": {"charger_kw": 25.0}}})
    assert sizes(setting)["ev_quick"][0] == 2
    with pytest.raises(ValueError, match="'EV_Quick' and 'ev_quick'; expected one section"):
        asked(fleet={"units": {"EV_Quick": {}, "ev_quick": {}}})


@pytest.mark.parametrize(
    ("kw", "kwh", "vehicles", "charger", "battery"),
    [
        (59.2, 320, 8, 7.4, 40),
        (59.2, 3200, 8, 7.4, 40),  # 54 hours of charging: a limit set wide, no battery
        (7.4, 52, 1, 7.4, 52),
        (14.8, 104, 2, 7.4, 52),
        (22, 60, 1, 22, 60),
        (2.3, 60, 1, 2.3, 60),
        (0, 50, 0, 7.4, 40),
    ],
)
def test_what_is_declared_counts_where_the_study_says_nothing(kw, kwh, vehicles, charger, battery):
    study = Study(name="s", feeder="x")
    unit = DeclaredUnit("ev", "bev", "Storage.ev", "a", kw, kwh)
    station = stations.declared(study, unit, UnitBounds())
    assert (station.vehicles, station.charger_kw) == (vehicles, pytest.approx(charger))
    assert station.battery_kwh == pytest.approx(battery)


def test_each_station_may_have_vehicles_of_its_own(asked):
    units = {
        "ev_box": {"vehicles": 3, "battery_kwh": 30},
        "ev_quick": {"charger_kw": 25.0, "size": [0, 4]},
    }
    setting = asked(fleet={"units": units})
    assert sizes(setting)["ev_box"] == (3, 11, 90)
    assert sizes(setting)["ev_quick"] == (2, 50, 75)
    assert {u.name: u.size_max for u in setting.fleet.units}["ev_quick"] == 4


def test_vehicles_of_all_stations_are_said_where_they_change_one(asked):
    setting = asked(vehicles={"charger_kw": 7.4, "battery_kwh": 40.0})
    assert sizes(setting)["ev_socket"] == (1, 7.4, 40)
    said = " ".join(str(notice) for notice in setting.feeder.notices)
    for name in ("ev_socket", "ev_box", "ev_quick"):
        assert f"Storage.{name}: declares" in said


def test_an_added_station_may_have_another_charger(asked):
    add = {"name": "depot", "kind": "bev", "bus": "b", "vehicles": 3, "charger_kw": 22.0}
    assert sizes(asked("", fleet={"add": [add]})) == {"depot": (3, 66, 120)}


@pytest.mark.parametrize(
    ("units", "words"),
    [
        ({"ev_box": {"kind": "bess", "vehicles": 2}}, r"ev_box\.vehicles.*vehicle station"),
        ({"ev_box": {"size": [0.1, 0.9]}}, "ev_box: no whole number of vehicles"),
        ({"ev_box": {"size": [0.0, 0.9]}}, "ev_box: no whole number of vehicles"),
        ({"ev_box": {"fixed": True, "size": [0, 1]}}, "found fixed and size"),
    ],
)
def test_what_no_station_can_be_is_refused(units, words, asked):
    with pytest.raises((InputError, ValueError), match=words):
        asked(fleet={"units": units})


def test_two_buses_for_three_stations_are_too_few_for_a_search_alone(asked):
    with pytest.raises(InputError, match=r"2 candidate buses for 3 bev units \(ev_socket, ev_box"):
        check_searchable(asked())
    check_searchable(asked(fleet={"fixed": ["ev_*"]}))


def test_a_station_that_vanishes_by_the_scale_is_refused(asked):
    with pytest.raises(InputError, match=r"ev_socket: no whole number of vehicles.*0 to 0\.5"):
        asked(fleet={"scale": [0.0, 0.5]})
