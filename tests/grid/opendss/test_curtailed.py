"""Curtailed PV and wind: the engine gives what plans say, whatever scripts declare of them."""

import numpy as np
import pytest
from helpers.declared import problem_of

from toolkit.grid.agreement import agreement

DECLARED = {
    "plain": "New PVSystem.u bus1=b kV=0.4 kVA=60 Pmpp=40 pf=1 irradiance=1",
    "curves": (
        "New PVSystem.u bus1=b kV=0.4 kVA=45 Pmpp=40 pf=0.95 irradiance=0.9 daily=day EffCurve=eff "
        "P-TCurve=pt temperature=25 TDaily=warm %cutin=5 %cutout=5"
    ),
    "small inverter": "New PVSystem.u bus1=b kV=0.4 kVA=30 Pmpp=40 %Pmpp=90 pf=1 daily=day",
    "wind": "New Generator.u bus1=b kV=0.4 kW=40 kvar=10 daily=day status=variable",
    "steady": "New Generator.u bus1=b kV=0.4 kW=20 pf=1 status=fixed",
}


@pytest.mark.parametrize("units", DECLARED.values(), ids=DECLARED)
@pytest.mark.parametrize("how", [True, "per step"])
def test_the_engine_gives_what_a_plan_leaves(tmp_path, units, how):
    sections = {"fleet": {"curtail": how}, "limits": {"v_max": 1.4, "export_max": 3.0}}
    problem = problem_of(tmp_path, units, **sections)
    setting = problem.setting
    plans = setting.decode(np.random.default_rng(1).random((3, len(setting.space))))
    available = plans.kw[..., None] * setting.operation.generation
    assert (plans.p_kw <= available).all()
    assert plans.p_kw.sum() < available.sum()
    for grid in (problem.grid, problem.search_grid):
        days = grid.days(plans)
        assert not any(days.reasons)
        assert np.allclose(days.unit_kva.real.swapaxes(1, 2), plans.p_kw, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("units", [DECLARED["plain"], DECLARED["curves"], DECLARED["wind"]])
def test_the_batch_solver_agrees_on_curtailed_plans(tmp_path, units):
    problem = problem_of(tmp_path, units, fleet={"curtail": "per step"}, limits={"v_max": 1.4})
    assert problem.search.solver == "batch", problem.search.why
    plans = problem.setting.decode(np.random.default_rng(2).random((3, len(problem.space))))
    assert agreement(problem.search.flow.days(plans), problem.search_grid.days(plans)).holds


def test_what_nothing_is_cut_of_gives_what_it_gave(tmp_path):
    (tmp_path / "free").mkdir()
    free = problem_of(tmp_path / "free", DECLARED["curves"])
    curtailable = problem_of(tmp_path, DECLARED["curves"], fleet={"curtail": True})
    whole = np.append(np.full(len(free.space), 0.5), 1.0)
    days = [
        problem.grid.days(problem.setting.decode(x[None]))
        for problem, x in ((free, whole[:-1]), (curtailable, whole))
    ]
    assert np.allclose(days[0].unit_kva, days[1].unit_kva, rtol=1e-6, atol=1e-6)
    assert np.allclose(days[0].v_pu, days[1].v_pu, atol=1e-7, equal_nan=True)
