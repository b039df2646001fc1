"""What the time of a study is called, and that a week is called so wherever words are."""

import pytest
from helpers.drawings import put

from toolkit.commands import simulate_and_store
from toolkit.inputs import study_files
from toolkit.results.report import write_report
from toolkit.results.spans import span


@pytest.mark.parametrize(
    ("hours", "word"),
    [
        (24.0, "day"),
        (168.0, "week"),
        (72.0, "3 days"),
        (8760.0, "year"),
        (8784.0, "year"),
        (24.0 * 400, "400 days"),
        (1.0, "1 h"),
    ],
)
def test_spans(hours, word):
    assert span(hours) == word


@pytest.mark.parametrize(("days", "word"), [(7, "week"), (2, "2 days")])
def test_longer_studies_are_not_called_a_day(tmp_path, write_day, days, word):
    lines = write_day(tmp_path / "day.csv").read_text().splitlines()
    rows = [
        f"{24 * day + hour},{lines[1 + hour].split(',', 1)[1]}"
        for day in range(days)
        for hour in range(24)
    ]
    (tmp_path / "long.csv").write_text("\n".join([lines[0], *rows]) + "\n")
    (tmp_path / "long.toml").write_text('name = "l"\nfeeder = "ieee12"\nprofiles = "long.csv"\n')
    study = study_files.load(str(tmp_path / "long.toml"))
    outcome = simulate_and_store(study, None, tmp_path / "out", "test")
    assert outcome.span == word
    put(tmp_path / "out", "figure12_trades")
    write_report(tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text()
    assert f"over the {word}" in page
    assert "over the day" not in page
    drawn = (tmp_path / "out" / "figures" / "figure12_trades.svg").read_text()
    assert "over the day" not in drawn
