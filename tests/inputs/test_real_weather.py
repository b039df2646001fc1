"""The bundled year: what is in it, and that it is made again as it stands."""

import importlib.util

import numpy as np
import pandas as pd
import pytest
from helpers.places import ROOT

import toolkit
from toolkit.inputs import profiles

FILE = ROOT / "profiles" / "real_weather.csv"


@pytest.fixture(scope="module")
def year():
    return toolkit.read_profiles("real_weather")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_it_is_made_again_as_it_stands(tmp_path):
    pytest.importorskip("pvlib")
    spec = importlib.util.spec_from_file_location("made", FILE.with_suffix(".py"))
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.main(tmp_path)
    assert (tmp_path / FILE.name).read_text("utf-8") == FILE.read_text("utf-8")


def test_it_is_a_year_of_all_columns_and_small(year):
    found = profiles.read(FILE)
    assert (found.steps, found.dt, found.days, found.lacking) == (8760, 1.0, 365, ())
    assert FILE.stat().st_size < 400_000


def test_sun_and_wind_are_those_of_the_station(year):
    """NREL's manual has 36.1 degrees north: the plane sees 1.4 to 2.1 MWh/m2; winds are light."""
    assert 1400.0 < year["irradiance [W/m2]"].sum() / 1000.0 < 2100.0
    assert 3.0 < year["wind_speed [m/s]"].mean() < 6.0
    by_hour = year["irradiance [W/m2]"].to_numpy().reshape(365, 24).mean(axis=0)
    assert by_hour.argmax() in (11, 12)
    assert by_hour[[0, 1, 2, 3, 22, 23]].max() == 0.0


def test_the_load_is_highest_in_heat_and_lower_at_weekends(year):
    load = year["load [pu]"].to_numpy().reshape(365, 24)
    assert load.max() == 1.0
    weekday = np.arange(365) % 7
    assert load[weekday < 5].mean() > load[weekday >= 5].mean()
    month = pd.date_range("2018-01-01", periods=365).month
    means = [load[month == m].mean() for m in range(1, 13)]
    assert min(means) == min(means[3], means[9])


def test_vehicles_are_at_home_at_night_and_drive_as_their_sessions_say(year):
    plugged = year["plugged_in [pu]"].to_numpy().reshape(365, 24)
    assert plugged[:, 3].mean() > 0.95
    assert plugged[np.arange(365) % 7 < 5, 12].mean() < 0.4
    # 60 cars, some 11,000 km a year at 0.18 kWh/km.
    assert 1800.0 < year["trip_energy [kWh/vehicle]"].sum() < 2200.0


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("day", ["2018-01-15", "2018-07-15"])
def test_a_day_of_it_is_a_day_of_the_12_bus_feeder(day, tmp_path, undrawn):
    study = toolkit.load_study("ieee12", profiles="real_weather", horizon={"day": day})
    hourly = toolkit.simulate(study, out=tmp_path / "out").cases["base"].hourly
    load = toolkit.read_profiles("real_weather")["load [pu]"].to_numpy().reshape(365, 24)
    at = pd.Timestamp(day).day_of_year - 1
    assert hourly["load_kw"].to_numpy() == pytest.approx(435.0 * load[at], abs=1e-3)
