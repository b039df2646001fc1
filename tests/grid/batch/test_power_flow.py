"""The batch power flow beside the engine: same days, whatever stands beside a plan."""

import dataclasses
import tempfile
from pathlib import Path

import numpy as np
import pytest
from helpers.batch_flow import batch_flow
from helpers.places import EXAMPLES
from hypothesis import given, settings
from hypothesis import strategies as st
from sweep.construct import HERE

from toolkit.errors import InputError
from toolkit.grid.agreement import agreement
from toolkit.grid.batch import fixed_point, impedance
from toolkit.inputs import study_files
from toolkit.inputs.study import Study
from toolkit.problem.encoding import decode
from toolkit.problem.problem import Problem
from toolkit.problem.setting import check_searchable, prepare

BUNDLED = ("ieee12", "ieee33", "ieee69")
#: Constructs of the sweep that have loads or transformers of every kind the solver knows.
KNOWN = (
    *("load-models", "load-connections", "load-voltage-bands", "load-zipv", "load-neutral"),
    *("load-status", "pv-delta-one-phase", "pv-reactive", "generator-plain", "storage-idle"),
    *("transformer-centre-tap", "transformer-delta-wye", "transformer-three-windings"),
    *("reactors", "line-matrices", "line-earth-return"),
)


def plans_of(setting, n, seed=0):
    x = np.random.default_rng(seed).random((n, len(setting.space)))
    return decode(x, setting.operation, setting.space)


@pytest.fixture(scope="module", params=BUNDLED)
def both(request):
    """A bundled study by both solvers."""
    problem = Problem(prepare(study_files.load(request.param)))
    return problem, batch_flow(problem.setting.feeder, problem.setting.operation)


def test_the_days_are_the_engines(both):
    problem, batch = both
    plans = plans_of(problem.setting, 12)
    found = agreement(batch.days(plans), problem.search_grid.days(plans))
    assert found.solved
    assert found.v_pu < 1e-9
    assert max(found.power, found.loss, found.loading) < 1e-7


def test_a_plan_is_the_same_bits_alone_among_others_and_again(both):
    problem, batch = both
    plans = plans_of(problem.setting, 70, 1)
    together = batch.days(plans)
    for i in (0, 1, 33, 69):
        for rows in (slice(i, i + 1), slice(max(i - 2, 0), i + 1)):
            alone = batch.days(plans.row(rows))
            for name in ("v_pu", "loss_kw", "loading", "load_kva", "unit_kva"):
                assert np.array_equal(getattr(alone, name)[-1], getattr(together, name)[i])


def test_loads_and_a_plans_own_units_alone_give_the_same_days(both, monkeypatch):
    problem, whole = both
    setting = problem.setting
    monkeypatch.setattr(fixed_point, "FEW", np.inf)
    alone = batch_flow(setting.feeder, setting.operation)
    plans = plans_of(setting, 20, 2)
    assert alone._injected == alone._units.where_they_stand
    assert whole._injected == whole._units.everywhere
    found, expected = alone.days(plans), whole.days(plans)
    for name in ("v_pu", "loss_kw", "loading", "load_kva", "unit_kva"):
        assert getattr(found, name) == pytest.approx(getattr(expected, name), rel=1e-7, abs=1e-9)
    for i in (0, 7, 19):
        own = alone.days(plans.row(slice(i, i + 1)))
        for name in ("v_pu", "loss_kw", "loading", "load_kva"):
            assert np.array_equal(getattr(own, name)[0], getattr(found, name)[i])


def test_many_ports_are_solved_in_pieces_and_alike(monkeypatch, make_setting, coarse_day):
    # Six steps fill no whole group.
    setting = make_setting(profiles=str(coarse_day))
    monkeypatch.setattr(impedance, "DENSE", 0)
    batch, problem = batch_flow(setting.feeder, setting.operation), Problem(setting)
    assert not batch._fixed_point.impedance.dense
    plans = plans_of(setting, 9)
    together = batch.days(plans)
    assert agreement(together, problem.search_grid.days(plans)).holds
    for i in (0, 4, 8):
        alone = batch.days(plans.row(slice(i, i + 1)))
        assert np.array_equal(alone.v_pu[0], together.v_pu[i])
        assert np.array_equal(alone.loading[0], together.loading[i])


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_losses_are_the_engines(seed, problem):
    batch = batch_flow(problem.setting.feeder, problem.setting.operation)
    plans = plans_of(problem.setting, 1, seed)
    own, engine = batch.days(plans), problem.search_grid.days(plans)
    assert own.loss_kw == pytest.approx(engine.loss_kw, rel=1e-6)
    assert (own.loss_kw > 0.0).all()


def searchable(script):
    """Prepare a construct with one or two units more at its first prosumer, as far as they fit."""
    base = prepare(Study.model_validate({"name": "x", "feeder": str(script)}))
    bus = base.feeder.prosumers[0]
    pv = {"name": "zpv", "kind": "pv", "bus": bus, "kw": 20}
    store = {"name": "zb", "kind": "bess", "bus": bus, "kw": 20, "kwh": 40}
    for add in ([pv, store], [pv], [store], []):
        fleet = {"add": add, "scale": [0, 3]}
        try:
            study = {"name": "x", "feeder": str(script), "fleet": fleet}
            setting = prepare(Study.model_validate(study))
            check_searchable(setting)
            return setting
        except InputError as error:
            refusal = error
    raise refusal


@pytest.mark.parametrize("name", KNOWN)
def test_constructs_it_knows_are_solved_as_the_engine_does(name):
    text = (HERE / f"{name}.dss").read_text(encoding="utf-8")
    # A model that it does not know is refused for the whole feeder: left out here.
    lines = [line for line in text.splitlines() if "model=6" not in line and "model=7" not in line]
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / f"{name}.dss"
        script.write_text("\n".join(lines), encoding="utf-8")
        problem = Problem(searchable(script))
        assert problem.search.solver == "batch", problem.search.why
        plans = plans_of(problem.setting, 6)
        found = agreement(problem.search.flow.days(plans), problem.search_grid.days(plans))
    assert found.holds, str(found)


def on_two_buses(folder, elements):
    """Return the search of a line of 1 km at 0.4 kV from "a" to "b" and of what stands there."""
    script = folder / "two.dss"
    script.write_text(
        "Clear\nNew Circuit.x basekv=0.4 bus1=a\n"
        "New Line.l bus1=a bus2=b r1=0.1 x1=0.1 r0=0.3 x0=0.3 c1=0 c0=0 length=1 units=km\n"
        f"{elements}Set voltagebases=[0.4]\nCalcvoltagebases\n",
        encoding="utf-8",
    )
    return Problem(prepare(Study.model_validate({"name": "x", "feeder": str(script)})))


def test_phases_that_differ_are_solved_each_for_itself(make_setting, tmp_path):
    problem = on_two_buses(
        tmp_path,
        "New Load.one bus1=b.1 phases=1 kv=0.23 kw=9 pf=0.95\n"
        "New Load.two bus1=b.2 phases=1 kv=0.23 kw=2 pf=0.8\n"
        "New PVSystem.p bus1=b phases=3 kv=0.4 kva=40 pmpp=20 pf=1\n",
    )
    plans = plans_of(problem.setting, 3)
    days = problem.search.flow.days(plans)
    assert problem.search.solver == "batch"
    assert np.ptp(days.v_pu[0, 12, 3:6]) > 0.01
    assert agreement(days, problem.search_grid.days(plans)).holds


def test_a_voltage_beyond_the_band_of_a_load_elsewhere_is_no_load_out_of_its_own(tmp_path):
    problem = on_two_buses(
        tmp_path,
        "New Load.near bus1=a phases=3 kv=0.4 kw=9 vminpu=0.95 vmaxpu=1.05\n"
        "New Load.far bus1=b phases=3 kv=0.4 kw=90 pf=0.9 vminpu=0.5 vmaxpu=1.5\n"
        "New PVSystem.p bus1=b phases=3 kv=0.4 kva=40 pmpp=20 pf=1\n",
    )
    plans = plans_of(problem.setting, 3)
    flow = batch_flow(problem.setting.feeder, problem.setting.operation)
    days = flow.days(plans)
    assert days.v_pu.min() < 0.95
    assert agreement(days, problem.search_grid.days(plans)).holds


@pytest.mark.parametrize("source", ["a", "b"])
def test_loads_and_units_at_a_source_are_no_losses(source, tmp_path):
    # With the second source at "b" a load, a unit and a source stand at the far end as well.
    second = "New Vsource.s bus1=b basekv=0.4 angle=-1 r1=0.05 x1=0.1 r0=0.05 x0=0.1\n"
    problem = on_two_buses(
        tmp_path,
        "New Load.near bus1=a phases=3 kv=0.4 kw=30 pf=0.9\n"
        "New Load.one bus1=a.2.3 phases=1 kv=0.4 kw=5 pf=0.9\n"
        "New Load.far bus1=b phases=3 kv=0.4 kw=9 pf=0.95\n"
        f"{second if source == 'b' else ''}"
        f"New PVSystem.p bus1={source} phases=3 kv=0.4 kva=40 pmpp=20 pf=1\n",
    )
    plans = plans_of(problem.setting, 3)
    assert problem.search.solver == "batch", problem.search.why
    own, engine = problem.search.flow.days(plans), problem.search_grid.days(plans)
    assert own.loss_kw == pytest.approx(engine.loss_kw, rel=1e-6)


def test_steps_beyond_a_block_are_solved_as_well(make_setting, write_day, tmp_path):
    quarter = make_setting(profiles=str(write_day(tmp_path / "fine.csv", 0.25)))
    batch = batch_flow(quarter.feeder, quarter.operation)
    batch._fixed_point.most = 40  # a day of 96 columns then takes three blocks
    plans = plans_of(quarter, 2)
    found = agreement(batch.days(plans), Problem(quarter).search_grid.days(plans))
    assert found.holds, str(found)


def test_loads_beyond_the_feeder_do_not_converge_or_agree(ieee12):
    heavy = dataclasses.replace(
        ieee12.scenario.loads, p=60.0 * ieee12.scenario.loads.p, q=60.0 * ieee12.scenario.loads.q
    )
    operation = ieee12.operation.with_loads(heavy)
    batch = batch_flow(ieee12.feeder, ieee12.operation.with_loads(ieee12.scenario.loads))
    with pytest.raises(Exception, match="declared day fails"):
        batch_flow(ieee12.feeder, operation)
    assert batch.days(plans_of(ieee12, 1)).reasons == ("",)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["european-lv"])
def test_public_feeders_without_controls(name, public_feeder):
    study = study_files.load(str(EXAMPLES / "feeders" / f"{name}.toml"))
    at = {"feeder": str(public_feeder(name))}
    setting = prepare(study.model_copy(update=at))
    problem = Problem(setting)
    plans = plans_of(setting, 20)
    assert problem.search.solver == "batch", problem.search.why
    found = agreement(problem.search.flow.days(plans), problem.search_grid.days(plans))
    assert found.holds, str(found)
