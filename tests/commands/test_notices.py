"""What figures have to be read with is said before a command computes, and kept with them."""

import dataclasses
import json
import warnings

import pytest

import toolkit
from toolkit.commands import simulate_and_store
from toolkit.common.monitor import Monitor
from toolkit.grid.opendss import feeder as reading
from toolkit.inputs import study_files
from toolkit.model.notices import Notice

NOTICE = Notice("Generator.wt1", "is not what it seems.", "/far/away/Units.dss", 7)


@pytest.fixture
def noticed(monkeypatch):
    monkeypatch.setattr(reading, "_known", {})
    monkeypatch.setattr(reading, "notices_of", lambda *given: (NOTICE,))


def test_a_notice_names_the_file_and_the_line_where_there_is_one():
    assert str(NOTICE) == "Units.dss, line 7: Generator.wt1: is not what it seems."
    bare = dataclasses.replace(NOTICE, file="", line=0)
    assert str(bare) == "Generator.wt1: is not what it seems."


def test_it_is_told_before_the_day_is_solved_and_kept(noticed, tmp_path):
    told = []
    outcome = simulate_and_store(
        study_files.load("ieee12"), None, tmp_path, "toolkit", monitor=Monitor(notice=told.append)
    )
    assert told == [str(NOTICE)] == list(outcome.notices)
    assert json.loads((tmp_path / "manifest.json").read_text())["notices"] == told


def test_python_warns_of_it(noticed, tmp_path, undrawn):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        toolkit.simulate("ieee12", out=tmp_path / "out")
    assert str(NOTICE) in [str(w.message) for w in caught]
