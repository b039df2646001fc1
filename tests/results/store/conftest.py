"""Results folders of searches that were stopped, made once."""

import shutil

import pytest
from helpers.folders import QUICK
from helpers.resuming import WAITING

from toolkit.commands import search_and_store
from toolkit.common.monitor import Monitor
from toolkit.inputs import study_files
from toolkit.runs.workers import Stop


@pytest.fixture(scope="module")
def coarse(write_coarse, tmp_path_factory):
    """A study with days of six steps; its file."""
    return write_coarse(tmp_path_factory.mktemp("study"), "coarse")


@pytest.fixture(scope="module")
def stopped(coarse, begin_inside):
    """Return a function that searches into a folder and is stopped in the second of two runs."""

    def search(folder, **more):
        spent = [0]
        with pytest.MonkeyPatch.context() as patch:
            begin_inside(patch, WAITING.format(evaluations=1, run="-seed2"))
            patch.setattr(Stop, "is_set", lambda self: sum(spent) > QUICK.budget)
            return search_and_store(
                study_files.load(str(coarse)),
                QUICK,
                folder,
                "toolkit optimize",
                monitor=Monitor(spent=lambda told: spent.__setitem__(slice(None), told)),
                **more,
            )

    return search


@pytest.fixture(scope="module")
def interrupted(stopped, tmp_path_factory):
    """A folder of a search that was stopped: results, journals, a finished run and a report."""
    folder = tmp_path_factory.mktemp("made") / "DIR"
    outcome = stopped(folder)
    assert outcome.status == "interrupted"
    (folder / "figures").mkdir()
    (folder / "figures" / "figure1_one_line.svg").write_text("<svg/>", "utf-8")
    (folder / "report.html").write_text("report", "utf-8")
    (folder / "explain.csv").write_text("explained", "utf-8")
    return folder


@pytest.fixture
def made(interrupted, coarse, tmp_path):
    """A copy of it beside the study, in an empty folder."""
    shutil.copytree(interrupted, tmp_path / "DIR")
    for path in coarse.parent.iterdir():
        shutil.copy(path, tmp_path / path.name)
    return tmp_path / "DIR"
