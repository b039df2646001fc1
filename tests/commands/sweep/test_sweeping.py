"""Sweeps carried out: what they write, and the same bytes whoever does the work."""

import json
import time
import warnings
from dataclasses import replace

import pandas as pd
import pytest
from helpers.processes import FORKING, start

import toolkit
from toolkit.commands import sweep as sweeping
from toolkit.commands.request import Request
from toolkit.commands.sweep.grid import parsed
from toolkit.common.errors import InputError
from toolkit.inputs import study_files
from toolkit.results.store import read_results

ASKED = Request(("random",), budget=20, runs=2)
FIELDS = ("storage.hours=1,2,4",)


@pytest.fixture(autouse=True)
def _forked(inside_runs):
    """Have the processes of a point begin as forks of it."""
    inside_runs(FORKING)


def swept(asked, folder, request=ASKED, fields=FIELDS):
    study = study_files.load(str(asked))
    return sweeping.sweep_and_store(study, parsed(fields), request, folder, "toolkit sweep")


@pytest.fixture(scope="module")
def whole(asked, begin_inside, tmp_path_factory):
    """A sweep that nobody interrupted."""
    with pytest.MonkeyPatch.context() as patch:
        begin_inside(patch, FORKING)
        return swept(asked, tmp_path_factory.mktemp("swept") / "out")


def test_a_row_is_the_best_plan_of_an_ordinary_results_folder(whole):
    assert whole.status == "complete"
    assert whole.table["storage.hours"].tolist() == [1.0, 2.0, 4.0]
    for _, row in whole.table.iterrows():
        results = read_results(whole.point(row["point"]))
        assert results.study.storage.hours == row["storage.hours"]
        plans = results.summary[results.summary["case"] != "base"]
        best = plans[plans["feasible"].astype(bool)].sort_values("traded_kwh").iloc[-1]
        assert (row["case"], row["traded_kwh"]) == (best["case"], best["traded_kwh"])
        units = results.cases[best["case"]].plan["units"]
        held = sum(unit["kwh"] for unit in units if unit["kind"] == "bess")
        assert row["bess_size_kwh"] == held
        assert held == pytest.approx(row["bess_size_kw"] * row["storage.hours"])
        assert row["bev_vehicles"] == sum(unit["vehicles"] for unit in units)


def test_the_table_is_the_same_on_several_workers(whole, asked, tmp_path):
    several = Request(("random",), budget=20, runs=2, workers=4)
    again = swept(asked, tmp_path / "out", several)
    assert (again.folder / "sweep.csv").read_bytes() == (whole.folder / "sweep.csv").read_bytes()


def test_a_sweep_that_was_killed_goes_on_to_the_same_bytes(whole, asked, tmp_path):
    folder = tmp_path / "out"
    words = ["sweep", str(asked), "--set", FIELDS[0], "--optimizer", "random", "--budget", "20"]
    words += ["--runs", "2", "--workers", "1", "--out", str(folder)]
    killed = start(words, tmp_path)
    give_up = time.monotonic() + 120.0
    while not (folder / "points" / "002" / "manifest.json").is_file():
        assert killed.poll() is None
        assert time.monotonic() < give_up
        time.sleep(0.01)
    killed.kill()
    killed.communicate()
    assert json.loads((folder / "sweep.json").read_text("utf-8"))["status"] == "running"
    assert not (folder / "sweep.csv").exists()
    resumed = sweeping.resume(folder, 2, None)
    assert resumed.status == "complete"
    assert (folder / "sweep.csv").read_bytes() == (whole.folder / "sweep.csv").read_bytes()


def test_the_same_sweep_goes_on_and_another_is_refused(whole, asked):
    before = (whole.folder / "points" / "001" / "manifest.json").read_bytes()
    again = swept(asked, whole.folder)
    assert again.table.equals(whole.table)
    assert (whole.folder / "points" / "001" / "manifest.json").read_bytes() == before
    with pytest.raises(InputError, match="holds another sweep"):
        swept(asked, whole.folder, fields=["storage.hours=1,2"])
    with pytest.raises(InputError, match="holds another sweep"):
        swept(asked, whole.folder, Request(("random",), budget=21, runs=2))


def test_a_folder_with_other_files_is_left_alone(asked, tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"already holds other files \(mine\.txt\)"):
        swept(asked, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_point_that_cannot_be_searched_is_refused_before_any_is(asked, tmp_path):
    with pytest.raises(InputError, match=r"point 002 \(feeder = nowhere\)"):
        swept(asked, tmp_path / "out", fields=["feeder=ieee12,nowhere"])
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("fields", "there"),
    [
        (("storage.hours",), True),
        (("storage.hours", "settlement.mechanism"), True),
        (("storage.hours", "limits.v_max", "limits.v_min"), False),
    ],
)
def test_a_figure_shows_one_field_or_two(whole, tmp_path, fields, there):
    more = {"settlement.mechanism": "sdr", "limits.v_max": 1.05, "limits.v_min": 0.95}
    table = whole.table.assign(**{name: more[name] for name in fields[1:]})
    second = table.assign(**{"settlement.mechanism": "mid-market"} if len(fields) == 2 else {})
    found = replace(whole, folder=tmp_path, fields=fields, table=pd.concat([table, second]))
    assert sweeping.draw(found) is there
    for kind in ("png", "svg"):
        assert (found.folder / "figures" / f"figure1_sweep.{kind}").is_file() is there


def test_python_has_the_table_as_a_frame(asked, tmp_path):
    grid = {"storage.hours": "1:3:2"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # notices of the feeder
        found = toolkit.sweep(
            str(asked), grid, optimizers=["random"], budget=5, out=tmp_path / "out"
        )
    assert isinstance(found, toolkit.Sweep)
    assert found.table["storage.hours"].tolist() == [1.0, 3.0]
    assert (found.folder / "figures" / "figure1_sweep.png").is_file()
    again = sweeping.read(found.folder)
    assert again.table.equals(found.table)
    with pytest.raises(InputError, match="expected a list of values for each field"):
        toolkit.sweep(str(asked), {"storage.hours": 3})
