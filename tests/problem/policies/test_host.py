"""Policies in processes of their own: the same as here, and what goes wrong there."""

from dataclasses import replace

import numpy as np
import pytest

import toolkit
from toolkit.errors import InputError, ToolkitError
from toolkit.problem.policies import host, registry
from toolkit.problem.policies.dispatch import Dispatch
from toolkit.problem.policies.following import followed
from toolkit.problem.policies.registry import POLICIES
from toolkit.problem.policies.session import Session
from toolkit.problem.policies.testing.scenes import Subject, dispatch_of, scene

POLICY = {
    "group": "toolkit.policies",
    "base": "Policy",
    "options": "PolicyOptions",
    "method": "power",
    "arguments": "now",
}
TOP = (
    "import os, sys, time\nimport numpy as np\nfrom toolkit import Policy, PolicyOptions, Parameter"
)


@pytest.fixture
def wanted(install):
    """Return what a policy with some body wants in a scene, asked in its own process."""

    def ask(body, **changes):
        name = f"p{abs(hash(body)) % 10**8}"
        install(f"dist-{name}", name, **POLICY, **{"top": TOP, "body": body, **changes})
        at = scene(Subject(POLICIES.load("surplus"), {}), 2)
        dispatch = Dispatch(name, {}, ())
        values = np.zeros((2, 3, 0))
        return host.wanted_by(dispatch, at.operation, at.bus, at.size, values)

    return ask


def test_apart_and_here_are_the_same():
    subject = Subject(POLICIES.load("surplus"), {})
    at = scene(subject, 5)
    dispatch = replace(dispatch_of(subject, at.operation), policy="surplus")
    there = host.wanted_by(dispatch, at.operation, at.bus, at.size, at.values)
    session = Session(POLICIES.build("surplus"), "surplus")
    here = followed(session, dispatch, at.operation, at.bus, at.size, at.values)
    assert np.array_equal(there, here)
    again = host.wanted_by(dispatch, at.operation, at.bus, at.size, at.values)
    assert np.array_equal(there, again)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return now.stored * np.nan", "step 1: found nan"),
        ("return now.stored[:1] if now.step == 3 else now.stored", "step 4: found an array of sh"),
        ("raise ValueError('no')", "step 1: ValueError: no"),
        ("os._exit(3)", "step 1: its process ended by itself with exit code 3"),
        ("sys.exit(2)", "step 1: SystemExit: 2"),
    ],
)
def test_what_goes_wrong_there_names_policy_and_step(wanted, body, told):
    with pytest.raises(ToolkitError) as caught:
        wanted(body)
    assert told in str(caught.value)
    assert str(caught.value).startswith("policy 'p")


def test_one_that_does_not_come_back_is_ended(wanted, monkeypatch):
    monkeypatch.setattr(host, "STEP_S", 0.5)
    with pytest.raises(ToolkitError, match=r"step 1: it did not come back within 0.5 s"):
        wanted("time.sleep(60)")


def test_its_process_holds_no_scenario(wanted):
    """What is not told cannot be found there, however one looks."""
    kinds = "('Operation', 'Scenario', 'LoadDay', 'Setting', 'Study')"
    body = f"import gc; n = sum(type(o).__name__ in {kinds} for o in gc.get_objects());"
    assert not wanted(f"{body} return now.stored * 0.0 + n").any()


def test_it_is_made_anew_for_each_following(wanted):
    count = "self.seen = getattr(self, 'seen', -1) + 1"
    assert not wanted(f"{count}; return now.stored * 0.0 + (self.seen - now.step)").any()


def test_what_a_policy_asks_for_is_checked(install):
    install(
        "two-names",
        "twonames",
        **POLICY,
        top=TOP,
        extra="def parameters(self, steps): return [Parameter('a', 0, 1, 0)] * 2\n",
        body="return now.stored",
    )
    with pytest.raises(ToolkitError, match="two of its parameters are called 'a'"):
        registry.asked("twonames", {}, 24)


@pytest.mark.parametrize(
    ("dispatch", "told"),
    [
        ({"policy": "surpls"}, r"unknown policy 'surpls'. Did you mean 'surplus'\?"),
        ({"policy": "rolling", "options": {"hour": 3}}, r"no option 'hour'. Did you mean 'hours'"),
        ({"policy": "rolling", "options": {"hours": 0}}, "found 0, expected whole number >= 1"),
        ({"policy": "schedule", "options": {"hours": 3}}, "no option 'hours'. Options: none"),
        ({"policy": "rolling", "options": {"forecast": "column"}}, "no column 'load_forecast"),
    ],
)
def test_a_wrong_dispatch_gets_one_message_that_names_the_study(dispatch, told):
    from toolkit.problem.setting import prepare

    study = toolkit.load_study("ieee12", dispatch=dispatch)
    with pytest.raises(InputError, match=told) as caught:
        prepare(study)
    assert str(caught.value).startswith("study ieee12: 'dispatch': ")
