"""Stations with columns of their own in the profiles: when they are plugged in, what they drive."""

import numpy as np
import pytest
from helpers import streets

from toolkit.commands import simulate_and_store
from toolkit.commands.reproduce import reproduce
from toolkit.errors import InputError
from toolkit.exact.site_classes import classes_of
from toolkit.inputs import study_files
from toolkit.model.operation import unserved
from toolkit.model.plan import base_plan
from toolkit.problem.setting import prepare

SCRIPT = """Clear
New Circuit.street bus1=s basekV=0.4 MVAsc3=100 MVAsc1=100
New Line.sa bus1=s bus2=a r1=.01 x1=.01 r0=.01 x0=.01 c1=0 c0=0 length=1 units=none normamps=500
New Line.ab bus1=a bus2=b r1=.01 x1=.01 r0=.01 x0=.01 c1=0 c0=0 length=1 units=none normamps=500
New Load.a bus1=a kV=0.4 kW=20 kvar=2
New Load.b bus1=b kV=0.4 kW=20 kvar=2
New Storage.ev_home bus1=a kV=0.4 kWrated=11 kWhrated=60
New Storage.ev_work bus1=b kV=0.4 kWrated=11 kWhrated=60
New Storage.ev_else bus1=s kV=0.4 kWrated=11 kWhrated=60
Set voltagebases=[0.4]
Calcvoltagebases
"""
STUDY = """name = "street"
feeder = "street.dss"
profiles = "day.csv"
[vehicles]
charger_kw = 11.0
eta_charge = 1.0
eta_discharge = 1.0
"""
SHARED = {
    "hour [h]": (0, 6, 12, 18),
    "load [pu]": (1, 1, 1, 1),
    "irradiance [W/m2]": (0, 0, 0, 0),
    "wind_speed [m/s]": (0, 0, 0, 0),
    "plugged_in [pu]": (1, 1, 1, 1),
    "trip_energy [kWh/vehicle]": (0, 0, 6, 0),
}
#: At home by night, away by day; at work the other way round.
OWN = {
    "plugged_in.ev_home [pu]": (1, 0, 0, 1),
    "trip_energy.ev_home [kWh/vehicle]": (0, 12, 0, 0),
    "plugged_in.EV_work [pu]": (0, 1, 1, 0),
    "trip_energy.EV_work [kWh/vehicle]": (18, 0, 0, 0),
}


@pytest.fixture
def write(tmp_path):
    """Return a function that writes the study with these columns, and loads it."""

    def made(columns):
        return streets.written(tmp_path, columns, SCRIPT, STUDY)

    return made


def charged(setting):
    """Return what each station draws in the base case, kW."""
    names = [unit.name for unit in setting.fleet.units]
    return dict(zip(names, (-base_plan(setting.operation).p_kw).tolist(), strict=True))


def test_each_station_charges_on_its_own_arrival_what_its_vehicles_drove(write):
    found = charged(prepare(write(SHARED | OWN)))
    # By hand, no losses: 12 kWh in the 6 h from 18:00; 18 kWh in those from 6:00; 6 kWh at once.
    assert found["ev_home"] == pytest.approx([0.0, 0.0, 0.0, 2.0])
    assert found["ev_work"] == pytest.approx([0.0, 3.0, 0.0, 0.0])
    assert found["ev_else"] == pytest.approx([0.0, 0.0, 1.0, 0.0])


def test_one_own_column_leaves_the_other_shared(write):
    plugged = {"plugged_in.ev_home [pu]": (1, 1, 0, 1)}
    found = charged(prepare(write(SHARED | plugged)))
    assert found["ev_home"] == pytest.approx([0.0, 0.0, 0.0, 1.0])
    assert found["ev_work"] == found["ev_else"] == pytest.approx([0.0, 0.0, 1.0, 0.0])


def test_own_columns_that_say_the_same_change_no_bit(write):
    same = {
        f"{name.split()[0]}.{station} {name.split()[1]}": SHARED[name]
        for name in ("plugged_in [pu]", "trip_energy [kWh/vehicle]")
        for station in ("ev_home", "ev_work", "ev_else")
    }
    plain, own = prepare(write(SHARED)), prepare(write(SHARED | same))
    assert charged(plain) == charged(own)
    for name in ("charge", "discharge", "trip", "low"):
        one, other = (getattr(s.operation.stores, name) for s in (plain, own))
        assert np.array_equal(one, other)


def test_the_exact_model_puts_unlike_stations_in_classes_of_their_own(write):
    plain, own = prepare(write(SHARED)), prepare(write(SHARED | OWN))
    assert [c.units for c in classes_of(plain.operation)] == [(0, 1, 2)]
    classes = classes_of(own.operation)
    assert [c.units for c in classes] == [(0,), (1,), (2,)]
    assert [c.trip.tolist() for c in classes] == [[0, 12, 0, 0], [18, 0, 0, 0], [0, 0, 6, 0]]
    assert classes[0].charge.tolist() == [11, 0, 0, 11]


def test_a_folder_is_reproduced_with_its_own_columns(write, tmp_path):
    simulate_and_store(write(SHARED | OWN), None, tmp_path / "out", "test")
    assert reproduce(tmp_path / "out").reproduced


def test_the_fingerprint_tells_own_columns_apart(write):
    assert study_files.fingerprint(write(SHARED)) != study_files.fingerprint(write(SHARED | OWN))


def refusal(study):
    with pytest.raises(InputError) as caught:
        prepare(study)
    return str(caught.value)


def test_a_column_of_no_station_is_refused_with_the_nearest_name(write):
    message = refusal(write(SHARED | {"plugged_in.ev_hom [pu]": (1, 1, 1, 1)}))
    assert "day.csv, column 'plugged_in.ev_hom [pu]': found 'ev_hom', which is no veh" in message
    assert "Did you mean 'ev_home'?" in message


def test_two_columns_of_one_station_are_refused(write):
    twice = {"plugged_in.ev_home [pu]": (1, 1, 1, 1), "plugged_in.EV_HOME [pu]": (1, 1, 1, 1)}
    assert "column 'plugged_in.EV_HOME [pu]': stands there twice" in refusal(write(SHARED | twice))


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("plugged_in.ev_home [pu]", "a share from 0 to 1"),
        ("trip_energy.ev_home [kWh/vehicle]", "kWh"),
    ],
)
def test_own_columns_are_held_to_the_limits_of_shared_ones(write, column, expected):
    message = refusal(write(SHARED | {column: (0, 1e9, 0, 0)}))
    assert f"row 3, column '{column}': found 1e+09; expected" in message
    assert expected in message


def test_trips_that_cannot_be_recharged_name_the_station(write):
    late = {
        "plugged_in.EV_work [pu]": (0, 1, 1, 0),
        "trip_energy.EV_work [kWh/vehicle]": (0, 0, 0, 30),
    }
    study = write(SHARED | OWN | late)
    assert "a vehicle of ev_work cannot drive its trips" in refusal(study)
    assert unserved(prepare(write(SHARED | OWN)).operation) == []
