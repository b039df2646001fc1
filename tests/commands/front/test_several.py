"""Optimizers of several goals in a front: their budget, their plans, and the same bytes again."""

import shutil

import numpy as np
import pandas as pd
import pytest
from helpers.processes import FORKING, start

from toolkit.commands import front as fronts
from toolkit.commands.front import several
from toolkit.commands.front.asked import asked as asked_of
from toolkit.commands.front.points import Point
from toolkit.commands.front.reproduced import reproduce_front
from toolkit.commands.request import Request
from toolkit.common.errors import InputError
from toolkit.inputs import study_files
from toolkit.optimizer.several import FRONTS
from toolkit.problem.setting import prepare
from toolkit.results.store import read_results
from toolkit.runs import several as running
from toolkit.runs.several import Found

pytest.importorskip("pymoo")
GOALS = ("traded", "losses")
ASKED = Request(("random", "nsga2"), budget=20, runs=1, options={"nsga2": {"population": 10}})


@pytest.fixture(autouse=True)
def _forked(inside_runs):
    """Have the processes of a point begin as forks of it."""
    inside_runs(FORKING)


def found_of(study, folder):
    loaded = study_files.load(str(study))
    return fronts.front_and_store(loaded, asked_of(GOALS, 2, ASKED), folder, "toolkit front")


@pytest.fixture(scope="module")
def whole(asked, begin_inside, tmp_path_factory):
    """A front that nobody interrupted, by one optimizer of each kind."""
    with pytest.MonkeyPatch.context() as patch:
        begin_inside(patch, FORKING)
        return found_of(asked, tmp_path_factory.mktemp("several") / "out")


def test_its_plans_are_cases_that_answer_the_points(whole):
    assert whole.status == "complete"
    own = whole.table[whole.table["optimizer"] == "nsga2"].set_index("point")
    results = read_results(whole.folder / "several" / "nsga2-seed1")
    for point, row in own.iterrows():
        case = results.summary.set_index("case").loc[f"at-{point}"]
        assert row["traded_kwh"] == case["traded_kwh"]
        assert row["evaluations"] == 4 * 20
        if row["feasible"] and not np.isnan(row["limits.goals.losses.max"]):
            assert row["loss_kwh"] <= row["limits.goals.losses.max"] * (1.0 + 1e-6)
    assert {"traded", "losses"} <= set(own.index)
    volumes = whole.volumes.set_index("optimizer")
    assert volumes.loc["nsga2", "evaluations"] == volumes.loc["random", "evaluations"] == 80
    assert 0.0 < volumes.loc["nsga2", "hypervolume"] <= 1.0
    assert not (whole.folder / "several" / "nsga2-seed1.journal").exists()


def test_what_a_kill_leaves_is_gone_on_with_to_the_same_bytes(whole, asked, tmp_path):
    folder = tmp_path / "out"
    words = ["front", str(asked), "--goal", "traded", "--goal", "losses", "--points", "2"]
    words += ["--optimizer", "random", "--optimizer", "nsga2", "--option", "nsga2.population=10"]
    words += ["--budget", "20", "--workers", "1", "--out", str(folder)]
    # All but the last search is there; of that one, its journal as far as it comes.
    shutil.copytree(whole.folder, folder)
    shutil.rmtree(folder / "several")
    journal = folder / "several" / "nsga2-seed1.journal"
    killed = start(words, tmp_path)
    while not (journal.is_file() and journal.stat().st_size > 2000):
        assert killed.poll() is None
    killed.kill()
    killed.communicate()
    assert fronts.resume(folder, 2, None).status == "complete"
    for name in ("front.csv", "hypervolume.csv"):
        assert (folder / name).read_bytes() == (whole.folder / name).read_bytes()


def test_a_replayed_run_scores_nothing_again(asked, tmp_path, monkeypatch):
    loaded = study_files.load(str(asked))
    setting = prepare(loaded)
    order = running.Order(
        setting, GOALS, "nsga2", {"population": 10}, 3, 30, tmp_path / "run.journal", ""
    )

    class Pen:
        def stopped(self):
            return False

        def note(self, value):
            pass

    assert running.carry_out(Pen(), order) == {"status": "complete", "notes": []}
    first = running.found_by(order)
    assert first.objectives.shape == (30, 2)
    content = order.path.read_bytes()
    monkeypatch.setattr(running.several_goals, "scored", None)
    assert running.carry_out(Pen(), order)["status"] == "complete"
    assert order.path.read_bytes() == content


def test_the_best_plan_for_each_point_is_picked_by_hand():
    found = Found(
        np.zeros((4, 1)),
        np.array([[-50.0, 5.0], [-80.0, 9.0], [-90.0, 12.0], [-99.0, 4.0]]),
        np.array([0.0, 0.0, 0.0, 0.3]),
    )

    def point(name, goal, limits):
        return Point(name, goal, limits, None, None)

    points = [
        point("traded", "traded", {}),
        point("losses", "losses", {}),
        point("001", "traded", {"limits.goals.losses.max": 4.5}),
        point("002", "traded", {"limits.goals.losses.max": 9.0}),
    ]
    chosen = several.picked(found, GOALS, points)
    assert chosen == {"traded": 2, "losses": 0, "002": 1}


def test_optimizers_of_several_goals_alone_are_refused():
    with pytest.raises(InputError, match="found nsga2 alone; expected an optimizer of a single"):
        asked_of(GOALS, 3, Request(("nsga2",), budget=10))


def test_a_missing_library_is_named_with_the_command(monkeypatch):
    found = FRONTS.load("nsga3")
    monkeypatch.setattr(found, "requires", {"no_such_library": 'pip install "p2p[fronts]"'})
    with pytest.raises(InputError, match=r"no_such_library.*pip install"):
        FRONTS.configure(found, {}, "nsga3")


def test_a_wrong_option_is_refused_before_any_search():
    with pytest.raises(InputError, match="population"):
        several.checked({"nsga2": {"population": 1}})


def test_points_that_break_a_limit_count_as_broken():
    row = pd.Series({"loss_kwh": 12.0})
    assert several._beyond("limits.goals.losses.max", 10.0, row) == pytest.approx(0.2)
    assert several._beyond("limits.goals.losses.max", 13.0, row) == 0.0


def test_a_front_is_reproduced_and_a_forged_cell_is_named(whole, tmp_path, command):
    code, out, _ = command("reproduce", whole.folder)
    assert code == 0
    assert "reproduced: 5 points, and front.csv says what they do" in " ".join(out.split())
    copy = shutil.copytree(whole.folder, tmp_path / "copy")
    table = copy / "front.csv"
    forged = table.read_text("utf-8").splitlines()
    cells = forged[1].split(",")
    cells[6] = "21"
    table.write_text("\n".join([forged[0], ",".join(cells), *forged[2:]]) + "\n", "utf-8")
    told = reproduce_front(copy)
    assert not told.reproduced
    assert told.culprits[0] == "front.csv was changed after it was written."
    assert "point traded, evaluations: found '21', its folder says '20'" in told.culprits[1]
