"""Bounds on costs, plans near them and polishing, from the command to the check of the folder."""

import shutil

import numpy as np
import pandas as pd
import pytest

from toolkit.commands import bound_and_store, search_and_store
from toolkit.commands.explain import explain
from toolkit.commands.reproduce import reproduce
from toolkit.commands.request import Request
from toolkit.common import files
from toolkit.errors import InputError
from toolkit.exact.proof import prove_study
from toolkit.exact.relaxed import left_out, relaxations
from toolkit.inputs import study_files
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare
from toolkit.results import proof_words, store
from toolkit.results.report import write_report

COSTS = """
[tariffs]
demand = 2.0
demand_at_head = 1.0
co2 = 0.4
[costs.pv]
per_kw = 1000
[costs.wt]
per_kw = 1500
per_unit = 500
[costs.bess]
per_kwh = 300
lifetime = 12
cycle_life = 4000
[costs.bev]
per_vehicle = 500
"""
CASE = "cheetah-seed1"


def written(home, write_coarse, market, more=COSTS):
    path = write_coarse(home)
    path.write_text(f"{path.read_text()}[market]\n{market}\n{more}", encoding="utf-8")
    return study_files.load(str(path))


@pytest.fixture(scope="module")
def polished(tmp_path_factory, write_coarse, undrawn):
    """Outcome and results of a search for the lowest cost, polished, with a bound."""
    home = tmp_path_factory.mktemp("cost")
    study = written(home, write_coarse, 'objective = "annual_cost"')
    asked = Request(("cheetah",), 120, 1, bound_s=20.0, polish="sites")
    return search_and_store(study, asked, home / "out", "toolkit optimize"), home / "out"


def test_a_base_case_that_no_search_may_find_contradicts_no_bound(tmp_path, write_coarse, undrawn):
    """Units of a fifth of the declared size: the base case trades more than any plan can."""
    study = written(tmp_path, write_coarse, "", "[fleet]\nscale = [0.0, 0.2]\n")
    out = tmp_path / "out"
    outcome = search_and_store(
        study, Request(("random",), 5, 1, bound_s=1.0), out, "toolkit compare"
    )
    base = pd.read_csv(out / "summary.csv").set_index("case").loc["base"]
    assert base["feasible"]
    assert base["pct_of_bound"] > 300.0
    assert "WRONG" not in " ".join(outcome.notes)
    assert reproduce(out).reproduced


def test_no_plan_costs_less_than_the_bound_and_exact_is_close_to_it(polished):
    _, out = polished
    row = pd.read_csv(out / "bound.csv").iloc[0]
    assert row["goal"] == "annual_cost"
    assert row[["bound_kwh", "without_limits_kwh", "exact_kwh"]].isna().all()
    summary = pd.read_csv(out / "summary.csv").set_index("case")
    assert 0.0 < row["bound"] <= summary["annual_cost"].min()
    assert row["bound"] <= row["without_limits"] <= row["exact"] <= row["bound"] * 1.01
    assert summary.loc["exact", "annual_cost"] == pytest.approx(row["exact"])
    share = 100.0 * row["bound"] / summary["annual_cost"]
    held = summary["feasible"]
    assert summary.loc[held, "pct_of_bound"].to_numpy() == pytest.approx(share[held].to_numpy())
    assert row["gap_pct"] == pytest.approx(100.0 - share["exact"], abs=1e-6)


def test_polishing_makes_a_plan_cheaper(polished):
    _, out = polished
    row = pd.read_csv(out / "polish.csv").iloc[0]
    cost = pd.read_csv(out / "summary.csv").set_index("case").loc[CASE, "annual_cost"]
    assert row["kept"]
    assert row["searched_kwh"] < row["polished_kwh"] == pytest.approx(-cost)


def test_what_was_proven_is_told_on_the_page_and_reproduced(polished, tmp_path):
    outcome, out = polished
    told = proof_words.proof_sentences(
        outcome.proof.row(), outcome.goal, "year", relaxed=outcome.relaxed
    )
    assert told[0].startswith("Proven: no plan of this study can get below ")
    assert "money, cost over the year (" in told[0]
    assert "loses nothing in the network" in told[1]
    assert "of which the bound is 99." in told[2]
    assert proof_words.polish_sentence(outcome.polished, outcome.goal).count("money") == 1
    copy = shutil.copytree(out, tmp_path / "copy")
    write_report(copy)
    page = (copy / "report.html").read_text(encoding="utf-8")
    assert "money that no plan can get below" in page
    results = store.read_results(copy)
    assert results.bound_kwh is None
    assert results.bound_score == -results.bound["bound"].iloc[0]
    assert reproduce(copy).reproduced


@pytest.mark.parametrize(("column", "change"), [("bound", 1.1), ("goal", "npv")])
def test_a_forged_bound_is_seen(polished, tmp_path, column, change):
    copy = shutil.copytree(polished[1], tmp_path / "copy")
    shutil.copy(polished[1].parent / "coarse.csv", tmp_path)
    table = pd.read_csv(copy / "bound.csv")
    table[column] = change if column == "goal" else table[column] * change
    files.write_text(copy / "bound.csv", table.to_csv(index=False))
    bad = {(d.file, d.column) for d in reproduce(copy).differences if not d.holds}
    assert ("bound.csv", column) in bad


def test_an_explanation_has_no_gains_of_money(polished, tmp_path):
    copy = shutil.copytree(polished[1], tmp_path / "copy")
    assert "is told of 'traded'" in explain(copy, CASE).refused


def test_energy_within_a_cost_has_a_bound_and_a_plan_that_keeps_it(tmp_path, write_coarse, undrawn):
    """What the cost takes from it the bound knows, so that it is close."""
    limit = "[limits.goals]\nannual_cost = { max = 330000 }\npeak_import = { max = 300 }\n"
    study = written(tmp_path, write_coarse, 'objective = "traded"', COSTS + limit)
    outcome = bound_and_store(study, 30.0, 0.01, tmp_path / "out", "toolkit bound")
    row = pd.read_csv(tmp_path / "out" / "bound.csv").iloc[0]
    best = pd.read_csv(tmp_path / "out" / "summary.csv").set_index("case").loc["exact"]
    assert best["feasible"]
    assert best["annual_cost"] <= 330000.0
    assert best["peak_import_kw"] <= 300.0
    assert best["traded_kwh"] <= row["bound_kwh"]
    assert outcome.left_out == ()
    assert "goal" not in row


def test_limits_that_no_plan_keeps_are_proven_so(tmp_path, write_coarse):
    limit = "[limits.goals]\nannual_cost = { max = 1000 }\n"
    study = written(tmp_path, write_coarse, 'objective = "investment"', COSTS + limit)
    found = prove_study(Problem(prepare(study)), 20.0)
    told = proof_words.proof_sentences(found.row(), proof_words.GOALS["investment"])
    assert told[0].startswith("Proven: no plan of this study keeps its limits of goals")
    assert np.isinf(found.row()["bound"])


def test_what_the_model_leaves_out_is_named(tmp_path, write_coarse):
    limits = "[limits.goals]\nlosses = { max = 9 }\ntraded = { min = 1, max = 9 }\n"
    limits += "annual_cost = { max = 1e6 }\n[costs.units.bess1]\ncycle_life = 900\n"
    limits += "depth_exponent = 1.5\n[settlement]\nmechanism = 'bilateral'\n"
    study = written(tmp_path, write_coarse, 'objective = "peak_import"', COSTS + limits)
    assert left_out(study) == ("losses.max", "traded.max", "annual_cost.max")
    assert [text.split()[0] for text in relaxations(study)] == ["The", "Wear"]


@pytest.mark.parametrize(
    ("market", "more", "told"),
    [
        ('objective = "losses"', "", "found 'losses'; a proven bound"),
        ('objective = "annual_cost"', "[settlement]\nmechanism = 'bilateral'\n", "names no pairs"),
    ],
)
def test_what_the_model_cannot_seek_is_refused(tmp_path, write_coarse, market, more, told):
    study = written(tmp_path, write_coarse, market, COSTS + more)
    with pytest.raises(InputError, match=told):
        bound_and_store(study, 5.0, 0.01, tmp_path / "out", "toolkit bound")
