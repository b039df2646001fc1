"""Separate days side by side: a break between them, each with its name and its weight."""

import numpy as np
from helpers.drawings import changed, drawn

from toolkit.results.figures import daily, style
from toolkit.results.figures.groups import groups_of
from toolkit.results.figures.storage import state_of_charge
from toolkit.results.figures.time_axis import TimeAxis, fitting
from toolkit.results.store import read_results

TWO = TimeAxis(6.0, 8, ("2023-01-15", "2023-07-01"), (165.0, 200.0))


def test_a_break_parts_separate_days_and_nothing_parts_days_in_a_row():
    at = TWO.middles
    assert at[:4].tolist() == [3.0, 9.0, 15.0, 21.0]
    assert np.isnan(at[4])
    assert at[5:].tolist() == [29.0, 35.0, 41.0, 47.0]
    assert TWO.end == 50.0
    row = TimeAxis(6.0, 8)
    assert row.middles.tolist() == [3.0, 9.0, 15.0, 21.0, 27.0, 33.0, 39.0, 45.0]
    assert row.end == 48.0


def test_what_is_stored_begins_anew_every_day():
    at, stored = TWO.ends(50.0, np.array([60.0, 70.0, 60.0, 50.0, 40.0, 30.0, 40.0, 55.0]))
    assert np.isnan(stored[5])
    assert np.isnan(at[5])
    assert stored[[0, 6]].tolist() == [50.0, 50.0]
    assert at[[0, 4, 6, 10]].tolist() == [0.0, 24.0, 26.0, 50.0]


def test_labels_are_as_long_as_there_is_room_for():
    names, weights = ("2023-01-15", "2023-07-01"), (31.6, 48.9)
    assert fitting(names, weights, 300.0)[0][1] == "2023-07-01, stands for 48.9 days"
    assert fitting(names, weights, 100.0)[0][1] == "2023-07-01\nstands for 48.9 days"
    assert fitting(names, weights, 54.0)[0][1] == "2023-07-01\n48.9 days"
    assert fitting(names, weights, 44.0) == (["15 Jan\n31.6 days", "1 Jul\n48.9 days"], False)
    assert fitting(names, weights, 20.0)[1]
    assert fitting(("day 182",), (3.0,), 20.0) == (["day 182, 3 days"], True)


def test_no_line_of_a_figure_crosses_from_one_day_into_the_other(two_days):
    results = read_results(two_days)
    groups = groups_of(results)
    with style.look():
        figures = [daily.traded(groups), daily.losses(groups)]
        figures += [daily.voltages(groups, results.study.limits)]
        figures += [state_of_charge(groups, results.study)]
    for axes in (axes for figure in figures for axes in figure.axes):
        line = max(axes.lines, key=lambda line: len(line.get_xdata()))
        assert np.isnan(line.get_ydata()).sum() == 1


def test_every_day_of_a_store_is_drawn_from_its_start(two_days):
    results = read_results(two_days)
    group = groups_of(results)[0]
    units = group.median.units.copy()
    own = units["unit"] == "bess1"
    units.loc[own, "soc_kwh"] = np.linspace(70.0, 117.0, own.sum())
    with style.look():
        figure = state_of_charge([changed(group, units=units)], results.study)
    line = max(figure.axes[0].lines, key=lambda line: len(line.get_xdata()))
    at, shown = line.get_xdata(), line.get_ydata()
    assert shown[[0, 26]].tolist() == [50.0, 50.0]
    assert shown[24] > 70.0
    assert at[[0, 26]].tolist() == [0.0, 26.0]


STEMS = ("figure2_traded", "figure3_contribution", "figure4_losses", "figure5_voltages")
STEMS += ("figure9_voltage_map", "figure10_charge", "figure11_loading")


def test_every_figure_over_time_names_the_days_and_their_weights(two_days):
    texts = drawn(two_days, *STEMS)
    assert set(texts) == set(STEMS)
    for text in texts.values():
        assert "on 2 days" in text
        assert "day 15, stands for 165 days" in text
        assert "day 182, stands for 200 days" in text
