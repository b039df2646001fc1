"""Columns of one station: which they stand for, whose they are, and what is none."""

import pytest

from toolkit.inputs.station_columns import station_of, unknown_station


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("plugged_in.home [pu]", ("plugged_in [pu]", "home")),
        ("trip_energy.home [kWh/vehicle]", ("trip_energy [kWh/vehicle]", "home")),
        ("plugged_in.a.b c [x] [pu]", ("plugged_in [pu]", "a.b c [x]")),
        ("plugged_in [pu]", None),
        ("plugged_in. [pu]", None),
        ("plugged_in.home [kWh/vehicle]", None),
        ("load.home [pu]", None),
    ],
)
def test_a_column_names_its_station(column, expected):
    assert station_of(column) == expected


def test_without_stations_no_such_column_is_expected():
    assert unknown_station("plugged_in.x [pu]", "x", []).endswith("expected no such column.")
