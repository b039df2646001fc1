"""Arguments of the Python calls: what is refused, and what does as well as Python's own."""

from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.refusals import refusal

import toolkit
from toolkit import ToolkitError
from toolkit.common import caps, input_files
from toolkit.common.arguments import checked, plain


class Hostile:
    def __repr__(self):
        raise RuntimeError("no")


def small(x):
    return float(x.sum())


RUN = {"budget": 5, "seed": 1}


CALLS = [
    (lambda: toolkit.optimize(budget=2.5), "budget: found 2.5; expected a whole number from 1"),
    (lambda: toolkit.optimize(budget=1e12), "budget"),
    (lambda: toolkit.optimize(budget=True), "budget: found True"),
    (lambda: toolkit.optimize(budget=np.bool_(True)), "budget"),
    (lambda: toolkit.optimize(budget="100"), "budget: found '100'"),
    (lambda: toolkit.optimize(budget=None), "budget: found None"),
    (lambda: toolkit.optimize(budget=float("nan")), "budget: found nan"),
    (lambda: toolkit.optimize(budget=Decimal(3)), "budget"),
    (lambda: toolkit.optimize(runs=10**9), "runs: found 1000000000; expected a whole number from"),
    (lambda: toolkit.optimize(seed=-1), "seed: found -1"),
    (lambda: toolkit.optimize(seed=2**70), "seed"),
    (lambda: toolkit.optimize(workers=10**6), "from 1 to 1,000"),
    (lambda: toolkit.optimize(optimizer=3), "optimizer: found 3; expected text"),
    (lambda: toolkit.optimize(options=3), "options: found 3; expected a dictionary"),
    (lambda: toolkit.optimize(options={3: 4}), "options"),
    (lambda: toolkit.optimize(bound=1e300), "bound"),
    (lambda: toolkit.optimize(bound="soon"), "bound: found 'soon'; expected seconds"),
    (lambda: toolkit.optimize(polish=pd.NA), "polish"),
    (lambda: toolkit.optimize(out=3), "out: found 3; expected a path"),
    (lambda: toolkit.optimize(out=""), "out: found ''"),
    (lambda: toolkit.optimize(out="a\0"), "without NUL"),
    (lambda: toolkit.optimize(out="\udcff"), "UTF-8"),
    (lambda: toolkit.optimize(out="a" * 300), "at most 255 bytes"),
    (lambda: toolkit.optimize(force="yes"), "force: found 'yes'; expected True or False"),
    (lambda: toolkit.optimize(bugdet=3), "Did you mean 'budget'"),
    (lambda: toolkit.optimize("ieee12", "random"), "optimize()"),
    (lambda: toolkit.optimize(Hostile()), "study: found a value of type Hostile"),
    (lambda: toolkit.compare(optimizers=[3]), "optimizers: found [3]"),
    (lambda: toolkit.compare(optimizers=[]), "expected from 1"),
    (lambda: toolkit.compare(options={"pygad": 3}), "'pygad' has none"),
    (lambda: toolkit.simulate(plan=b"x"), "plan: found b'x'"),
    (lambda: toolkit.simulate(study=3), "study: found 3; expected a study's name"),
    (lambda: toolkit.load_study(None), "source: found None"),
    (lambda: toolkit.load_study("\0"), "study: found"),
    (lambda: toolkit.load_study(limits={"v_min": 10**400}), "limits.v_min"),
    (lambda: toolkit.load_study(limits=Hostile()), "limits"),
    (lambda: toolkit.read_results(None), "folder: found None"),
    (lambda: toolkit.read_results(), "missing a required argument"),
    (lambda: toolkit.read_journal(3), "path: found 3"),
    (lambda: toolkit.read_journal("/dev/zero"), "a device"),
    (lambda: toolkit.write_report(np.array([1])), "folder"),
    (lambda: toolkit.minimize("random", 3, 0, 1, **RUN), "function: found 3; expected a function"),
    (lambda: toolkit.minimize("random", lambda: 1, 0, 1, **RUN), "a function of one vector"),
    (lambda: toolkit.minimize("random", lambda x: "a", 0, 1, **RUN), "function: found 'a'"),
    (lambda: toolkit.minimize("random", lambda x: None, 0, 1, **RUN), "found None as a result"),
    (lambda: toolkit.minimize("random", lambda x: 1j, 0, 1, **RUN), "found 1j as a result"),
    (lambda: toolkit.minimize("random", lambda x: [[1], 2], 0, 1, **RUN), "as a result"),
    (lambda: toolkit.minimize("random", small, "a", 1, **RUN), "lower: found 'a'"),
    (lambda: toolkit.minimize("random", small, 0, [1, "b"], **RUN), "upper"),
    (lambda: toolkit.minimize("random", small, 0, 1j, **RUN), "upper"),
    (lambda: toolkit.minimize("random", small, [], [], **RUN), "bounds"),
    (lambda: toolkit.minimize("random", small, -1e308, 1e308, **RUN), "bounds"),
    (lambda: toolkit.minimize("random", small, 0, float("nan"), **RUN), "bounds"),
    (lambda: toolkit.minimize(int, small, 0, 1, **RUN), "optimizer: found <class 'int'>"),
    (lambda: toolkit.minimize(None, small, 0, 1, **RUN), "optimizer: found None"),
    (lambda: toolkit.minimize("random", small, 0, 1, budget=5, seed="a"), "seed: found 'a'"),
    (lambda: toolkit.minimize("random", small, 0, 1), "missing a required"),
]


@pytest.mark.parametrize("number", range(len(CALLS)))
def test_a_bad_argument_is_named_with_what_was_found(number, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    call, said = CALLS[number]
    refusal(call, said)
    assert not list(tmp_path.iterdir())


def test_a_loop_in_changes_is_refused():
    looped = {}
    looped["fleet"] = looped
    refusal(lambda: toolkit.load_study("ieee12", fleet=looped), "at most 20 levels")


def test_numbers_of_numpy_do_as_well_as_pythons_own(tmp_path, undrawn):
    found = toolkit.optimize(
        np.str_("ieee12"),
        optimizer=np.str_("random"),
        budget=np.int64(3),
        runs=1.0,
        seed=np.uint8(7),
        workers=np.array(1),
        options={"batch": np.int32(2)},
        force=np.bool_(False),
        out=tmp_path / "out",
    )
    assert (found.manifest["budget"], found.manifest["seed"]) == (3, 7)
    assert found.study.optimizers["random"] == {"batch": 2}
    other = toolkit.load_study(
        "ieee12", limits={"v_min": np.float64(0.9)}, fleet={"scale": np.array([0.0, 1.0])}
    )
    assert other.limits.v_min == 0.9
    assert other.fleet.scale == (0.0, 1.0)
    low = pd.Series([0.0, 0.0])
    assert toolkit.minimize("random", small, low, 1, budget=1e1, seed=np.int8(1)).evaluations == 10


def test_checked_keeps_a_functions_name_and_turns_the_systems_errors_into_ours():
    @checked
    def reads(path: input_files.Path) -> None:
        """Say so."""
        raise PermissionError(13, "Permission denied", "x")

    assert (reads.__name__, reads.__doc__) == ("reads", "Say so.")
    with pytest.raises(ToolkitError, match="x: Permission denied"):
        reads(Path())


def test_every_public_function_checks_its_arguments():
    import inspect

    functions = [n for n in toolkit.__all__ if inspect.isfunction(getattr(toolkit, n))]
    assert len(functions) >= 8
    for name in functions:
        refusal(lambda n=name: getattr(toolkit, n)(1, 2, 3, 4, 5, 6, 7, 8), name)


def test_plain_leaves_what_it_does_not_know():
    assert plain({"a": (np.int64(1), [np.float32(0.5)])}) == {"a": [1, [0.5]]}
    assert plain(pd.NA) is pd.NA
    assert caps.BUDGET >= 10_000_000


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((3, "real", 0, 1), "name: found 3"),
        (("x", "weird", 0, 1), "kind: found 'weird'"),
        (("x", "real", "a", 1), "found 'a'"),
        (("x", "real", None, 1), "found None"),
        (("x", "real", 0, 10**400), "finite"),
        (("x", "real", 0, 1j), "finite"),
    ],
)
def test_a_variable_says_what_it_cannot_be(given, words):
    refusal(lambda: toolkit.Variable(*given), words)
    with pytest.raises(ValueError, match="variable"):
        toolkit.Variable(*given)


def test_a_space_is_of_variables():
    for given in (3, [1, 2], "x", None):
        refusal(lambda g=given: toolkit.Space(g), "expected a tuple of variables")
