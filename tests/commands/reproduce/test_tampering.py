"""Results folders whose parts were removed, added or exchanged, with all checksums made anew."""

import json
import re
import shutil
from contextlib import suppress

import pytest
from helpers.forger import checksums, rebuild, rows_of, write_rows

from toolkit.commands import search_and_store, simulate_and_store
from toolkit.commands.reproduce import reproduce
from toolkit.commands.request import Request
from toolkit.errors import InputError
from toolkit.inputs.study import Study
from toolkit.results import store

pytestmark = pytest.mark.usefixtures("solved_once")

RUN, OTHER = "cheetah-seed1", "random-seed2"


@pytest.fixture(scope="module")
def honest(tmp_path_factory, six_hours):
    """Results of two optimizers with two seeds, in steps of six hours."""
    home = tmp_path_factory.mktemp("honest")
    given = {"name": "small", "feeder": "ieee12", "fleet": {"buses": ["5", "6", "12"]}}
    study = Study.model_validate({**given, "profiles": str(six_hours)})
    words = "toolkit compare --budget 30 --runs=2"
    search_and_store(study, Request(("random", "cheetah"), 30, 2), home / "results", words)
    return home / "results"


@pytest.fixture
def folder(honest, tmp_path):
    """A copy of the results, to be spoiled."""
    shutil.copytree(honest, tmp_path / "copy")
    return tmp_path / "copy"


def blamed(folder, *, anew=True):
    """Return what is said of a spoiled folder, its checksums made anew, as one text."""
    if anew:
        checksums(folder)
    found = reproduce(folder)
    assert not found.reproduced
    assert found.verdict.startswith("NOT reproduced")
    return " ".join(found.culprits)


def said_of(folder):
    """Return what is said of a spoiled folder, or of one that is no longer any."""
    with suppress(InputError):
        return blamed(folder)
    with pytest.raises(InputError) as told:
        reproduce(folder)
    return str(told.value)


def edit_json(path, **entries):
    data = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**data, **entries}), encoding="utf-8")


def drop_rows(path, word):
    rows = rows_of(path)
    write_rows(path, [row for row in rows if word not in row])


@pytest.mark.parametrize(
    "file",
    [
        "network.json",
        "community.csv",
        "tables.md",
        "targets.csv",
        "pairs.csv",
        f"cases/{RUN}/bills.csv",
        f"cases/{RUN}/trades.csv",
        f"cases/{RUN}/history.csv",
        f"cases/{RUN}/feeder/base/Lines.dss",
    ],
)
def test_a_file_gone_from_folder_and_manifest_is_missing(folder, file):
    (folder / file).unlink()
    said = blamed(folder)
    assert f"{file} is missing" in said or "no file 'Lines.dss'" in said


@pytest.mark.parametrize("files", [{}, {"summary.csv": "0"}])
def test_a_manifest_without_checksums_proves_nothing(folder, files):
    edit_json(folder / "manifest.json", files=files)
    assert "checksum" in blamed(folder, anew=False)


def remove_case(folder, name):
    shutil.rmtree(folder / "cases" / name)
    for file in ("summary.csv", "community.csv"):
        drop_rows(folder / file, name)
    rebuild(folder, "case")


def test_a_case_gone_everywhere_is_missed(folder):
    remove_case(folder, OTHER)
    assert f"no {OTHER}" in blamed(folder)


def test_a_run_said_to_have_left_no_plan_is_listed_and_missed_by_a_rerun(folder):
    remove_case(folder, OTHER)
    checksums(folder, without_plan=[OTHER])
    found = reproduce(folder, rerun=True)
    assert any("without_plan" in entry.columns for entry in found.unchecked)
    assert not found.reproduced
    assert any(OTHER in said or "rows" in said for said in found.repeat.differences)


def test_a_case_nobody_asked_for_is_named(folder):
    shutil.copytree(folder / "cases" / OTHER, folder / "cases" / "random-seed7")
    assert "cases/random-seed7/bills.csv is no file of these results" in blamed(folder)
    for file in ("summary.csv", "community.csv"):
        rows = rows_of(folder / file)
        own = next(row for row in rows if OTHER in row)
        other = ["random-seed7" if text == OTHER else text for text in own]
        other[1] = "7" if file == "summary.csv" else other[1]
        write_rows(folder / file, [*rows, other])
    rebuild(folder, "case")
    assert "random-seed7" in blamed(folder)


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"budget": 31, "command": ""}, "ending"),
        ({"budget": 31}, "command: found --budget 30, expected 31"),
        ({"budget": 29, "command": ""}, "evaluations"),
        ({"runs": 1, "command": ""}, "case"),
        ({"runs": 10**15, "command": ""}, "no random-seed3"),
        ({"seed": 2, "command": ""}, "case"),
        ({"optimizers": ["random"]}, "case"),
        ({"optimizers": ["random", "cheetah", "pygad"]}, "no pygad-seed1"),
        ({"status": "running"}, "status"),
        ({"study": "another"}, "study: found another, expected small"),
        ({"study_hash": "0"}, "study_hash"),
        ({"command": "toolkit simulate"}, "command"),
        ({"polish": "sites"}, "polish.csv is missing"),
        ({"bound_s": 5.0}, "bound.csv is missing"),
        ({"without_plan": [RUN]}, "without_plan"),
    ],
)
def test_a_manifest_that_is_not_of_these_results_is_named(folder, entries, said):
    checksums(folder, **entries)
    assert said in blamed(folder)


@pytest.mark.parametrize("name", ["budget", "runs", "seed"])
def test_a_manifest_that_does_not_say_what_was_asked_ends_in_a_verdict(folder, name):
    remove_entry(folder, name)
    assert name in blamed(folder, anew=False)


@pytest.mark.parametrize("name", ["command", "status", "study", "study_hash", "versions"])
def test_a_manifest_that_lacks_what_every_one_has_is_refused(folder, name):
    remove_entry(folder, name)
    with pytest.raises(InputError, match=f"{name}.*missing"):
        reproduce(folder)


def remove_entry(folder, name):
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    del manifest[name]
    path.write_text(json.dumps(manifest), encoding="utf-8")


@pytest.mark.parametrize(
    "entry",
    [
        *({"files": None}, {"files": []}, {"files": "none"}, {"budget": "30"}, {"runs": True}),
        *({"optimizers": None}, {"status": ["complete"]}),
    ],
)
def test_a_manifest_with_entries_of_other_types_is_refused(folder, entry):
    edit_json(folder / "manifest.json", **entry)
    with pytest.raises(InputError, match=f"manifest.json.*{next(iter(entry))}"):
        reproduce(folder)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("v_min = 0.9", "v_min = 0.97"),
        ('objective = "traded"', 'objective = "losses"'),
        ("[vehicles]", "[vehicles]\nbattery_kwh = 40.04"),
        ("eta_charge = 0.95", "eta_charge = 0.9"),
        ("retail = [", "retail = [ 0.5,"),
        ('buses = [\n    "5",', "buses = ["),
    ],
)
def test_another_study_is_named(folder, old, new):
    path = folder / "study.toml"
    text = path.read_text(encoding="utf-8")
    if old not in text:
        raise ValueError(f"no {old} in {text}")
    path.write_text(text.replace(old, new), encoding="utf-8")
    try:
        identity = store.identity(store.read_study(folder))
    except InputError:
        identity = {}
    checksums(folder, **identity)
    assert said_of(folder)


@pytest.mark.parametrize("file", ["summary.csv", "statistics.csv", f"cases/{RUN}/hourly.csv"])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda rows: [[*row, "1"] for row in rows],
        lambda rows: [row[:-1] for row in rows],
        lambda rows: [row[::-1] for row in rows],
        lambda rows: [*rows, rows[-1]],
        lambda rows: rows[:-1],
        lambda rows: [rows[0], *rows[:0:-1]],
        lambda rows: [*rows[:-1], [*rows[-1][:3], "", *rows[-1][4:]]],
        lambda rows: [*rows[:-1], [*rows[-1][:3], "inf", *rows[-1][4:]]],
        lambda rows: [*rows[:-1], [*rows[-1][:3], "nan", *rows[-1][4:]]],
        lambda rows: [*rows[:-1], rows[-1][:3]],
        lambda rows: rows[:1],
        lambda rows: [],
    ],
    ids=[
        *("column", "short", "mirrored", "twice", "less", "reversed"),
        *("blank", "inf", "nan", "ragged", "header", "empty"),
    ],
)
def test_tables_of_another_form_are_named(folder, file, spoil):
    write_rows(folder / file, spoil(rows_of(folder / file)))
    assert file in said_of(folder)


def test_notes_below_the_tables_are_part_of_them(folder):
    path = folder / "tables.md"
    path.write_text(path.read_text(encoding="utf-8") + "\nThe winner is random.\n", "utf-8")
    assert "tables.md was changed: line" in blamed(folder)


@pytest.mark.parametrize("file", ["bound.csv", "polish.csv", "friedman.csv"])
def test_a_claim_nobody_asked_for_is_named(folder, file):
    (folder / file).write_text("bound_kwh\n1.0\n", encoding="utf-8")
    assert f"{file} is no file of these results" in blamed(folder)


def test_another_base_case_is_named(folder):
    """The base case made out to be worse than what the feeder declares, with all its days."""
    for path in (folder / "cases" / "base").iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(folder / "cases" / OTHER, folder / "cases" / "base", dirs_exist_ok=True)
    (folder / "cases" / "base" / "history.csv").unlink()
    for file in ("summary.csv", "community.csv"):
        rows = rows_of(folder / file)
        own = next(row for row in rows if OTHER in row)
        base = ["base" if text == OTHER else text for text in own]
        if file == "summary.csv":
            base[1], base[2], base[10], base[11] = "", "0", "", ""
        write_rows(folder / file, [base if row[0] == "base" else row for row in rows])
    rebuild(folder, "case")
    assert "cases/base/plan.json was changed" in blamed(folder)


def test_another_network_is_named(folder):
    edit_json(folder / "network.json", head="12")
    assert "network.json was changed: head: found 12" in blamed(folder)


def test_a_plan_outside_what_may_be_searched_is_named(folder):
    """A winner with a unit larger than the study allows, solved as it is."""
    text = (folder / "study.toml").read_text(encoding="utf-8")
    bounds = "scale = [\n    0.0,\n    2.0,\n]"
    assert bounds in text
    smaller = text.replace(bounds, "scale = [\n    0.0,\n    0.2,\n]")
    (folder / "study.toml").write_text(smaller, encoding="utf-8")
    checksums(folder, **store.identity(store.read_study(folder)))
    assert "of size" in blamed(folder)


def test_a_link_is_not_followed(folder, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("private\n", encoding="utf-8")
    (folder / "community.csv").unlink()
    (folder / "community.csv").symlink_to(secret)
    with pytest.raises(InputError, match=r"community\.csv: is a link"):
        reproduce(folder)


def without_sources(folder):
    """Let the study name profiles that are not here."""
    path = folder / "study.toml"
    text = path.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("profiles ="))
    path.write_text(text.replace(line, 'profiles = "/nowhere/day.csv"'), encoding="utf-8")
    checksums(folder)


def test_without_sources_what_needs_them_is_listed(folder):
    without_sources(folder)
    found = reproduce(folder)
    assert found.reproduced, found.culprits
    missed = {(u.file, column) for u in found.unchecked for column in u.columns}
    assert {("community.csv", "saving"), ("cases/*/bills.csv", "saving")} <= missed
    assert {("summary.csv", "community_cost"), ("cases/*/feeder", "scripts")} <= missed
    assert ("cases/*/units.csv", "soc_kwh") in missed
    assert not {("summary.csv", "score"), ("summary.csv", "traded_kwh")} & missed


def test_without_sources_cases_stand_on_one_feeder(folder):
    without_sources(folder)
    path = folder / "cases" / RUN / "feeder" / "base" / "Loads.dss"
    path.write_text(path.read_text(encoding="utf-8") + "! mine\n", encoding="utf-8")
    assert "expected that of case base" in blamed(folder)


def test_a_plan_simulated_and_its_manifest(folder, tmp_path):
    plan = folder / "cases" / RUN / "plan.json"
    study = store.read_study(folder)
    simulate_and_store(study, plan, tmp_path / "simulated", "toolkit simulate")
    assert reproduce(tmp_path / "simulated").reproduced
    checksums(tmp_path / "simulated", command="toolkit compare")
    assert "command" in blamed(tmp_path / "simulated")


def test_the_command_lists_what_it_did_not_check(folder, command):
    code, out, _ = command("reproduce", folder)
    assert code == 0
    assert "Not checked" in out
    assert "objective, violation (only --rerun shows it)" in " ".join(out.split())
    code, out, _ = command("reproduce", folder, "--json", "--rerun")
    found = json.loads(out)
    assert found["reproduced"]
    assert all({"file", "columns", "reason"} == set(entry) for entry in found["unchecked"])
    assert not any(entry["file"].endswith("history.csv") for entry in found["unchecked"])


def test_whose_a_plan_is_is_listed_until_a_rerun_shows_it(folder):
    """The optimizers' names exchanged everywhere: all figures are right, and the winner is not."""
    other = {"random": "cheetah", "cheetah": "random"}
    texts = [folder / file for file in ("summary.csv", "community.csv")]
    for path in texts:
        words = re.split(r"(random|cheetah)", path.read_text("utf-8"))
        path.write_text("".join(other.get(word, word) for word in words), "utf-8")
    cases = {path: path.name.split("-") for path in (folder / "cases").glob("*-*")}
    for path in cases:
        path.rename(path.with_name(f"was-{path.name}"))
    for path, (name, seed) in cases.items():
        path.with_name(f"was-{path.name}").rename(path.with_name(f"{other[name]}-{seed}"))
    checksums(folder, optimizers=["cheetah", "random"], command="")
    rebuild(folder, "case")
    found = reproduce(folder)
    assert ("summary.csv", "optimizer") in {(u.file, c) for u in found.unchecked for c in u.columns}
    again = reproduce(folder, rerun=True)
    assert not again.reproduced


def test_a_case_of_a_name_too_long_for_any_file_is_no_case(folder):
    path = folder / "summary.csv"
    path.write_text(path.read_text("utf-8").replace(OTHER, "x" * 256), "utf-8")
    with pytest.raises(InputError, match="expected a name"):
        reproduce(folder)
