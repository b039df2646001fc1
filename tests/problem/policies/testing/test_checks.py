"""The conformance suite of policies: ours pass it, and each kind of fault fails its check."""

import sys

import numpy as np
import pytest

import toolkit
from toolkit.problem.policies import testing
from toolkit.problem.policies.testing import checks
from toolkit.testing import check_policy

CAUSAL = "causal: what is not known yet changes nothing"


def failed(policy, options=None):
    return {check.name: check.reason for check in check_policy(policy, options) if not check.passed}


@pytest.fixture
def only(monkeypatch):
    """Return a function that leaves one check of the suite: the year of another takes a second."""
    every = checks.checks_of

    def leave(check):
        monkeypatch.setattr(testing, "checks_of", lambda subject: {check: every(subject)[check]})

    return leave


class Fine(toolkit.Policy):
    description, reference = "charges from what is left over", "none"

    def power(self, now):
        return -np.maximum(now.net[-1].sum(axis=1), 0.0)[:, None] * np.ones((1, now.bus.shape[1]))


@pytest.mark.parametrize("name", ["schedule", "surplus"])
def test_ours_pass(name):
    assert failed(name) == {}


@pytest.mark.slow
@pytest.mark.parametrize("forecast", ["persistence", "column", "perfect"])
def test_rolling_passes(forecast):
    assert failed("rolling", {"forecast": forecast, "hours": "3"}) == {}


def test_a_fine_one_passes():
    assert failed(Fine) == {}


def test_one_that_reaches_for_the_future_through_its_caller_is_found_out(only):
    class Peeks(Fine):
        def power(self, now):
            frame = sys._getframe()
            while frame is not None and "course" not in frame.f_locals:
                frame = frame.f_back
            load = frame.f_locals["course"]._load
            return np.full_like(now.stored, load[min(now.step + 1, now.steps - 1)].sum())

    only(CAUSAL)
    assert "changes step" in failed(Peeks)[CAUSAL]


def test_one_that_is_given_the_future_is_exempt_and_the_list_says_so():
    class Knows(Fine):
        def outlook(self):
            return toolkit.Outlook("perfect", 24.0)

        def power(self, now):
            if not len(now.ahead):
                return super().power(now)
            return np.repeat(now.ahead[0].sum(axis=1)[:, None], now.bus.shape[1], axis=1)

    names = [check.name for check in check_policy(Knows) if check.passed]
    assert "no proof of causality: perfect foresight" in names
    assert CAUSAL not in names


FAULTS = {
    "shapes and finite numbers": lambda now: np.full_like(now.stored, np.inf),
    "a plan alone as among fifty": lambda now: np.full_like(now.stored, float(len(now.stored))),
    "same again": lambda now: np.random.default_rng().random(now.stored.shape),
    "quiet": lambda now: print("hello") or np.zeros_like(now.stored),
}


@pytest.mark.parametrize("check", sorted(FAULTS))
def test_a_fault_fails_its_check(check, only):
    class Faulty(Fine):
        def power(self, now):
            return FAULTS[check](now)

    only(check)
    assert check in failed(Faulty)


def test_one_that_asks_for_two_parameters_of_a_name_does_not_declare_itself(only):
    class Twice(Fine):
        def parameters(self, steps):
            return [toolkit.Parameter("a", 0.0, 1.0, 0.5, "", "x")] * 2

    only("declares itself")
    assert "called 'a'" in failed(Twice)["declares itself"]


def test_one_that_ends_its_process_fails_and_no_more(install):
    install(
        "policy-exits",
        "exits",
        group="toolkit.policies",
        base="Policy",
        options="PolicyOptions",
        method="power",
        arguments="now",
        top="import os\nfrom toolkit import Policy, PolicyOptions",
        body="os._exit(7)",
    )
    results = check_policy("exits")
    assert "ended by itself with exit code 7" in results[2].reason
    assert all("not run" in r.reason for r in results[3:])
