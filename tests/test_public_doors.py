"""What people outside import stays where it is, whatever moves behind it."""

import subprocess
import sys
from importlib import import_module
from importlib.metadata import version

import pytest

import toolkit

#: A plug-in of an outsider: every door it may come through, and a search with it.
PLUG_IN = """
import numpy as np
import toolkit
from toolkit.errors import BudgetSpent, InputError, Stopped, ToolkitError, nearest, unknown_name
from toolkit.optimizer import Optimizer, OptimizerOptions, ProblemView, SkippingView
from toolkit.scores import FEASIBLE, UNSOLVED, Scores, better, joined, sanitised
from toolkit.space import BoolArray, FloatArray, IndexArray, Kind, Space, Variable
from toolkit.testing import CheckResult, check_optimizer

class Mine(Optimizer):
    "Sample at random."
    description = "samples at random"
    reference = "none"

    class Options(OptimizerOptions):
        pass

    def minimize(self, problem: ProblemView, rng: np.random.Generator) -> None:
        while True:
            problem.evaluate(rng.random((5, len(problem.space))))

assert toolkit.Optimizer is Optimizer and toolkit.OptimizerOptions is OptimizerOptions
assert toolkit.Space is Space and toolkit.Variable is Variable and toolkit.Scores is Scores
assert toolkit.InputError is InputError and toolkit.ToolkitError is ToolkitError
def failed():
    results = check_optimizer(Mine)
    assert all(isinstance(result, CheckResult) for result in results)
    return {result.name for result in results if not result.passed}
"""
NAMES = {
    "toolkit": {
        *("InputError", "Optimizer", "OptimizerOptions", "Results", "Scores", "Space", "Study"),
        *("ToolkitError", "Variable", "__version__", "compare", "load_study", "minimize"),
        *("optimize", "read_journal", "read_results", "simulate", "write_report"),
    },
    "toolkit.optimizer": {
        "FrontOptimizer",
        "FrontScores",
        "FrontView",
        "Optimizer",
        "OptimizerOptions",
        "ProblemView",
        "SkippingView",
    },
    "toolkit.space": {"BoolArray", "FloatArray", "IndexArray", "Kind", "Space", "Variable"},
    "toolkit.scores": {"FEASIBLE", "UNSOLVED", "Scores", "better", "joined", "sanitised"},
    "toolkit.errors": {
        *("ArgumentError", "BudgetSpent", "EngineError", "InputError", "Stopped", "ToolkitError"),
        *("nearest", "unknown_name"),
    },
    "toolkit.testing": {"CheckResult", "check_optimizer"},
}


def outside(folder, *words):
    """Run Python in a process of its own, in a folder that holds nothing of the toolkit."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout


@pytest.mark.parametrize("door", NAMES)
def test_a_door_offers_its_names(door):
    module = import_module(door)
    assert set(module.__all__) >= NAMES[door]
    assert all(getattr(module, name) is not None for name in module.__all__)


def test_a_plug_in_of_an_outsider_comes_through_the_doors(tmp_path):
    (tmp_path / "mine.py").write_text(PLUG_IN, encoding="utf-8")
    code = "import mine; print(mine.failed())"
    assert outside(tmp_path, "-c", code).strip() == "{'beats random on a sphere'}"


def test_what_is_offered_is_what_a_user_may_type():
    assert set(dir(toolkit)) == set(toolkit.__all__) >= NAMES["toolkit"]
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = toolkit.nonsense


def test_the_version_is_that_of_the_distribution(tmp_path):
    assert toolkit.__version__ == version("p2p-der-toolkit")
    assert toolkit.__version__ in outside(tmp_path, "-m", "toolkit", "--version")
