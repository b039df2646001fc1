"""Shared fixtures: the 12-bus study ready to solve, variants of it, and small results folders."""

import csv
import gc
import os
import shutil
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from helpers import command_tree, drawings, forks  # noqa: F401  the tree is made on import
from helpers.places import ROOT
from hypothesis import HealthCheck, settings

from toolkit import cli
from toolkit.cli import defaults
from toolkit.commands import search_and_store
from toolkit.commands.request import Request
from toolkit.common.plugins import letting
from toolkit.inputs import profiles, study_files
from toolkit.inputs.study import Study
from toolkit.optimizer import registry
from toolkit.problem.encoding import decode
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare
from toolkit.results import figures
from toolkit.results.report import write_report as write_page

# How long an example takes says how busy the machine is, not whether anything is right.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

#: A study whose every number differs from what the bundled scripts declare.
OTHER = {
    "name": "other",
    "feeder": "ieee12",
    "limits": {"v_min": 0.9, "v_max": 1.1, "loading_max": 80.0},
    "fleet": {
        "shapes": "study",
        "scale": [0.0, 3.0],
        "buses": ["2", "4", "6", "8", "9", "11", "12"],
    },
    "wind": {"cut_in": 4.0, "rated": 11.0, "cut_out": 12.4},
    "storage": {
        "hours": 2.5,
        "soc_min": 0.25,
        "soc_max": 0.85,
        "soc_start": 0.4,
        "eta_charge": 0.9,
        "eta_discharge": 0.8,
    },
    "vehicles": {
        "battery_kwh": 52.0,
        "charger_kw": 11.0,
        "soc_min": 0.15,
        "soc_max": 0.9,
        "soc_start": 0.7,
        "eta_charge": 0.88,
        "eta_discharge": 0.93,
        "v2g": False,
    },
}


#: A plug-in; parts of it change.
PLUG_IN = """
from pydantic import BaseModel, Field
from toolkit.optimizer import Optimizer, OptimizerOptions
{top}

class {name}({base}):
    description = {description!r}
    {extra}
    class Options({options}):
        size: int = Field(5, ge=2, description="size")
    def {method}(self, {arguments}):
        {body}
"""

#: The public feeders some tests read, from the folder ``shared/feeders`` beside the repository.
PUBLIC = {
    "ieee13": "IEEE13Nodeckt.dss",
    "ieee34": "ieee34Mod1.dss",
    "ieee123": "IEEE123Master.dss",
    "european-lv": "Master.dss",
    "epri-ckt5": "Master_ckt5.dss",
}


#: The files that take longest. They begin first, so that no core waits for one of them at the end.
LONGEST = (
    *("test_docs.py", "test_notebooks.py", "test_public_studies.py", "test_forgeries.py"),
    *("test_network_limits.py", "test_sweep.py", "test_record.py", "test_third_party.py"),
    *("test_conformance.py", "test_days_at_risk.py", "test_cluster.py", "test_resume.py"),
    *("test_tampering.py", "test_figures.py", "test_canonical.py", "test_replacing.py"),
    *("test_reproduce.py", "test_explain.py", "test_foreign.py", "test_objectives.py"),
    *("test_misbehaving.py", "test_cli.py", "test_resume_kills.py"),
    *("test_branch_and_bound.py", "test_check_feeder.py", "test_weather.py"),
    *("test_storing.py", "test_switches.py", "test_browser.py", "test_registry.py"),
    *("test_every_run.py", "test_hostile.py", "test_odd.py", "test_validate.py"),
    *("test_effort.py", "test_cheetah_plus.py", "test_public_names.py"),
    *("test_settlement.py", "test_ending.py", "test_sought.py", "test_architecture.py"),
    *("test_controls.py", "test_picked_days.py", "test_policies.py", "test_cheetah.py"),
    *("test_awkward_names.py", "test_terminal.py", "test_power_flow.py"),
    *("test_ieee33_69.py", "test_meters.py", "test_labels.py", "test_api.py"),
    *("test_loading.py", "test_comparison.py", "test_examples.py", "test_declared.py"),
    *("test_settings.py", "test_untrusted.py", "test_fuzz.py", "test_refusals.py"),
    *("test_seasons.py", "test_real_weather.py", "test_weather_refusals.py"),
    *("test_benchmarks.py", "test_checks.py", "test_foresight.py", "test_rank_tests.py"),
    *("test_report.py", "test_loads.py", "test_run.py"),
)


def pytest_collection_modifyitems(items):
    """Put the longest files first; the order within a file stays."""
    order = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.name, len(order)))


def pytest_collection_finish():
    """Have no collection of garbage look through what is there to stay."""
    gc.freeze()


@pytest.fixture(scope="session")
def public_feeder():
    """Return the script of a public feeder; skip where the folder is not there, but not in CI."""

    def script(name: str) -> Path:
        beside = (ROOT, *ROOT.parents[:2])
        places = [folder / "shared" / "feeders" / name / PUBLIC[name] for folder in beside]
        found = [place for place in places if place.is_file()]
        if not found:
            says = f"no {places[1]}: the public feeders are not part of the repository"
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(says)
        return found[0].resolve()

    return script


@pytest.fixture(scope="session", autouse=True)
def quick_starts():
    """Have the processes that commands start begin with their imports done."""
    with pytest.MonkeyPatch.context() as patch:
        forks.use(patch)
        yield forks.settings()
    forks.close()


@pytest.fixture(autouse=True)
def same_settings(quick_starts):
    """Have no test leave variables that Python reads: no later process would begin as a fork."""
    yield
    assert forks.settings() == quick_starts


@pytest.fixture(scope="session")
def ieee12():
    """The bundled study with feeder, profiles, fleet and space."""
    return prepare(study_files.load("ieee12"))


@pytest.fixture(scope="session")
def problem(ieee12):
    """The bundled study with its circuit compiled."""
    return Problem(ieee12)


@pytest.fixture(scope="session")
def write_day():
    """Write the bundled day in steps of ``dt`` hours: a part of an hour, or several hours."""

    def write(path: Path, dt: float = 1.0) -> Path:
        source = profiles.locate("typical_day").read_text(encoding="utf-8").splitlines()
        header, *rows = csv.reader(source)
        hourly = np.array(rows, dtype=float)
        parts, hours = max(round(1.0 / dt), 1), max(round(dt), 1)
        fine = np.repeat(hourly, parts, axis=0)
        day = fine.reshape(-1, hours, len(header)).mean(axis=1)
        day[:, 0] = np.arange(len(day)) * dt
        day[:, 5] *= dt
        lines = [header, *([f"{value:.12g}" for value in row] for row in day)]
        path.write_text("\n".join(map(",".join, lines)) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def coarse_day(tmp_path_factory, write_day):
    """The bundled day in steps of four hours; not to be written to."""
    return write_day(tmp_path_factory.mktemp("day") / "coarse.csv", 4.0)


@pytest.fixture(scope="session")
def six_hours(tmp_path_factory, write_day):
    """The bundled day in steps of six hours; not to be written to."""
    return write_day(tmp_path_factory.mktemp("day") / "six_hours.csv", 6.0)


@pytest.fixture(scope="session")
def write_coarse(coarse_day):
    """Write a study with days of six steps, and its day, into a folder; return the study's file."""

    def write(folder: Path, name: str = "mine") -> Path:
        shutil.copy(coarse_day, folder)
        path = folder / f"{name}.toml"
        text = f'name = "{name}"\nfeeder = "ieee12"\nprofiles = "coarse.csv"\n'
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def make_setting():
    """Prepare a study given as nested dicts over the bundled feeder's defaults."""

    def make(**sections):
        return prepare(Study.model_validate({"name": "test", "feeder": "ieee12", **sections}))

    return make


@pytest.fixture(scope="session")
def random_plan():
    """Decode a random point of a setting's cube."""

    def draw(setting, seed):
        x = np.random.default_rng(seed).random((1, len(setting.space)))
        return decode(x, setting.operation, setting.space).row(0)

    return draw


@pytest.fixture(scope="session")
def other_study(tmp_path_factory, write_day):
    """A study far from the defaults, in steps of half an hour, without V2G."""
    day = write_day(tmp_path_factory.mktemp("day") / "half_hours.csv", 0.5)
    return Study.model_validate({**OTHER, "profiles": str(day)})


@pytest.fixture(scope="session")
def results_of(tmp_path_factory):
    """Search with tiny budgets and return the results folder."""

    def search(asked, optimizers=("random", "cheetah"), budget=25, runs=2, seed=1, workers=1):
        folder = tmp_path_factory.mktemp("results") / asked.name
        request = Request(optimizers, budget, runs, seed, workers)
        assert search_and_store(asked, request, folder, "toolkit compare").status == "complete"
        return folder

    return search


@pytest.fixture(scope="session")
def ieee12_results(results_of):
    """Results of the bundled study: base, and two runs of two optimizers."""
    return results_of(study_files.load("ieee12"))


@pytest.fixture(scope="session", params=["ieee12", "other"])
def results(request, ieee12_results):
    """Results of the bundled study, then of the one far from the defaults."""
    if request.param == "ieee12":
        return ieee12_results
    return request.getfixturevalue("other_results")


@pytest.fixture(scope="session")
def other_results(results_of, other_study):
    """Results of the study far from the defaults."""
    return results_of(other_study, runs=1)


@pytest.fixture(scope="module")
def undrawn():
    """Leave out the figures of what commands and functions of Python write in a module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "draw_folder", lambda folder: None)
        yield


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    """Run a command in an empty folder, figures left out; return exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(figures, "draw_folder", lambda folder: None)
    # Not those of whoever runs the tests.
    monkeypatch.setattr(defaults, "user_file", lambda: tmp_path / "none.toml")

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["toolkit", *map(str, words)])
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = end.code or 0
        return code, *capsys.readouterr()

    return run


@pytest.fixture(scope="session")
def reported(ieee12_results, tmp_path_factory):
    """Return a results folder with figures and report; not to be written to."""
    folder = tmp_path_factory.mktemp("reported") / "results"
    shutil.copytree(ieee12_results, folder)
    # A page shows the SVG alone.
    drawings.put(folder, *drawings.DRAWN)
    write_page(folder)
    return folder


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Return a function that puts a distribution with one plug-in on the import path.

    Processes that commands start find it there as well.
    """
    monkeypatch.syspath_prepend(tmp_path)
    # A test before may have carried out a run here, which lets plug-ins in.
    monkeypatch.setattr(letting, "_here", [])

    def add(distribution, entry, group=registry.OPTIMIZERS.group, **changes):
        parts = {
            "top": "",
            "name": "Mine",
            "base": "Optimizer",
            "description": "mine",
            "options": "OptimizerOptions",
            "method": "minimize",
            "arguments": "problem, rng",
            "extra": "",
            "body": "pass",
            **changes,
        }
        module = distribution.replace("-", "_") + "_module"
        (tmp_path / f"{module}.py").write_text(PLUG_IN.format(**parts))
        info = tmp_path / f"{distribution.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1\n")
        (info / "entry_points.txt").write_text(f"[{group}]\n{entry} = {module}:Mine\n")
        return module

    yield add
    for name in [name for name in sys.modules if name.endswith("_module")]:
        del sys.modules[name]


@pytest.fixture(scope="session")
def begin_inside(tmp_path_factory):
    """Return a function that has the processes which a command starts begin with some code.

    It takes the patch by which that lasts, and the code.
    """

    def begin(patch, code):
        folder = tmp_path_factory.mktemp("inside")
        text = "import sys\nif 'processes.inside' in ' '.join(sys.orig_argv):\n    import inside\n"
        (folder / "sitecustomize.py").write_text(text, encoding="utf-8")
        (folder / "inside.py").write_text(code, encoding="utf-8")
        patch.setenv("PYTHONPATH", str(folder))

    return begin


@pytest.fixture
def inside_runs(begin_inside, monkeypatch):
    """Return the same function, for the length of a test."""
    return partial(begin_inside, monkeypatch)
