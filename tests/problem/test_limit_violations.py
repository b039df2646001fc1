"""Limits that a day breaks: the worst of each kind, by hand, and what a command tells of them."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from toolkit.commands import search_and_store, simulate_and_store
from toolkit.commands.request import Request
from toolkit.errors import EngineError
from toolkit.grid.solution import Day
from toolkit.inputs.limit_sections import Limits
from toolkit.inputs.study import Study
from toolkit.problem.limit_violations import Places, violation, worst_violations
from toolkit.problem.limit_words import in_words, shared
from toolkit.results import store

PLACES = Places(branches=["line.ab", "line.bc"], units=["box"], nodes=["a.1", "b.2", "c.3"])
PLAN = SimpleNamespace(kw=np.array([10.0]), p_kw=np.array([[5.0, -5.0]]), gives_less=None)


def day(v_pu=None, loading=None, unit_kw=(5.0, -5.0)):
    return Day(
        v_pu=np.full((2, 3), 1.0) if v_pu is None else np.array(v_pu),
        loss_kw=np.zeros(2),
        loading=np.full((2, 2), 50.0) if loading is None else np.array(loading),
        load_kva=np.zeros((2, 3), dtype=complex),
        unit_kva=np.array(unit_kw, dtype=complex)[:, None],
        reason="",
    )


def found(of):
    return worst_violations(of, PLAN, Limits(), PLACES)


def test_a_day_within_limits_breaks_none():
    assert found(day()) == ()
    assert in_words(()) == ""


def test_the_worst_of_each_kind_is_named_with_place_and_step():
    nan = math.nan
    low, high = found(day(v_pu=[[1.06, 0.94, nan], [1.0, 0.9, 1.07]]))
    assert (low.kind, low.place, low.step, low.value) == ("low voltage", "bus b, phase 2", 2, 0.9)
    assert (low.steps, low.places) == (2, ("bus b, phase 2",))
    assert (high.place, high.step, high.steps) == ("bus c, phase 3", 2, 2)
    assert high.places == ("bus a, phase 1", "bus c, phase 3")
    text = "voltage 1.07 pu at bus c, phase 3, step 2 (limit 1.05 pu; 2 nodes, 2 steps)"
    assert str(high) == text


def test_loading_and_delivery_are_told_in_their_units():
    (loading,) = found(day(loading=[[148.2, math.nan], [99.0, 10.0]]))
    assert str(loading) == "line.ab loaded 148.2 % at step 1 (limit 100 %; 1 branch, 1 step)"
    (delivery,) = found(day(unit_kw=(5.0, -4.0)))
    assert str(delivery) == "unit box gives -4 kW at step 2 (its plan: -5 kW; 1 unit, 1 step)"


def test_a_value_just_outside_is_told_apart_from_its_limit():
    (high,) = found(day(v_pu=[[1.05004, 1.0, 1.0]] * 2))
    assert "1.05004 pu at" in str(high)


def over(of, share, hours=(1.0, 1.0)):
    plan = SimpleNamespace(kw=PLAN.kw, p_kw=PLAN.p_kw, gives_less=None, row=lambda i: ONE)
    return violation(of, plan, Limits(share_of_hours=share), np.array(hours))


ONE = SimpleNamespace(kw=PLAN.kw[None], p_kw=PLAN.p_kw[None], gives_less=None)


def test_the_worst_hours_that_need_not_hold_are_left_out():
    """0.02 and 0.01 pu beyond a band of 0.1 pu, in two hours."""
    both = day(v_pu=[[1.07, 1.0, 1.0], [1.0, 0.94, 1.0]])
    assert over(both, 1.0) == pytest.approx(0.3)
    assert over(both, 0.5) == pytest.approx(0.1)
    assert over(both, 0.49) == pytest.approx(0.1)
    assert over(both, 0.0) == 0.0
    # The worst step stands for three of four hours: a quarter of them has to hold, then.
    assert over(both, 0.25, (3.0, 1.0)) == pytest.approx(0.1)
    assert over(both, 0.5, (3.0, 1.0)) == pytest.approx(0.3)


def test_hours_that_need_not_hold_leave_out_loadings_too_but_no_delivery():
    assert over(day(loading=[[150.0, math.nan], [99.0, 10.0]]), 0.5) == 0.0
    assert over(day(unit_kw=(5.0, -4.0)), 0.0) > 0.0


def test_what_days_share_is_the_same_limit_at_one_of_the_same_places():
    first = found(day(v_pu=[[1.06, 0.94, 1.0]] * 2))
    other = found(day(v_pu=[[1.08, 1.0, 0.9]] * 2))
    assert shared(first) == first
    assert [breach.kind for breach in shared(first, other)] == ["high voltage"]


@pytest.fixture(scope="module")
def tight():
    """The bundled feeder with a lowest voltage that its loads alone break."""
    return Study.model_validate(
        {"name": "tight", "feeder": "ieee12", "limits": {"v_min": 0.999, "loading_max": 900.0}}
    )


def test_a_search_without_a_feasible_plan_says_what_is_broken(tight, tmp_path):
    request = Request(("random",), 5, 2)
    outcome = search_and_store(tight, request, tmp_path / "out", "toolkit")
    base, searched, alone = outcome.notes
    assert base.startswith("base breaks limits: voltage 0.9")
    assert searched.startswith("random: no plan of 10 evaluated in 2 runs keeps the limits; the c")
    assert alone.startswith("Even without units the loads break: voltage 0.9")
    results = store.read_results(tmp_path / "out")
    assert results.summary["broken"].str.contains("limit 0.999 pu").all()


def test_without_units_means_none_at_all(tight, tmp_path):
    asked = tight.model_copy(update={"fleet": tight.fleet.model_copy(update={"scale": (0.5, 2.0)})})
    outcome = simulate_and_store(asked, None, tmp_path / "out", "toolkit")
    assert outcome.notes[1].startswith("Even without units the loads break: ")


def by_the_study(path, factor):
    """Return a study whose loads all follow a day, after its loads are multiplied."""
    day = pd.read_csv(path)
    day["load [pu]"] *= factor
    day.to_csv(path, index=False)
    return Study(name="kw", feeder="ieee12", profiles=str(path), loads={"shapes": "study"})


def test_a_load_profile_that_breaks_limits_may_be_in_kw(tmp_path, write_day):
    asked = by_the_study(write_day(tmp_path / "day.csv"), 2.5)
    outcome = simulate_and_store(asked, None, tmp_path / "out", "simulate")
    (asks,) = [note for note in outcome.notes if "kW?" in note]
    assert "the loads break: " in asks
    assert "day.csv' rise to 2.5 times those declared: are they in kW?" in asks


def test_a_load_profile_that_no_load_follows_is_not_asked_about(tight, tmp_path, write_day):
    """The bundled loads have a shape of their own."""
    day = by_the_study(write_day(tmp_path / "day.csv"), 30.0).profiles
    outcome = simulate_and_store(
        tight.model_copy(update={"profiles": day}), None, tmp_path / "out", "simulate"
    )
    assert "the loads break" in outcome.notes[-1]
    assert not [note for note in outcome.notes if "kW?" in note]


def test_loads_that_no_power_flow_can_serve_may_be_in_kw(tmp_path, write_day):
    """The first step already fails, so that there is nothing at all to read."""
    asked = by_the_study(write_day(tmp_path / "day.csv"), 30.0)
    says = r"case base: step 1 did not converge. The loads of .*day.csv' rise to 30 times those"
    with pytest.raises(EngineError, match=says):
        simulate_and_store(asked, None, tmp_path / "out", "simulate")


def test_a_feasible_case_says_nothing_and_an_old_folder_still_reads(tight, tmp_path):
    wide = tight.model_copy(update={"limits": Limits(v_min=0.5, v_max=1.5, loading_max=900.0)})
    outcome = simulate_and_store(wide, None, tmp_path / "out", "toolkit")
    assert outcome.notes == ()
    assert outcome.summary["broken"].tolist() == [""]
    path = tmp_path / "out" / "summary.csv"
    pd.read_csv(path).drop(columns="broken").to_csv(path, index=False)
    assert store.read_results(tmp_path / "out").summary["broken"].isna().all()
