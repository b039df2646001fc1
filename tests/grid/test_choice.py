"""Which solver searches: what was asked for, and what both say of trial plans."""

import dataclasses
import pickle
import re

import numpy as np
import pytest

from toolkit.errors import InputError
from toolkit.grid import choice
from toolkit.grid.agreement import agreement
from toolkit.inputs.study import Study
from toolkit.problem import problem as problem_module
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare

#: A feeder with a regulator that works all day.
REGULATED = """Clear
New Circuit.x basekv=12.47 bus1=a pu=0.98
New Transformer.t windings=2 buses=(a b) kvs=(12.47 12.47) kvas=(5000 5000) xhl=1
New RegControl.r transformer=t winding=2 vreg=122 band=1 ptratio=60 r=6 x=12
New Line.l bus1=b bus2=c r1=0.3 x1=0.6 r0=0.9 x0=1.8 c1=3 c0=1 length=4 units=km
New Load.d bus1=c kv=12.47 kw=2500 pf=0.9
New PVSystem.p bus1=c phases=3 kv=12.47 kva=400 pmpp=200 pf=1
Set voltagebases=[12.47]
Calcvoltagebases
"""

#: A feeder whose last bus is behind an open terminal.
OPEN = """Clear
New Circuit.x basekv=12.47 bus1=a
New Line.l bus1=a bus2=b r1=0.3 x1=0.6 r0=0.9 x0=1.8 c1=0 c0=0 length=1 units=km
New Line.m bus1=b bus2=c r1=0.3 x1=0.6 r0=0.9 x0=1.8 c1=0 c0=0 length=1 units=km
New Load.d bus1=b kv=12.47 kw=900 pf=0.9
New PVSystem.p bus1=b phases=3 kv=12.47 kva=400 pmpp=200 pf=1
Open Line.m 1
Set voltagebases=[12.47]
Calcvoltagebases
"""


class Off:
    """A power flow whose voltages are a little off."""

    def __init__(self, flow, by):
        self._flow, self._by = flow, by

    def days(self, plans, losses=True):
        days = self._flow.days(plans, losses)
        return dataclasses.replace(days, v_pu=days.v_pu + self._by)

    def acting(self, plans):
        return self._flow.acting(plans)


@pytest.fixture(scope="module")
def regulated(tmp_path_factory):
    script = tmp_path_factory.mktemp("regulated") / "regulated.dss"
    script.write_text(REGULATED, encoding="utf-8")
    return {"name": "x", "feeder": str(script)}


def problem_of(study, solver):
    return Problem(prepare(Study.model_validate({**study, "power_flow": {"solver": solver}})))


def test_the_batch_solver_is_used_where_it_agrees(make_setting):
    found = Problem(make_setting()).search
    assert found.solver == "batch"
    assert "on 4 trial plans it agrees with OpenDSS" in found.why


def test_opendss_searches_where_it_was_asked_to(make_setting):
    problem = Problem(make_setting(power_flow={"solver": "opendss"}))
    assert problem.search.solver == "opendss"
    assert problem.search.flow is problem.search_grid


def test_opendss_searches_where_controls_act_all_day_unless_told_otherwise(regulated):
    found = problem_of(regulated, "auto").search
    assert found.solver == "opendss"
    assert re.fullmatch(r"controls act in [1-9]\d% of the steps of trial plans", found.why)
    assert problem_of(regulated, "batch").search.solver == "batch"


def test_controls_that_seldom_act_leave_the_search_to_the_batch_solver(tmp_path):
    # As on EPRI's circuit 5: the bank is opened in the first step, and not closed again.
    bank = "New Capacitor.k bus1=b kv=12.47 kvar=300\nNew CapControl.k capacitor=k element="
    controlled = re.sub("New RegControl.*", f"{bank}transformer.t".replace("\n", r"\n"), REGULATED)
    script = tmp_path / "switched.dss"
    script.write_text(controlled, encoding="utf-8")
    assert problem_of({"name": "x", "feeder": str(script)}, "auto").search.solver == "batch"


def test_a_disagreement_is_told_and_opendss_searches(make_setting, monkeypatch):
    plain = choice.batch_solver
    monkeypatch.setattr(choice, "batch_solver", lambda *given: Off(plain(*given), 3e-7))
    found = Problem(make_setting()).search
    assert found.solver == "opendss"
    assert "does not agree with OpenDSS: voltages to 3e-07 pu" in found.why
    with pytest.raises(InputError, match="--solver: found 'batch'"):
        _ = Problem(make_setting(power_flow={"solver": "batch"})).search


def test_less_than_the_tolerance_is_agreement(make_setting, monkeypatch):
    plain = choice.batch_solver
    monkeypatch.setattr(choice, "batch_solver", lambda *given: Off(plain(*given), 5e-8))
    assert Problem(make_setting()).search.solver == "batch"


@pytest.mark.parametrize("solver", ["auto", "opendss"])
def test_another_process_takes_what_was_chosen_and_finds_the_same(
    solver, make_setting, monkeypatch
):
    setting = make_setting(power_flow={"solver": solver})
    first = Problem(setting)
    x = np.random.default_rng(2).random((5, len(setting.space)))
    expected = first.evaluate(x)
    told = pickle.loads(pickle.dumps(first.search.chosen))
    monkeypatch.setattr(problem_module, "choose", None)
    second = Problem(setting, told)
    found = second.evaluate(x)
    assert str(second.search) == str(first.search)
    assert np.array_equal(found.objective, expected.objective)
    assert np.array_equal(found.violation, expected.violation)


def test_days_without_a_solution_are_compared_as_such(problem, random_plan, ieee12):
    days = problem.search_grid.days(random_plan(ieee12, 1).row(None))
    lost = dataclasses.replace(
        days, reasons=("step 3 did not converge",), v_pu=np.full_like(days.v_pu, np.nan)
    )
    assert agreement(days, days).holds
    assert agreement(lost, lost).holds
    assert not agreement(days, lost).holds
    assert "only one of them" in str(agreement(lost, days))


@pytest.mark.parametrize("name", ["load_kva", "unit_kva", "loss_kw", "loading"])
def test_each_figure_counts(name, problem, random_plan, ieee12):
    days = problem.search_grid.days(random_plan(ieee12, 1).row(None))
    values = getattr(days, name)
    near = dataclasses.replace(days, **{name: values * (1.0 + 2e-7)})
    off = dataclasses.replace(days, **{name: values * (1.0 + 2e-6)})
    assert agreement(near, days).holds
    assert not agreement(off, days).holds


@pytest.mark.parametrize("name", ["v_pu", "load_kva", "loading"])
def test_a_value_that_one_of_them_lacks_is_no_agreement(name, problem, random_plan, ieee12):
    days = problem.search_grid.days(random_plan(ieee12, 1).row(None))
    values = getattr(days, name).copy()
    values[0, 3, 1] = np.nan
    lacking = dataclasses.replace(days, **{name: values})
    assert not agreement(lacking, days).holds
    assert not agreement(days, lacking).holds
    assert agreement(lacking, lacking).holds


def test_an_overloaded_branch_does_not_hide_another(problem, random_plan, ieee12):
    days = problem.search_grid.days(random_plan(ieee12, 1).row(None))
    loading = days.loading.copy()
    loading[0, :, 0] *= 1e4
    heavy = dataclasses.replace(days, loading=loading)
    off = loading.copy()
    off[0, 3, 1] += 1e-3
    assert loading.max() > 1e5
    assert not agreement(dataclasses.replace(days, loading=off), heavy).holds


def test_opendss_searches_where_a_unit_may_stand_at_a_dead_bus(tmp_path):
    script = tmp_path / "open.dss"
    script.write_text(OPEN, encoding="utf-8")
    study = {"name": "x", "feeder": str(script)}
    found = problem_of({**study, "fleet": {"buses": ["b", "c"]}}, "auto").search
    assert found.solver == "opendss"
    assert found.why == "p may stand at bus c, which has no voltage"
    assert problem_of({**study, "fleet": {"buses": ["b"]}}, "auto").search.solver == "batch"
