"""Tables of prices on the steps of a scenario, worked out by hand."""

import datetime

import numpy as np
import pytest

from toolkit.errors import InputError
from toolkit.inputs.price_tables import TimePrice
from toolkit.inputs.study import Study
from toolkit.problem.setting import prepare
from toolkit.problem.timed_prices import Clock, prices

#: Dear on weekdays from 17 to 21 h in winter, cheap otherwise.
WINTER = (11, 12, 1, 2)
TABLES = (
    TimePrice(price=0.4, hours=(17, 21), days="weekday", months=WINTER),
    TimePrice(price=0.3, hours=(17, 21), days="weekend", months=WINTER),
    TimePrice(price=0.3, hours=(21, 17), months=WINTER),
    TimePrice(price=0.2, months=tuple(range(3, 11))),
)


def test_hours_weekdays_and_months():
    """Friday 30 October 2026, then Saturday, then Sunday 1 and Monday 2 November."""
    start = datetime.datetime(2026, 10, 30, tzinfo=datetime.UTC)
    found = prices(TABLES, Clock(4 * 24, 1.0, start), "tariffs.retail").reshape(4, 24)
    assert (found[:2] == 0.2).all()
    assert (found[2] == 0.3).all()
    assert np.flatnonzero(found[3] == 0.4).tolist() == [17, 18, 19, 20]
    assert (np.delete(found[3], range(17, 21)) == 0.3).all()


def test_steps_of_a_quarter_of_an_hour_that_begin_in_the_day():
    """From half past 16 on Monday 2 November 2026: two quarters until 17 h, 16 until 21 h."""
    start = datetime.datetime(2026, 11, 2, 16, 30, tzinfo=datetime.UTC)
    found = prices(TABLES, Clock(20, 0.25, start), "tariffs.retail")
    assert found.tolist() == [0.3] * 2 + [0.4] * 16 + [0.3] * 2


def test_hours_need_no_dates_but_days_do():
    night, day = TimePrice(price=0.1, hours=(22, 6)), TimePrice(price=0.3, hours=(6, 22))
    found = prices((night, day), Clock(24, 1.0), "tariffs.retail")
    assert found.tolist() == [0.1] * 6 + [0.3] * 16 + [0.1] * 2
    with pytest.raises(InputError, match="tables by days or months, and profiles without dates"):
        prices(TABLES, Clock(24, 1.0), "tariffs.retail")


def test_an_hour_within_a_step_is_refused():
    with pytest.raises(InputError, match="from or until 17 h, within a step of 2 h"):
        prices(TABLES[:1], Clock(12, 2.0, datetime.datetime(2026, 11, 2)), "tariffs.retail")


def test_a_study_takes_them():
    tables = [{"price": 0.2, "hours": [22, 6]}, {"price": 0.5, "hours": [6, 22]}]
    asked = {"name": "tou", "feeder": "ieee12", "tariffs": {"retail": tables}}
    retail = prepare(Study.model_validate(asked)).market.tariffs.retail
    assert retail.tolist() == [0.2] * 6 + [0.5] * 16 + [0.2] * 2
