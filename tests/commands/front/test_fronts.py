"""Fronts carried out: which points there are, what begins where, the same bytes after a kill."""

import json
import time
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from helpers.processes import FORKING, start

import toolkit
from toolkit.commands import front as fronts
from toolkit.commands.front.asked import asked as asked_of
from toolkit.commands.front.table import gap_pct
from toolkit.commands.front.words import answer, best_plans
from toolkit.commands.reproduce import reproduce
from toolkit.commands.request import Request
from toolkit.common.errors import InputError
from toolkit.inputs import study_files
from toolkit.problem.goals import GOALS
from toolkit.results.store import read_results

GOALS_ASKED = ("traded", "losses")
ASKED = Request(("cheetah",), budget=30, runs=1)
CASE = "cheetah-seed1"
COLUMNS = [GOALS[name].column for name in GOALS_ASKED]


@pytest.fixture(autouse=True)
def _forked(inside_runs):
    """Have the processes of a point begin as forks of it."""
    inside_runs(FORKING)


def found_of(study, folder, request=ASKED, goals=GOALS_ASKED, points=3):
    loaded = study_files.load(str(study))
    wanted = asked_of(goals, points, request)
    return fronts.front_and_store(loaded, wanted, folder, "toolkit front")


@pytest.fixture(scope="module")
def whole(asked, begin_inside, tmp_path_factory):
    """A front that nobody interrupted."""
    with pytest.MonkeyPatch.context() as patch:
        begin_inside(patch, FORKING)
        return found_of(asked, tmp_path_factory.mktemp("front") / "out")


def test_limits_are_evenly_spaced_between_the_extremes(whole):
    assert whole.status == "complete"
    table = whole.table
    assert [*dict.fromkeys(table["point"])] == ["traded", "losses", "001", "002", "003"]
    kept = table[table["feasible"].astype(bool)]
    lowest = kept.loc[kept["point"] == "losses", "loss_kwh"].min()
    most = kept[kept["point"] == "traded"].sort_values("traded_kwh").iloc[-1]["loss_kwh"]
    highest = max(most, lowest)
    limits = [
        read_results(whole.point(name)).study.limits.of_goals["losses"].max
        for name in ("001", "002", "003")
    ]
    assert limits == [lowest, lowest + (highest - lowest) / 2, highest]
    own = table[~table["point"].isin(GOALS_ASKED)]
    assert own.groupby("point")["limits.goals.losses.max"].first().tolist() == pytest.approx(limits)
    assert table["limits.goals.losses.max"].isna().sum() == 2


def test_a_row_is_a_plan_of_an_ordinary_results_folder(whole):
    for _, row in whole.table.iterrows():
        results = read_results(whole.point(row["point"]))
        assert results.study.market.objective == row["goal"]
        own = results.summary.set_index("case").loc[row["case"]]
        for name in (*COLUMNS, "violation", "evaluations"):
            assert row[name] == own[name]
    assert reproduce(whole.point("002")).reproduced


def test_each_run_begins_from_its_own_plan_of_the_point_before(whole):
    table = whole.table.set_index(["point", "case"])
    for before, point in (("001", "002"), ("002", "003")):
        place = whole.point(point)
        manifest = json.loads((place / "manifest.json").read_text("utf-8"))
        assert len(manifest["starts"][CASE][0]) > 10
        history = pd.read_csv(place / "cases" / CASE / "history.csv")
        assert len(history) == 30
        earlier = table.loc[before, CASE]
        assert earlier["feasible"]
        assert history["objective"][0] == pytest.approx(-earlier["traded_kwh"], rel=1e-6)
        assert table.loc[point, CASE]["traded_kwh"] >= earlier["traded_kwh"] * (1 - 1e-6)


def test_a_plan_is_dominated_where_another_is_no_worse_and_once_better(whole):
    kept = whole.table[whole.table["feasible"].astype(bool)]
    costs = kept[COLUMNS].to_numpy() * [-1.0, 1.0]
    for i, row in enumerate(costs):
        beaten = ((costs <= row).all(axis=1) & (costs < row).any(axis=1)).any()
        assert kept["dominated"].iloc[i] == float(beaten)
    assert whole.table["dominated"].isna().sum() == len(whole.table) - len(kept)


def test_the_hypervolume_is_that_of_each_run_between_the_figures_told(whole):
    told = json.loads((whole.folder / "front.json").read_text("utf-8"))["figures"]
    kept = whole.table[whole.table["feasible"].astype(bool)]
    assert told["traded"]["best"] == kept["traded_kwh"].max()
    assert told["losses"]["best"] == kept["loss_kwh"].min()
    for _, row in whole.volumes.iterrows():
        own = kept[kept["case"] == row["case"]]
        # Stairs by hand: from the lowest losses on, the most energy so far.
        right, low = told["losses"]["reference"], told["traded"]["reference"]
        area, most = 0.0, low
        for _, plan in own.sort_values("loss_kwh").iterrows():
            if plan["loss_kwh"] < right and plan["traded_kwh"] > most:
                area += (right - plan["loss_kwh"]) * (plan["traded_kwh"] - most)
                most = plan["traded_kwh"]
        box = (right - told["losses"]["best"]) * (told["traded"]["best"] - low)
        assert row["hypervolume"] == pytest.approx(area / box)
        assert row["evaluations"] == 5 * 30


def test_a_front_that_was_killed_goes_on_to_the_same_bytes(whole, asked, tmp_path):
    folder = tmp_path / "out"
    words = ["front", str(asked), "--goal", "traded", "--goal", "losses", "--points", "3"]
    words += ["--optimizer", "cheetah", "--budget", "30"]
    words += ["--workers", "1", "--out", str(folder)]
    killed = start(words, tmp_path)
    give_up = time.monotonic() + 120.0
    while not (folder / "points" / "002" / "manifest.json").is_file():
        assert killed.poll() is None
        assert time.monotonic() < give_up
        time.sleep(0.01)
    killed.kill()
    killed.communicate()
    assert json.loads((folder / "front.json").read_text("utf-8"))["status"] == "running"
    resumed = fronts.resume(folder, 2, None)
    assert resumed.status == "complete"
    for name in ("front.csv", "hypervolume.csv"):
        assert (folder / name).read_bytes() == (whole.folder / name).read_bytes()
    for path in whole.folder.glob("points/*/cases/*/plan.json"):
        assert (folder / path.relative_to(whole.folder)).read_bytes() == path.read_bytes()


def test_the_same_front_goes_on_and_another_is_refused(whole, asked, tmp_path):
    before = (whole.point("001") / "manifest.json").read_bytes()
    assert found_of(asked, whole.folder).table.equals(whole.table)
    assert (whole.point("001") / "manifest.json").read_bytes() == before
    with pytest.raises(InputError, match="holds another front"):
        found_of(asked, whole.folder, points=4)
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"already holds other files \(mine\.txt\)"):
        found_of(asked, tmp_path)


@pytest.mark.parametrize(
    ("goals", "points", "said"),
    [
        ([], 9, "--goal: found none; expected two or three"),
        (["traded"], 9, "found 1 (traded); expected two or three"),
        (["traded", "weighted"], 9, "'weighted', a sum of goals"),
        (["traded", "loss"], 9, "'loss', which is no goal."),
        (["traded", "traded"], 9, "expected different goals"),
        (["traded", "losses"], 1, "--points: found 1; expected 2 or more"),
        (["traded", "losses", "co2"], 10_000, "--points: found 10000"),
    ],
)
def test_what_cannot_be_asked_gets_one_message(goals, points, said):
    with pytest.raises(InputError) as caught:
        asked_of(goals, points, ASKED)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_goal_that_the_study_states_nothing_of_is_refused_before_any_search(asked, tmp_path):
    with pytest.raises(InputError, match=r"goal annual_cost: .*found 'annual_cost'"):
        found_of(asked, tmp_path / "out", goals=("traded", "annual_cost"))
    assert not (tmp_path / "out").exists()


def test_three_goals_have_a_grid_of_points_in_python(asked, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # notices of the feeder, points of which no plan is found
        found = toolkit.front(
            str(asked),
            ["traded", "losses", "self_sufficiency"],
            points=2,
            optimizers=["cheetah"],
            budget=20,
            out=tmp_path / "out",
        )
    assert isinstance(found, toolkit.Front)
    fields = ["limits.goals.losses.max", "limits.goals.self_sufficiency.min"]
    grid = found.table.iloc[3:][fields].to_numpy()
    assert len(grid) == len(np.unique(grid[:, 0])) * len(np.unique(grid[:, 1])) >= 2
    assert len(np.unique(grid, axis=0)) == len(grid)
    assert (found.folder / "figures" / "figure1_front.svg").is_file()
    assert fronts.read(found.folder).table.equals(found.table)


def test_a_gap_is_the_share_of_the_bound_that_a_figure_misses():
    # 5,700 of at most 6,000; a cost of 105 where 100 is the least; the bound itself.
    assert gap_pct(5700.0, 6000.0, -1.0) == pytest.approx(5.0)
    assert gap_pct(105.0, 100.0, 1.0) == pytest.approx(5.0)
    assert gap_pct(0.0, 0.0, 1.0) == 0.0


def test_points_that_share_a_plan_are_not_counted_as_different_ones(whole):
    last = whole.table.iloc[-1]
    same = [{**last, "point": point} for point in ("001", "002")]
    shared = replace(whole, table=pd.DataFrame(same))
    words = answer(shared, best_plans(shared))
    assert words.startswith("2 of 2 points have a plan that keeps every limit")
    assert "All share one plan." in words


def test_the_terminal_says_the_answer_first(whole, command):
    code, out, _ = command("resume", whole.folder)
    assert code == 0
    first = " ".join(out.split()[:14])
    assert "of 3 points have a plan that keeps every limit" in first
    assert "Hypervolume of each optimizer's front" in out
    assert out.strip().splitlines()[-1] == str(whole.folder)
