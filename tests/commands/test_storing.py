"""What a command leaves behind: the same bytes again, and nothing of others is lost."""

import json

import pandas as pd
import pytest
from helpers.stored import cases

from toolkit.commands import record, search_and_store, simulate_and_store
from toolkit.commands.request import Request
from toolkit.errors import InputError
from toolkit.inputs import study_files
from toolkit.inputs.feeder_files import locate
from toolkit.inputs.study import Study
from toolkit.results import store


def test_nothing_unfinished_is_left(results):
    names = [p.name for p in results.rglob("*")]
    assert not [n for n in names if n.endswith((".partial", ".tmp"))]
    manifest = json.loads((results / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["status"] == "complete"
    assert manifest["seed"] == 1
    assert manifest["versions"]["opendssdirect.py"]
    assert manifest["wall_time_s"] > 0
    assert {"tables.md", "tables.csv", "study.toml", "summary.csv"} <= set(names)


@pytest.fixture(scope="module")
def again(ieee12_results, results_of):
    """The stored study searched again, by two workers."""
    return results_of(study_files.load(str(ieee12_results / "study.toml")), workers=2)


def test_the_same_study_and_seed_give_the_same_bytes_whatever_the_workers(ieee12_results, again):
    for path in ieee12_results.rglob("*"):
        if path.is_file() and path.name != "manifest.json":
            twin = again / path.relative_to(ieee12_results)
            assert path.read_bytes() == twin.read_bytes(), path.name


def test_another_seed_gives_another_summary(ieee12_results, results_of):
    other = results_of(study_files.load("ieee12"), ("random",), seed=7)
    first, second = (pd.read_csv(f / "summary.csv") for f in (ieee12_results, other))
    first = first[first["optimizer"] != "cheetah"]
    assert set(first["seed"].dropna()) == {1, 2}
    assert set(second["seed"].dropna()) == {7, 8}
    assert set(first["traded_kwh"][1:]).isdisjoint(second["traded_kwh"][1:])


def test_the_stored_study_runs_again_to_the_same_summary(other_results, results_of):
    """Of a study far from the defaults; that of the bundled one is above."""
    stored = study_files.load(str(other_results / "study.toml"))
    folder = results_of(stored, runs=1)
    for name in ("summary.csv", "study.toml"):
        assert (folder / name).read_bytes() == (other_results / name).read_bytes()


def test_a_stored_plan_simulates_to_the_same_figures(results, tmp_path):
    asked = study_files.load(str(results / "study.toml"))
    case = next(c for c in cases(results) if c != "base")
    plan = results / "cases" / case / "plan.json"
    simulate_and_store(asked, plan, tmp_path / "out", "toolkit simulate")
    old = pd.read_csv(results / "summary.csv").set_index("case").loc[case]
    new = pd.read_csv(tmp_path / "out" / "summary.csv").set_index("case").loc["plan"]
    for name in ("traded_kwh", "traded_to_load_kwh", "loss_kwh", "v_min_pu", "v_max_pu"):
        assert new[name] == pytest.approx(old[name], rel=1e-6)


QUICK = Request(("random",), 3, 1)


def test_a_folder_with_results_is_refused_unless_forced(tmp_path):
    asked, folder = study_files.load("ieee12"), tmp_path / "out"
    search_and_store(asked, QUICK, folder, "toolkit")
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    with pytest.raises(InputError, match=r"out.*already holds results.*--force"):
        search_and_store(asked, QUICK, folder, "toolkit")
    with pytest.raises(InputError, match="already holds results"):
        simulate_and_store(asked, None, folder, "toolkit")
    assert before == {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    simulate_and_store(asked, None, folder, "toolkit", force=True)
    assert cases(folder) == ["base"]


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_with_other_files_is_never_touched(tmp_path, force):
    (tmp_path / "thesis.tex").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"other files \(thesis\.tex\)"):
        search_and_store(study_files.load("ieee12"), QUICK, tmp_path, "toolkit", force=force)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize(
    "request_",
    [Request(("cheta",), 3, 1), Request(("random",), 0, 1), Request(("random",), 3, 1, 1, 0)],
)
def test_a_bad_request_leaves_earlier_results_alone(tmp_path, request_):
    asked, folder = study_files.load("ieee12"), tmp_path / "out"
    simulate_and_store(asked, None, folder, "toolkit")
    before = (folder / "summary.csv").read_bytes()
    with pytest.raises(InputError):
        search_and_store(asked, request_, folder, "toolkit", force=True)
    assert (folder / "summary.csv").read_bytes() == before


def test_the_manifest_is_of_the_feeder_as_it_was_read(tmp_path, monkeypatch):
    """Not of what stood there when the command ended."""
    script = tmp_path / "mine.dss"
    script.write_text(f'Redirect "{locate("ieee12")}"\n', encoding="utf-8")
    asked = Study(name="mine", feeder=str(script))
    then, write = study_files.fingerprint(asked), record.write

    def edit_and_write(*given):
        script.write_text(f"{script.read_text()}! edited meanwhile\n", encoding="utf-8")
        return write(*given)

    monkeypatch.setattr(record, "write", edit_and_write)
    simulate_and_store(asked, None, tmp_path / "out", "simulate")
    assert study_files.fingerprint(asked) != then
    assert store.read_manifest(tmp_path / "out")["study_hash"] == then


def test_an_option_the_library_refuses_leaves_earlier_results_alone(tmp_path):
    asked, folder = study_files.load("ieee12"), tmp_path / "out"
    simulate_and_store(asked, None, folder, "toolkit")
    before = (folder / "summary.csv").read_bytes()
    bad = Request(("mealpy",), 3, 1, options={"mealpy": {"algorithm": "JAED"}})
    with pytest.raises(InputError, match=r"JAED.*Did you mean 'JADE'"):
        search_and_store(asked, bad, folder, "toolkit", force=True)
    assert (folder / "summary.csv").read_bytes() == before


def test_a_run_that_fails_does_not_lose_the_others(tmp_path, install):
    """An optimizer that breaks costs its own run only, and the manifest says so."""
    body = "problem.evaluate(rng.random((4, len(problem.space))))"
    install("bro-ken", "broken", body=f"{body}; raise RuntimeError('out of ideas')")
    folder = tmp_path / "out"
    asked = Request(("random", "broken"), 9, 1)
    outcome = search_and_store(study_files.load("ieee12"), asked, folder, "toolkit")
    told = "broken-seed1 broke after 4 evaluations: RuntimeError: out of ideas"
    assert told in outcome.notes
    found = pd.read_csv(folder / "summary.csv")["case"].tolist()
    assert found == ["base", "random-seed1", "broken-seed1"]
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["status"] == "failed"
