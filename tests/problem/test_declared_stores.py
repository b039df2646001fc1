"""A battery is what its script says, unless the study says otherwise; the engine agrees."""

import numpy as np
import pytest
from helpers.declared import problem_of, setting_of

from toolkit.commands import simulate_and_store
from toolkit.commands.reproduce import reproduce
from toolkit.errors import EngineError, InputError
from toolkit.grid.opendss.units import engine_energy
from toolkit.problem.encoding import decode
from toolkit.results import solving
from toolkit.results.solving import solve

BOX = "New Storage.box bus1=b kV=0.4 kWrated=20 kWhrated=80 "
OWN = BOX + "%reserve=25 %stored=75 %EffCharge=80 %EffDischarge=90"


def parameters(folder, units, **storage):
    own = setting_of(folder, units, storage=storage).operation.stores.parameters
    return [float(np.ravel(v)[0]) for v in vars(own).values()]


@pytest.mark.parametrize(
    ("said", "storage", "expected"),
    [
        ("", {}, [0.1, 1.0, 0.5, 0.95, 0.95]),
        ("%reserve=25 %stored=75 %EffCharge=80 %EffDischarge=90", {}, [0.25, 1.0, 0.75, 0.8, 0.9]),
        ("kWhstored=60", {}, [0.1, 1.0, 0.75, 0.95, 0.95]),
        ("%reserve=25 %stored=75", {"soc_min": 0.3, "soc_max": 0.9}, [0.3, 0.9, 0.75, 0.95, 0.95]),
        ("%EffCharge=80", {"eta_charge": 0.85}, [0.1, 1.0, 0.5, 0.85, 0.95]),
    ],
)
def test_the_study_goes_before_the_script_and_that_before_the_usual(
    said, storage, expected, tmp_path
):
    assert parameters(tmp_path, BOX + said, **storage) == pytest.approx(expected)


def test_states_out_of_order_are_refused_by_name(tmp_path):
    with pytest.raises(InputError, match=r"Storage\.box declares.*rising order"):
        setting_of(tmp_path, BOX + "%reserve=60 %stored=40")


def test_the_engine_stores_what_the_plan_says(tmp_path):
    two = OWN + "\n" + BOX.replace("box", "crate").replace("bus1=b", "bus1=a")
    problem = problem_of(tmp_path, two, fleet={"buses": ["a", "b"]})
    setting = problem.setting
    x = np.random.default_rng(7).random((1, len(setting.space)))
    plan = decode(x, setting.operation, setting.space).row(0)
    assert plan.stored[:, 0] == pytest.approx(plan.kwh * [0.75, 0.5])
    _, flows = problem.grid.day_with_flows(plan)
    assert flows.stored_kwh == pytest.approx(plan.stored[:, 1:].T, abs=1e-3)
    searched, solved = problem.search_grid.day(plan), problem.grid.day(plan)
    assert searched.unit_kva.real == pytest.approx(solved.unit_kva.real, abs=1e-5)


@pytest.mark.parametrize(
    ("said", "kw"), [("kVA=12", 12.0), ("%kWrated=60", 12.0), ("kVA=30", 20.0), ("kVA=20", 20.0)]
)
def test_a_battery_gives_what_its_inverter_carries(said, kw, tmp_path):
    (unit,) = setting_of(tmp_path, BOX + said).feeder.units
    assert (unit.kw, unit.kwh) == (kw, 80.0)


@pytest.mark.parametrize(
    "said", ["effcurve=eff", "%cutin=30 %cutout=30", "kvar=5", "pf=0.8", "%charge=20", "state=1"]
)
def test_what_is_announced_does_not_reach_the_plan(said, tmp_path):
    problem = problem_of(tmp_path, BOX + said)
    setting = problem.setting
    x = np.full((1, len(setting.space)), 0.7)
    plan = decode(x, setting.operation, setting.space).row(0)
    day = problem.grid.day(plan)
    assert day.unit_kva.real == pytest.approx(plan.p_kw.T, abs=1e-5)
    assert day.unit_kva.imag == pytest.approx(0.0, abs=1e-5)


def test_results_of_such_a_battery_repeat(tmp_path):
    setting = setting_of(tmp_path, OWN)
    simulate_and_store(setting.study, None, tmp_path / "out", "toolkit simulate")
    plan = tmp_path / "out" / "cases" / "base" / "plan.json"
    simulate_and_store(setting.study, plan, tmp_path / "two", "toolkit simulate")
    assert reproduce(tmp_path / "two").reproduced
    plan.write_text(plan.read_text().replace('"soc_min": 0.25', '"soc_min": 0.2'))
    with pytest.raises(InputError, match=r"unit box, store: found .*expected soc_min 0\.25"):
        simulate_and_store(setting.study, plan, tmp_path / "three", "toolkit simulate")


def test_a_station_that_says_another_state_of_charge_is_told(tmp_path):
    units = "New Storage.ev1 bus1=b kV=0.4 kWrated=7.4 kWhrated=40 %reserve=5 %stored=60"
    units += " %IdlingkW=0"
    (notice,) = setting_of(tmp_path, units).feeder.notices
    assert notice.about == "Storage.ev1"
    assert "soc_min 0.2, not 0.05" in notice.text
    assert "soc_start" not in notice.text


def test_energy_that_is_not_the_plans_is_an_error(tmp_path, monkeypatch):
    problem = problem_of(tmp_path, OWN)
    plan = solving.base_plan(problem.setting.operation)
    plan.stored[0, 7] += 1.0
    with pytest.raises(EngineError, match=r"unit box holds 60 kWh in OpenDSS at the end of step 7"):
        solve(problem, "base", plan)
    assert engine_energy(plan, problem.setting.operation, 0) == (80.0, 25.0, 75.0)
