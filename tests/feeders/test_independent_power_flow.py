"""The engine's voltages and losses against a power flow that shares nothing with it."""

import csv

import numpy as np
import pytest
from helpers import radial
from helpers.places import ROOT

from toolkit.model.plan import base_plan

FEEDER = ROOT / "dss" / "ieee12"
LOADS = {
    "2": 60 + 60j,
    "3": 40 + 30j,
    "4": 55 + 55j,
    "5": 30 + 30j,
    "6": 20 + 15j,
    "7": 55 + 55j,
    "8": 45 + 45j,
    "9": 40 + 40j,
    "10": 35 + 30j,
    "11": 40 + 30j,
    "12": 15 + 15j,
}


@pytest.fixture(scope="module")
def lines():
    return radial.sections(FEEDER / "Lines.dss")


def test_the_sweeps_give_the_published_figures(lines):
    volts, losses = radial.solve(lines, LOADS)
    assert losses == pytest.approx(20.714 + 8.041j, rel=1e-3)
    assert min(volts, key=volts.get) == "12"
    assert volts["12"] == pytest.approx(0.94335, abs=5e-6)


def test_the_sweeps_solve_two_buses_as_the_formula_does():
    # V^4 + (2 (rP + xQ) - 1) V^2 + |z|^2 |S|^2 = 0 in pu, 10 kV and 1000 kVA on 2 + 3j ohm.
    volts, losses = radial.solve([("1", "2", 2 + 3j)], {"2": 800 + 600j}, kv=10.0)
    z, s = (2 + 3j) / 100.0, 0.8 + 0.6j
    half = 0.5 - (z.real * s.real + z.imag * s.imag)
    squared = half + np.sqrt(half**2 - abs(z) ** 2 * abs(s) ** 2)
    assert volts["2"] == pytest.approx(np.sqrt(squared))
    assert losses == pytest.approx(1000.0 * z * abs(s) ** 2 / squared)


@pytest.mark.parametrize("seed", [None, *range(6)])
def test_voltages_and_losses_agree_with_the_engine(seed, lines, problem, ieee12, random_plan):
    plan = base_plan(ieee12.operation) if seed is None else random_plan(ieee12, seed)
    day = problem.grid.day(plan)
    buses = ieee12.feeder.buses
    with (FEEDER.parents[1] / "profiles" / "typical_day.csv").open(encoding="utf-8") as file:
        load = [float(row["load [pu]"]) for row in csv.DictReader(file)]
    for t, share in enumerate(load):
        drawn = {bus: share * kva for bus, kva in LOADS.items()}
        for u, bus in enumerate(plan.bus):
            drawn[buses[bus]] = drawn.get(buses[bus], 0.0) - plan.p_kw[u, t]
        volts, losses = radial.solve(lines, drawn)
        expected = [volts[buses[b]] for b in problem.grid.node_bus]
        assert day.v_pu[t] == pytest.approx(expected, abs=1e-4)
        assert day.loss_kw[t] == pytest.approx(losses.real, rel=0.01)


@pytest.mark.parametrize("case", ["base", "random-seed1", "random-seed2", "cheetah-seed1"])
def test_voltages_and_losses_agree_with_the_results_folder(case, lines, ieee12_results):
    def rows(name):
        path = ieee12_results / "cases" / case / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    drawn, low, high = {}, {}, {}
    for row in rows("buses"):
        at = int(row["step"]), row["bus"]
        drawn.setdefault(at[0], {})[at[1]] = -float(row["net_kw"]) + 1j * float(row["load_kvar"])
        low[at], high[at] = float(row["v_min_pu"]), float(row["v_max_pu"])
    hourly = rows("hourly")
    assert len(hourly) == len(drawn) == 24
    for hour in hourly:
        step = int(hour["step"])
        volts, losses = radial.solve(lines, drawn[step])
        for bus, pu in volts.items():
            assert low[step, bus] == pytest.approx(pu, abs=1e-4)
            assert high[step, bus] == pytest.approx(pu, abs=1e-4)
        assert float(hour["loss_kw"]) == pytest.approx(losses.real, rel=0.01)
        assert float(hour["v_min_pu"]) == pytest.approx(min(volts.values()), abs=1e-4)
