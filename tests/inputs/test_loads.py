"""Loads with days of their own: read, put into steps, and drawn as scheduled."""

import numpy as np
import pandas as pd
import pytest

from toolkit.commands import simulate_and_store
from toolkit.errors import InputError
from toolkit.inputs.loads import between_points, in_steps, load_day
from toolkit.inputs.study import Study
from toolkit.model.plan import base_plan
from toolkit.problem.encoding import decode
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare

SCRIPT = """Clear
New Circuit.homes bus1=a basekV=11 MVAsc3=1e6 MVAsc1=1e6
New Line.ab bus1=a bus2=b r1=1 x1=1 r0=1 x0=1 c1=0 c0=0 length=1 units=none normamps=100
New Line.bc bus1=b bus2=c r1=1 x1=1 r0=1 x0=1 c1=0 c0=0 length=1 units=none normamps=100
{shapes}
{loads}
New Storage.box bus1=b kV=11 kWrated=20 kWhrated=80
New PVSystem.roof bus1=c kV=11 kVA=90 Pmpp=60
Set voltagebases=[11]
Calcvoltagebases
Batchedit Load..* vminpu=0.5 vmaxpu=1.5
"""
DAY = np.random.default_rng(4).random(96).round(3) + 0.1
SHAPES = {
    "minutes": (1440, 1 / 60, np.repeat(DAY, 15)),
    "quarters": (96, 0.25, DAY),
    "halves": (48, 0.5, DAY[::2]),
    "hours": (24, 1.0, DAY[::4]),
    "thirds": (72, 1 / 3, DAY[:72]),
    "eights": (3, 8.0, DAY[:3]),
    "flat": (1, 1.0, DAY[:1]),
}


def text(values):
    return "[" + " ".join(map(repr, map(float, values))) + "]"


def shape_lines():
    lines = [
        f"New LoadShape.{name} npts={n} interval={h!r} mult={text(v)}"
        for name, (n, h, v) in SHAPES.items()
    ]
    hours = SHAPES["hours"][2]
    return "\n".join(
        [
            *lines,
            f"New LoadShape.pq npts=24 interval=1 mult={text(hours)} qmult={text(hours[::-1])}",
            f"New LoadShape.kws npts=24 interval=1 mult={text(30 * hours)} useactual=yes",
            f"New LoadShape.both npts=24 interval=1 mult={text(30 * hours)} "
            f"qmult={text(9 * hours[::-1])} useactual=yes",
            f"New LoadShape.year npts=8760 interval=1 mult={text(np.tile(hours, 365))}",
            f"New LoadShape.two npts=48 interval=1 mult={text([*hours, *hours[::-1]])}",
            "New LoadShape.odd npts=7 interval=1 mult=[" + "0.3 " * 7 + "]",
            "New LoadShape.own npts=3 interval=0 hour=[1 9 24] mult=[1 2 3]",
            "New LoadShape.hourless npts=3 interval=0 mult=[1 2 3]",
        ]
    )


def prepared(folder, loads, /, **sections):
    script = folder / "homes.dss"
    lines = [
        f"New Load.l{i} bus1={'bc'[i % 2]} kV=11 kW=40 kvar=10 {load}"
        for i, load in enumerate(loads)
    ]
    body = SCRIPT.format(shapes=shape_lines(), loads="\n".join(lines))
    script.write_text(body, encoding="utf-8")
    return prepare(Study.model_validate({"name": "homes", "feeder": str(script), **sections}))


def test_means_are_taken_and_values_repeated():
    four = np.array([1.0, 3.0, 2.0, 6.0])
    assert in_steps(four, 6.0, 12.0, 2).tolist() == [2.0, 4.0]
    assert in_steps(four, 6.0, 6.0, 4) is not four
    assert in_steps(four, 6.0, 3.0, 8).tolist() == [1, 1, 3, 3, 2, 2, 6, 6]
    assert in_steps(four, 6.0, 12.0, 4).tolist() == [2.0, 4.0, 2.0, 4.0]
    assert in_steps(four, 6.0, 8.0, 3) == pytest.approx([1.5, 2.5, 5.0])
    assert in_steps(np.array([0.7]), 1.0, 1.0, 24).tolist() == [0.7] * 24


@pytest.mark.parametrize("dt", [0.25, 1.0, 2.0])
@pytest.mark.parametrize("name", SHAPES)
def test_energy_is_that_of_the_shape_at_any_step(name, dt):
    _, interval, values = SHAPES[name]
    steps = round(24 / dt)
    found = in_steps(values, interval, dt, steps)
    assert len(found) == steps
    assert found.mean() == pytest.approx(values.mean(), abs=1e-12)


@pytest.mark.parametrize("dt", [0.25, 1.0, 2.0])
def test_the_engine_draws_what_is_scheduled(dt, tmp_path, write_day):
    own = [f"daily={name}" for name in (*SHAPES, "pq", "kws", "both")]
    others = ["", "daily=hours status=fixed", "yearly=hours", "yearly=year", "daily=hours"]
    others += ["daily=own", "yearly=own", "daily=two", "yearly=odd"]
    study_day = str(write_day(tmp_path / "day.csv", dt))
    setting = prepared(tmp_path, own + others, profiles=study_day)
    problem = Problem(setting)
    for grid in (problem.grid, problem.search_grid):
        day = grid.day(base_plan(setting.operation))
        assert not day.reason
        assert day.load_kva.real == pytest.approx(problem.load_kw, abs=1e-3)
    by_load = dict(zip(setting.scenario.loads.names, setting.scenario.loads.of, strict=True))
    p, q = setting.scenario.loads.p, setting.scenario.loads.q
    assert np.array_equal(p[by_load["l10"]], setting.profiles.load)
    assert by_load["l12"] == by_load["l13"] == by_load["l14"] == by_load["l17"]
    assert by_load["l15"] == by_load["l16"]
    assert np.array_equal(p[by_load["l18"]], setting.profiles.load)
    assert not q[by_load["l8"]].any()
    assert q[by_load["l9"]].all()
    kvar = sum(
        load.kvar * (1.0 if load.fixed else q[k])
        for load, k in zip(setting.feeder.loads, setting.scenario.loads.of, strict=True)
    )
    assert day.load_kva.imag.sum(axis=1) == pytest.approx(kvar, abs=1e-3)


@pytest.mark.parametrize("seed", range(6))
def test_schedule_and_engine_agree_whatever_the_shapes(seed, tmp_path, write_day):
    rng = np.random.default_rng(seed)
    dt = float(rng.choice([1 / 12, 0.25, 0.5, 1.0, 2.0, 3.0]))
    names = [*SHAPES, "pq", "kws", "both"]
    loads = [
        f"{rng.choice(['daily', 'yearly'])}={rng.choice(names)} "
        f"status={rng.choice(['variable', 'fixed', 'exempt'])} conn={rng.choice(['wye', 'delta'])}"
        for _ in range(12)
    ]
    setting = prepared(tmp_path, loads, profiles=str(write_day(tmp_path / "day.csv", dt)))
    problem = Problem(setting)
    x = rng.random((1, len(setting.space)))
    day = problem.search_grid.day(decode(x, setting.operation, setting.space).row(0))
    assert day.load_kva.real == pytest.approx(problem.load_kw, abs=1e-3)
    energy = problem.load_kw.sum() * setting.scenario.dt
    declared = sum(
        load.kw * (24.0 if load.fixed else 24.0 * setting.scenario.loads.p[k].mean())
        for load, k in zip(setting.feeder.loads, setting.scenario.loads.of, strict=True)
    )
    assert energy == pytest.approx(declared, rel=1e-9)


def test_values_between_hours_lie_on_straight_lines():
    """Worked by hand: 2 at hour 6, 4 at hour 18; 3 at midnight, where the lines cross."""
    two = between_points(np.array([2.0, 4.0]), np.array([6.0, 18.0]), 24.0, 6.0, 4)
    assert two == pytest.approx([2.5, 2.5, 3.5, 3.5])
    jump = between_points(np.array([0.0, 2.0]), np.array([0.0, 24.0]), 24.0, 12.0, 4)
    assert jump == pytest.approx([0.5, 1.5, 0.5, 1.5])
    days = between_points(np.array([1.0, 3.0]), np.array([24.0, 48.0]), 48.0, 24.0, 1)
    assert days == pytest.approx([2.0])


def test_a_step_that_no_value_ends_with_takes_its_share():
    """Values of 5 h over a day: the last one counts for 4 of its 5 h."""
    found = in_steps(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), 5.0, 12.0, 2)
    assert found == pytest.approx([(5 + 10 + 6) / 12, (9 + 20 + 20) / 12])


def test_a_study_may_give_all_loads_its_own_day(tmp_path):
    loads = ["daily=minutes", "daily=own", "daily=kws"]
    setting = prepared(tmp_path, loads, loads={"shapes": "study"})
    total = sum(load.kw for load in setting.feeder.loads)
    assert setting.scenario.loads.kw.sum(axis=1) == pytest.approx(total * setting.profiles.load)
    same = load_day(setting.feeder, setting.profiles.load, 1.0, "study")
    assert np.array_equal(same.kw, setting.scenario.loads.kw)
    day = Problem(setting).grid.day(base_plan(setting.operation))
    assert day.load_kva.real == pytest.approx(setting.scenario.loads.kw, abs=1e-3)


@pytest.mark.parametrize(
    ("load", "words"),
    [
        ("daily=odd", ["7 values of 1 h, 7 h in all", "study's 24 h"]),
        ("daily=hourless", ["3 values whose hours are missing"]),
        ("daily=both kvar=0", ["useactual", "0 kvar"]),
    ],
)
def test_a_shape_that_cannot_be_kept_is_told(load, words, tmp_path):
    with pytest.raises(InputError) as caught:
        prepared(tmp_path, ["", load])
    for word in ("homes", "load l1", *words):
        assert word in str(caught.value)


def test_own_shapes_are_in_the_results_and_the_exported_feeder(tmp_path):
    setting = prepared(tmp_path, ["daily=minutes", "daily=hours", "daily=pq", ""])
    out = tmp_path / "out"
    simulate_and_store(setting.study, None, out, "toolkit simulate")
    hourly = pd.read_csv(out / "cases" / "base" / "hourly.csv")
    assert hourly["load_kw"].to_numpy() == pytest.approx(
        setting.scenario.loads.kw.sum(axis=1), abs=1e-3
    )
    script = (out / "cases" / "base" / "feeder" / "Master.dss").read_text(encoding="utf-8")
    assert "Edit Load.l2 daily=p2p_load3" in script
    assert 'shapes = "own"' in (out / "study.toml").read_text(encoding="utf-8")


def test_the_schedule_of_the_bundled_feeder_is_bit_for_bit_as_ever(ieee12):
    assert len(ieee12.scenario.loads.p) == 1
    product = ieee12.profiles.load[:, None] * ieee12.feeder.load_kw
    assert np.array_equal(ieee12.scenario.loads.kw, product)
    assert ieee12.scenario.loads.kw.flags.c_contiguous
