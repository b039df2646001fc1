"""Policies come through one door, are listed with what is wrong, and begin as a package."""

import sys

import pytest

from toolkit.errors import InputError
from toolkit.problem.policies import registry, scaffold
from toolkit.problem.policies.registry import POLICIES
from toolkit.testing import check_policy


def test_the_built_in_policies_come_through_the_same_door():
    found = {info.name: info for info in POLICIES.catalogue()}
    assert {"rolling", "schedule", "surplus"} <= set(found)
    for name in ("rolling", "schedule", "surplus"):
        assert found[name].distribution == "p2p-der-toolkit"
        assert found[name].reason == ""
        assert found[name].description
        assert found[name].reference


def test_a_policy_is_no_optimizer_and_the_reason_is_shown(install):
    install("odd-one", "odd", group="toolkit.policies")
    reason = next(info.reason for info in POLICIES.catalogue() if info.name == "odd")
    assert "is not a subclass of toolkit.Policy" in reason
    with pytest.raises(InputError, match="policy 'odd'"):
        registry.portrait("odd")


def test_a_portrait_says_options_and_parameters():
    shown = registry.portrait("rolling")
    assert [row.name for row in shown.options] == ["hours", "forecast"]
    assert shown.parameters == ()
    assert [p.name for p in registry.portrait("surplus").parameters] == [
        "reserve",
        "share",
        "price",
    ]


def test_a_scaffolded_policy_passes_the_suite(tmp_path, monkeypatch):
    folder = scaffold.write_policy("my-rule", tmp_path)
    assert set(scaffold.FILES.values()) == {p.name for p in scaffold.TEMPLATES.iterdir()}
    monkeypatch.syspath_prepend(folder)
    try:
        kind = __import__("my_rule.policy", fromlist=["MyRule"]).MyRule
        assert [check for check in check_policy(kind) if not check.passed] == []
    finally:
        for loaded in [m for m in sys.modules if m.split(".")[0] == "my_rule"]:
            del sys.modules[loaded]


@pytest.mark.parametrize(
    ("name", "told"), [("surplus", "is a policy already"), ("My", "lower-case")]
)
def test_a_name_that_cannot_serve_is_refused(name, told, tmp_path):
    with pytest.raises(InputError, match=told):
        scaffold.write_policy(name, tmp_path)
