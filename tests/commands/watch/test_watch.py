"""A search followed from its folder: right figures, nothing written, whatever the folder is."""

import os

import numpy as np
import pandas as pd
import pytest
from helpers.watched import Clock, Writer, manifest

from toolkit.commands.watch import Watch
from toolkit.commands.watch.standing import course_of
from toolkit.common.pace import Pace
from toolkit.errors import InputError


def test_a_running_search_is_told_run_by_run(running, snapshot):
    folder, writer = running
    scores = writer.write(8)
    clock = Clock(writer.path.stat().st_mtime + 3.0)
    before = snapshot(folder)
    looks = Watch(folder, clock)
    found = looks.look()
    assert (found.kind, found.status, found.study) == ("compare", "running", "ieee12")
    assert (found.evaluations, found.budget) == (8, 40)
    few, many = found.searches[0].cases
    least = scores.objective[scores.violation == 0.0].min()
    # Energy traded is minus the objective.
    assert few.best == pytest.approx(-least)
    assert (few.case, few.status, few.evaluations, few.feasible) == (
        "few-seed7",
        "running",
        8,
        True,
    )
    assert few.written_s_ago == pytest.approx(3.0)
    assert (many.status, many.evaluations, many.best) == ("waiting", 0, None)
    assert found.rate_per_s is None
    writer.write(4)
    clock.now += 2.0
    found = looks.look()
    assert (found.rate_per_s, found.left_s) == (2.0, 14.0)
    assert found.searches[0].cases[0].left_s == 4.0
    assert set(snapshot(folder)) == set(before)
    assert found.as_json()["searches"][0]["goal"]["unit"] == "kWh"


def test_a_torn_record_waits_and_a_journal_begun_anew_counts_anew(running):
    folder, writer = running
    writer.write(5)
    looks = Watch(folder)
    assert looks.look().evaluations == 5
    writer.write(1)
    whole = writer.path.read_bytes()
    os.truncate(writer.path, len(whole) - 3)
    assert looks.look().evaluations == 5
    writer.path.write_bytes(whole)
    assert looks.look().evaluations == 6
    # A first line that is damaged tells nothing, and what is no file is no journal.
    writer.path.unlink()
    writer.path.write_bytes(b"x" * 40 + whole[40:])
    assert looks.look().searches[0].cases[0].status == "waiting"
    writer.path.unlink()
    os.mkfifo(writer.path)
    assert looks.look().evaluations == 0


def test_of_plans_that_keep_no_limit_the_least_violation_is_told(running):
    folder, writer = running
    writer.recorder.evaluate(np.array([[0.9, 0.1], [0.7, 0.1], [0.8, 0.1]]))
    case = Watch(folder).look().searches[0].cases[0]
    assert (case.best, case.feasible, case.violation) == (None, False, 0.7)


def test_a_complete_folder_says_what_its_summary_says(ieee12_results, snapshot):
    before = snapshot(ieee12_results)
    looks = Watch(ieee12_results)
    found = looks.look()
    assert (found.status, found.evaluations, found.budget) == ("complete", 100, 100)
    assert found.silent_s is None
    summary = pd.read_csv(ieee12_results / "summary.csv").set_index("case")
    for case in found.searches[0].cases:
        assert case.status == "done"
        if summary["feasible"][case.case]:
            assert case.best == pytest.approx(summary["traded_kwh"][case.case], abs=1e-6)
            assert case.course[-1] == case.best
    assert looks.look().searches == found.searches
    assert snapshot(ieee12_results) == before


def test_a_search_that_ended_early_keeps_what_its_journals_say(running):
    folder, writer = running
    writer.write(6)
    manifest(folder, status="interrupted")
    found = Watch(folder).look()
    assert (found.status, found.goes_on, found.evaluations) == ("interrupted", False, 6)
    assert [case.status for case in found.searches[0].cases] == ["stopped", "waiting"]


def test_a_command_that_was_killed_is_suspected_of_it(running):
    folder, writer = running
    writer.write(6)
    clock = Clock(writer.path.stat().st_mtime + 90.0)
    assert not Watch(folder, clock).look().may_be_dead
    clock.now += 600.0
    found = Watch(folder, clock).look()
    assert found.may_be_dead
    assert found.silent_s == pytest.approx(690.0, abs=1.0)


def test_results_that_are_being_replaced_are_those_that_are_told(running):
    folder, _ = running
    manifest(folder, status="complete")
    manifest(folder / "replacement", status="running", budget=50)
    writer = Writer(folder / "replacement", "many-seed7")
    writer.write(3)
    writer.journal.close()
    found = Watch(folder).look()
    assert (found.status, found.evaluations, found.budget) == ("running", 3, 100)


def test_of_a_sweep_every_point_is_told(swept):
    folder, writer = swept
    writer.write(4)
    found = Watch(folder).look()
    assert [one.status for one in found.searches] == ["complete", "running", "waiting"]
    assert [one.point for one in found.searches] == ["001", "002", "003"]
    assert (found.kind, found.evaluations, found.budget) == ("sweep", 104, 140)
    assert found.best is not None
    # The bowl's figures are far below those of the feeder.
    assert found.best.point == "001"


def test_of_a_front_extremes_points_and_runs_of_several_goals_are_told(tmp_path):
    folder = tmp_path / "front"
    asked = {"goals": ["traded", "losses"], "points": 2, "several": {"nsga2": {}}, "files": {}}
    manifest(folder, "front.json", status="running", **asked, optimizers=["few"])
    manifest(folder / "extremes" / "losses", status="running", optimizers=["few"])
    found = Watch(folder).look()
    names = ["traded", "losses", "001", "002", "several/nsga2-seed7"]
    assert [one.point for one in found.searches] == names
    # Four searches of 20 evaluations, and one run that has as many as they have together.
    assert (found.evaluations, found.budget) == (0, 160)
    assert found.best is None


def spread(path, word, **facts):
    """Write the folder of a sweep or a front that is damaged."""
    manifest(path, f"{word}.json", status="running", files={}, **facts)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path.write_text("x"), "is a file"),
        (lambda path: (path.mkdir(), (path / "notes.txt").touch()), "but notes.txt"),
        (lambda path: manifest(path, status="complete", optimizers=[]), "no evaluations to follow"),
        (lambda path: (manifest(path), (path / "manifest.json").write_text("{")), "manifest.json"),
        (
            lambda path: manifest(path, status="running", runs=10**12),
            "'runs': found 1,000,000,000,000",
        ),
        (lambda path: spread(path, "sweep", fields=[{"values": 3}]), "found 0 points"),
        (lambda path: spread(path, "sweep", fields=[{"values": [1]}], runs="x"), "'runs'"),
        (lambda path: spread(path, "front", goals=["a", "b"], points=10**9), "points; expected"),
    ],
)
def test_a_folder_of_no_search_is_refused(make, words, tmp_path):
    make(tmp_path / "other")
    with pytest.raises(InputError, match=words):
        Watch(tmp_path / "other").look()


def test_what_has_not_begun_is_no_mistake(tmp_path):
    looks = Watch(tmp_path / "mine")
    assert looks.look().status == "not begun"
    (tmp_path / "mine" / "journal").mkdir(parents=True)
    assert looks.look().status == "not begun"
    manifest(tmp_path / "mine", status="running")
    assert looks.look().status == "running"


def test_a_course_is_the_best_so_far_and_a_pace_that_of_a_minute():
    assert course_of([(24, -3.0), (36, -5.0)], 48, -1.0) == (*[None] * 11, *[3.0] * 6, *[5.0] * 7)
    assert course_of([], 0, 1.0) == ()
    pace = Pace()
    assert pace.at(0.0, 0) is None
    assert pace.at(10.0, 100) == 10.0
    for second in range(20, 200, 10):
        last = pace.at(float(second), 100 + 2 * (second - 10))
    assert last == pytest.approx(2.0)
    assert pace.at(200.0, 5) is None
