"""The exact model counts scheduled loads, so it refuses studies whose loads may draw others."""

import numpy as np
import pytest

from toolkit.errors import InputError
from toolkit.exact import proof
from toolkit.inputs.study import Study
from toolkit.model.plan import schedule
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare

#: A long line, a load at its end, and PV behind it.
FEEDER = [
    "Clear",
    "New Circuit.own basekv=11 bus1=1 mvasc3=2000 mvasc1=2000",
    "New Line.long bus1=1 bus2=2 r1=20 x1=5 r0=20 x0=5 c1=0 c0=0 length=1 units=km normamps=400",
    "New Line.short bus1=2 bus2=3 r1=1 x1=1 r0=1 x0=1 c1=0 c0=0 length=1 units=km normamps=400",
    "New Load.a bus1=2 model=1 kV={kv} kW=100 pf=1",
    "New PVSystem.pv1 bus1=3 kV=11 Pmpp=10 kVA=20 pf=1 %cutin=0 %cutout=0 vminpu=0.5 vmaxpu=1.5",
    "Set voltagebases=[11]",
    "Calcvoltagebases",
]


def problem_of(tmp_path, kv, **limits):
    script = tmp_path / "Master.dss"
    script.write_text("\n".join(FEEDER).format(kv=kv) + "\n", encoding="utf-8")
    fleet = {"shapes": "study", "buses": ["3"], "scale": [0.0, 300.0]}
    study = {"feeder": str(script), "loads": {"shapes": "study"}, "fleet": fleet}
    return Problem(prepare(Study(name="loads", limits=limits, **study)))


def at_noon(problem, kw):
    """Return whether a plan of so many kW keeps the limits, and voltage and load at noon."""
    operation = problem.setting.operation
    plan = schedule(np.array([2]), np.array([kw]), np.zeros((0, operation.steps)), operation)
    day, scores = problem.search_grid.day(plan), problem.score(plan.row(None))
    step = int(problem.setting.profiles.irradiance.argmax())
    load, asked = day.load_kva.real[step, 1], problem.load_kw[step, 1]
    return scores.violation[0] == 0.0, day.v_pu[step, 3], load / asked


def test_in_hours_that_need_not_keep_limits_loads_draw_more_and_there_is_no_model(tmp_path):
    """Above 1.05 pu a load is an impedance: (v / 1.05)^2 of what is scheduled."""
    problem = problem_of(tmp_path, 11, share_of_hours=0.5)
    kept, volts, share = at_noon(problem, 2000.0)
    assert kept
    assert volts > 1.1
    assert share == pytest.approx((volts / 1.05) ** 2, rel=1e-4)
    with pytest.raises(InputError, match=r"'limits.share_of_hours': found 0.5; in the other hours"):
        proof.check(problem)
    proof.check(problem_of(tmp_path, 11))


def test_a_load_rated_below_its_bus_draws_more_within_the_limits_and_there_is_no_model(tmp_path):
    """Rated at 10.6 kV on a bus of 11 kV it draws what it declares up to 1.05 * 10.6 / 11 pu."""
    problem = problem_of(tmp_path, 10.6)
    band = problem.setting.feeder.constant_power_band
    assert band == pytest.approx((0.95 * 10.6 / 11.0, 1.05 * 10.6 / 11.0))
    kept, volts, share = at_noon(problem, 320.0)
    assert kept
    assert 1.02 < volts < 1.05
    assert share == pytest.approx((volts / band[1]) ** 2, rel=1e-4)
    with pytest.raises(InputError, match=r"change with voltage .* from 0.915\S* to 1.01\S* pu"):
        proof.check(problem)
    proof.check(problem_of(tmp_path, 10.6, v_max=1.011))
