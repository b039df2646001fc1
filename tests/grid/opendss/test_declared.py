"""What a script says of a unit's power counts as it does in plain OpenDSS."""

import numpy as np
import pytest
from helpers.declared import plain_days, problem_of, setting_of
from opendssdirect import dss

from toolkit.errors import InputError
from toolkit.grid.opendss import export_feeder
from toolkit.model.plan import base_plan
from toolkit.problem.encoding import decode

#: For each property that is honoured, a way to declare it that changes the day.
PV = {
    "clipped": "kVA=15",
    "percent": "kVA=30 %Pmpp=50",
    "irradiance": "kVA=30 irradiance=0.7",
    "pf": "kVA=30 pf=0.9",
    "leading": "kVA=15 pf=-0.8",
    "kvar": "kVA=30 kvar=4",
    "kvar, small": "kVA=15 kvar=-6 pf=0.9 kvar=-6",
    "pf said last": "kVA=30 kvar=4 pf=0.95",
    "watts first": "kVA=15 pf=0.8 wattpriority=yes",
    "pf first": "kVA=15 pf=0.8 pfpriority=yes",
    "pf first, kvar": "kVA=30 kvar=5",
    "cut in": "kVA=20 %cutin=30 %cutout=15",
    "no cut in": "kVA=20 %cutin=0 %cutout=0",
    "efficiency": "kVA=25 effcurve=eff",
    "temperature": "kVA=25 P-TCurve=pt temperature=60",
    "temperatures": "kVA=25 P-TCurve=pt tdaily=warm effcurve=eff",
    "night": "kVA=25 kvar=3 varfollowinverter=yes",
    "one phase": "phases=1 bus1=b.2 kV=0.23 kVA=25 pf=0.9",
    "two phases": "phases=2 bus1=b.1.3 kVA=25 pf=0.9",
    "between two phases": "phases=1 bus1=b.3.1 kVA=25 pf=0.9",
    "delta": "conn=delta kVA=25 pf=0.9",
    "balanced": "kVA=25 balanced=yes",
    "actual": "kVA=25 daily=powers",
    "like": "kVA=19 pf=0.85",
}
WIND = {
    "default pf": "",
    "pf": "pf=0.82",
    "leading": "pf=-0.9",
    "kvar": "kvar=7",
    "fixed": "pf=0.9 status=fixed",
    "large": "kVA=5 pf=0.8",
    "delta": "conn=delta pf=0.9",
    "one phase": "phases=1 bus1=b.3 kV=0.23 pf=0.9",
    "between two phases": "phases=1 bus1=b.1.2 kV=0.4 pf=0.9",
}


def declared(cls, said):
    """Return a unit with a shape of its own and 20 kW."""
    rating = {"PVSystem": "Pmpp", "Generator": "kW"}[cls]
    first = f"New {cls}.u bus1=b kV=0.4 {rating}=20 daily=day {said}"
    if said == PV["like"]:
        model = first.replace(".u ", ".model ")
        return f"{model} enabled=no\nNew {cls}.u like=model bus1=b enabled=yes"
    return first


CASES = [("PVSystem", name) for name in PV] + [("Generator", name) for name in WIND]


def units_of(cls, name):
    return declared(cls, (PV if cls == "PVSystem" else WIND)[name])


@pytest.fixture(scope="module")
def plain():
    days = plain_days([(units_of(*case), f"{case[0]}.u") for case in CASES])
    return dict(zip(CASES, days, strict=True))


@pytest.mark.parametrize("case", CASES, ids=": ".join)
def test_the_base_day_is_that_of_plain_opendss(case, plain, tmp_path):
    problem = problem_of(tmp_path, units_of(*case))
    plan = base_plan(problem.setting.operation)
    expected = np.array(plain[case][0])
    for grid in (problem.grid, problem.search_grid):
        day = grid.day(plan)
        assert not day.reason
        given = np.stack([day.unit_kva[:, 0].real, day.unit_kva[:, 0].imag], axis=1)
        assert given == pytest.approx(expected, abs=2e-5)
        assert day.unit_kva[:, 0].real == pytest.approx(plan.p_kw[0], abs=2e-5)
    last = sorted(v for v in day.v_pu[-1] if not np.isnan(v))
    assert last == pytest.approx(sorted(plain[case][1]), abs=1e-7)


@pytest.mark.parametrize("case", [c for c in CASES if c[1] != "fixed"], ids=": ".join)
def test_any_size_delivers_its_plan_and_so_does_the_export(case, tmp_path):
    problem = problem_of(tmp_path, units_of(*case))
    setting = problem.setting
    for share in (0.0, 0.3, 1.0):
        x = np.full((1, len(setting.space)), share)
        plan = decode(x, setting.operation, setting.space).row(0)
        for grid in (problem.grid, problem.search_grid):
            assert grid.day(plan).unit_kva.real == pytest.approx(plan.p_kw.T, abs=2e-5)
    (tmp_path / "out").mkdir()
    export_feeder(plan, setting.operation, setting.feeder, tmp_path / "out")
    dss.Text.Command("ClearAll")
    dss.Text.Command(f'Redirect "{tmp_path}/out/Master.dss"')
    dss.Text.Command("Set number=1")
    for t in range(24):
        dss.Solution.Solve()
        dss.Circuit.SetActiveElement(setting.feeder.units[0].element)
        powers = dss.CktElement.Powers()[::2]
        assert -sum(powers) == pytest.approx(plan.p_kw[0, t], abs=2e-5)


def test_a_unit_without_a_shape_follows_the_study_and_so_does_one_that_is_told_to(tmp_path):
    own, told = (
        setting_of(tmp_path, declared(cls, "kVA=25"), fleet={"shapes": "study"}).operation
        for cls in ("PVSystem", "Generator")
    )
    assert own.generation[0] == pytest.approx(
        np.minimum(own.scenario.pv, 1.0) * (own.scenario.pv * 20 >= 5)
    )
    assert told.generation[0].tolist() == told.scenario.wt.tolist()
    bare = setting_of(tmp_path, "New Generator.u bus1=b kV=0.4 kW=20 pf=1").operation
    assert bare.generation[0].tolist() == bare.scenario.wt.tolist()


def test_a_shape_of_half_hours_becomes_steps_of_the_study(tmp_path):
    units = "New Generator.u bus1=b kV=0.4 kW=20 pf=1 daily=half"
    whole = setting_of(tmp_path, units.replace("half", "day")).operation.generation
    assert setting_of(tmp_path, units).operation.generation == pytest.approx(whole)


def test_a_shape_that_does_not_fit_is_refused_by_name(tmp_path):
    units = "New LoadShape.odd npts=5 interval=1 mult=[1 2 3 4 5]\n"
    units += "New PVSystem.u bus1=b kV=0.4 Pmpp=20 kVA=20 daily=odd"
    with pytest.raises(InputError, match=r"PVSystem\.u, .*'odd'.*fleet\.shapes"):
        setting_of(tmp_path, units)


def test_a_store_gives_way_to_a_generator_of_a_name_that_is_free(tmp_path):
    units = "New Storage.box bus1=b kV=0.4 kWrated=5 kWhrated=20 %IdlingkW=0\n"
    units += "New Generator.p2p_unit_box bus1=b kV=0.4 kW=20 pf=0.9 daily=day"
    problem = problem_of(tmp_path, units)
    setting = problem.setting
    plan = decode(np.full((1, len(setting.space)), 0.7), setting.operation, setting.space).row(0)
    days = [grid.day(plan) for grid in (problem.grid, problem.search_grid)]
    assert np.ptp(plan.p_kw, axis=1).min() > 1.0
    for day in days:
        assert day.unit_kva.real == pytest.approx(plan.p_kw.T, abs=2e-5)
    assert days[1].v_pu == pytest.approx(days[0].v_pu, abs=1e-7)
