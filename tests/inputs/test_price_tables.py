"""Prices by hour, weekday and month in a study: what is refused, in one message."""

import pytest

from toolkit.errors import InputError
from toolkit.inputs import study_files

EVENING = "[[tariffs.retail]]\nprice = 0.36\nhours = [17, 21]\n"
REST = "[[tariffs.retail]]\nprice = 0.25\nhours = [21, 17]\n"


def study_of(text):
    return study_files.parse(f'name = "x"\nfeeder = "ieee12"\n{text}'.encode(), "x.toml")


def said_of(text):
    with pytest.raises(InputError) as told:
        study_of(text)
    assert "\n" not in str(told.value)
    return str(told.value).removeprefix("x.toml: ")


def test_a_study_is_written_as_it_was_read():
    study = study_of(EVENING + REST)
    assert study.tariffs.retail[0].hours == (17, 21)
    assert study_files.parse(study_files.to_toml(study).encode(), "y.toml") == study


def test_an_hour_after_midnight_is_of_its_own_day():
    night = study_of(EVENING + REST).tariffs.retail[1]
    assert night.cells[0, 0].tolist() == [True] * 17 + [False] * 4 + [True] * 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            EVENING + REST.replace("21, 17", "20, 17"),
            "'tariffs.retail': found two prices from 20 to 21 h on a weekday in January, and 23 "
            "more such hours of a month; expected one table for every hour.",
        ),
        (
            EVENING + REST.replace("21, 17", "22, 17"),
            "'tariffs.retail': found no price from 21 to 22 h on a weekday in January, and 23 "
            "more such hours of a month; expected one table for every hour.",
        ),
        (
            REST.replace("hours = [21, 17]", "months = [1, 2, 3]"),
            "'tariffs.retail': found no price from 0 to 1 h on a weekday in April, and 431 more "
            "such hours of a month; expected one table for every hour.",
        ),
        (
            "tariffs.feed_in = [0.1, { price = 0.2 }]",
            "'tariffs.feed_in': found numbers and tables; expected numbers, or tables, alone.",
        ),
        (
            REST.replace("hours = [21, 17]", "months = [13]"),
            "'tariffs.retail.0.months.0': found 13; expected less than or equal to 12 (numbers of "
            "months, [11, 12, 1, 2]; left out: all year).",
        ),
        (
            REST.replace("hours = [21, 17]", "months = []"),
            "'tariffs.retail.0': months: found none; expected months, or no list of them for all "
            "year.",
        ),
        (
            REST.replace("[21, 17]", "'21-17'"),
            "'tariffs.retail.0.hours': found '21-17'; expected a list.",
        ),
        (
            REST.replace("21, 17", "24, 0"),
            "'tariffs.retail.0': hours: found [24, 0]; expected two different hours, or none for "
            "all of the day.",
        ),
    ],
)
def test_what_no_clock_can_follow_is_refused(text, said):
    assert said_of(text) == said


def test_an_unknown_key_of_a_table_has_a_nearest_name():
    told = "unknown key 'tariffs.retail.0.hour'. Did you mean 'hours'? Known here: days, hours,"
    assert told in said_of(EVENING.replace("hours", "hour") + REST)
