"""The day: the worst of phases and buses, and its extremes."""

import numpy as np
import pandas as pd
import pytest
from helpers.drawings import changed

from toolkit.inputs.limit_sections import Limits
from toolkit.results.figures import style
from toolkit.results.figures.groups import (
    clock,
    extreme,
    groups_of,
)
from toolkit.results.figures.maps import (
    loading_map,
    nearest_limit,
    voltage_map,
)
from toolkit.results.store import read_results


def day_at(buses, v_min, v_max, steps=2):
    """buses.csv of so many buses, the same voltages at each step; bus i sinks by i mpu."""
    rows = [
        {"step": step + 1, "bus": f"n{i}", "v_min_pu": v_min - i / 1000, "v_max_pu": v_max}
        for step in range(steps)
        for i in range(buses)
    ]
    return pd.DataFrame(rows)


def test_of_the_phases_the_voltage_nearest_a_limit_is_shown(ieee12_results):
    group = groups_of(read_results(ieee12_results))[0]
    buses = pd.DataFrame(
        {
            "step": [1, 1, 2, 2],
            "bus": ["b", "a", "b", "a"],
            "v_min_pu": [0.96, 0.99, 0.94, np.nan],
            "v_max_pu": [1.03, 1.04, 1.055, np.nan],
        }
    )
    found = nearest_limit(changed(group, buses=buses).median, Limits())
    assert list(found) == ["b", "a"]
    assert found.to_numpy()[0].tolist() == [0.96, 1.04]
    assert found["b"][2] == 0.94  # 0.01 too low is worse than 0.005 too high
    assert np.isnan(found["a"][2])


def test_of_many_buses_the_worst_are_shown_and_the_title_says_so(ieee12_results):
    group = changed(groups_of(read_results(ieee12_results))[0], buses=day_at(90, 1.03, 1.03))
    with style.look():
        figure = voltage_map([group], Limits())
    assert "the 40 of 90 buses nearest a limit" in figure.get_suptitle()
    names = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert len(names) == 40
    assert names[:2] == ["n0", "n1"]  # 1.03 and 1.029: as far from 1 as the lowest, 0.941
    assert {"n89", "n88", "n70"} <= set(names)
    assert "n30" not in names
    crosses = figure.axes[0].collections[0].get_offsets()
    assert len(crosses) == 2 * sum(1.03 - i / 1000 < 0.95 for i in range(90))


def test_loading_is_left_out_where_nothing_has_a_rating(ieee12_results):
    group = groups_of(read_results(ieee12_results))[0]
    lines = group.median.lines.assign(loading_pct=np.nan)
    with style.look():
        assert loading_map([changed(group, lines=lines)], Limits()) is None
        lines["loading_pct"] = np.where(lines["line"] == lines["line"][3], 130.0, 20.0)
        figure = loading_map([changed(group, lines=lines)], Limits())
    assert figure.axes[0].get_yticklabels()[0].get_text() == lines["line"][3]
    assert len(figure.axes[0].collections[0].get_offsets()) == 24


def test_extreme_says_where_and_when_and_passes_over_blanks():
    frame = pd.DataFrame({"v": [np.nan, 0.9, 1.1, 0.9], "bus": list("abcd"), "step": [1, 1, 2, 2]})
    low, high = extreme(frame, "v", "bus", lowest=True), extreme(frame, "v", "bus")
    assert (low.value, low.at, low.step) == (0.9, "b", 1)
    assert (high.value, high.at, high.step) == (1.1, "c", 2)


@pytest.mark.parametrize(
    ("step", "step_h", "text"),
    [(1, 1.0, "00:00"), (20, 1.0, "19:00"), (14, 1 / 12, "01:05"), (27, 1.0, "day 2, 02:00")],
)
def test_when_a_step_begins(step, step_h, text):
    assert clock(step, step_h) == text
