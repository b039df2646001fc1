"""SimBench's own grids: their power flow in OpenDSS is pandapower's, step by step.

They need ``pip install 'p2p-der-toolkit[simbench]'``, which brings an older pandas than the tests
have; the gate installs it last and runs this file once more.
"""

import copy

import numpy as np
import pytest

import toolkit
from toolkit.inputs.imports.simbench import library
from toolkit.inputs.imports.simbench.grid import name_of
from toolkit.inputs.imports.simbench.joined import Joined
from toolkit.model.plan import base_plan
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare

pytest.importorskip("simbench")
pandapower = pytest.importorskip("pandapower")
pytestmark = pytest.mark.filterwarnings("ignore")
#: Days drawn, and steps drawn in each: 20 steps in all.
DAYS, EACH, STEPS = 5, 4, 96
LARGE = ("1-LV-urban6--0-sw", "1-LV-rural3--2-sw", "1-MV-rural--0-sw")
GRIDS = ["1-LV-rural1--0-sw", *(pytest.param(code, marks=pytest.mark.slow) for code in LARGE)]


@pytest.fixture(scope="module", params=GRIDS)
def grid(request, tmp_path_factory):
    """Return a grid as pandapower has it, its year, and the study that was imported."""
    net = library.net_of(request.param)
    # pandapower counts taps only of transformers whose kind of tap changer is told.
    net.trafo["tap_changer_type"] = "Ratio"
    folder = tmp_path_factory.mktemp("grid") / "grid"
    study = toolkit.import_feeder(f"simbench:{request.param}", out=folder).file
    return net, library.series_of(net), study


@pytest.fixture(scope="module")
def solved(grid):
    """Return 20 steps drawn from the year, and of each the day's solution and its buses."""
    rng, found = np.random.default_rng(7), []
    for day in rng.choice(366, DAYS, replace=False):
        study = toolkit.load_study(grid[2], horizon={"day": int(day) + 1})
        problem = Problem(prepare(study))
        solution = problem.grid.day(base_plan(problem.setting.operation))
        buses = [problem.setting.feeder.buses[b] for b in problem.grid.node_bus]
        found += [
            (int(day) * STEPS + int(t), solution, int(t), buses)
            for t in rng.choice(STEPS, EACH, replace=False)
        ]
    return found


def differences(grid, solved):
    """Yield, step by step, the largest difference of a voltage, pu, and that of losses, share."""
    net, series, _ = grid
    at = Joined.of(net)
    for step, day, t, buses in solved:
        for (table, column), frame in series.items():
            if frame.shape[1]:
                net[table].loc[frame.columns, column] = frame.loc[step].to_numpy()
        net.storage["p_mw"] = 0.0
        pandapower.runpp(net, tolerance_mva=1e-9, numba=False)
        volts = {at[i]: net.res_bus.vm_pu[i] for i in net.bus.index}
        assert set(volts) == set(buses)
        lost = 1000.0 * (net.res_line.pl_mw.sum() + net.res_trafo.pl_mw.sum())
        apart = max(abs(v - volts[bus]) for v, bus in zip(day.v_pu[t], buses, strict=True))
        yield apart, abs(day.loss_kw[t] / lost - 1.0)


def test_every_voltage_of_20_steps_is_pandapowers(grid, solved):
    volts, losses = zip(*differences(grid, solved), strict=True)
    assert len(volts) == DAYS * EACH
    assert max(volts) < 5e-5
    assert max(losses) < 5e-3


def test_all_of_the_difference_is_where_the_iron_of_transformers_stands(grid, solved):
    net = copy.deepcopy(grid[0])
    # All of the impedance before the iron, as in OpenDSS.
    net.trafo["leakage_resistance_ratio_hv"] = net.trafo["leakage_reactance_ratio_hv"] = 1 - 1e-9
    volts, losses = zip(*differences((net, *grid[1:]), solved), strict=True)
    assert max(volts) < 2e-7
    assert max(losses) < 1e-6


def test_every_generator_gives_its_own_series(grid, solved):
    net, series, folder = grid
    # The step of those drawn that has most sun.
    step = max((row[0] for row in solved), key=lambda s: series["sgen", "p_mw"].loc[s].sum())
    study = toolkit.load_study(folder, horizon={"day": step // STEPS + 1})
    setting = prepare(study)
    names = [unit.name for unit in setting.fleet.units]
    share = dict(zip(names, setting.operation.generation[:, step % STEPS], strict=True))
    rated = {unit.name: unit.kw for unit in setting.feeder.units}
    assert series["sgen", "p_mw"].loc[step].max() > 0.0
    for row in net.sgen.itertuples():
        name = name_of(row.name)
        expected = max(1000.0 * series["sgen", "p_mw"].loc[step, row.Index], 0.0)
        assert share[name] * rated[name] == pytest.approx(expected, abs=1e-5 * rated[name])
