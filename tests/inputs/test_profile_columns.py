"""Columns of one load, unit or station: which they stand for, whose they are, and what is none."""

import pytest

from toolkit.inputs.profile_columns import Own, own_of, spelt, unknown_owner


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("plugged_in.home [pu]", Own("plugged_in", "home", "pu")),
        ("trip_energy.home [kWh/vehicle]", Own("trip_energy", "home", "kWh/vehicle")),
        ("plugged_in.a.b c [x] [pu]", Own("plugged_in", "a.b c [x]", "pu")),
        ("load.home [pu]", Own("load", "home", "pu")),
        ("load.home [kW]", Own("load", "home", "kW")),
        ("irradiance.roof[W/m2]", Own("irradiance", "roof", "W/m2")),
        ("wind_speed.hill [m/s]", Own("wind_speed", "hill", "m/s")),
        ("plugged_in [pu]", None),
        ("plugged_in. [pu]", None),
        ("plugged_in.home [kWh/vehicle]", None),
        ("irradiance.roof [kW/m2]", None),
        ("hour.home [h]", None),
    ],
)
def test_a_column_names_its_owner(column, expected):
    assert own_of(column) == expected


def test_only_units_are_spelt_anew():
    assert spelt("irradiance.m² [W/m²]") == "irradiance.m² [W/m2]"
    assert spelt("irradiance [W/m^2]") == "irradiance [W/m2]"
    assert spelt("time") == "time"


def test_without_stations_no_such_column_is_expected():
    column = "plugged_in.x [pu]"
    assert unknown_owner(column, own_of(column), []).endswith("expected no such column.")
