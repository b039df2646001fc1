"""What a shell offers when somebody presses Tab."""

import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from toolkit.cli import app, completing
from toolkit.common.validation import _keys
from toolkit.inputs.study import Study
from toolkit.optimizer import registry


def offered(*words):
    """Return what bash is told for the last of the words, as it asks for it."""
    env = {"_TOOLKIT_COMPLETE": "complete_bash", "COMP_WORDS": " ".join(["toolkit", *words])}
    env["COMP_CWORD"] = str(len(words))
    return CliRunner().invoke(app, [], prog_name="toolkit", env=env).output.split()


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with a study, a feeder, profiles and results of its own."""
    monkeypatch.chdir(tmp_path)
    for folder in ("dss/village", "profiles", "results/one", "results/deep/two", "studies"):
        (tmp_path / folder).mkdir(parents=True)
    for file in (
        "mine.toml",
        "studies/theirs.toml",
        "dss/village/Master.dss",
        "dss/village/study.toml",
        "profiles/summer.csv",
        "results/one/manifest.json",
        "results/deep/two/sweep.json",
    ):
        (tmp_path / file).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["optimize", ""], {"ieee12", "village", "mine.toml"}),
        (["optimize", "mi"], {"mine.toml"}),
        (["compare", "studies/"], {"studies/theirs.toml"}),
        (["compare", "stu"], {"studies/"}),
        (["feeders", "show", "v"], {"village"}),
        (["profiles", "show", "s"], {"summer", "studies/"}),
        (["validate", "results/one", "--profiles", "su"], {"summer"}),
        (["report", ""], {"results/one", "results/deep/two"}),
        (["resume", "results/d"], {"results/deep/two"}),
        (["diff", "results/one", "results/"], {"results/one", "results/deep/two"}),
        (["optimize", "--optimizer", "mea"], {"mealpy"}),
        (["optimizers", "show", "cheetah-"], {"cheetah-plus"}),
        (["front", "--goal", "los"], {"losses"}),
        (["mechanisms", "show", "mid"], {"mid-market"}),
        (["policies", "test", "sur"], {"surplus"}),
        (["sweep", "--set", "limits.v_"], {"limits.v_max=", "limits.v_min="}),
        (["settle", "nowhere/"], set()),
        (["opti"], {"optimize", "optimizers"}),
        (["optimize", "--bud"], {"--budget"}),
    ],
)
def test_what_is_offered(words, found, desk):
    told = set(offered(*words))
    assert told == found if words[-1] else found <= told


def test_a_label_keeps_what_is_typed():
    assert completing.optimizers("wolves=meal") == ["wolves=mealpy"]
    assert set(completing.optimizers("")) == set(registry.names())


def leaves(path=()):
    """Yield the fields of a study that hold a value, by their paths."""
    for key in _keys(Study, list(path)):
        inside = list(leaves((*path, key)))
        yield from inside or [".".join((*path, key))]


def test_the_fields_are_those_of_a_study():
    listed = completing.FIELDS.read_text(encoding="utf-8").split()
    assert listed == sorted(leaves()), "write these lines into toolkit/cli/study_fields.txt"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("toolkit sim", "simulate"),
        ("toolkit simulate ieee3", "ieee33"),
        ("toolkit init p", "plugin"),
    ],
)
def test_a_shell_is_answered_without_anything_heavy(words, found):
    code = (
        "import sys\nfrom toolkit.__main__ import main\ntry:\n    main()\nfinally:\n"
        "    print(*{'numpy', 'pydantic', 'rich'} & set(sys.modules))"
    )
    asked = {"_TOOLKIT_COMPLETE": "complete_bash", "COMP_WORDS": words}
    asked["COMP_CWORD"] = str(words.count(" "))
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **asked},
    )
    assert found in done.stdout.split()
    assert not {"numpy", "pydantic", "rich"} & {*done.stdout.split()}


def test_nothing_heavy_is_imported():
    code = (
        "import sys\nfrom toolkit.cli import completing as c\n"
        "c.studies(''), c.goals(''), c.fields(''), c.results('')\n"
        "print(*{'numpy', 'pandas', 'pydantic', 'opendssdirect', 'mealpy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ}
    )
    assert done.stdout.strip() == ""
