"""Whole commands on studies that seek, weigh and limit a goal of somebody else."""

import sys
from pathlib import Path

import pandas as pd
import pytest
from helpers.processes import FORKING
from helpers.strange_goals import installing

import toolkit
from toolkit.commands import bound_and_store, search_and_store
from toolkit.commands import front as fronts
from toolkit.commands.front import asked as front
from toolkit.commands.front.points import extremes
from toolkit.commands.reproduce import reproduce
from toolkit.commands.request import Request
from toolkit.errors import InputError
from toolkit.inputs import study_files
from toolkit.results import report

#: Sold energy in the mean of a bus, which is the same as what is traded but for its name.
SOLD = "return solved.sold_kwh.sum(axis=1) / self.options.size"
SOUGHT = "reference, label, unit, direction = 'test', 'energy sold <each>', 'kWh each', 'max'"
#: Its size unless its options say otherwise.
SIZE = 5.0
CASE = "random-seed1"


@pytest.fixture
def stranger(install, monkeypatch):
    """Install a goal of somebody else."""
    with installing(install, monkeypatch) as add:
        yield add


@pytest.fixture
def study(tmp_path, write_coarse, stranger, undrawn):
    """Return a function that writes a study with more in it; the goal is installed."""

    def written(more, extra="needs = ('trades',)"):
        module = stranger(SOLD, words=SOUGHT, extra=extra)
        path = write_coarse(tmp_path)
        path.write_text(path.read_text() + more, encoding="utf-8")
        return study_files.load(str(path)), module

    return written


def test_it_is_sought_shown_and_reproduced(study, tmp_path):
    asked, module = study('[market]\nobjective = "others"\noptions = { others = { size = 4 } }\n')
    out = tmp_path / "out"
    outcome = search_and_store(asked, Request(("random",), 40, 1), out, "toolkit optimize")
    assert outcome.status == "complete"
    assert module not in sys.modules
    summary = pd.read_csv(out / "summary.csv").set_index("case")
    assert summary["goal_others"].to_numpy() == pytest.approx(summary["traded_kwh"] / 4.0)
    assert summary["score"].to_numpy() == pytest.approx(summary["goal_others"])
    assert list(summary.columns[-2:]) == ["goal_others", "score"]
    assert outcome.goal.sought("day") == "the highest energy sold <each> over the day"
    report.write_report(out)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "energy sold &lt;each&gt; over the day" in page
    assert "kWh each" in page
    assert reproduce(out).reproduced
    summary["goal_others"] *= 1.01
    summary.reset_index().to_csv(out / "summary.csv", index=False)
    found = reproduce(out)
    assert "goal_others" in {d.column for d in found.differences if not d.holds}


def test_a_figure_that_nobody_asked_for_is_not_reproduced(study, tmp_path):
    asked, _ = study("")
    out = tmp_path / "out"
    search_and_store(asked, Request(("random",), 5, 1), out, "toolkit optimize")
    summary = pd.read_csv(out / "summary.csv")
    assert not any(name.startswith("goal_") for name in summary)
    summary.insert(len(summary.columns) - 1, "goal_others", 1.0)
    summary.to_csv(out / "summary.csv", index=False)
    assert not reproduce(out).reproduced


def test_it_is_weighed_and_held_to_a_limit(study, tmp_path):
    more = (
        '[market]\nobjective = "weighted"\n[market.weights]\nothers = 1\nlosses = 2\n'
        "[limits.goals]\nothers = { min = 1e7 }\n"
    )
    asked, _ = study(more)
    out = tmp_path / "out"
    outcome = search_and_store(asked, Request(("random",), 20, 1), out, "toolkit optimize")
    row = pd.read_csv(out / "summary.csv").set_index("case").loc[CASE]
    assert row["violation"] == pytest.approx(1.0 - row["goal_others"] / 1e7)
    assert "energy sold <each>" in row["broken"]
    assert "No plan found keeps limits.goals.others" in " ".join(outcome.notes)
    assert reproduce(out).reproduced


def test_the_exact_model_refuses_it_by_name(study, tmp_path):
    asked, _ = study('[market]\nobjective = "others"\n')
    said = "market.objective: found 'others'; a proven bound and polishing expect"
    with pytest.raises(InputError, match=said):
        bound_and_store(asked, 5.0, 0.01, tmp_path / "out", "toolkit bound")
    polished = Request(("random",), 20, 1, polish=True)
    with pytest.raises(InputError, match=said):
        search_and_store(asked, polished, tmp_path / "out", "toolkit optimize")


@pytest.mark.parametrize(
    ("market", "said"),
    [
        ({"objective": "others", "options": {"others": {"size": 1}}}, "option 'size' of goal 'oth"),
        ({"options": {"others": {"size": 3}}}, "options of a goal that the study does not ask for"),
        ({"options": {"traded": {"size": 3}}}, "goal 'traded' has no option 'size'"),
    ],
)
def test_options_that_cannot_be_are_refused(study, tmp_path, market, said):
    asked, _ = study("")
    asked = toolkit.Study.model_validate({**asked.model_dump(mode="json"), "market": market})
    with pytest.raises(InputError) as error:
        search_and_store(asked, Request(("random",), 5, 1), tmp_path / "out", "toolkit optimize")
    assert str(error.value).startswith("study mine: 'market")
    assert said in str(error.value)


def test_it_may_be_one_of_the_goals_of_a_front(study):
    options = "[market.options]\nothers = { size = 4 }\n"
    mine, _ = study(f'[market]\nobjective = "others"\n{options}')
    assert front.asked(["others", "losses"], 2, Request(("random",), 5, 1)).limited == ("losses",)
    own, other = extremes(mine, ("others", "losses"), Path("out"))
    assert own.study.market.options == {"others": {"size": 4}}
    # Its figure is of the same options where another goal is sought.
    assert (other.study.market.measured, other.study.market.options) == (
        ["others"],
        {"others": {"size": 4}},
    )
    with pytest.raises(InputError, match="--goal: found 'other', which is no goal"):
        front.asked(["other", "losses"], 2, Request(("random",), 5, 1))


def test_one_that_needs_costs_is_refused_without(study, tmp_path):
    asked, _ = study('[market]\nobjective = "others"\n', "needs = ('trades', 'costs')")
    with pytest.raises(InputError, match="market: found 'others', but nothing says what units"):
        search_and_store(asked, Request(("random",), 5, 1), tmp_path / "out", "toolkit optimize")


def test_a_goal_that_is_not_installed_is_told_with_the_nearest_name():
    said = "found 'losess', which is no goal. Did you mean 'losses'"
    with pytest.raises(ValueError, match=said):
        toolkit.Study(name="a", feeder="ieee12", market={"objective": "losess"})


def test_listed_shown_and_tested_in_a_terminal(command):
    code, out, _ = command("goals", "list")
    assert code == 0
    assert "losses " in " ".join(out.split())
    assert "cannot be used" not in out
    code, out, _ = command("goals", "show", "npv")
    assert "Seeks the highest net present value, in money" in " ".join(out.split())
    code, out, _ = command("goals", "test", "losses")
    assert (code, out.splitlines()[-1]) == (0, "11 passed, 0 failed")
    code, _, error = command("goals", "show", "losess")
    assert code == 2
    assert "Did you mean 'losses'" in error


def test_a_package_is_begun(command, tmp_path):
    code, out, _ = command("goals", "new", "our-aim")
    assert code == 0
    assert "pip install" in out
    made = (tmp_path / "our-aim" / "our_aim" / "goal.py").read_text(encoding="utf-8")
    assert "class OurAim(Goal)" in made
    entry = (tmp_path / "our-aim" / "pyproject.toml").read_text(encoding="utf-8")
    assert 'our-aim = "our_aim.goal:OurAim"' in entry
    code, _, error = command("goals", "new", "losses")
    assert code == 2
    assert "is a goal already" in error


def test_it_is_measured_where_nothing_is_sought_of_it(study, tmp_path):
    asked, _ = study('[market]\nmeasured = ["others", "peak_import"]\n')
    out = tmp_path / "out"
    search_and_store(asked, Request(("random",), 5, 1), out, "toolkit optimize")
    summary = pd.read_csv(out / "summary.csv").set_index("case")
    assert summary["goal_others"].to_numpy() == pytest.approx(summary["traded_kwh"] / SIZE)
    assert (summary["peak_import_kw"] > 0.0).all()
    assert reproduce(out).reproduced


def test_every_plan_of_a_front_has_a_figure_of_it(study, tmp_path, inside_runs):
    inside_runs(FORKING)
    asked, _ = study("")
    goals = ("others", "peak_import")
    request = Request(("random",), budget=6, runs=1)
    wanted = front.asked(goals, 2, request)
    found = fronts.front_and_store(asked, wanted, tmp_path / "out", "toolkit front")
    assert found.status == "complete"
    table = found.table
    assert table["goal_others"].to_numpy() == pytest.approx(table["traded_kwh"] / SIZE)
    assert table["peak_import_kw"].notna().all()
