"""Mistakes in [costs], each told in one message that names field, finding and what is expected."""

import pytest

from toolkit.errors import InputError
from toolkit.inputs import study_files


def said_of(text):
    with pytest.raises(InputError) as told:
        study_files.parse(f'name = "x"\nfeeder = "ieee12"\n{text}\n'.encode(), "x.toml")
    return str(told.value)


def test_a_number_in_the_place_of_a_section():
    said = said_of("costs.pv = 1000")
    assert said.startswith("x.toml: 'costs.pv': found 1000; expected a section, [costs.pv], with")
    assert "per_kw" in said
    assert "per_kwh" not in said
    assert "dictionary" not in said
    assert "\n" not in said


def test_a_rate_in_per_cent():
    assert said_of("costs.discount_rate = 5") == (
        "x.toml: 'costs.discount_rate': found 5; expected less than 1 (what money of next year is "
        "worth less today, per year: 0.05 is 5 %)."
    )


@pytest.mark.parametrize(
    ("word", "name"),
    [("battery", "bess"), ("wind", "wt"), ("solar", "pv"), ("EV", "bev"), ("pvs", "pv")],
)
def test_kinds_by_what_people_call_them(word, name):
    said = said_of(f"[costs.{word}]\nper_kw = 3")
    assert f"unknown key 'costs.{word}'. Did you mean '{name}'?" in said


def test_fields_that_a_kind_may_not_have_are_not_offered():
    said = said_of("[costs.pv]\nper_kwhh = 3")
    assert "unknown key 'costs.pv.per_kwhh'" in said
    for field in ("per_kwh,", "per_vehicle", "per_kvar", "cycle_life", "fuel_per_kwh"):
        assert field not in said
    assert "per_kwh" in said_of("[costs.bess]\nper_kwhh = 3")
    assert "Did you mean 'per_kwh'" in said_of("[costs.units.b1]\nper_kwhh = 3")
