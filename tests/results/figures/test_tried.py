"""The figure of days that a plan was not made for."""

import numpy as np
import pandas as pd

from toolkit.results.columns import columns
from toolkit.results.figures import style
from toolkit.results.figures.tried import tried


def days(count, broken=0.0, bound=120.0):
    frame = pd.DataFrame(
        {
            "case": "cheetah-seed1",
            "policy": "surplus",
            "day": pd.date_range("2023-01-01", periods=count).strftime("%Y-%m-%d"),
            "traded_kwh": np.linspace(50.0, 100.0, count),
            "traded_to_load_kwh": 40.0,
            "hours_broken": [broken, *[0.0] * (count - 1)],
            "bound_kwh": bound,
        }
    )
    return frame.reindex(columns=columns("validation.csv"))


def drawn(frame, facts=()):
    with style.look():
        return tried(frame, dict(facts))


def test_energy_stands_beside_its_bound_and_hours_below():
    figure = drawn(days(365, broken=3.0))
    above, below = figure.axes
    energy, bound = (patch.get_data()[0] for patch in above.patches)
    assert energy.tolist() == np.linspace(50.0, 100.0, 365).tolist()
    assert set(bound) == {120.0}
    assert below.patches[0].get_data()[0].max() == 3.0
    assert "365 days it was not made for" in figure.get_suptitle()
    assert [text.get_text() for text in below.get_xticklabels()][1] == "Feb"


def test_where_no_limit_is_broken_and_nothing_proven_both_are_left_out():
    figure = drawn(days(9, bound=np.nan))
    assert len(figure.axes) == 1
    assert len(figure.axes[0].patches) == 1
    assert figure.get_suptitle().endswith("no limit is broken")


def test_the_energy_that_was_sought_is_shown():
    figure = drawn(days(9), {"goal": "traded_to_load"})
    assert set(figure.axes[0].patches[0].get_data()[0]) == {40.0}


def test_nothing_tried_nothing_drawn():
    assert drawn(days(9)[:0]) is None
