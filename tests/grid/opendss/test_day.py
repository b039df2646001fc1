"""The engine behind the grid: repeatable days, the plan's own energies, and trouble in words."""

import dataclasses
import gc
import os
import subprocess
import sys
import weakref
from pathlib import Path

import numpy as np
import pytest

from toolkit.errors import InputError
from toolkit.grid.opendss import Grid, export_feeder, read_feeder
from toolkit.grid.opendss.script import plan_commands
from toolkit.grid.opendss.units import element_of
from toolkit.grid.solution import stacked as together
from toolkit.inputs.feeder_files import locate
from toolkit.inputs.loads import load_day
from toolkit.inputs.study import Study
from toolkit.model.plan import base_plan, joined
from toolkit.problem.encoding import decode
from toolkit.problem.energy import positions
from toolkit.problem.limit_violations import violation
from toolkit.problem.objectives import score
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare
from toolkit.scores import UNSOLVED


def loaded(setting, shape):
    """Return a setting's operation with all loads following one shape, (T,)."""
    return setting.operation.with_loads(load_day(setting.feeder, shape, 1.0, "study"))


def same(first, second):
    """Say whether two days, or their flows, hold the same bits."""
    pairs = [(getattr(first, f.name), getattr(second, f.name)) for f in dataclasses.fields(first)]
    return all(
        a == b if isinstance(a, str | None) else np.array_equal(a, b, True) for a, b in pairs
    )


def stacked(*plans):
    return joined([plan.row(None) for plan in plans])


def test_a_b_a_gives_a_twice_bit_for_bit(problem, ieee12, random_plan):
    a, b = random_plan(ieee12, 1), random_plan(ieee12, 2)
    first, between, again = (problem.grid.day(plan) for plan in (a, b, a))
    assert same(first, again)
    assert not np.array_equal(first.v_pu, between.v_pu)
    day, flows = problem.grid.day_with_flows(a)
    problem.grid.day(b)
    assert same(day, first)
    assert same(flows, problem.grid.day_with_flows(a)[1])


def test_another_engine_gives_the_same_bits(problem, ieee12, random_plan):
    fresh = Problem(ieee12)
    x = np.random.default_rng(8).random((4, len(ieee12.space)))
    backwards = fresh.evaluate(x[::-1])
    forwards = problem.evaluate(x)
    assert np.array_equal(forwards.objective, backwards.objective[::-1])
    assert np.array_equal(forwards.violation, backwards.violation[::-1])
    assert same(fresh.grid.day(random_plan(ieee12, 3)), problem.grid.day(random_plan(ieee12, 3)))


def test_evaluating_compiles_nothing_and_leaves_no_files(tmp_path, monkeypatch, problem, ieee12):
    monkeypatch.chdir(tmp_path)
    commands = []
    plain = problem.search_grid._run
    monkeypatch.setattr(problem.search_grid, "_run", lambda c: (commands.append(c), plain(c))[1])
    import toolkit.grid.opendss.day as day_module
    import toolkit.grid.opendss.engine as engine_module

    def refuse(*_args, **_kwargs):
        raise AssertionError("compiled again")

    monkeypatch.setattr(day_module, "compile_feeder", refuse)
    monkeypatch.setattr(engine_module, "compile_feeder", refuse)
    folders = {Path(tmp_path), Path("/tmp"), Path(os.environ.get("TMPDIR", "/tmp"))}
    mine = {f: {p.name for p in f.iterdir() if "dss" in p.name.lower()} for f in folders}
    problem.evaluate(np.random.default_rng(1).random((5, len(ieee12.space))))
    # Plans go into the engine as values: without controls to reset, nothing is text.
    assert not commands
    assert not list(tmp_path.iterdir())
    assert mine == {f: {p.name for p in f.iterdir() if "dss" in p.name.lower()} for f in folders}


def without_units(setting):
    base = base_plan(setting.operation)
    return dataclasses.replace(
        base,
        **{name: np.zeros_like(getattr(base, name)) for name in ("size", "kw", "kwh", "p_kw")},
        stored=np.zeros_like(base.stored),
    )


def test_the_bare_circuit_at_full_load_is_the_published_one(ieee12):
    full = Grid(ieee12.feeder, loaded(ieee12, np.ones(24)))
    day, flows = full.day_with_flows(without_units(ieee12))
    assert not day.reason
    assert day.loss_kw == pytest.approx(20.714, rel=1e-3)
    lowest = day.v_pu.argmin(axis=1)
    assert day.v_pu.min(axis=1) == pytest.approx(0.94335, abs=5e-6)
    assert {ieee12.feeder.buses[full.node_bus[n]] for n in lowest} == {"12"}
    assert day.load_kva.sum(axis=1) == pytest.approx(435 + 405j)
    head = [b.name for b in ieee12.feeder.branches].index("line.l1_2")
    assert flows.line_kw[:, head] == pytest.approx(435 + 20.714, rel=1e-3)
    assert not day.unit_kva.any()
    assert np.isfinite(flows.stored_kwh).all()


VARIANTS = {
    "as declared": {},
    "lossy": {
        "storage": {"eta_charge": 0.83, "eta_discharge": 0.71, "soc_min": 0.3, "soc_start": 0.3},
        "vehicles": {"eta_charge": 0.9, "eta_discharge": 0.6, "soc_min": 0.0, "soc_start": 0.5},
    },
    "no v2g, narrow": {
        "storage": {"soc_min": 0.49, "soc_max": 0.51, "soc_start": 0.5, "hours": 1.0},
        "vehicles": {"v2g": False, "charger_kw": 3.0, "battery_kwh": 20.0},
    },
    "lossless, whole range": {
        "storage": {"eta_charge": 1.0, "eta_discharge": 1.0, "soc_min": 0.0, "soc_start": 1.0},
        "vehicles": {"eta_charge": 1.0, "eta_discharge": 1.0, "soc_min": 0.0, "soc_start": 1.0},
    },
}


@pytest.mark.parametrize("dt", [0.25, 0.5, 1.0])
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_engine_stores_what_the_plan_says(
    variant, dt, make_setting, write_day, tmp_path, random_plan
):
    day_file = str(write_day(tmp_path / "day.csv", dt))
    setting = make_setting(profiles=day_file, **VARIANTS[variant])
    problem = Problem(setting)
    for plan in (base_plan(setting.operation), *(random_plan(setting, seed) for seed in range(3))):
        day, flows = problem.grid.day_with_flows(plan)
        assert not day.reason
        expected = plan.stored[setting.fleet.storage_rows, 1:].T
        assert flows.stored_kwh == pytest.approx(expected, abs=1e-3)
        assert day.unit_kva.real == pytest.approx(plan.p_kw.T, abs=1e-3)
        assert day.unit_kva.imag == pytest.approx(0.0, abs=1e-3)
        loads = setting.profiles.load[:, None] * setting.feeder.load_kw
        assert day.load_kva.real == pytest.approx(loads, abs=1e-3)


def test_a_unit_of_size_zero_does_nothing(problem, ieee12):
    x = np.full((1, len(ieee12.space)), 0.9)
    x[:, 1 : 2 * len(ieee12.fleet.units) : 2] = 0.0
    plan = decode(x, ieee12.operation, ieee12.space).row(0)
    day, flows = problem.grid.day_with_flows(plan)
    assert not day.unit_kva.any()
    assert not flows.stored_kwh.any()
    scores = problem.evaluate(x)
    assert scores.objective[0] == 0.0


@pytest.mark.parametrize("kind", ["pv", "wt", "bess", "bev"])
def test_a_unit_moved_lands_at_its_bus(kind, problem, ieee12):
    fleet, feeder = ieee12.fleet, ieee12.feeder
    base = base_plan(ieee12.operation)
    plain = problem.grid.day(base)
    u = int(fleet.rows[kind][0])
    to = feeder.bus_index["9"]
    moved = dataclasses.replace(base, bus=np.where(np.arange(len(base.bus)) == u, to, base.bus))
    day, flows = problem.grid.day_with_flows(moved)
    # Power balance of bus 9 from the lines on both sides of it.
    into = [b.name for b in feeder.branches].index("line.l8_9")
    out = [b.name for b in feeder.branches].index("line.l9_10")
    ohms = 5.642
    arrives = flows.line_kw[:, into] - 3 * flows.line_a[:, into] ** 2 * ohms / 1000.0
    balance = day.load_kva.real[:, to] - base.p_kw[u]
    assert arrives - flows.line_kw[:, out] == pytest.approx(balance, abs=1e-3)
    if kind != "bess":
        assert not np.allclose(day.v_pu, plain.v_pu, atol=1e-6)


def test_powers_at_a_bus_are_those_of_its_load_and_units(problem, ieee12, random_plan):
    plan = random_plan(ieee12, 5)
    day = problem.grid.day(plan)
    at = positions(day.load_kva.real[None], day.unit_kva.real[None], plan.bus[None])
    net = np.zeros((24, len(ieee12.feeder.buses)))
    for u, bus in enumerate(plan.bus):
        net[:, bus] += plan.p_kw[u]
    net -= ieee12.profiles.load[:, None] * ieee12.feeder.load_kw
    assert at.net[0] == pytest.approx(net, abs=1e-3)


def test_a_limit_broken_counts_by_how_far(problem, ieee12):
    plan = base_plan(ieee12.operation)
    day = problem.grid.day(plan)
    limits = ieee12.study.limits
    assert violation(day, plan, limits, np.ones(24)) == 0.0
    tight = limits.model_copy(update={"v_min": 0.97})
    expected = np.maximum(0.97 - day.v_pu, 0.0).sum() / (limits.v_max - 0.97)
    assert violation(day, plan, tight, np.ones(24)) == pytest.approx(expected)
    assert expected > 0.0
    loaded = limits.model_copy(update={"loading_max": 10.0})
    expected = np.maximum(day.loading / 10.0 - 1.0, 0.0).sum()
    assert violation(day, plan, loaded, np.ones(24)) == pytest.approx(expected)
    assert expected > 0.0


def huge(plan):
    """Return the plan with PV far beyond what the feeder can carry."""
    kw = np.where(np.arange(len(plan.kw)) < 2, 1e9, plan.kw)
    return dataclasses.replace(plan, kw=kw, p_kw=plan.p_kw * (kw / plan.kw)[:, None])


def test_a_day_that_does_not_converge_is_told_and_ranks_last(ieee12, problem, random_plan):
    grid = Grid(ieee12.feeder, ieee12.operation)
    good, bad = random_plan(ieee12, 1), huge(base_plan(ieee12.operation))
    before = grid.day(good)
    lost = grid.day(bad)
    after = grid.day(good)
    assert "step" in lost.reason
    assert "converge" in lost.reason
    assert np.isnan(lost.loss_kw[-1])
    assert same(before, after)
    worst = dataclasses.replace(before, v_pu=before.v_pu - 5.0)
    scores = score(
        together([lost, worst, before]),
        stacked(bad, good, good),
        problem.aim,
    )
    assert scores.violation[0] == UNSOLVED
    assert np.isfinite(scores.objective).all()
    assert scores.order()[-1] == 0
    assert scores.penalised().argmax() == 0
    flows = grid.day_with_flows(bad)[1]
    assert np.isfinite(flows.stored_kwh).all()


@pytest.mark.parametrize("times", [6.0, 30.0, 1e4])
def test_loads_beyond_the_feeder_are_never_feasible(times, ieee12, problem):
    grid = Grid(ieee12.feeder, loaded(ieee12, np.full(24, times)))
    plan = base_plan(ieee12.operation)
    day = grid.day(plan)
    found = score(together([day]), stacked(plan), problem.aim)
    assert found.violation[0] > 1.0
    assert np.isfinite(found.penalised()).all()


def test_what_scripts_leave_behind_does_not_matter(tmp_path, problem, ieee12):
    """A script that ends in another mode, step and tolerance changes nothing."""
    master = ieee12.feeder.script
    script = tmp_path / "rough.dss"
    script.write_text(
        f'Redirect "{master}"\nSolve\n'
        "Set mode=yearly number=35040 stepsize=15m hour=77 sec=12 tolerance=0.01\n",
        encoding="utf-8",
    )
    rough = prepare(Study.model_validate({"name": "rough", "feeder": str(script)}))
    plan = base_plan(ieee12.operation)
    day, plain = Problem(rough).grid.day(plan), problem.grid.day(plan)
    assert day.v_pu == pytest.approx(plain.v_pu, abs=1e-9)
    assert day.loss_kw == pytest.approx(plain.loss_kw, abs=1e-9)


def test_an_export_beside_a_script_that_holds_the_results(tmp_path, ieee12):
    """A script in a folder that also holds results is exported without the results."""
    script = tmp_path / "mine.dss"
    script.write_text(f'Redirect "{ieee12.feeder.script}"\n', encoding="utf-8")
    (tmp_path / "results").mkdir()
    (tmp_path / "notes.txt").write_text("private", encoding="utf-8")
    setting = prepare(Study.model_validate({"name": "mine", "feeder": str(script)}))
    to = tmp_path / "results" / "one" / "feeder"
    plan = base_plan(setting.operation)
    export_feeder(plan, setting.operation, setting.feeder, to)
    assert (to / "Master.dss").is_file()
    copied = {p.name for p in to.rglob("*")}
    assert "results" not in copied
    assert "notes.txt" not in copied


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("New Lien.a bus1=1 bus2=2\n", ["Lien"]),
        ("New Line.a bus1=1 bus2=2 lenght=3\n", ["lenght"]),
        ("Redirect Lines.dss\n", ["Lines.dss"]),
        ("! nothing\n", ["no circuit"]),
    ],
)
def test_a_script_that_does_not_compile_is_refused_with_its_name(tmp_path, text, words):
    script = tmp_path / "bad.dss"
    head = "" if "nothing" in text else "Clear\nNew Circuit.c bus1=1 basekV=11\n"
    script.write_text(head + text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_feeder(script)
    for word in ("bad.dss", *words):
        assert word in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_error_in_one_engine_does_not_spoil_the_next(tmp_path, ieee12):
    script = tmp_path / "bad.dss"
    script.write_text("Redirect nowhere.dss\n", encoding="utf-8")
    with pytest.raises(InputError):
        read_feeder(script)
    assert read_feeder(locate("ieee12")).buses == ieee12.feeder.buses


def test_the_engine_does_not_move_the_process(tmp_path):
    """Loaded in one folder and used in another, it leaves the working directory alone."""
    code = (
        "import os, sys\n"
        "from toolkit.inputs.feeder_files import locate\n"
        "from toolkit.grid.opendss import read_feeder\n"
        "script = locate('ieee12')\nos.chdir(sys.argv[1])\nread_feeder(script)\n"
        "assert os.path.samefile(os.getcwd(), sys.argv[1]), os.getcwd()"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr


def test_a_grid_with_a_past_solves_like_a_fresh_one(ieee12, problem):
    """What did not move is not written again, in either circuit."""
    rng = np.random.default_rng(4)
    x = rng.random(len(ieee12.space))
    for _ in range(6):
        changed = rng.choice(len(x), size=int(rng.integers(1, 8)), replace=False)
        x[changed] = rng.random(len(changed))
        plan = decode(x[None], ieee12.operation, ieee12.space).row(0)
        for stand_ins, grid in ((True, problem.search_grid), (False, problem.grid)):
            fresh = Grid(ieee12.feeder, ieee12.operation, stand_ins)
            assert same(grid.day(plan), fresh.day(plan))


def test_values_and_text_write_the_same_plan(ieee12, random_plan):
    """The live circuit and the lines of the exported feeder hold the same properties."""
    for stand_ins in (True, False):
        live = Grid(ieee12.feeder, ieee12.operation, stand_ins)
        text = Grid(ieee12.feeder, ieee12.operation, stand_ins)
        plan = random_plan(ieee12, 6)
        live.day(plan)
        lines = plan_commands(plan, ieee12.operation, ieee12.feeder, stand_ins)
        edits = [line for line in lines if "LoadShape" not in line]
        text._run("\n".join(edits))
        for unit, line in zip(ieee12.feeder.units, edits, strict=True):
            element = element_of(unit, ieee12.feeder, stand_ins)
            names = [pair.split("=")[0] for pair in line.split()[2:]]
            for name in names:
                for grid in (live, text):
                    grid._d.Text.Command(f"? {element}.{name}")
                got, expected = live._d.Text, text._d.Text
                if name != "%stored":  # moves with the day that was solved
                    assert got.Result() == expected.Result() != ""


def test_a_dropped_engine_is_freed(ieee12):
    grid = Grid(ieee12.feeder, ieee12.operation, stand_ins=True)
    util = weakref.ref(grid._d._api_util)
    assert util() is not None
    del grid
    gc.collect()
    assert util() is None


def test_a_day_without_losses_is_the_same_otherwise(ieee12, problem, random_plan):
    plan = random_plan(ieee12, 2)
    whole, part = problem.search_grid.day(plan), problem.search_grid.day(plan, losses=False)
    assert np.isnan(part.loss_kw).all()
    assert np.isfinite(whole.loss_kw).all()
    assert same(dataclasses.replace(part, loss_kw=whole.loss_kw), whole)
