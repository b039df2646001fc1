"""Whole commands on a study whose stores follow a policy."""

import json
import shutil

import pytest

import toolkit
from toolkit.commands import search_and_store, simulate_and_store
from toolkit.commands.reproduce import reproduce
from toolkit.commands.request import Request
from toolkit.errors import InputError
from toolkit.results import store
from toolkit.results.proof_words import proof_sentences

CASE = "random-seed1"


def study_of(policy, **options):
    return toolkit.load_study("ieee12", dispatch={"policy": policy, "options": options})


@pytest.fixture(scope="module")
def fresh(results_of):
    return results_of(study_of("surplus"), optimizers=("random",), budget=30, runs=1)


@pytest.fixture
def folder(fresh, tmp_path):
    return shutil.copytree(fresh, tmp_path / "results")


def plan_of(folder):
    return folder / "cases" / CASE / "plan.json"


def test_a_search_is_reproduced_and_run_again(fresh):
    assert reproduce(fresh).reproduced
    summary = toolkit.read_results(fresh).summary
    assert summary["traded_kwh"].iloc[1] > 0.0


def test_simulate_follows_a_plan_anew(fresh, tmp_path):
    out = tmp_path / "again"
    outcome = simulate_and_store(study_of("surplus"), plan_of(fresh), out, "toolkit simulate")
    before = toolkit.read_results(fresh).summary.set_index("case")["traded_kwh"][CASE]
    after = outcome.summary.set_index("case")["traded_kwh"]["plan"]
    assert after == before
    assert (out / "cases/plan/plan.json").read_bytes() == plan_of(fresh).read_bytes()
    with pytest.raises(InputError, match="found policy 'surplus'; expected policy 'schedule'"):
        simulate_and_store(study_of("schedule"), plan_of(fresh), tmp_path / "no", "toolkit")


def other_parameter(data):
    data["units"][4]["parameters"]["share"] *= 0.5


def no_policy(data):
    del data["dispatch"]
    for unit in data["units"]:
        unit.pop("parameters", None)


@pytest.mark.parametrize(
    ("change", "told"),
    [(other_parameter, "not what its policy gives"), (no_policy, "policy 'surplus'")],
)
def test_reproduce_follows_the_policy_anew_and_names_what_differs(folder, change, told):
    data = json.loads(plan_of(folder).read_text(encoding="utf-8"))
    change(data)
    plan_of(folder).write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**manifest, "files": store.checksums(folder)}), encoding="utf-8")
    found = reproduce(folder)
    assert not found.reproduced
    assert told in " ".join(str(difference) for difference in found.differences)


def test_polishing_is_refused_before_anything_is_written(tmp_path):
    request = Request(("random",), 30, 1, polish="sites")
    with pytest.raises(InputError, match="which policy 'surplus' decides in study ieee12"):
        search_and_store(study_of("surplus"), request, tmp_path / "out", "toolkit optimize")
    assert not (tmp_path / "out").exists()


def test_perfect_foresight_is_named_in_notices_and_plans(tmp_path, capsys):
    study = study_of("rolling", forecast="perfect", hours=2)
    request = Request(("random",), 3, 1)
    out = tmp_path / "out"
    outcome = search_and_store(study, request, out, "toolkit optimize")
    assert "policy 'rolling' is given the future itself: perfect foresight." in str(outcome.notices)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert "perfect foresight" in str(manifest["notices"])
    dispatch = json.loads(plan_of(out).read_text(encoding="utf-8"))["dispatch"]
    assert dispatch == {
        "policy": "rolling",
        "options": {"hours": 2, "forecast": "perfect"},
        "foresight": "perfect foresight",
    }


def test_a_bound_says_that_it_looks_ahead():
    row = {
        "bound_kwh": 10.0,
        "bound_s": 1.0,
        "ended": "proven",
        "exact_kwh": 9.0,
        "exact_pct_of_bound": 90.0,
        "seconds": 2.0,
    }
    assert "the proven most with foresight" in " ".join(proof_sentences(row, policy="surplus"))
    assert "foresight" not in " ".join(proof_sentences(row))


def test_a_policy_that_decides_otherwise_where_nobody_looks_makes_its_run_invalid(
    install, tmp_path
):
    """In the run's process it tells the search of a better plan than it gives apart."""
    install(
        "two-faced",
        "twofaced",
        group="toolkit.policies",
        base="Policy",
        options="PolicyOptions",
        method="power",
        arguments="now",
        top="import sys\nfrom toolkit import Policy, PolicyOptions",
        body="here = sys.modules['toolkit.common.plugins.letting']._here; "
        "return now.highest if here else now.stored * 0.0",
    )
    request = Request(("random",), 10, 1)
    out = tmp_path / "out"
    outcome = search_and_store(study_of("twofaced"), request, out, "toolkit optimize")
    assert outcome.status == "failed"
    assert "is invalid and counts nowhere" in " ".join(outcome.notes)
