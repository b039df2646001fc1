"""Results forged, and all that follows made anew: each is named, or listed as not checked."""

import os
import shutil

import pytest
from helpers.forger import forge, forge_each, rebuild

from toolkit.commands import search_and_store
from toolkit.commands.reproduce import aggregates, reproduce
from toolkit.commands.reproduce import case as cases
from toolkit.commands.reproduce.coverage import REASONS
from toolkit.commands.request import Request
from toolkit.exact import polish
from toolkit.exact.program import Effort
from toolkit.inputs.study import Study
from toolkit.results.columns import FILES, columns
from toolkit.results.store.names import VALIDATIONS

pytestmark = pytest.mark.usefixtures("solved_once")

OPTIMIZERS = ("random", "cheetah", "pygad")
COSTS = {
    "pv": {"per_kw": 1000.0, "om_share": 0.01},
    "wt": {"per_kw": 1500.0},
    "bess": {"per_kwh": 300.0, "lifetime": 5.0, "cycle_life": 300.0},
    "bev": {"per_vehicle": 500.0, "wear_per_kwh": 0.02},
}
TARIFFS = {"demand": 2.0, "demand_at_head": 1.0, "standing": 60.0, "co2": 0.4}
#: Three goals; one with costs, with a bound and polished plans, one whose limits some plans break.
ASKED = {
    "traded": {"costs": COSTS, "tariffs": TARIFFS, "owners": {"pv": "site"}},
    "community_cost": {},
    "losses": {"limits": {"v_min": 0.97}},
}
RUN = "cheetah-seed1"
#: What rows are told apart by.
KEYS = {
    **cases.TABLES,
    **aggregates.KEYS,
    "summary.csv": ("case",),
    "history.csv": ("evaluation",),
    "bills.csv": ("period", "bus"),
    "trades.csv": ("seller", "buyer"),
    "costs.csv": ("unit",),
    "owners.csv": ("owner",),
    "community.csv": ("case",),
    "polish.csv": ("case",),
    "tables.csv": ("table", "case", "item", "period"),
    "plan.json": ("name", "kind", "bus", "step_h"),
}


@pytest.fixture(scope="module")
def honest(tmp_path_factory, six_hours):
    """Results of three goals, in steps of six hours, by goal."""
    home = tmp_path_factory.mktemp("honest")
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(polish, "SITES", Effort(gap=0.1, nodes=3))
        for goal, sections in ASKED.items():
            given = {"name": goal, "feeder": "ieee12", "profiles": str(six_hours), **sections}
            fleet = {"buses": ["5", "6", "12"]}
            study = Study.model_validate({**given, "fleet": fleet, "market": {"objective": goal}})
            more = {"bound_s": 1.0, "polish": "dispatch"} if goal == "traded" else {}
            optimizers = OPTIMIZERS if goal == "traded" else OPTIMIZERS[:2]
            request = Request(optimizers, 30, 2, **more)
            outcome = search_and_store(study, request, home / goal, "toolkit compare")
            assert outcome.status == "complete"
            found[goal] = home / goal
    return found


@pytest.fixture
def folder(honest, tmp_path):
    """A copy of the results of energy traded, to be spoiled."""
    return copied(honest["traded"], tmp_path)


def copied(folder, to):
    shutil.copytree(folder, to / "copy")
    return to / "copy"


def listed(found, file, column):
    """Say whether a column is on the list of what is not checked."""
    return any(u.file.endswith(file) and column in u.columns for u in found.unchecked)


def everything(folder):
    """Yield every column of every file of results, and every field of a plan."""
    there = {path.name for path in folder.rglob("*") if path.is_file()}
    for file in FILES:
        if file in there:
            yield from ((file, column) for column in columns(file))
    yield from (
        ("plan.json", field)
        for field in ("step_h", "name", "kind", "bus", "kw", "kwh", "vehicles", "p_kw")
    )


@pytest.mark.parametrize("goal", ASKED)
def test_honest_results_are_reproduced_however_often_they_are_made_anew(honest, goal, tmp_path):
    folder = copied(honest[goal], tmp_path)
    rebuild(folder)
    found = reproduce(folder)
    assert found.reproduced, found.culprits
    assert found.notes == ()


def test_every_column_of_the_schema_is_compared_or_has_a_reason_not_to_be(honest):
    made = {(d.file, d.column) for d in reproduce(honest["traded"]).differences}
    given = {(file, column) for file, reasons in REASONS.items() for column in reasons}
    # What later commands add is in tests/commands/validate and test_settling.py; sweeps and
    # fronts are folders of their own.
    fronts = {name for name in FILES if name.startswith(("front", "hypervolume"))}
    elsewhere = {*VALIDATIONS, "settle.csv", "sweep.csv", "diff.csv", "cases.csv", *fronts}
    files = [file for file in FILES if file not in elsewhere]
    wanted = {(file, column) for file in files for column in columns(file)}
    assert not wanted - made - given


def failed(found, file):
    """Return the columns of a file of which a comparison did not hold."""
    return {d.column for d in found.differences if d.file == file and not d.holds}


@pytest.mark.parametrize("goal", ASKED)
def test_every_column_is_compared_for_itself_or_listed(honest, goal, tmp_path):
    looked_at, unseen = 0, []
    for file in [*FILES, "plan.json"]:
        folder = copied(honest[goal], tmp_path)
        fields = [
            c for f, c in everything(honest[goal]) if f == file and c not in KEYS.get(file, ())
        ]
        forged = forge_each(folder, file, fields)
        if forged:
            found = reproduce(folder)
            seen = failed(found, file)
            unseen += [(file, c) for c in forged if c not in seen and not listed(found, file, c)]
            assert not found.reproduced or all(listed(found, file, c) for c in forged)
        looked_at += len(forged)
        shutil.rmtree(folder)
    assert not unseen
    assert looked_at > 90


@pytest.mark.parametrize("file", KEYS)
def test_what_rows_are_told_apart_by_is_compared(honest, file, tmp_path):
    for column in KEYS[file]:
        folder = copied(honest["traded"], tmp_path)
        forge(folder, file, column)
        assert not reproduce(folder).reproduced, column
        shutil.rmtree(folder)


@pytest.mark.parametrize("goal", ASKED)
@pytest.mark.parametrize(
    ("file", "column"),
    [
        ("summary.csv", "score"),
        ("summary.csv", "traded_kwh"),
        ("summary.csv", "community_cost"),
        ("summary.csv", "loss_kwh"),
        ("hourly.csv", "traded_kwh"),
        ("hourly.csv", "loss_kw"),
        ("history.csv", "best_objective"),
    ],
)
def test_a_forged_winner_is_named_with_all_that_follows_made_anew(
    honest, goal, file, column, tmp_path
):
    folder = copied(honest[goal], tmp_path)
    assert forge(folder, file, column)
    found = reproduce(folder)
    assert not found.reproduced
    assert any(file in said for said in found.culprits), found.culprits


@pytest.mark.skipif(os.environ.get("FORGERIES") != "all", reason="half an hour: FORGERIES=all")
@pytest.mark.parametrize("every", [True, False], ids=["column", "cell"])
@pytest.mark.parametrize("goal", ASKED)
def test_each_column_alone_is_named_or_listed(honest, goal, every, tmp_path):
    """One column, or one cell of it, after the other, all that follows made anew each time."""
    unseen, looked_at = [], 0
    for file, column in everything(honest[goal]):
        folder = copied(honest[goal], tmp_path)
        if forge(folder, file, column, every):
            found, looked_at = reproduce(folder), looked_at + 1
            said = found.culprits or ["listed" if listed(found, file, column) else "UNSEEN"]
            print(goal, every, file, column, said[0][:150], flush=True)
            if found.reproduced and not listed(found, file, column):
                unseen.append((file, column))
        shutil.rmtree(folder)
    assert not unseen
    assert looked_at > 100
