"""Every results folder below a place, whole, unfinished and damaged ones."""

import json
import os
import shutil

import numpy as np
import pandas as pd
import pytest
from helpers.journals import SPACE, WHOSE
from helpers.json_keys import documented

import toolkit
from toolkit.commands.listing import results_below
from toolkit.errors import InputError
from toolkit.runs.journal import Journal
from toolkit.runs.kept import evaluations_kept
from toolkit.scores import Scores


def journal(path, made):
    """Write a journal of so many evaluations."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = Journal(path, SPACE, WHOSE)
    kept.append(np.zeros((made, 2)), Scores(np.zeros(made), np.zeros(made)), *_solver(made))
    kept.close()


def _solver(made):
    return (np.zeros(made, dtype=np.uint8),)


@pytest.fixture(scope="module")
def place(ieee12_results, tmp_path_factory):
    """A folder with results, and what is none or not whole."""
    place = tmp_path_factory.mktemp("place")
    shutil.copytree(ieee12_results, place / "whole")
    shutil.copytree(ieee12_results, place / "deep er" / "damaged")
    (place / "deep er" / "damaged" / "summary.csv").write_text("case\nbase\n", "utf-8")
    started = place / "started"
    started.mkdir()
    for name in ("study.toml", "network.json"):
        shutil.copy(ieee12_results / name, started)
    said = json.loads((ieee12_results / "manifest.json").read_text("utf-8"))
    (started / "manifest.json").write_text(json.dumps({**said, "status": "running"}), "utf-8")
    journal(started / "journal" / "cheetah-seed1.journal", 7)
    (place / "app").mkdir()
    (place / "app" / "manifest.json").write_text('{"name": "no results"}', "utf-8")
    (place / ".hidden").mkdir()
    shutil.copy(ieee12_results / "manifest.json", place / ".hidden")
    os.symlink(ieee12_results, place / "link")
    for days, name in enumerate(("deep er/damaged", "whole", "started"), start=1):
        times = (1e9 + 86400.0 * days,) * 2
        for path in (place / name).rglob("*"):
            os.utime(path, times)
    return place


@pytest.fixture(scope="module")
def found(place):
    return {entry.name: entry for entry in results_below(place)}


def test_the_newest_come_first_and_strangers_are_left_out(found):
    assert list(found) == ["started", "whole", "deep er/damaged"]


def test_whole_results_have_their_best_figure(found, ieee12_results):
    entry = found["whole"]
    best = pd.read_csv(ieee12_results / "summary.csv").iloc[1:].nlargest(1, "traded_kwh").iloc[0]
    assert (entry.command, entry.study, entry.feeder) == ("compare", "ieee12", "ieee12")
    assert (entry.goal, entry.unit, entry.feasible) == ("traded", "kWh", True)
    assert (entry.figure, entry.case) == (best["traded_kwh"], best["case"])
    assert (entry.evaluations, entry.evaluations_asked) == (100, 100)
    assert entry.when.startswith("2001-09-1")


def test_a_search_that_has_not_ended_says_how_far_it_is(found):
    entry = found["started"]
    assert (entry.status, entry.evaluations, entry.evaluations_asked) == ("unfinished", 7, 100)
    assert np.isnan(entry.figure)


def test_a_damaged_one_says_why(found):
    entry = found["deep er/damaged"]
    assert entry.status == "damaged"
    assert "column 'seed' is missing" in entry.note


def test_finished_runs_take_the_place_of_their_journals(tmp_path):
    journal(tmp_path / "journal" / "a-seed1.journal", 7)
    np.savez(tmp_path / "journal" / "a-seed1.npz", objective=np.zeros(20))
    journal(tmp_path / "journal" / "b-seed1.journal", 3)
    (tmp_path / "journal" / "c-seed1.journal").write_bytes(b"no journal\n")
    (tmp_path / "journal" / "d-seed1.npz").write_bytes(b"no run")
    assert evaluations_kept(tmp_path) == 23


def test_sorted_and_turned_round(place):
    names = [entry.name for entry in results_below(place, "name")]
    assert names == sorted(names)
    assert [e.name for e in results_below(place, "name", reverse=True)] == names[::-1]
    # The best of a goal first, what has no figure last.
    assert results_below(place, "figure")[0].name != "started"


def test_a_results_folder_itself(place):
    (entry,) = results_below(place / "whole")
    assert entry.name == "."


def test_sweeps_and_fronts_have_one_line(place, tmp_path):
    swept = tmp_path / "swept"
    for name in ("001", "002"):
        shutil.copytree(place / "whole", swept / "points" / name)
    shutil.copy(place / "whole" / "study.toml", swept)
    said = {"fields": [{"field": "storage.hours", "values": [1, 2, 4]}], "status": "running"}
    said |= {"files": {}, "command": "toolkit sweep", "study_hash": "0"}
    (swept / "sweep.json").write_text(json.dumps(said), "utf-8")
    (entry,) = results_below(tmp_path)
    assert (entry.command, entry.points, entry.points_asked) == ("sweep", 2, 3)
    assert entry.status == "unfinished"
    names = [entry.name for entry in results_below(tmp_path, "name", points=True)]
    assert names == ["swept", "swept/points/001", "swept/points/002"]


def test_the_command_prints_a_line_each(command, place):
    code, told, err = command("results", "list", place)
    assert (code, err) == (0, "")
    first = told.splitlines()[0]
    assert first.startswith("3 results folders below ")
    flat = " ".join(told.split())
    assert "1 unfinished, 1 complete, 1 damaged." in flat
    assert "started: 7 of 100 evaluations. If 'toolkit watch' says that it has stopped" in flat
    assert "column 'seed' is missing" in flat


def test_the_keys_of_json_are_documented(command, place):
    code, told, err = command("results", "list", place, "--json")
    assert (code, err) == (0, "")
    said = json.loads(told)
    keys = documented()["results list"]
    assert said.keys() <= keys
    assert all(entry.keys() <= keys for entry in said["results"])
    assert said["results"][0]["figure"] is None


def test_mistakes_get_one_message(command, tmp_path):
    code, told, err = command("results", "list", tmp_path / "nowhere")
    assert (code, told, err.count("\n")) == (2, "", 1)
    assert "there is no such folder" in err
    code, told, err = command("results", "list", tmp_path)
    assert (code, err) == (0, "")
    assert told.startswith("No results folder below")


def test_in_python(place):
    table = toolkit.list_results(place, sort="name")
    assert table["status"].tolist() == ["damaged", "unfinished", "complete"]
    with pytest.raises(InputError, match=r"unknown sort 'nam'\. Did you mean 'name'"):
        toolkit.list_results(place, sort="nam")
