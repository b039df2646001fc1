"""A whole command that seeks bad days: the folder, its ranking, bound, report, and what follows."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from helpers.drawings import put
from helpers.unlike_days import DAYS, HOURS, STEPS, WEIGHTS, by_hand, study

from toolkit.cli import console
from toolkit.commands import search_and_store
from toolkit.commands.explain import explain
from toolkit.commands.reproduce import reproduce
from toolkit.commands.request import Request
from toolkit.commands.validate import validate
from toolkit.commands.validate.every_run import validate_runs
from toolkit.results.report import write_report

LEVEL = 0.3
COUNTS = f"weights = {[w * 4 / 75 for w in WEIGHTS]}"
RISK = f'{COUNTS}\nrisk = "cvar"\nrisk_level = {LEVEL}'
WORDS = "if every day were like the worst 70 % of days in the mean"


def searched(home, more, request, risk=RISK, fixed=("bev*", "wt*")):
    asked = study(home, risk, more, fixed=fixed)
    outcome = search_and_store(asked, request, home / "out", "toolkit optimize")
    assert outcome.status == "complete"
    return outcome


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    """Random dispatch for traded energy on bad days, polished, with a bound."""
    request = Request(("random",), 20, 2, 1, 1, bound_s=3.0, polish="dispatch")
    return searched(tmp_path_factory.mktemp("traded"), "", request, fixed=("*",))


@pytest.fixture(scope="module")
def losses(tmp_path_factory):
    """Random searches for losses on the worst day."""
    request = Request(("random",), 20, 2, 1)
    more = '[market]\nobjective = "losses"'
    return searched(tmp_path_factory.mktemp("losses"), more, request, f'{COUNTS}\nrisk = "worst"')


def scores(folder, column, name):
    """Return the score of each case, worked out from its hourly.csv."""
    found = {}
    for case in pd.read_csv(folder / "summary.csv")["case"]:
        hourly = pd.read_csv(folder / "cases" / case / "hourly.csv")
        hours = HOURS if column == "loss_kw" else 1.0
        days = hours * hourly.groupby("day", sort=False)[column].sum().to_numpy()
        weights = hourly.groupby("day", sort=False)["weight"].first().to_numpy()
        sign = 1.0 if column == "loss_kw" else -1.0
        found[case] = -by_hand((sign * weights.sum() * days).tolist(), weights, name, LEVEL)
    return found


def test_the_score_follows_from_the_hours_by_hand(outcome):
    summary = pd.read_csv(outcome.folder / "summary.csv").set_index("case")
    wanted = scores(outcome.folder, "traded_kwh", "cvar")
    assert summary["score"].to_dict() == pytest.approx(wanted, rel=1e-7)
    assert (summary["score"] < summary["traded_kwh"]).all()
    history = pd.read_csv(outcome.folder / "cases" / "random-seed1" / "history.csv")
    best = history["best_objective"].iloc[-1]
    assert -best == pytest.approx(summary.loc["random-seed1", "score"], rel=1e-6)


def test_losses_of_the_worst_day_follow_too(losses):
    summary = pd.read_csv(losses.folder / "summary.csv").set_index("case")
    wanted = scores(losses.folder, "loss_kw", "worst")
    assert summary["score"].to_dict() == pytest.approx(wanted, rel=1e-7)


def test_nothing_is_above_the_bound_and_shares_are_of_the_score(outcome):
    summary = pd.read_csv(outcome.folder / "summary.csv")
    bound = pd.read_csv(outcome.folder / "bound.csv").iloc[0]
    assert (summary["score"] <= bound["bound_kwh"]).all()
    share = 100.0 * summary["score"] / bound["bound_kwh"]
    feasible = summary["feasible"].astype(bool)
    assert summary["pct_of_bound"].to_numpy() == pytest.approx(share.where(feasible), nan_ok=True)
    exact = summary.set_index("case").loc["exact"]
    assert exact["score"] == pytest.approx(bound["exact_kwh"], rel=1e-6)
    polished = pd.read_csv(outcome.folder / "polish.csv").set_index("case")
    runs = summary.set_index("case").loc[polished.index]
    assert runs["score"].to_numpy() == pytest.approx(polished["polished_kwh"], rel=1e-6)
    assert (polished["polished_kwh"] >= polished["searched_kwh"]).all()
    assert polished["kept"].any()


def test_runs_are_compared_by_the_score(outcome):
    statistics = pd.read_csv(outcome.folder / "statistics.csv").set_index("optimizer")
    runs = pd.read_csv(outcome.folder / "summary.csv").query("optimizer == 'random'")
    assert statistics.loc["random", "median_kwh"] == pytest.approx(runs["score"].median())


def test_the_folder_is_reproduced_and_a_forged_score_is_not(outcome, losses, tmp_path):
    for each in (outcome, losses):
        assert reproduce(each.folder).reproduced
    forged = shutil.copytree(losses.folder, tmp_path / "forged")
    summary = pd.read_csv(forged / "summary.csv", dtype=str)
    summary.loc[1, "score"] = str(-float(summary.loc[1, "loss_kwh"]))  # the sum, not the worst
    summary.to_csv(forged / "summary.csv", index=False)
    found = reproduce(forged)
    assert not found.reproduced


def test_the_day_alone_gives_the_score_where_the_profiles_are_gone(outcome, losses, tmp_path):
    for each in (outcome, losses):
        home = shutil.copytree(each.folder, tmp_path / each.folder.parent.name)
        study_file = (home / "study.toml").read_text()
        gone = study_file.replace(str(each.folder.parent), str(tmp_path / "nowhere"))
        assert gone != study_file
        (home / "study.toml").write_text(gone)
        told = [
            d
            for d in reproduce(home).differences
            if d.file == "summary.csv" and d.column == "score"
        ]
        assert told
        assert all(d.holds for d in told)


def test_words_say_what_is_sought(outcome, losses, capsys):
    console.print_outcome(outcome)
    printed = " ".join(capsys.readouterr().out.split())
    assert f"CVaR, kWh: energy traded over the 4 days (4 days) {WORDS}." in printed
    assert f"over the 4 days (4 days) {WORDS}" in printed.partition("Proven: no plan")[2]
    console.print_outcome(losses)
    printed = " ".join(capsys.readouterr().out.split())
    assert "network losses over the 4 days (4 days) if every day were like the worst" in printed


def test_report_and_figures_say_it_too(outcome, losses):
    for each, words in ((outcome, WORDS), (losses, "if every day were like the worst")):
        put(each.folder, "figure6_convergence")
        write_report(each.folder)
        page = (each.folder / "report.html").read_text()
        assert words in page
        assert words in (each.folder / "figures" / "figure6_convergence.svg").read_text()


def test_an_explanation_is_of_the_score(outcome):
    found = explain(outcome.folder, "random-seed1")
    summary = pd.read_csv(outcome.folder / "summary.csv").set_index("case")
    assert found.value == pytest.approx(summary.loc["random-seed1", "score"], rel=1e-6)
    assert found.baseline.engine_kwh >= found.value * (1.0 - 2e-3)
    assert found.as_json()["risk"] == "cvar"
    json.dumps(found.as_json())


def test_a_validation_tells_mean_bad_days_and_the_worst(tmp_path):
    searched(tmp_path, '[dispatch]\npolicy = "surplus"', Request(("random",), 20, 1, 1))
    found = validate(tmp_path / "out", str(tmp_path / "days.csv"), bound=False)
    traded = found.days["traded_kwh"].tolist()
    tail = -by_hand([-kwh for kwh in traded], [1.0] * len(DAYS), "cvar", LEVEL)
    said = next(text for text in found.sentences if "A day's energy traded" in text)
    for kwh in (np.mean(traded), tail, min(traded)):
        assert f"{kwh:,.1f} kWh" in said
    assert "the worst 70 % of days" in said
    assert len(traded) == len(DAYS)
    assert reproduce(tmp_path / "out").reproduced
    told = validate_runs(tmp_path / "out", str(tmp_path / "days.csv")).notices
    assert "horizon.risk: runs are ranked by the figure over the 4 days" in told[-1]


def test_the_steps_are_those_of_the_days(outcome):
    hourly = pd.read_csv(outcome.folder / "cases" / "base" / "hourly.csv")
    assert len(hourly) == len(DAYS) * STEPS
