"""The report of separate days: what each is, how often it counts, and no word of a single day."""

import shutil

import pytest
from helpers.drawings import put_blank

from toolkit.commands.reproduce import reproduce
from toolkit.inputs import study_files
from toolkit.inputs.study import Study
from toolkit.results import paper_tables
from toolkit.results.figures.groups import groups_of
from toolkit.results.report import write_report
from toolkit.results.report.days import by_day, days_section
from toolkit.results.store import read_results


@pytest.fixture(scope="module")
def page(two_days):
    put_blank(two_days)
    write_report(two_days)
    return (two_days / "report.html").read_text(encoding="utf-8")


def test_the_page_says_over_what_its_figures_are(page):
    for text in (
        "Every case, over the year (2 days)",
        "for the year (2 days), profiles real_weather: day 15 for 165 days",
        "lost in the network over the year (2 days)",
    ):
        assert text in page
    assert "over the day" not in page


def test_each_day_has_its_row_and_the_last_is_their_weighted_sum(two_days, page):
    group = groups_of(read_results(two_days))[0]
    days, hourly = by_day(group), group.median.hourly
    assert days["day"].tolist() == ["15", "182"]
    assert days["weight"].tolist() == [165.0, 200.0]
    assert days["loss_kwh"].tolist() == pytest.approx(
        [hourly["loss_kw"][:24].sum(), hourly["loss_kw"][24:].sum()]
    )
    table = days_section([group], group).tables[0]
    assert [row[:2] for row in table.rows] == [
        ["day 15", "165.0"],
        ["day 182", "200.0"],
        ["all", "365.0"],
    ]
    assert table.rows[2][2:] == [
        f"{group.row['traded_kwh']:,.1f}",
        f"{group.row['loss_kwh']:,.1f}",
        f"{group.row['v_min_pu']:.4f}",
    ]
    assert 'id="days"' in page


def test_days_that_follow_each_other_have_no_such_table(ieee12_results):
    group = groups_of(read_results(ieee12_results))[0]
    assert not days_section([group], group).tables


def test_the_papers_figures_stand_beside_its_own_study_alone(two_days, page, tmp_path):
    assert "The paper" not in page
    assert "Table 1" not in page
    assert "published figures" not in (two_days / "tables.md").read_text()
    results = read_results(two_days)
    assert results.tables["published"].isna().all()
    papers = study_files.load("ieee12")
    assert paper_tables.is_papers(papers)
    for change in (
        {"profiles": "real_weather"},
        {"horizon": {"day": 1}},
        {"feeder": "ieee33"},
        {"horizon": {"days": [1], "weights": [1]}},
    ):
        fields = {"name": "other", "feeder": "ieee12", **change}
        assert not paper_tables.is_papers(Study.model_validate(fields))


def test_reproduce_expects_the_papers_figures_where_they_belong(two_days, tmp_path):
    folder = tmp_path / "two"
    shutil.copytree(two_days, folder)
    assert reproduce(folder).reproduced
