"""Every public name says what it takes and returns, and its example runs as written."""

import doctest
import importlib
import inspect
import re
import warnings
from pathlib import Path

import pytest
from helpers import forks
from helpers.processes import FORKING

ROOT = Path(__file__).resolve().parents[1]
DOORS = ("toolkit", "toolkit.optimizer", "toolkit.space", "toolkit.scores", "toolkit.errors")
DOORS += ("toolkit.testing",)
#: Constants and types, which have no docstring of their own, and bases without an example.
PLAIN = {"__version__", "FEASIBLE", "UNSOLVED", "BoolArray", "FloatArray", "IndexArray", "Kind"}
#: What an optimizer meets and never makes itself; the example of Optimizer shows it at work.
MET = {"BudgetSpent", "Stopped", "EngineError", "ProblemView", "SkippingView", "CheckResult"}
MET |= {"FrontView"}


def public():
    """Return the public classes and functions by name."""
    names = {}
    for door in DOORS:
        module = importlib.import_module(door)
        names |= {name: getattr(module, name) for name in module.__all__ if name not in PLAIN}
    return names


PUBLIC = public()


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_a_public_name_has_numpydoc_sections(name):
    text = inspect.getdoc(PUBLIC[name])
    assert text
    sections = set(re.findall(r"^([A-Z][a-z]+)\n-{3,}$", text, re.MULTILINE))
    assert sections <= {
        "Parameters",
        "Attributes",
        "Returns",
        "Raises",
        "Notes",
        "References",
        "Examples",
    }
    if inspect.isfunction(PUBLIC[name]):
        assert {"Parameters", "Returns"} <= sections
        told = text.partition("Parameters\n---")[2].partition("\nReturns\n---")[0]
        for parameter in inspect.signature(PUBLIC[name]).parameters:
            assert re.search(rf"^[\w*, ]*\b{parameter}\b", told, re.MULTILINE), parameter
    assert name in MET or "Examples" in sections


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_the_example_of_a_public_name_runs(name, tmp_path, monkeypatch, undrawn, inside_runs):
    monkeypatch.chdir(tmp_path)
    inside_runs(FORKING if name.lower() in forks.OF_COMMANDS else "")
    value = inspect.unwrap(PUBLIC[name])
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
    runner = doctest.DocTestRunner(optionflags=flags)
    for example in doctest.DocTestFinder(recurse=False).find(value, name, globs={}):
        # As in a terminal: a note about a small budget is no error.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert not runner.run(example).failed


def test_the_reference_shows_every_public_name():
    page = (ROOT / "docs" / "reference" / "python.md").read_text(encoding="utf-8")
    shown = {path.rpartition(".")[2] for path in re.findall(r"^::: ([\w.]+)$", page, re.MULTILINE)}
    assert shown >= set(PUBLIC)
    assert all(f"{name}`" in page or name in shown for name in PLAIN)
