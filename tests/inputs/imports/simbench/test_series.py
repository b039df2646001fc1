"""A year of SimBench as columns of profiles and as shapes."""

import datetime

import numpy as np
import pytest
from helpers import nets

from toolkit.errors import InputError
from toolkit.inputs.imports.simbench import series


def test_steps_go_on_evenly_when_local_clocks_change():
    axis = series.axis_of(nets.net(), "x")
    assert (axis.dt, axis.steps, axis.days) == (0.25, 192, 2)
    assert axis.start == datetime.datetime(2016, 3, 26, tzinfo=series.ZONE)


def test_a_load_has_its_kw_and_kvar_and_a_pv_plant_its_share_as_sun():
    found = nets.net()
    columns = series.columns_of(found, nets.series(found), series.axis_of(found, "x")).values
    share = np.arange(192) / 192.0
    assert list(columns) == [
        "load.lv1_1_load_1 [kW]",
        "load.lv1_1_load_1 [kvar]",
        "irradiance.lv1_1_sgen_1 [W/m2]",
    ]
    assert columns["load.lv1_1_load_1 [kW]"] == pytest.approx(6.0 * share, abs=5e-7)
    assert columns["load.lv1_1_load_1 [kvar]"] == pytest.approx(2.0 * (share - 0.5), abs=5e-7)
    sun = columns["irradiance.lv1_1_sgen_1 [W/m2]"]
    assert sun == pytest.approx(np.maximum(1000.0 * share - 1.0, 0.0), abs=5e-5)


def test_a_load_without_kvar_needs_no_column_for_them():
    found = nets.net()
    found.load.loc[0, "q_mvar"] = 0.0
    columns = series.columns_of(found, nets.series(found), series.axis_of(found, "x")).values
    assert "load.lv1_1_load_1 [kvar]" not in columns


def test_generators_that_are_no_pv_follow_shapes_each_once():
    found = nets.net()
    for number in (2, 3):
        found = nets.with_plant(found, f"LV1.1 SGen {number}", "Wind_MV", "WP4")
    shapes = series.shapes_of(found)
    assert list(shapes) == ["wp4"]
    assert shapes["wp4"] == pytest.approx(1.0 - np.arange(192) / 192.0, abs=5e-9)


def test_steps_that_are_no_quarters_of_hours_are_refused():
    found = nets.net()
    found.profiles["load"] = found.profiles["load"].iloc[::2]
    with pytest.raises(InputError, match="found 96 steps in 2 days; expected 96 a day"):
        series.axis_of(found, "x")
