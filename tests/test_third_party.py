"""Plug-ins of others, installed for real into an environment of their own.

The environment sees the toolkit and its libraries where they are, so nothing is downloaded; pip
builds and installs the plug-ins as it would any package.
"""

import json
import shutil
import sys
from importlib.util import find_spec

import pandas as pd
import pytest
from helpers.environment import Environment
from helpers.places import EXAMPLES

EXAMPLE = EXAMPLES / "pattern-search"


BROKEN = {
    "pyproject.toml": """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "broken-ones"
version = "1"
[project.entry-points."toolkit.optimizers"]
unimportable = "broken_import:Mine"
stranger = "broken_class:Mine"
[tool.setuptools]
py-modules = ["broken_import", "broken_class"]
""",
    "broken_import.py": "import a_library_nobody_has\n",
    "broken_class.py": "class Mine:\n    description = 'of no family'\n",
}


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """An environment with the example, a fresh scaffold and two broken plug-ins installed."""
    folder = tmp_path_factory.mktemp("third_party")
    made = Environment(folder)
    # Copied, because building writes into the folder.
    example = shutil.copytree(EXAMPLE, folder / "example")
    shares = shutil.copytree(EXAMPLES / "equal-shares", folder / "shares")
    made.sooner("init", "plugin", "fresh-one")
    made.sooner("mechanisms", "new", "fresh-way")
    made.sooner("goals", "new", "fresh-aim")
    even = shutil.copytree(EXAMPLES / "even-import", folder / "even")
    broken = folder / "broken"
    broken.mkdir()
    for name, text in BROKEN.items():
        (broken / name).write_text(text, encoding="utf-8")
    made.install(
        example,
        shares,
        made.work / "fresh-one",
        made.work / "fresh-way",
        even,
        made.work / "fresh-aim",
        broken,
    )
    return made


def test_it_is_an_environment_of_its_own(environment):
    code = "import sys, pattern_search; print(sys.prefix); print(pattern_search.__file__)"
    prefix, where = environment.run("-c", code).stdout.splitlines()
    assert prefix != sys.prefix
    assert where.startswith(prefix)
    assert find_spec("pattern_search") is None


def test_good_and_broken_plug_ins_are_listed_side_by_side(environment):
    listed = " ".join(environment.sooner("optimizers", "list").stdout.split())
    assert "pattern-search Pattern search after Hooke and Jeeves" in listed
    assert "from pattern-search" in listed
    assert "fresh-one (1 + n) evolution strategy" in listed
    assert "unimportable cannot be used" in listed
    assert "No module named 'a_library_nobody_has'" in listed
    assert "stranger cannot be used" in listed
    assert "is not a subclass of toolkit.Optimizer" in listed
    for name in ("cheetah", "pygad", "mealpy", "random"):
        assert f"{name} cannot be used" not in listed


def test_a_broken_one_is_refused_in_one_message(environment):
    for name in ("unimportable", "stranger"):
        done = environment.sooner("optimize", "--optimizer", name, expected=2)
        assert f"optimizer '{name}'" in done.stderr
        assert "broken-ones" in done.stderr
        assert "Traceback" not in done.stderr


def test_the_suite_is_passed_there(environment):
    out = environment.sooner("optimizers", "test", "pattern-search").stdout
    assert "pass  same history in another process" in out
    assert "0 failed" in out


def test_the_tests_of_a_fresh_scaffold_pass_as_its_readme_says(environment):
    done = environment.run("-m", "pytest", "-q", "fresh-one")
    assert "2 passed" in done.stdout


def test_a_study_is_optimized_with_both(environment):
    environment.toolkit(
        "optimize", "--optimizer", "pattern-search", "--budget", "60", "--out", "one"
    )
    manifest = json.loads((environment.work / "one" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["status"] == "complete"
    assert manifest["optimizers"] == ["pattern-search"]
    found = pd.read_csv(environment.work / "one" / "summary.csv").set_index("case")
    assert list(found.index) == ["base", "pattern-search-seed1"]
    assert found.loc["pattern-search-seed1", "evaluations"] == 60
    history = environment.work / "one" / "cases" / "pattern-search-seed1" / "history.csv"
    assert len(pd.read_csv(history)) == 60
    assert (environment.work / "one" / "report.html").is_file()
    words = [
        "--optimizer",
        "fresh-one",
        "--optimizer",
        "wide=fresh-one",
        "--option",
        "wide.step=0.9",
    ]
    environment.sooner(
        "compare", *words, "--budget", "60", "--runs", "1", "-w", "2", "--out", "two"
    )
    found = pd.read_csv(environment.work / "two" / "summary.csv").set_index("case")
    assert list(found.index) == ["base", "fresh-one-seed1", "wide-seed1"]
    assert (found["ending"].dropna() == "spent").all()


def test_mechanisms_of_others_are_listed_tested_and_settle(environment):
    listed = " ".join(environment.sooner("mechanisms", "list").stdout.split())
    assert "equal-shares Everybody saves the same" in listed
    assert "fresh-way One price: sellers get a fixed share of the gain" in listed
    assert "cannot be used" not in listed
    for name in ("equal-shares", "fresh-way"):
        out = environment.sooner("mechanisms", "test", name).stdout
        assert "10 passed, 0 failed" in out
    done = environment.run("-m", "pytest", "-q", "fresh-way", "../shares")
    assert "5 passed" in done.stdout
    study = environment.work / "shares.toml"
    study.write_text(
        'name = "shares"\nfeeder = "ieee12"\n[settlement]\nmechanism = "equal-shares"\n',
        encoding="utf-8",
    )
    environment.sooner("simulate", "shares.toml", "--out", "three")
    found = pd.read_csv(environment.work / "three" / "community.csv").iloc[0]
    # Everybody saves the same.
    assert found["jain_index"] == pytest.approx(1.0)
    assert found["worse_off"] == 0
    out = " ".join(environment.sooner("settle", "three", "--case", "base").stdout.split())
    assert "Savings are most even with equal-shares: Jain's index 1.000" in out
    assert "equal-shares*" in out


def test_goals_of_others_are_listed_tested_and_sought(environment):
    listed = " ".join(environment.sooner("goals", "list").stdout.split())
    assert "even-import Highest power that the feeder draws over its mean" in listed
    assert "fresh-aim Energy that all prosumers import in some hours" in listed
    assert "cannot be used" not in listed
    for name in ("even-import", "fresh-aim"):
        assert "11 passed, 0 failed" in environment.sooner("goals", "test", name).stdout
    done = environment.run("-m", "pytest", "-q", "fresh-aim", "../even")
    assert "5 passed" in done.stdout
    study = environment.work / "even.toml"
    study.write_text(
        'name = "even"\nfeeder = "ieee12"\n[market]\nobjective = "even-import"\n'
        "[market.options.even-import]\nleast = 0.2\n[limits.goals]\nfresh-aim = { max = 1e6 }\n",
        encoding="utf-8",
    )
    out = environment.sooner("optimize", "even.toml", "--budget", "20", "--out", "four").stdout
    said = "even-import, times the mean: peak to average of the import over the day."
    assert said in " ".join(out.split())
    found = pd.read_csv(environment.work / "four" / "summary.csv").iloc[-1]
    assert found["score"] == pytest.approx(-found["goal_even-import"])
    assert found["goal_fresh-aim"] > 0.0
    assert "Verdict: reproduced" in environment.sooner("reproduce", "four").stdout
