"""The conformance suite: the toolkit's own goals pass, and it finds what is wrong with others."""

import numpy as np
import pytest

from toolkit import Goal
from toolkit.problem.goal_plugins.registry import GOAL_PLUGINS
from toolkit.testing import check_goal


@pytest.mark.parametrize("name", GOAL_PLUGINS.names())
def test_the_toolkits_own_pass(name):
    assert [check for check in check_goal(GOAL_PLUGINS.load(name)) if not check.passed] == []


class Fine(Goal):
    description, reference = "the largest load", "test"
    label, unit, direction = "largest load", "kW", "min"
    at_once = True

    def figure(self, solved):
        return solved.load_kw.max(axis=(1, 2))

    def worst(self, given):
        return 2.0 * given.most_kw.max()


def test_a_goal_that_is_right_passes():
    assert [check for check in check_goal(Fine) if not check.passed] == []


class Sums(Fine):
    def figure(self, solved):
        return solved.load_kw.sum(axis=(0, 2))


class Writes(Fine):
    def figure(self, solved):
        solved.load_kw *= 2.0
        return super().figure(solved)


class Endless(Fine):
    def figure(self, solved):
        return 1.0 / solved.load_kw.sum(axis=(1, 2))

    def worst(self, given):
        return 1.0


class Turned(Fine):
    direction = "max"
    lowest = 0.0

    def figure(self, solved):
        return -super().figure(solved)


class Low(Fine):
    def worst(self, given):
        return 0.0


class Constant(Fine):
    def figure(self, solved):
        return np.ones(len(solved))


class Among(Fine):
    def figure(self, solved):
        return super().figure(solved) / len(solved)


class Remembers(Fine):
    def figure(self, solved):
        self.seen = getattr(self, "seen", 0.0) + 1.0
        return super().figure(solved) + self.seen


class Talks(Fine):
    def figure(self, solved):
        print("hello")
        return super().figure(solved)


@pytest.mark.parametrize(
    ("kind", "check", "said"),
    [
        (Sums, "shapes and finite numbers", "found an array of shape (24,); expected (1,)"),
        (Writes, "inputs not written to", "read-only"),
        (Endless, "days that few think of", "nobody uses anything: goal 'Endless'"),
        (Turned, "figures within what it says", "it says lowest = 0"),
        (Low, "figures within what it says", "worse than its worst, 0, in direction 'min'"),
        (Constant, "plans differ", "60 different plans all have 1 kW"),
        (Among, "a plan alone as among fifty", "expected the same to the last digit"),
        (Remembers, "same again", "after another day it says something else"),
        (Talks, "quiet", "it printed: hello"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_what_is_wrong_is_found_and_said(kind, check, said):
    failed = {result.name: result.reason for result in check_goal(kind) if not result.passed}
    assert said in failed[check]
