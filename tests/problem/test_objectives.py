"""Every named goal: what an optimizer minimises is what the files of a results folder say."""

import json

import numpy as np
import pandas as pd
import pytest
from helpers.drawings import drawn
from helpers.settled import OURS

from toolkit import read_results
from toolkit.commands import bound_and_store, search_and_store
from toolkit.commands.request import Request
from toolkit.errors import InputError
from toolkit.grid.solution import stacked
from toolkit.inputs import study_files
from toolkit.inputs.study import Study
from toolkit.optimizer import registry
from toolkit.problem.goals import GOALS
from toolkit.problem.problem import Problem
from toolkit.results import report
from toolkit.results.case import WORSE_OFF
from toolkit.results.solving import solve
from toolkit.results.statistics import comparison

#: Limits that random plans may or may not keep.
LIMITS = {"v_min": 0.9, "v_max": 1.1, "loading_max": 150.0}
#: The figures that show what is searched for.
SEARCHED = ("figure6_convergence", "figure7_targets")
#: A goal of its own each, but for sums.
SINGLE = ("losses", "voltage_deviation", "community_cost", "self_sufficiency")
WEIGHTS = {"traded": 2.0, "losses": 30.0, "voltage_deviation": 0.5, "community_cost": 1.0}
WEIGHTS |= {"self_sufficiency": 0.7, "traded_to_load": 0.1}
HEAD = 'name = "mine"\nfeeder = "ieee12"\n'


def asked(**market):
    sections = {"name": "goal", "feeder": "ieee12", "limits": LIMITS, "market": market}
    return Study.model_validate(sections)


@pytest.fixture(scope="module")
def folders(tmp_path_factory, coarse_day):
    """Search for each goal with a small budget; return the results folders by goal."""
    found = {}
    for goal in (*SINGLE, "weighted"):
        weights = {"weights": WEIGHTS} if goal == "weighted" else {}
        to = tmp_path_factory.mktemp("goals") / goal
        search_and_store(
            asked(objective=goal, **weights).model_copy(update={"profiles": str(coarse_day)}),
            Request(("random", "cheetah"), 25, 1),
            to,
            "toolkit compare",
        )
        found[goal] = to
    return found


def recomputed(folder, case):
    """Return the figure of every goal from the CSV files of a case alone."""
    where = folder / "cases" / case
    hourly = pd.read_csv(where / "hourly.csv")
    buses = pd.read_csv(where / "buses.csv")
    bills = pd.read_csv(where / "bills.csv")
    dt = 24.0 / len(hourly)
    off = np.maximum(hourly["v_max_pu"] - 1.0, 1.0 - hourly["v_min_pu"])
    by_step = buses.groupby("step").sum(numeric_only=True)
    made = ((by_step["pv_kw"] + by_step["wt_kw"]) * dt).sum()
    own = max(made - hourly["export_kwh"].sum(), 0.0)
    return {
        "traded": hourly["traded_kwh"].sum(),
        "traded_to_load": hourly["traded_to_load_kwh"].sum(),
        "losses": (hourly["loss_kw"] * dt).sum(),
        "voltage_deviation": off.mean(),
        "community_cost": bills.loc[bills["period"] == "day", "bill_trading"].sum(),
        "self_sufficiency": 100.0 * own / (own + hourly["import_kwh"].sum()),
    }


def objective_of(goal, figure, folder):
    """Return what is minimised, from figures; the weighted sum by the documented scales."""
    if goal != "weighted":
        return GOALS[goal].sign * figure[goal]
    hourly = pd.read_csv(folder / "cases" / "base" / "hourly.csv")
    load = hourly["load_kw"].sum() * 24.0 / len(hourly)
    scale = dict.fromkeys(("traded", "traded_to_load", "losses"), load)
    scale |= {"voltage_deviation": 0.1, "community_cost": 0.30 * load, "self_sufficiency": 100.0}
    return sum(WEIGHTS[n] * GOALS[n].sign * figure[n] / scale[n] for n in WEIGHTS)


@pytest.mark.parametrize("goal", [*SINGLE, "weighted"])
def test_what_was_minimised_is_what_the_files_say(goal, folders):
    folder = folders[goal]
    summary = pd.read_csv(folder / "summary.csv")
    assert len(summary) == 3
    for _, row in summary.iterrows():
        figure = recomputed(folder, row["case"])
        wanted = objective_of(goal, figure, folder)
        assert row["score"] == pytest.approx(-wanted, rel=1e-6, abs=1e-6)
        for name in figure:
            assert row[GOALS[name].column] == pytest.approx(figure[name], rel=1e-6, abs=1e-6)
        if row["case"] != "base" and row["feasible"]:
            history = pd.read_csv(folder / "cases" / row["case"] / "history.csv")
            # The circuits of search and of record agree to about 1e-6 of an energy.
            best = history["best_objective"].iloc[-1]
            assert best == pytest.approx(wanted, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("goal", [*SINGLE, "weighted"])
def test_the_best_is_the_lowest_feasible_objective(goal, folders):
    for path in sorted((folders[goal] / "cases").glob("*/history.csv")):
        history = pd.read_csv(path)
        feasible = history.loc[history["violation"] == 0.0, "objective"]
        if len(feasible):
            assert history["best_objective"].iloc[-1] == feasible.min()


@pytest.mark.parametrize("goal", [*SINGLE, "weighted"])
def test_a_folder_of_any_goal_is_reported_and_drawn(goal, folders, monkeypatch):
    folder = folders[goal]
    assert json.loads((folder / "manifest.json").read_text("utf-8"))["status"] == "complete"
    assert len(drawn(folder, *SEARCHED)) == 2
    report.write_report(folder)
    page = (folder / "report.html").read_text("utf-8")
    assert GOALS[goal].about in page
    held = read_results(folder)
    feasible = held.summary[held.summary["feasible"] & held.summary["optimizer"].notna()]
    best = held.statistics["best_kwh"].max()
    if len(feasible):
        assert best == pytest.approx(feasible["score"].max(), rel=1e-12)


@pytest.mark.parametrize("goal", ["traded", *SINGLE, "weighted"])
def test_every_feasible_plan_is_below_every_infeasible_one(goal, make_setting):
    weights = {"weights": WEIGHTS} if goal == "weighted" else {}
    tight = {"v_min": 0.95, "v_max": 1.0, "loading_max": 150.0}
    setting = make_setting(market={"objective": goal, **weights}, limits=tight)
    problem = Problem(setting)
    x = np.random.default_rng(5).random((40, len(setting.space)))
    x[:, 1:17:2] *= np.linspace(0.0, 1.0, 40)[:, None]
    scores = problem.evaluate(x)
    feasible = scores.violation == 0.0
    assert 0 < feasible.sum() < 40
    assert (scores.objective[feasible] <= problem.aim.ceiling).all()
    assert scores.penalised()[feasible].max() < scores.penalised()[~feasible].min()
    assert len(np.unique(scores.objective)) > 30
    again = problem.evaluate(x[::-1])
    assert np.array_equal(again.objective[::-1], scores.objective)


EVERY = sorted(
    set(registry.names()) & {"cheetah", "cheetah-plus", "cma", "mealpy", "pygad", "random"}
)


@pytest.fixture(scope="module")
def by_every(tmp_path_factory, coarse_day):
    """A goal of two, searched for by every optimizer; return the summary by optimizer."""
    goal = asked(objective="weighted", weights={"losses": 1.0, "self_sufficiency": 1.0})
    folder = tmp_path_factory.mktemp("every") / "out"
    coarse = goal.model_copy(update={"profiles": str(coarse_day)})
    search_and_store(coarse, Request(tuple(EVERY), 60, 1), folder, "toolkit compare")
    return pd.read_csv(folder / "summary.csv").set_index("optimizer")


@pytest.mark.parametrize("name", EVERY)
def test_every_optimizer_takes_any_goal(name, by_every):
    assert by_every.loc[name, "ending"] == "spent"
    assert np.isfinite(by_every["score"]).all()


def test_a_power_flow_is_skipped_for_energy_traded_only(make_setting):
    setting = make_setting(market={"objective": "losses"}, limits=LIMITS)
    problem = Problem(setting)
    x = np.random.default_rng(1).random((3, len(setting.space)))
    against = problem.evaluate_against(x, np.full(3, 1e-3))
    assert against.skipped is None
    assert np.array_equal(against.objective, problem.evaluate(x).objective)


@pytest.mark.parametrize("mechanism", ["mid-market", "bill-sharing"])
def test_nobody_worse_off_is_a_limit_like_others(mechanism, make_setting, random_plan):
    given = {"settlement": {"mechanism": mechanism}, "limits": LIMITS}
    plain = make_setting(**given)
    strict = make_setting(**given, market={"nobody_worse_off": True})
    plan = random_plan(plain, 3)
    problems = [Problem(plain), Problem(strict)]
    day = problems[0].search_grid.day(plan)
    without, with_it = (p.scored(stacked([day]), plan.row(None)).violation[0] for p in problems)
    net = -day.load_kva.real
    for u, bus in enumerate(plan.bus):
        net[:, bus] += day.unit_kva.real[:, u]
    need, give = np.maximum(-net, 0.0), np.maximum(net, 0.0)
    alone = (0.30 * need - 0.08 * give).sum(axis=0)
    more = plain.market.settle(net).bill.sum(axis=0) - alone[plain.market.prosumers]
    mean_cost = 0.30 * plain.scenario.loads.kw.sum() / len(plain.market.prosumers)
    wanted = more[more >= 0.005].sum() / mean_cost
    assert (wanted > 0.0) == (mechanism == "bill-sharing")
    assert with_it - without == pytest.approx(wanted, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("objective = 'loss'\n", ["market.objective", "'losses'", "self_sufficiency"]),
        ("objective = 'weighted'\n", ["weights of nothing", "expected weights"]),
        ("[market.weights]\nlosses = 1\n", ["objective 'traded'", "weights of losses"]),
        ("objective = 'weighted'\n[market.weights]\nlosses = 0\n", ["market.weights.losses"]),
        ("objective = 'weighted'\n[market.weights]\nloss = 1\n", ["market.weights.loss"]),
    ],
)
def test_a_goal_that_is_none_gets_one_message(text, words):
    with pytest.raises(InputError) as caught:
        study_files.parse((HEAD + "[market]\n" + text).encode(), "mine.toml")
    message = str(caught.value)
    assert message.startswith("mine.toml")
    assert "\n" not in message
    for word in words:
        assert word in message, message


def test_a_bound_on_another_goal_is_refused(tmp_path):
    refused = pytest.raises(
        InputError, match=r"market.objective: found 'losses'.*bound and polishing expect 'traded'"
    )
    with refused:
        bound_and_store(asked(objective="losses"), 5.0, 0.01, tmp_path / "bound", "toolkit bound")
    with refused:
        request = Request(("random",), 30, 1, polish="sites")
        search_and_store(asked(objective="losses"), request, tmp_path / "polish", "toolkit compare")
    assert not (tmp_path / "bound").exists()
    assert not (tmp_path / "polish").exists()


def test_the_weighted_study_reads_back_as_itself():
    goal = asked(objective="weighted", weights=WEIGHTS, nobody_worse_off=True)
    assert study_files.parse(study_files.to_toml(goal).encode(), "again.toml") == goal


def test_statistics_put_every_feasible_run_first_where_scores_are_negative():
    rows = [("a", 1, -5.0, 0.0), ("a", 2, -3.0, 0.0), ("b", 1, -4.0, 0.0), ("b", 2, -1.0, 0.2)]
    runs = pd.DataFrame(rows, columns=["optimizer", "seed", "score", "violation"])
    runs = runs.assign(case=runs.index.astype(str), ending="spent", feasible=runs["violation"] == 0)
    scores = comparison.paired_scores(runs, "score")
    assert scores["a"].tolist() == [-5.0, -3.0]
    assert scores["b"].tolist() == [-4.0, -5.2]
    found = comparison.compare(runs, {}, "score")
    assert found.pairs["median_difference_kwh"].iloc[0] == -1.0  # seed 1 alone: both feasible
    assert found.statistics["best_kwh"].tolist() == [-3.0, -4.0]


def test_a_plan_that_leaves_somebody_worse_off_says_what_it_breaks(make_setting, random_plan):
    setting = make_setting(
        settlement={"mechanism": "bill-sharing"}, limits=LIMITS, market={"nobody_worse_off": True}
    )
    case = solve(Problem(setting), "plan", random_plan(setting, 3))
    assert not case.summary["feasible"]
    assert case.summary["broken"] == WORSE_OFF


@pytest.mark.parametrize("mechanism", OURS)
def test_a_plan_costs_the_same_whatever_is_scored_beside_it(mechanism, make_setting):
    """To the last digit: histories do not depend on workers, and runs are proven plan by plan."""
    asked = {"objective": "community_cost", "nobody_worse_off": True}
    problem = Problem(make_setting(market=asked, settlement={"mechanism": mechanism}))
    x = np.random.default_rng(1).random((20, len(problem.space)))
    together = problem.evaluate(x)
    for i in range(20):
        alone = problem.evaluate(x[i : i + 1])
        assert alone.objective[0] == together.objective[i]
        assert alone.violation[0] == together.violation[i]
