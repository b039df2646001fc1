"""Whole commands on a study whose goals have limits, kept and not."""

import shutil

import pandas as pd
import pytest
from helpers.resuming import check_same, contents, resumed

import toolkit
from toolkit.commands import search_and_store
from toolkit.commands.explain import explain
from toolkit.commands.reproduce import reproduce
from toolkit.commands.request import Request
from toolkit.commands.sweep import grid
from toolkit.common import files
from toolkit.inputs import study_files
from toolkit.results.report import write_report
from toolkit.runs import supervise
from toolkit.runs.workers import Stop, _Job

CASE = "cheetah-seed1"
ASKED = Request(("cheetah",), 120, 1)
LIMITS = "[limits.goals]\nlosses = { max = 40000 }\nself_sufficiency = { min = 20, max = 99 }\n"


def written(home, write_coarse, text):
    path = write_coarse(home)
    path.write_text(path.read_text() + text, encoding="utf-8")
    return study_files.load(str(path))


@pytest.fixture(scope="module")
def kept(tmp_path_factory, write_coarse, undrawn):
    """Results of a study whose limits plans keep, with a bound."""
    home = tmp_path_factory.mktemp("kept")
    study = written(home, write_coarse, LIMITS)
    asked = Request(("cheetah",), 120, 1, bound_s=2.0)
    search_and_store(study, asked, home / "out", "toolkit optimize")
    return home / "out"


@pytest.fixture(scope="module")
def broken(tmp_path_factory, write_coarse, undrawn):
    """Outcome and results of a study one of whose limits no plan keeps, and the study."""
    home = tmp_path_factory.mktemp("broken")
    study = written(home, write_coarse, "[limits.goals]\ntraded = { min = 1e9 }\n")
    return search_and_store(study, ASKED, home / "out", "toolkit optimize"), home / "out", study


def test_the_best_plan_keeps_every_limit(kept):
    row = pd.read_csv(kept / "summary.csv").set_index("case").loc[CASE]
    assert row["feasible"]
    assert row["loss_kwh"] <= 40000.0
    assert 20.0 <= row["self_sufficiency_pct"] <= 99.0


def test_nobody_keeps_what_cannot_be_kept_and_it_is_said(broken):
    outcome, folder, _ = broken
    summary = pd.read_csv(folder / "summary.csv").set_index("case")
    row = summary.loc[CASE]
    assert not row["feasible"]
    assert row["violation"] == pytest.approx(1.0 - row["traded_kwh"] / 1e9)
    said = " ".join(outcome.notes)
    assert "No plan found keeps limits.goals.traded; the nearest has " in said
    assert f"{row['traded_kwh']:,.0f} kWh of energy traded" in said


@pytest.mark.parametrize("name", ["kept", "broken"])
def test_results_are_reproduced_with_their_sources_and_without(name, request):
    found = request.getfixturevalue(name)
    folder = found if name == "kept" else found[1]
    again = reproduce(folder)
    assert again.reproduced, (again.verdict, again.culprits)
    source = folder.parent / "coarse.csv"
    text = source.read_bytes()
    source.unlink()
    try:
        assert reproduce(folder).reproduced
    finally:
        source.write_bytes(text)


@pytest.mark.parametrize(("column", "told"), [("broken", "energy traded"), ("feasible", "False")])
def test_a_folder_that_hides_a_broken_limit_is_found_out(column, told, broken, tmp_path):
    copy = shutil.copytree(broken[1], tmp_path / "copy")
    shutil.copy(broken[1].parent / "coarse.csv", tmp_path)
    summary = pd.read_csv(copy / "summary.csv", dtype=str, keep_default_na=False)
    assert told in summary[column].iloc[1]
    summary.loc[1, column] = "" if column == "broken" else "True"
    files.write_text(copy / "summary.csv", summary.to_csv(index=False))
    bad = [d for d in reproduce(copy).differences if not d.holds]
    assert ("summary.csv", column) in {(d.file, d.column) for d in bad}


def test_a_stopped_search_goes_on_to_the_same_bytes(broken, tmp_path, monkeypatch):
    _, whole, study = broken
    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        spent = [0]
        patch.setattr(Stop, "is_set", lambda self: max(spent) >= 20)
        patch.setattr(_Job, "_note", lambda self, number, n: spent.append(n))
        patch.setattr(supervise, "LOOK_S", 0.002)
        stopped = search_and_store(study, ASKED, out, "toolkit optimize")
    assert stopped.status == "interrupted"
    assert contents(out) != contents(whole)
    resumed(out)
    check_same(out, whole)


def test_page_margins_and_proof_speak_of_the_limits(kept, tmp_path):
    copy = shutil.copytree(kept, tmp_path / "copy")
    write_report(copy)
    page = (copy / "report.html").read_text(encoding="utf-8")
    assert "network losses at most 40,000 kWh; self-sufficiency at most 99 %" in page
    assert "The model does not know losses.max, self_sufficiency.max of [limits.goals]" in page
    row = pd.read_csv(kept / "summary.csv").set_index("case").loc[CASE]
    found = {(m.limit, m.at): m for m in explain(copy, CASE).margins}
    losses, least = found["goal_max", "losses"], found["goal_min", "self_sufficiency"]
    assert losses.margin == pytest.approx(40000.0 - row["loss_kwh"])
    assert losses.share == pytest.approx(losses.margin / 40000.0)
    assert least.margin == pytest.approx(row["self_sufficiency_pct"] - 20.0)
    assert losses.step is None


def test_other_days_are_not_held_to_them_and_it_is_said(kept):
    told = toolkit.validate(kept, case=CASE, policy="surplus").notices
    assert any(n.startswith("limits.goals: limits of losses, self_sufficiency are") for n in told)


def test_a_sweep_takes_limits_of_goals(write_coarse, tmp_path):
    study = study_files.load(str(write_coarse(tmp_path)))
    found = grid.points(study, grid.of_mapping({"limits.goals.traded.min": [1, 2]}))
    assert [point.study.limits.of_goals["traded"].min for point in found] == [1.0, 2.0]
