"""``toolkit watch`` as it is typed, and how it ends."""

import json

import pytest
from helpers.json_keys import documented

from toolkit.cli import terminal
from toolkit.cli.console import watching
from toolkit.commands.watch import CaseStanding, SearchStanding, Sought, Standing

SOUGHT = Sought("traded", "energy traded", "kWh", -1.0)
CASE = CaseStanding(
    "few-seed7", "running", 1_500, 2_000, 2471.26, True, None, 410.0, 75.0, 0.4, (None, 1.0, 2.0)
)


def standing(status="running", made=1_500, **more):
    searches = (SearchStanding("", "out", status, SOUGHT, (CASE,)),)
    return Standing("out", "optimize", "ieee12", status, searches, made, 2_000, **more)


class Looks:
    """Gives standings in their order, and fails where one is an error."""

    def __init__(self, *found):
        self.found = list(found)

    def look(self):
        found = self.found.pop(0)
        if isinstance(found, BaseException):
            raise found
        return found


def test_a_complete_search_is_one_look(command, ieee12_results):
    code, out, err = command("watch", ieee12_results, "--once")
    assert (code, err) == (0, "")
    assert " ".join(out.split()).startswith("ieee12, compare, complete: 100 of 100 evaluations")
    assert "cheetah-seed2" in out
    assert max(map(len, out.splitlines())) <= 80
    # Without --once it ends at once as well: there is nothing to wait for.
    assert command("watch", ieee12_results)[1] == out
    assert command("watch", ieee12_results, "-q")[1].count("\n") == 1


def test_json_has_documented_keys(command, ieee12_results):
    code, out, err = command("watch", ieee12_results, "--once", "--json")
    assert (code, err) == (0, "")
    found, keys = json.loads(out), documented()["watch"]
    search = found["searches"][0]
    assert {*found, *search, *search["cases"][0], *search["goal"]} <= keys
    assert search["cases"][0]["evaluations"] == 25


def test_what_has_not_begun_is_told_and_mistakes_get_one_message(command, tmp_path):
    code, out, _ = command("watch", "later", "--once")
    assert (code, out.startswith("later: nothing has begun here yet;")) == (0, True)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").touch()
    for words, told in (
        (["notes"], "no folder of a search"),
        (["later", "--json"], "--json: expected together with --once"),
        (["later", "--every", "0"], "--every: found 0"),
    ):
        code, out, err = command("watch", *words)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert told in err


def test_one_look_at_a_running_search_is_two_for_its_rate():
    slept = []
    looks = Looks(standing(), standing(made=1_600, rate_per_s=50.0, left_s=8.0))
    assert watching.looked(looks, 2.0, slept.append).rate_per_s == 50.0
    assert slept == [2.0]
    assert watching.looked(Looks(standing("complete")), 2.0, slept.append).status == "complete"
    assert slept == [2.0]


def test_it_follows_until_the_search_ends(capsys, monkeypatch):
    from toolkit.errors import InputError

    monkeypatch.setenv("TOOLKIT_PROGRESS_SECONDS", "4")
    moved = InputError("files are being put in place")
    more = standing(made=1_600, rate_per_s=410.0, left_s=75.0)
    looks = Looks(standing(), moved, more, standing(), standing("complete", 2_000))
    watching.follow(looks, 2.0, lambda seconds: None)
    first, second, *rest = capsys.readouterr().out.splitlines()
    assert "1,500 of 2,000 evaluations (75 %), best 2,471.3 kWh (few-seed7)." in first
    # A line every 4 s, looks every 2 s: the second of three looks has none.
    assert first.endswith("(few-seed7).")
    assert "1,600 of 2,000" in second
    assert second.endswith("410/s, about 1 min 15 s left.")
    assert rest[0].startswith("ieee12, optimize, complete: 2,000 of 2,000 evaluations (100 %)")


def test_ctrl_c_ends_the_watching_alone(command, monkeypatch):
    from toolkit.commands import watch

    def pressed(seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr(watch.Watch, "look", lambda self: standing())
    monkeypatch.setattr(watching, "follow", lambda looks, every: follow(looks, every, pressed))
    code, _, err = command("watch", "mine")
    assert code == 130
    assert err == "Only the watching has ended; the search itself was left alone.\n"


follow = watching.follow


def test_a_search_that_may_be_dead_says_how_to_go_on(capsys):
    watching.print_standing(standing(silent_s=725.0))
    told = " ".join(capsys.readouterr().out.split())
    assert "Nothing was written for 12 min 5 s: the command may have been killed" in told
    assert "'toolkit resume out' goes on from there." in told


def test_points_that_run_come_before_those_that_wait(capsys):
    points = [
        SearchStanding(f"{n:03}", f"points/{n:03}", "running" if n == 40 else "waiting", SOUGHT, ())
        for n in range(1, 41)
    ]
    watching.print_standing(Standing("s", "sweep", "ieee12", "running", tuple(points), 0, 80_000))
    out = capsys.readouterr().out
    assert "040    running" in out
    assert "030" not in out
    assert "10 more are in --json" in out


def test_on_a_terminal_it_is_drawn_in_place(monkeypatch, capsys):
    from toolkit.cli.console import screen

    monkeypatch.setattr(type(screen), "is_terminal", property(lambda self: True))
    drawn = []
    monkeypatch.setattr(watching.Live, "update", lambda self, what, refresh: drawn.append(what))
    looks = Looks(standing(), standing("complete", 2_000))
    watching.follow(looks, 2.0, lambda seconds: None)
    assert len(drawn) == 2
    assert str(drawn[0].renderables[0]).startswith("ieee12, optimize, running: 1,500 of 2,000")


@pytest.fixture(autouse=True)
def plain_again():
    yield
    terminal.be("plain")
