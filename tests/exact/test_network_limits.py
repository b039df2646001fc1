"""Plans of the exact model that the engine calls feasible."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from toolkit.common.monitor import Monitor
from toolkit.exact.days import ModelDay
from toolkit.exact.dispatch import Dispatch, settled
from toolkit.exact.network_limits import verified
from toolkit.exact.program import Effort
from toolkit.model.plan import schedule
from toolkit.problem.problem import Problem

#: Where each kind stands in the best layout known of the 12-bus study.
GOOD = {"pv": ("12", "6"), "wt": ("12", "6"), "bess": ("5", "10"), "bev": ("5", "10")}
STOPPED = Monitor(should_stop=lambda: True)
EFFORT = Effort(20.0, 5e-3, 300)
ROUGH = Effort(20.0, 3e-2, 50)


class Counted:
    """A problem, and how many days its search has solved."""

    def __init__(self, setting, patch):
        self.problem, self.plans = Problem(setting), []
        day = self.problem.search_grid.day

        def counted(plan, losses=True):
            self.plans.append(plan)
            return day(plan, losses)

        patch.setattr(self.problem.search_grid, "day", counted)

    @property
    def days(self):
        return len(self.plans)

    def dispatch(self, sizes=None):
        """Return the exact model of the good layout."""
        setting = self.problem.setting
        left = {kind: [setting.feeder.bus_index[b] for b in at] for kind, at in GOOD.items()}
        bus = np.array([left[kind].pop(0) for kind in setting.fleet.kinds])
        day = ModelDay(self.problem.load_kw, setting.scenario, setting.study.market.objective)
        return Dispatch(settled(setting.operation, bus, sizes), day, 1)

    def feasible(self, plan):
        return self.problem.score(plan.row(None)).violation[0] == 0.0

    def kwh(self, plan):
        return -self.problem.score(plan.row(None)).objective[0]


@pytest.fixture(scope="module")
def patch():
    with pytest.MonkeyPatch.context() as context:
        yield context


@pytest.fixture(scope="module")
def study(ieee12, patch):
    return Counted(ieee12, patch)


@pytest.fixture(scope="module")
def solved(study):
    """Return the good layout's model, its best plan without limits and the bound on all."""
    dispatch = study.dispatch()
    found = dispatch.solve(EFFORT)
    return dispatch, dispatch.plan(found.x), found.bound


@pytest.fixture(scope="module")
def good(study, solved):
    dispatch, start, _ = solved
    return verified(study.problem, dispatch, start, EFFORT)


def test_without_limits_the_best_plan_breaks_some(study, solved):
    assert not study.feasible(solved[1])


def test_the_engine_calls_the_plan_feasible_and_its_energy_is_near_the_bound(study, solved, good):
    _, _, bound = solved
    assert study.feasible(good.plan)
    assert good.kwh == study.kwh(good.plan)
    assert 0.99 * bound < good.kwh <= bound


@pytest.mark.parametrize("allowed", [0, 1, 2, 9, 10, 11, 12, 25])
def test_each_day_solved_counts_and_none_is_beyond_those_allowed(study, solved, allowed):
    dispatch, start, _ = solved
    before = study.days
    effort = EFFORT if allowed == 25 else ROUGH
    found = verified(study.problem, dispatch, start, effort, evaluations=allowed)
    assert found.evaluations == study.days - before
    assert found.evaluations <= allowed
    if allowed <= 12:
        # A round takes a day for the plan, one for each of 8 units and one for what it leads to.
        assert found.evaluations == min(allowed, 1 if allowed < 10 else 10)
    assert found.plan is None or study.feasible(found.plan)
    if allowed < 11:
        assert found.plan is None
        assert found.kwh == -np.inf
    if allowed == 25:
        assert found.plan is not None


def test_told_to_stop_it_solves_no_more_models(study, solved):
    dispatch, start, _ = solved
    before = study.days
    found = verified(study.problem, dispatch, start, EFFORT, monitor=STOPPED)
    assert found.plan is None
    assert found.evaluations == study.days - before == 9


def test_a_start_that_is_feasible_is_kept_where_nothing_is_better(study, good, solved):
    dispatch = solved[0]
    again = verified(study.problem, dispatch, good.plan, ROUGH)
    assert study.feasible(again.plan)
    assert again.kwh >= good.kwh
    one = verified(study.problem, dispatch, good.plan, EFFORT, evaluations=1)
    assert (one.plan, one.kwh, one.evaluations) == (good.plan, good.kwh, 1)
    stopped = verified(study.problem, dispatch, good.plan, EFFORT, monitor=STOPPED)
    assert (stopped.plan, stopped.kwh) == (good.plan, good.kwh)


def test_no_plan_is_solved_twice(make_setting, patch):
    """A plan that is no better than the one before ends the search as it is."""
    wide = make_setting(limits={"v_min": 0.8, "v_max": 1.2, "loading_max": 1000.0})
    study, dispatch, start = started(wide, patch)
    found = verified(study.problem, dispatch, start, ROUGH)
    assert not any(a is b for a, b in pairwise(study.plans))
    assert study.feasible(found.plan)
    assert found.kwh >= study.kwh(start)


def started(setting, patch, sizes=None):
    """Return a study, its good layout's model and the best plan of it without limits."""
    study = Counted(setting, patch)
    dispatch = study.dispatch(sizes)
    return study, dispatch, dispatch.plan(dispatch.solve(ROUGH).x)


def test_sizes_that_are_given_are_kept(ieee12, patch):
    sizes = np.array([120.0, 90.0, 80.0, 70.0, 40.0, 50.0, 10.0, 9.0])
    study, dispatch, start = started(ieee12, patch, sizes)
    found = verified(study.problem, dispatch, start, ROUGH, evaluations=20)
    assert found.evaluations == study.days
    assert study.feasible(found.plan)
    assert found.plan.size == pytest.approx(sizes)


def test_limits_that_cannot_be_met_give_no_plan(make_setting, patch):
    narrow = make_setting(limits={"v_min": 0.999, "v_max": 1.001})
    study, dispatch, start = started(narrow, patch)
    found = verified(study.problem, dispatch, start, ROUGH)
    assert (found.plan, found.kwh) == (None, -np.inf)
    assert 0 < found.evaluations == study.days


def test_loading_is_held_to_its_limit(make_setting, patch):
    tight = make_setting(limits={"v_min": 0.8, "v_max": 1.2, "loading_max": 35.0})
    study, dispatch, start = started(tight, patch)
    assert study.problem.search_grid.day(start).loading.max() > 35.0
    found = verified(study.problem, dispatch, start, ROUGH, evaluations=30)
    assert study.feasible(found.plan)
    assert 30.0 < study.problem.search_grid.day(found.plan).loading.max() <= 35.0


def test_generators_are_made_smaller_where_they_raise_voltages_too_far(make_setting, patch):
    none = {unit: {"size": [0.0, 0.0]} for unit in ("bess1", "bess2", "bev1", "bev2")}
    low = make_setting(limits={"v_min": 0.9, "v_max": 1.005}, fleet={"units": none})
    study, dispatch, start = started(low, patch)
    assert not study.feasible(start)
    found = verified(study.problem, dispatch, start, ROUGH)
    assert study.feasible(found.plan)
    assert found.plan.kw[:4].sum() < start.kw[:4].sum()
    assert found.kwh > 0.95 * study.kwh(start)


@pytest.mark.parametrize("unit", [0, 6])
def test_a_start_in_which_a_unit_has_size_zero_finds_a_plan_too(unit, study, solved):
    dispatch, start, bound = solved
    size, p_kw, operation = start.size.copy(), start.p_kw, study.problem.setting.operation
    size[unit] = 0.0
    stores = operation.fleet.storage_rows
    smaller = schedule(start.bus, size, p_kw[stores] / start.size[stores, None], operation)
    found = verified(study.problem, dispatch, smaller, ROUGH, evaluations=25)
    assert study.feasible(found.plan)
    assert found.kwh > 0.95 * bound


def test_a_start_that_the_engine_cannot_solve_gives_no_plan(ieee12, patch):
    study, dispatch, start = started(ieee12, patch)
    huge = replace(start, p_kw=start.p_kw * 1e6)
    found = verified(study.problem, dispatch, huge, ROUGH)
    assert (found.plan, found.kwh, found.evaluations) == (None, -np.inf, 1)
