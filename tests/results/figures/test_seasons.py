"""More than a week: carpets, envelopes, months and duration curves, with dates on the axis."""

import numpy as np
import pandas as pd
import pytest
from helpers.drawings import drawn, put_blank

from toolkit.results.figures import style
from toolkit.results.figures.calendar import calendar
from toolkit.results.figures.duration import curve, duration
from toolkit.results.figures.groups import groups_of
from toolkit.results.figures.seasons import sold_by_block, traded, traded_by_block, voltages
from toolkit.results.report import write_report
from toolkit.results.store import read_results


def hourly(days, step_h, first=None):
    """The column of hourly.csv that says which day a step is of."""
    dates = [] if first is None else pd.date_range(first, periods=days).strftime("%Y-%m-%d")
    names = list(dates) or [str(day + 1) for day in range(days)]
    return pd.DataFrame({"day": np.repeat(names, round(24.0 / step_h))})


@pytest.mark.parametrize("step_h", [0.25, 1.0, 8.0])
def test_a_carpet_has_hours_down_and_days_across(step_h):
    made = calendar(hourly(9, step_h), step_h)
    steps = round(24.0 / step_h)
    values = np.arange(9.0 * steps)
    grid = made.by_hour(values)
    assert grid.shape == (steps, 9)
    assert grid[:, 2].tolist() == values[2 * steps : 3 * steps].tolist()
    assert made.highest(values).tolist() == grid.max(axis=0).tolist()
    assert made.lowest(values[:, None])[:, 0].tolist() == grid.min(axis=0).tolist()


def test_blocks_are_months_where_there_are_dates():
    made = calendar(hourly(70, 8.0, "2022-12-20"), 8.0)
    assert [name for name, _ in made.blocks()] == ["Dec\n2022", "Jan\n2023", "Feb"]
    assert [days for _, days in made.blocks()] == [slice(0, 12), slice(12, 43), slice(43, 70)]
    assert made.block == "month"


@pytest.mark.parametrize(("days", "block", "first"), [(20, "week", "15"), (100, "30 days", "91")])
def test_blocks_are_weeks_or_thirty_days_where_there_are_none(days, block, first):
    made = calendar(hourly(days, 8.0), 8.0)
    assert made.block == block
    name, last = made.blocks()[-1]
    assert (name, last.stop) == (first, days)


def test_results_from_before_days_had_names_are_numbered():
    made = calendar(pd.DataFrame({"day": [np.nan] * 6}), 8.0)
    assert made.names == ("1", "2")


def test_a_duration_curve_counts_each_value_as_long_as_it_stands_for():
    at, held = curve(np.array([1.0, 3.0, 2.0]), np.array([10.0, 5.0, 1.0]))
    assert at.tolist() == [0.0, 5.0, 6.0, 16.0]
    assert held.tolist() == [3.0, 3.0, 2.0, 1.0]


def test_months_hold_what_is_traded_in_all(forty_days):
    group = groups_of(read_results(forty_days))[0]
    by_day = group.median.hourly.groupby("day")["traded_kwh"].sum()
    january, february = traded_by_block(group)
    assert january == pytest.approx(by_day[:12].sum())
    assert january + february == pytest.approx(group.row["traded_kwh"])
    sold = sold_by_block(group)
    assert sold.sum(axis=1).tolist() == pytest.approx([january, february])


def test_a_carpet_and_an_envelope_show_the_days_own_values(forty_days):
    results = read_results(forty_days)
    groups = groups_of(results)
    of_day = groups[0].median.hourly.groupby("day")
    with style.look():
        carpet = traded(groups).axes[0].images[0].get_array()
        below = voltages(groups, results.study.limits).axes[1]
    assert carpet.shape == (24, 40)
    assert carpet.sum() == pytest.approx(groups[0].row["traded_kwh"])
    assert below.lines[0].get_ydata().tolist() == of_day["v_min_pu"].median().tolist()
    band = below.collections[0].get_datalim(below.transData)
    assert band.y0 == pytest.approx(groups[0].row["v_min_pu"])


WORDS = {
    "figure2_traded": ["by hour and day", "Time of day (h)", "20 Jan", "10 Feb"],
    "figure3_contribution": ["by month", "kWh in a month", "Jan", "Feb"],
    "figure4_losses": ["Active losses (kW)", "Time of day (h)"],
    "figure5_voltages": [
        "median of the day",
        "lowest to highest of the day",
        "allowed: 0.95 to 1.05 pu",
    ],
    "figure9_voltage_map": ["Voltage by bus and day", "20 Jan"],
    "figure10_charge": ["the range of each day", "median of the day"],
    "figure11_loading": ["the highest of each day"],
    "figure13_duration": ["Import (kW)", "Export (kW)", "Hours of the 40 days", "loading allowed"],
    "figure14_months": ["Energy traded (kWh in a month)", "Feb"],
}


def test_long_studies_have_figures_that_can_be_read(forty_days):
    texts = drawn(forty_days, *WORDS)
    for stem, words in WORDS.items():
        for word in words:
            assert word in texts[stem], (stem, word)


def test_separate_days_have_a_weighted_duration_curve_and_no_months(two_days):
    results = read_results(two_days)
    groups = groups_of(results)
    with style.look():
        figure = duration(groups, results.study.limits)
    assert figure.axes[0].lines[0].get_xdata()[-1] == pytest.approx(8760.0)
    assert "figure14_months" not in drawn(two_days, "figure14_months")


def test_a_day_has_neither(ieee12_results):
    assert not drawn(ieee12_results, "figure13_duration", "figure14_months")


def test_the_report_names_dates_and_times(forty_days):
    put_blank(forty_days)
    write_report(forty_days)
    page = (forty_days / "report.html").read_text(encoding="utf-8")
    peak = read_results(forty_days).cases["base"].hourly.iloc[0:]
    at = int(peak["load_kw"].argmax())
    assert f"kW at {peak['day'][at]}, {at % 24:02d}:00" in page
    assert "over the 40 days" in page
    assert "over the day" not in page
    assert "most " in page
    assert " kWh in Feb" in page
