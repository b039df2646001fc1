"""A sweep solved again: its points, and the table that is made from them."""

import json
import shutil

import pytest
from helpers.json_keys import documented
from helpers.processes import FORKING

from toolkit.commands import sweep as sweeping
from toolkit.commands.request import Request
from toolkit.commands.sweep.grid import parsed
from toolkit.commands.sweep.reproduced import reproduce_sweep
from toolkit.errors import InputError
from toolkit.inputs import study_files


@pytest.fixture(scope="module")
def whole(asked, begin_inside, tmp_path_factory):
    """A sweep of two points."""
    folder = tmp_path_factory.mktemp("swept") / "out"
    fields = parsed(["storage.hours=1,2"])
    with pytest.MonkeyPatch.context() as patch:
        begin_inside(patch, FORKING)
        study = study_files.load(str(asked))
        sweeping.sweep_and_store(study, fields, Request(("random",), 5, 1), folder, "toolkit sweep")
    return folder


@pytest.fixture
def folder(whole, tmp_path):
    """A copy of it, to be spoiled."""
    return shutil.copytree(whole, tmp_path / "copy")


def test_an_honest_sweep_is_reproduced(whole, command):
    code, out, error = command("reproduce", whole)
    assert (code, error) == (0, "")
    assert "001: reproduced" in out
    assert out.endswith("Verdict: reproduced: 2 points, and sweep.csv says what they do\n")


def test_a_cell_of_the_table_is_that_of_its_point(folder, command):
    path = folder / "sweep.csv"
    lines = path.read_text("utf-8").splitlines()
    at = lines[0].split(",").index("traded_kwh")
    cells = lines[2].split(",")
    said, cells[at] = cells[at], "1e6"
    path.write_text("\n".join([*lines[:2], ",".join(cells)]) + "\n", "utf-8")
    found = reproduce_sweep(folder)
    assert found.culprits == (
        "sweep.csv was changed after it was written.",
        f"sweep.csv: point 002, traded_kwh: found '1e6', its folder says '{said}'.",
    )
    code, out, _ = command("reproduce", folder, "--json")
    found = json.loads(out)
    assert (code, found["reproduced"]) == (1, False)
    assert found.keys() <= documented()["reproduce"]


def test_what_is_not_complete_is_told_and_a_lost_file_named(folder):
    (folder / "points" / "001" / "manifest.json").unlink()
    found = reproduce_sweep(folder)
    assert found.notes == ("points that are not complete: 001.",)
    assert "points/001/manifest.json is missing." in found.culprits
    (folder / "points" / "002" / "summary.csv").unlink()
    with pytest.raises(InputError, match=r"002.summary\.csv"):
        reproduce_sweep(folder)
