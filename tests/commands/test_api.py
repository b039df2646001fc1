import dataclasses
import json
import subprocess
import sys

import pytest
from pandas.testing import assert_frame_equal
from typer.testing import CliRunner

import toolkit
from toolkit import InputError, cli

pytestmark = pytest.mark.usefixtures("undrawn")


@pytest.fixture(scope="module")
def small(six_hours):
    return toolkit.load_study("ieee12", profiles=str(six_hours), fleet={"buses": ["5", "9", "12"]})


def test_changes_are_merged_into_sections_and_checked():
    study = toolkit.load_study("ieee12", limits={"v_min": 0.94}, fleet={"units": {"pv1": {}}})
    assert (study.limits.v_min, study.limits.v_max) == (0.94, 1.05)
    again = toolkit.load_study(study, fleet={"units": {"pv2": {"size": [1, 2]}}})
    assert set(again.fleet.units) == {"pv1", "pv2"}
    assert again.limits == study.limits
    assert study.fleet.units["pv1"].size is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"limit": {"v_min": 0.9}}, "Did you mean 'limits'"),
        ({"limits": {"vmin": 0.9}}, "Did you mean 'v_min'"),
        ({"limits": {"v_min": 2.0}}, "not below v_max"),
        ({"limits": 3}, "'limits'"),
    ],
)
def test_a_wrong_change_names_the_field(changes, said):
    with pytest.raises(InputError, match=said) as error:
        toolkit.load_study("ieee12", **changes)
    assert "changes to study 'ieee12'" in str(error.value)


def test_optimize_gives_what_the_command_gives(small, six_hours, tmp_path, monkeypatch):
    found = toolkit.optimize(small, budget=20, seed=3, options={"members": 4}, out=tmp_path / "a")
    monkeypatch.chdir(tmp_path)
    words = "optimize a/study.toml --budget 20 --seed 3 --workers 1 --out b"
    done = CliRunner().invoke(cli.app, words.split(), catch_exceptions=False)
    assert done.exit_code == 0
    asked = toolkit.read_results("b")
    assert_frame_equal(found.summary, asked.summary, check_exact=True)
    assert found.study.optimizers["cheetah"] == {"members": 4}
    assert found.manifest["command"] == "toolkit.optimize in Python"
    assert found.manifest["status"] == "complete"


def test_compare_takes_labels_and_options(small, tmp_path):
    results = toolkit.compare(
        small,
        optimizers=["random", "few=cheetah"],
        options={"few": {"members": 3}},
        budget=10,
        runs=2,
        out=tmp_path / "out",
    )
    assert list(results.statistics["optimizer"]) == ["random", "few"]
    assert len(results.summary) == 5
    assert results.study.optimizers["few"] == {"optimizer": "cheetah", "members": 3}


def test_simulate_solves_a_plan_and_a_new_folder_is_made(small, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = toolkit.optimize(small, optimizer="random", budget=5)
    assert found.folder.parent.name == "results"
    plan = found.folder / "cases" / "random-seed1" / "plan.json"
    again = toolkit.simulate(small, plan=plan)
    assert again.folder != found.folder
    kept = ["traded_kwh", "loss_kwh", "v_min_pu"]
    left = found.summary.set_index("case").loc["random-seed1", kept]
    right = again.summary.set_index("case").loc["plan", kept]
    assert list(left) == list(right)
    assert again.cases["plan"].plan == json.loads(plan.read_text())


def test_results_are_frozen(small, tmp_path):
    results = toolkit.simulate(small, out=tmp_path / "out")
    with pytest.raises(dataclasses.FrozenInstanceError):
        results.summary = None
    report = toolkit.write_report(results.folder)
    assert report.is_file()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda out: toolkit.compare("iee12", out=out), "Did you mean 'ieee12'"),
        (lambda out: toolkit.compare(optimizers="cheetah", out=out), r"\['cheetah'\]"),
        (lambda out: toolkit.compare(options={"cma": {}}, out=out), "'cma' does not run"),
        (lambda out: toolkit.optimize(optimizer="cheeta", out=out), "Did you mean 'cheetah'"),
        (lambda out: toolkit.optimize(options={"member": 3}, out=out), "Did you mean 'members'"),
        (lambda out: toolkit.optimize(polish="all", out=out), "'sites', 'dispatch' or None"),
        (lambda out: toolkit.optimize(bound=True, out=out), "expected seconds"),
        (lambda out: toolkit.simulate(plan="none.json", out=out), "none.json"),
        (lambda out: toolkit.read_results(out), "no results folder"),
        (lambda out: toolkit.write_report(out), "no results folder"),
    ],
)
def test_a_mistake_gets_one_message_and_writes_nothing(call, said, tmp_path):
    with pytest.raises(InputError, match=said):
        call(tmp_path / "out")
    assert not (tmp_path / "out").exists()


BREAKS = """
import dataclasses
import warnings

import toolkit
from toolkit import commands
from toolkit.results import figures

figures.draw_folder = lambda folder: None
real = commands.simulate_and_store


def interrupted(*given, **more):
    return dataclasses.replace(real(*given, **more), status="interrupted", notes=("half a run",))


commands.simulate_and_store = interrupted
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    toolkit.simulate("ieee12", out="out")
print([str(w.message).split(": ")[-1] for w in caught], caught[0].filename)
"""


def test_what_went_wrong_is_a_warning_at_the_caller_and_no_main_guard_is_needed(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(BREAKS, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"['interrupted', 'half a run'] {script}"
