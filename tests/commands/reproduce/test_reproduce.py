"""Results solved again: a fresh folder passes, and whatever was edited in one is named."""

import csv
import hashlib
import json
import shutil
from pathlib import Path

import pytest
from helpers.json_keys import documented

from toolkit.commands import simulate_and_store
from toolkit.commands.reproduce import reproduce, sources
from toolkit.commands.request import Request
from toolkit.errors import InputError
from toolkit.inputs import study_files
from toolkit.results import store
from toolkit.results.store.names import UNLISTED

pytestmark = pytest.mark.usefixtures("solved_once")

CASE = "cheetah-seed1"


@pytest.fixture(scope="module")
def fresh(results_of):
    """Results of the bundled study: base, and a run of two optimizers."""
    return results_of(study_files.load("ieee12"), runs=1)


@pytest.fixture
def folder(fresh, tmp_path):
    """A copy of fresh results that a test may spoil."""
    copy = tmp_path / "results"
    shutil.copytree(fresh, copy)
    return copy


def refresh(folder):
    """Write the checksums anew, as somebody would who wants an edit to stay unseen."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**manifest, "files": store.checksums(folder)}), encoding="utf-8")


@pytest.fixture(params=["listed", "refreshed"])
def spoiled(request, folder):
    """Return what runs reproduce on a spoiled folder, with old checksums and with new ones."""

    def run():
        if request.param == "refreshed":
            refresh(folder)
        return reproduce(folder)

    return run


def edit_csv(path, row, column, value):
    """Put a value into a data row (from 0) of a CSV."""
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    rows[row + 1][rows[0].index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def edit_plan(path, change):
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data["units"])
    path.write_text(json.dumps(data), encoding="utf-8")


def edit_text(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_fresh_results_are_reproduced(results):
    found = reproduce(results)
    assert found.reproduced, found.culprits
    assert found.culprits == ()
    assert found.notes == ()
    assert found.verdict.startswith("reproduced: largest difference ")
    files = {d.path for d in found.differences}
    assert {"summary.csv", "tables.csv", "statistics.csv", "targets.csv"} <= files
    for name in ("plan.json", "hourly.csv", "buses.csv", "units.csv", "lines.csv", "history.csv"):
        assert f"cases/{CASE}/{name}" in files
    assert max(d.amount for d in found.differences if d.unit == "kWh") < 1e-5
    assert max(d.amount for d in found.differences if d.unit == "pu") < 1e-9


def test_the_manifest_lists_every_file_but_itself_and_what_is_drawn(ieee12_results):
    manifest = json.loads((ieee12_results / "manifest.json").read_text(encoding="utf-8"))
    there = {p.relative_to(ieee12_results) for p in ieee12_results.rglob("*") if p.is_file()}
    drawn = {p for p in there if p.parts[0] in UNLISTED}
    assert {Path(name) for name in manifest["files"]} == there - drawn
    assert f"cases/{CASE}/feeder/base/Master.dss" in manifest["files"]


def test_an_edited_plan_is_named(folder, spoiled):
    plan = folder / "cases" / CASE / "plan.json"
    own = json.loads(plan.read_text(encoding="utf-8"))["units"][0]
    edit_plan(plan, lambda units: units[0].update(kw=units[0]["kw"] + 20.0))
    found = spoiled()
    assert not found.reproduced
    (said,) = found.culprits
    wanted = f"cases/{CASE}/plan.json was changed: unit {own['name']}, kw {own['kw'] + 20.0:.10g}"
    assert said == f"{wanted} (feeder/Master.dss solves {own['kw']:.10g} kW)."


def test_a_step_of_an_edited_plan_is_named(folder, spoiled):
    def change(units):
        unit = next(u for u in units if u["kind"] == "bess")
        unit["p_kw"][4] += 3.0

    edit_plan(folder / "cases" / CASE / "plan.json", change)
    (said,) = spoiled().culprits
    assert said.startswith(f"cases/{CASE}/plan.json was changed: unit bess1, step 5, p_kw ")


@pytest.mark.parametrize(
    ("file", "row", "column", "where"),
    [
        ("hourly.csv", 11, "loss_kw", "step 12"),
        ("hourly.csv", 2, "traded_kwh", "step 3"),
        ("buses.csv", 0, "v_min_pu", "step 1, bus 1"),
        ("units.csv", 8, "p_kw", "step 2, unit pv1"),
        ("lines.csv", 0, "i_a", "step 1, line line.l1_2"),
    ],
)
def test_an_edited_table_is_named(folder, spoiled, file, row, column, where):
    edit_csv(folder / "cases" / CASE / file, row, column, "77.5")
    (said,) = spoiled().culprits
    assert said.startswith(
        f"cases/{CASE}/{file} was changed: {column}, {where}: found 77.5, solved "
    )


def test_an_edited_summary_is_named_and_not_what_follows_from_it(folder, spoiled):
    edit_csv(folder / "summary.csv", 1, "traded_kwh", "99999.0")
    found = spoiled()
    (said,) = found.culprits
    case = found.cases[1]
    assert said.startswith(f"summary.csv was changed: traded_kwh, case {case}: found 99999, solved")


@pytest.mark.parametrize("file", ["tables.csv", "statistics.csv", "targets.csv", "pairs.csv"])
def test_what_is_said_over_cases_is_checked(folder, spoiled, file):
    column = {"tables.csv": "value", "statistics.csv": "best_kwh", "pairs.csv": "p"}
    edit_csv(folder / file, 0, column.get(file, "share"), "0.123")
    (said, *more) = spoiled().culprits
    assert said.startswith(f"{file} was changed: {column.get(file, 'share')}, ")
    # tables.md still has the old figure, and is named for not being what tables.csv gives.
    assert all(line.startswith("tables.md was changed") for line in more)


def test_an_edited_history_is_named(folder, spoiled):
    edit_csv(folder / "cases" / CASE / "history.csv", 24, "best_objective", "-1.0")
    said = spoiled().culprits
    assert said[0].startswith(
        f"cases/{CASE}/history.csv was changed: best_objective, evaluation 25"
    )


def test_an_edited_load_is_named_with_its_line(folder, spoiled):
    script = folder / "cases" / CASE / "feeder" / "base" / "Loads.dss"
    lines = script.read_text(encoding="utf-8").splitlines()
    number = next(i for i, line in enumerate(lines) if line.lower().startswith("new load."))
    lines[number] += " kW=400"
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (said,) = spoiled().culprits
    start = f"cases/{CASE}/feeder/base/Loads.dss, line {number + 1}: found '"
    assert said.startswith(start)
    assert "kW=400" in said


def test_an_edited_unit_of_a_feeder_is_named_with_its_line(folder, spoiled):
    edit_text(folder / "cases" / CASE / "feeder" / "Master.dss", " Pmpp=", " Pmpp=1")
    (said,) = spoiled().culprits
    assert said.startswith(f"cases/{CASE}/feeder/Master.dss, line ")
    assert "the largest difference" in said


def test_a_feeder_is_named_where_the_study_is_not_at_hand(folder):
    """Without the study's own scripts the checksums say which file it is."""
    edit_text(folder / "study.toml", 'feeder = "ieee12"', 'feeder = "/nowhere/Master.dss"')
    edit_text(folder / "cases" / "base" / "feeder" / "base" / "Loads.dss", "kW=60", "kW=70")
    said = reproduce(folder).culprits
    assert said[0].startswith("cases/base/feeder/base/Loads.dss was changed. cases/base/")
    assert said[-1].startswith("study.toml was changed")


def test_a_comment_in_a_script_is_noticed_by_its_checksum(folder):
    script = folder / "cases" / CASE / "feeder" / "Master.dss"
    script.write_text(script.read_text(encoding="utf-8") + "! seen\n", encoding="utf-8")
    (said,) = reproduce(folder).culprits
    assert said.startswith(f"cases/{CASE}/feeder/Master.dss, line ")
    assert said.endswith("No figure of its day differs.")


@pytest.mark.parametrize(
    "line",
    ["DOScmd touch {witness}", "Export Voltages {witness}", "Set DataPath={folder}", "CD /"],
)
def test_a_feeder_from_elsewhere_runs_and_writes_nothing(folder, tmp_path, line):
    witness = tmp_path / "witness.csv"
    script = folder / "cases" / "base" / "feeder" / "Master.dss"
    text = line.format(witness=witness, folder=tmp_path)
    script.write_text(script.read_text(encoding="utf-8") + text + "\n", encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    found = reproduce(folder)
    assert not found.reproduced
    assert "is refused" in found.culprits[0]
    assert sorted(tmp_path.rglob("*")) == before


def test_a_case_is_no_path(folder):
    edit_csv(folder / "summary.csv", 0, "case", "../../other")
    with pytest.raises(InputError, match=r"summary.csv: found case '\.\./\.\./other'"):
        reproduce(folder)


def test_missing_and_extra_files_are_named(folder):
    (folder / "cases" / CASE / "lines.csv").unlink()
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    found = reproduce(folder)
    assert found.culprits == (f"cases/{CASE}/lines.csv is missing.",)
    assert "notes.txt is not part of the results." in found.notes
    shutil.rmtree(folder / "cases" / CASE)
    said = reproduce(folder).culprits
    assert f"cases/{CASE}/buses.csv is missing." in said
    assert any(line.endswith(" more files are missing.") for line in said)


def test_another_version_is_named_and_is_no_fault(folder):
    edit_text(folder / "manifest.json", '"numpy": "', '"numpy": "0.')
    found = reproduce(folder)
    assert found.reproduced
    assert found.notes[0].startswith("numpy is ")


def test_results_are_reproduced_without_the_study_at_hand(folder):
    edit_text(folder / "study.toml", 'feeder = "ieee12"', 'feeder = "/nowhere/Master.dss"')
    refresh(folder)
    found = reproduce(folder)
    assert [note.split(":")[0] for note in found.notes] == [
        "the study's feeder or profiles cannot be read here"
    ]
    assert all(d.holds for d in found.differences if d.file != "tables.csv")


def test_edited_limits_are_named(folder, spoiled):
    edit_text(folder / "study.toml", "v_min = 0.9", "v_min = 0.99")
    found = spoiled()
    assert not found.reproduced
    assert any("study.toml" in said for said in (*found.culprits, *found.notes))


def test_a_plan_simulated_is_reproduced(fresh, tmp_path):
    plan = fresh / "cases" / CASE / "plan.json"
    simulate_and_store(study_files.load("ieee12"), plan, tmp_path / "plan", "toolkit simulate")
    found = reproduce(tmp_path / "plan", rerun=True)
    assert found.reproduced, (found.culprits, found.repeat)


def test_repeating_gives_the_same_bit_for_bit_and_names_what_does_not(folder):
    found = reproduce(folder, rerun=True)
    assert found.reproduced
    assert found.repeat.differences == ()
    assert len(found.repeat.same) == 1 + 2 + 3
    history = folder / "cases" / CASE / "history.csv"
    edit_csv(history, 3, "objective", "-1.25")
    said = reproduce(folder, rerun=True).repeat.differences
    (line,) = said
    start = f"cases/{CASE}/history.csv, objective, evaluation 4: found -1.25, repeated "
    assert line.startswith(start)


def test_a_request_is_read_from_a_manifest(ieee12_results):
    manifest = json.loads((ieee12_results / "manifest.json").read_text(encoding="utf-8"))
    assert Request.from_manifest(manifest) == Request(("random", "cheetah"), 25, 2, 1, 1)
    del manifest["budget"]
    with pytest.raises(InputError, match=r"manifest\.json: 'budget' is missing"):
        Request.from_manifest(manifest)


def test_the_command_ends_with_a_verdict(fresh, folder, command):
    code, out, _ = command("reproduce", fresh)
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    assert "Verdict: reproduced: largest difference" in out
    edit_csv(folder / "cases" / CASE / "hourly.csv", 11, "loss_kw", "77.5")
    code, out, _ = command("reproduce", folder, "--json")
    found = json.loads(out)
    assert code == 1
    assert found.keys() <= documented()["reproduce"]
    assert found["verdict"].startswith("NOT reproduced")
    assert "hourly.csv was changed" in found["culprits"][0]
    assert command("reproduce", "nowhere")[0] == 2


@pytest.mark.parametrize(
    ("file", "column"),
    [
        (f"cases/{CASE}/bills.csv", "bill_trading"),
        (f"cases/{CASE}/trades.csv", "money"),
        ("community.csv", "saving"),
    ],
)
def test_edited_money_is_settled_again(folder, spoiled, file, column):
    edit_csv(folder / file, 0, column, "999")
    found = spoiled()
    assert not found.reproduced
    assert any(file in said and column in said for said in found.culprits), found.culprits


def test_the_verdict_names_a_change_that_no_figure_shows(folder):
    path = folder / f"cases/{CASE}/feeder/Master.dss"
    path.write_text(path.read_text(encoding="utf-8") + "! a remark\n", encoding="utf-8")
    found = reproduce(folder)
    assert not found.reproduced
    assert "feeder/Master.dss, line 43" in found.verdict


def test_what_earlier_versions_said_of_stores_is_no_change(folder):
    path = folder / f"cases/{CASE}/feeder/Master.dss"
    lines = path.read_text(encoding="utf-8").splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith(sources.NOW))
    kept = [line for line in lines if not line.startswith(sources.NOW)]
    path.write_text("\n".join([*kept[:at], *sources.EARLIER, *kept[at:]]) + "\n", encoding="utf-8")
    listed = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    name = path.relative_to(folder).as_posix()
    listed["files"][name] = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(listed), encoding="utf-8")
    assert reproduce(folder).reproduced
