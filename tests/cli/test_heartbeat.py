"""Lines now and then where there is no terminal; no real second passes here."""

from datetime import datetime

import pytest

from toolkit.cli import terminal
from toolkit.cli.console import progress
from toolkit.cli.console.heartbeat import VARIABLE, Heart, _Best, interval
from toolkit.cli.console.news import News
from toolkit.cli.console.words import lasting, rate, sparkline
from toolkit.errors import InputError

MOMENT = datetime(2026, 11, 27, 19, 20, 31)
AT = "2026-11-27 19:20:31  "


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def made():
    """News of a search of 10,000 evaluations, its clock, and what makes its lines."""
    clock = Clock()
    news = News("evaluations", total=10_000, clock=clock)
    return news, clock, Heart(news, lambda: "best 2,471.3 kWh (cheetah-seed1)", lambda: MOMENT)


def test_a_line_has_what_is_done_of_what_the_best_and_the_time_left(made):
    news, clock, heart = made
    news.count([0, 0])
    clock.now = 100.0
    news.count([1_000, 0])  # kept from before: it says nothing of the pace
    clock.now = 130.0
    news.count([1_300, 0])
    assert heart.line() == (
        f"{AT}1,300 of 10,000 evaluations (13 %), best 2,471.3 kWh (cheetah-seed1), 10/s, about "
        "14 min 30 s left"
    )
    # The pace is that of the last minute.
    for second in range(131, 260):
        clock.now = float(second)
        news.count([1_300 + 2 * (second - 130), 0])
    assert "2/s" in heart.line()


def test_points_are_counted_and_what_is_no_search_says_how_long(made):
    news, clock, heart = made
    news.count([500])
    news.parts = 3, 15
    assert "(5 %), 3 of 15 searches complete, best" in heart.line()
    news.begin("solving and writing the plans found")
    clock.now += 95.0
    assert heart.line() == f"{AT}solving and writing the plans found, for 1 min 35 s"
    news.begin("proving what foresight could trade, by day")
    news.parts = 73, 365
    clock.now += 20.0
    assert heart.line().endswith("by day: 73 of 365, for 20 s, about 1 min 20 s left")
    news = News("preparing", seconds=120.0, clock=clock)
    news.begin("proving a bound")
    clock.now += 30.0
    news.standing = "bound so far 2,900 kWh"
    told = Heart(news, str, lambda: MOMENT).line()
    assert told == f"{AT}proving a bound: bound so far 2,900 kWh, for 30 s, 30 s of about 2 min"


def test_no_line_comes_before_the_first_interval_and_none_after_the_end(made):
    _, _, heart = made
    waited, shown = [], []

    def wait(seconds):
        waited.append(seconds)
        return len(waited) > 2

    heart.beat(wait, 30.0, shown.append)
    assert waited == [30.0] * 3
    assert len(shown) == 2
    heart.beat(lambda seconds: True, 30.0, shown.append)
    assert len(shown) == 2


@pytest.mark.parametrize(("text", "seconds"), [("", 30.0), ("5", 5.0), ("0", 0.0), (" 2.5 ", 2.5)])
def test_the_interval_is_set_by_a_variable(text, seconds, monkeypatch):
    monkeypatch.setenv(VARIABLE, text)
    assert interval() == seconds


@pytest.mark.parametrize("text", ["x", "-1", "nan", "inf", "1e300", "30 s"])
def test_a_variable_that_is_no_number_of_seconds_is_one_message(text, monkeypatch, command):
    monkeypatch.setenv(VARIABLE, text)
    with pytest.raises(InputError, match=VARIABLE):
        interval()
    code, _, err = command("feeders", "check", "ieee12")
    assert (code, err.count("\n")) == (2, 1)


def test_lines_go_to_stderr_and_not_where_it_is_quiet(command, monkeypatch, tmp_path, write_coarse):
    write_coarse(tmp_path)
    monkeypatch.setenv(VARIABLE, "0.02")
    words = ["optimize", "mine.toml", "--optimizer", "random", "-b", "200", "-w", "1", "--out"]
    code, out, err = command(*words, "loud")
    assert code == 0
    assert " of 200 evaluations (" in err
    assert " of 200 evaluations (" not in out
    code, _, err = command(*words, "still", "-q")
    assert code == 0
    assert "evaluations" not in err


def test_a_folder_that_cannot_be_read_costs_the_best_figure_alone(tmp_path):
    (tmp_path / "sweep.json").write_text('{"fields": 3}', encoding="utf-8")
    assert _Best(tmp_path)() == ""
    assert _Best(tmp_path / "later")() == ""


def test_nothing_is_started_on_a_terminal(monkeypatch):
    monkeypatch.setattr(type(progress._err), "is_terminal", property(lambda self: True))
    monkeypatch.setattr(progress, "beating", pytest.fail)
    with progress.bar(10) as monitor:
        monitor.spent([3])
    terminal.be("quiet")
    with progress.status("x"):
        pass
    terminal.be("plain")


def test_spans_rates_and_courses_in_few_characters():
    spans = (0.2, 59.6, 220, 3600, 7_500, 90_000, 172_800)
    words = ["0 s", "1 min", "3 min 40 s", "1 h", "2 h 5 min", "1 d 1 h", "2 d"]
    assert [lasting(s) for s in spans] == words
    assert [rate(r) for r in (1234.5, 3.14, 0.01)] == ["1,234/s", "3.1/s", "36/h"]
    assert sparkline([None, 1.0, 2.0, 8.0], plain=False) == " ▁▂█"
    assert sparkline([None, 1.0, 2.0, 8.0], plain=True) == " _.#"
    assert sparkline([2.0, 2.0], plain=False) == "▁▁"
    assert sparkline([None], plain=False) == ""
