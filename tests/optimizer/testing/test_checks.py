"""The shipped suite passes honest optimizers, and fails each that breaks one promise."""

import time

import pytest
from helpers.optimizers import (
    Baseline,
    Blind,
    Broods,
    Fragile,
    Gridded,
    IgnoresSeed,
    LeavesBounds,
    Lenient,
    NamesNoOption,
    NeedsTwo,
    NeverStops,
    NoReference,
    ProcessBound,
    Remembers,
    ReturnsEarly,
    RoundsDown,
    Stuck,
    Swallows,
    Talks,
    Unlabelled,
    Unseeded,
    WantsFeasible,
    WantsNumbers,
    WidensSpace,
)
from helpers.suite import CHECKS

from toolkit.optimizer import testing
from toolkit.optimizer.testing import checks, trial
from toolkit.testing import check_optimizer


def failed(kind):
    return {result.name for result in check_optimizer(kind) if not result.passed}


@pytest.mark.parametrize("kind", [Baseline, Gridded])
def test_an_honest_optimizer_passes(kind):
    assert failed(kind) == set()


@pytest.mark.parametrize(
    ("kind", "check"),
    [
        (Blind, "beats random on a sphere"),
        (ReturnsEarly, "exact budget"),
        (LeavesBounds, "stays in bounds"),
        (RoundsDown, "whole numbers solved"),
        (Unseeded, "same seed, same history"),
        (IgnoresSeed, "different seeds differ"),
        (ProcessBound, "same history in another process"),
        (Swallows, "stop signal not swallowed"),
        (NeverStops, "stop signal not swallowed"),
        (NeverStops, "exact budget"),
        (WidensSpace, "inputs not written to"),
        (NamesNoOption, "declares itself"),
        (Talks, "quiet"),
        (Remembers, "inputs not written to"),
        (Fragile, "flat objective"),
        (WantsFeasible, "all infeasible"),
        (WantsNumbers, "NaN objective"),
        (NeedsTwo, "one variable"),
        (Stuck, "frozen variable"),
        (Unlabelled, "declares itself"),
        (NoReference, "declares itself"),
        (Lenient, "unknown option refused"),
    ],
)
def test_the_suite_catches(kind, check, monkeypatch):
    """Carry out that check alone: what a kind does in the others is another case."""
    asked = checks.checks_of(kind)[check]
    monkeypatch.setattr(testing, "checks_of", lambda _: {check: asked})
    assert check in failed(kind)


def test_an_endless_loop_that_swallows_every_signal_is_told_apart_at_once():
    started = time.monotonic()
    reasons = {result.name: result.reason for result in check_optimizer(NeverStops)}
    assert time.monotonic() - started < 60
    assert "swallows the stop signal" in reasons["stop signal not swallowed"]
    assert "swallows the stop signal" in reasons["exact budget"]
    assert reasons["declares itself"] == ""


def test_a_run_that_never_comes_back_fails_its_check_and_ends_the_suite(monkeypatch):
    monkeypatch.setattr(trial, "PATIENCE", 3.0)
    results = {result.name: result for result in check_optimizer(Broods)}
    assert results["exact budget"].passed
    assert "did not come back within 3 s" in results["frozen variable"].reason
    assert "7 of 100 evaluations" in results["frozen variable"].reason
    assert results["quiet"].reason == "not run: in 'frozen variable' it never came back"
    assert set(results) == CHECKS - {"beats random on a sphere"}


def test_a_flag_takes_a_check_out_and_nothing_else():
    names = {result.name for result in check_optimizer(Gridded)}
    assert names == CHECKS - {"different seeds differ", "beats random on a sphere"}
