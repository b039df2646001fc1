"""The best plan of every run on other days: figures, ranks, reproduction, and what is refused."""

import json

import numpy as np
import pandas as pd
import pytest
from helpers.validated import made

import toolkit
from toolkit.commands import simulate_and_store
from toolkit.commands.reproduce import reproduce
from toolkit.commands.request import Request
from toolkit.commands.validate import validate
from toolkit.commands.validate.every_run import validate_runs
from toolkit.errors import InputError
from toolkit.inputs import study_files
from toolkit.results.columns import columns
from toolkit.results.report.tried import tried_section
from toolkit.results.store import read_results

SEEDS = 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two optimizers with two seeds each."""
    request = Request(("random", "pygad"), budget=40, runs=SEEDS, seed=1)
    return made(tmp_path_factory.mktemp("every"), "surplus", request)


@pytest.fixture(scope="module")
def others(folder):
    return str(folder.parent / "others.csv")


@pytest.fixture(scope="module")
def found(folder, others):
    return validate_runs(folder, others)


def test_each_run_is_what_its_plan_alone_is_on_these_days(found, folder, others):
    """The other command follows, solves and sums day by day."""
    assert list(found.runs.columns) == columns("validation_runs.csv")
    assert len(found.runs) == 2 * SEEDS
    for _, run in found.runs.iterrows():
        days = validate(folder, others, run["case"], bound=False).days
        assert run["days"] == len(days) == 4
        for name in ("traded_kwh", "traded_to_load_kwh", "loss_kwh", "hours_broken"):
            assert run[name] == pytest.approx(days[name].sum(), rel=1e-9)
        assert run["community_cost"] == pytest.approx(days["community_cost"].sum(), rel=1e-9)
        assert run["feasible"] == (days["hours_broken"].sum() == 0.0)
        assert run["score"] == pytest.approx(run["traded_kwh"])


def test_optimizers_are_ranked_by_these_days_and_not_by_those_of_the_search(found, folder):
    statistics = found.comparison.statistics.set_index("optimizer")
    for name, runs in found.runs.groupby("optimizer"):
        energy = np.where(runs["feasible"], runs["traded_kwh"], -np.inf)
        median = np.median(energy)
        told = statistics.loc[name, "median_kwh"]
        assert np.isnan(told) if np.isinf(median) else told == pytest.approx(median)
        assert statistics.loc[name, "feasible"] == runs["feasible"].sum()
    searched = pd.read_csv(folder / "summary.csv").set_index("case")["traded_kwh"]
    assert (found.runs["traded_kwh"] > 2.0 * searched[found.runs["case"]].to_numpy()).all()
    best = found.runs.sort_values(["violation", "score"], ascending=[True, False]).iloc[0]
    first, kept = found.sentences
    assert first.startswith(f"Best under policy surplus: {best['case']}, ")
    assert "over the 4 days" in first
    assert kept == f"{found.runs['feasible'].sum()} of 4 runs keep every limit on these days."


def test_reproduce_tries_them_again_and_finds_what_was_changed(found, folder):
    honest = reproduce(folder)
    assert honest.verdict.startswith("reproduced")
    compared = {d.column for d in honest.differences if d.file == "validation_runs.csv"}
    assert compared == {*columns("validation_runs.csv")}
    written = (folder / "validation_runs.csv").read_text()
    forged = pd.read_csv(folder / "validation_runs.csv")
    forged.loc[1, "hours_broken"] += 1.0
    forged.to_csv(folder / "validation_runs.csv", index=False)
    assert "validation_runs.csv" in reproduce(folder).verdict
    (folder / "validation_runs.csv").write_text(written)


def test_the_page_has_them_in_words_and_a_table(found, folder):
    section = tried_section(read_results(folder), [])
    assert list(section.said[-2:]) == found.sentences
    assert section.tables[0].title == "Final results over the seeds, kWh over the 4 days"
    assert [row[0] for row in section.tables[0].rows] == ["random", "pygad"]


def test_results_without_a_run_are_refused(folder, tmp_path):
    study = study_files.load(str(folder.parent / "study.toml"))
    simulate_and_store(study, None, tmp_path / "base", "toolkit simulate")
    with pytest.raises(InputError, match="no finished run of an optimizer"):
        toolkit.validate_runs(tmp_path / "base", policy="surplus")


def test_the_command_tells_the_best_first_and_then_the_optimizers(folder, others, command):
    words = ["validate", folder, "--profiles", others, "--every-run"]
    code, out, _ = command(*words)
    assert code == 0
    assert out.startswith("Best under policy surplus: ")
    assert "Final results over the seeds, kWh over the 4 days" in out
    assert out.rstrip().endswith("validation_runs.csv")
    code, out, _ = command(*words, "--json")
    assert [run["case"] for run in json.loads(out)["runs"]] == [
        *(f"random-seed{s}" for s in (1, 2)),
        *(f"pygad-seed{s}" for s in (1, 2)),
    ]
    code, out, err = command(*words, "--case", "random-seed1")
    assert code == 2
    assert "every run, or one case" in " ".join(err.split())
