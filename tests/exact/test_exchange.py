"""Polishing exchanges the sites of two units where the engine calls that better."""

from dataclasses import replace

import numpy as np
import pytest

from toolkit.common.monitor import Monitor
from toolkit.exact import polish
from toolkit.exact.exchange import orders
from toolkit.inputs import study_files
from toolkit.model.plan import schedule
from toolkit.problem.encoding import decode
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare

#: 0.4 kV, 0.1 ohm from a to b and from b to c: 1 kW at c raises it by about 0.2 / 160 = 0.00125 pu.
SCRIPT = """Clear
New Circuit.lane bus1=a basekV=0.4 pu=1.0 MVAsc3=1000 MVAsc1=1000
New Line.ab bus1=a bus2=b r1=0.1 x1=0.03 r0=0.1 x0=0.03 c1=0 c0=0 length=1 units=none normamps=600
New Line.bc bus1=b bus2=c r1=0.1 x1=0.03 r0=0.1 x0=0.03 c1=0 c0=0 length=1 units=none normamps=600
New Load.a bus1=a kV=0.4 kW=90 pf=1 vminpu=0.5 vmaxpu=1.5
New Load.b bus1=b kV=0.4 kW=4 pf=1 vminpu=0.5 vmaxpu=1.5
New Load.c bus1=c kV=0.4 kW=4 pf=1 vminpu=0.5 vmaxpu=1.5
Set voltagebases=[0.4]
Calcvoltagebases
"""
DAY = (
    "hour [h],load [pu],irradiance [W/m2],wind_speed [m/s],plugged_in [pu],"
    "trip_energy [kWh/vehicle]\n"
    "0,1,0,12,1,0\n6,1,500,12,1,0\n12,1,1000,12,1,0\n18,1,0,12,1,0\n"
)
STUDY = """name = "lane"
feeder = "lane.dss"
profiles = "day.csv"
[limits]
v_min = 0.9
v_max = 1.05
"""
UNIT = """[[fleet.add]]
name = "{name}"
kind = "{kind}"
bus = "{bus}"
kw = {kw}
size = [{low}, {high}]
buses = ["b", "c"]
"""
#: The larger unit far out and the smaller one near the feeder head: sizes that the far bus bears.
WRONG = {
    "two generators": (("pv", 0.0, 70.0, 40.0), ("pv", 0.0, 12.0, 12.0)),
    "two kinds": (("pv", 0.0, 70.0, 40.0), ("wt", 0.0, 12.0, 12.0)),
    "generator and battery": (("pv", 0.0, 70.0, 40.0), ("bess", 12.0, 12.0, 12.0)),
    "given sizes": (("pv", 20.0, 60.0, 36.0), ("pv", 12.0, 12.0, 12.0)),
}


@pytest.fixture
def lane(tmp_path):
    """Return the problem of two units, and the plan with the first at c and the second at b."""

    def made(kinds):
        text = STUDY
        for (kind, low, high, kw), bus in zip(kinds, "cb", strict=True):
            text += UNIT.format(name=f"u{bus}", kind=kind, bus=bus, kw=kw, low=low, high=high)
        for name, content in {"lane.dss": SCRIPT, "day.csv": DAY, "lane.toml": text}.items():
            (tmp_path / name).write_text(content)
        problem = Problem(prepare(study_files.load(str(tmp_path / "lane.toml"))))
        operation = problem.setting.operation
        units = operation.fleet.units
        bus = np.array([unit.base_bus for unit in units])
        size = np.array([unit.base_size for unit in units])
        idle = np.zeros((len(operation.fleet.storage_rows), operation.steps))
        return problem, schedule(bus, size, idle, operation)

    return made


def worth(problem, plan):
    scores = problem.score(plan.row(None))
    assert scores.violation[0] == 0.0
    return -float(scores.objective[0])


def decoded(problem, x):
    return decode(x[None], problem.setting.operation, problem.setting.space).row(0)


def at(problem, plan):
    return "".join(problem.setting.feeder.buses[b] for b in plan.bus)


@pytest.fixture
def counted(monkeypatch):
    """Return the days that the search grid of a problem solves from now on."""

    def watched(problem):
        solved, grid = [], problem.search_grid
        day = grid.day
        monkeypatch.setattr(grid, "day", lambda plan, *a: (solved.append(plan), day(plan, *a))[1])
        return solved

    return watched


@pytest.mark.parametrize("kinds", WRONG.values(), ids=WRONG)
def test_sites_the_wrong_way_round_are_put_right(lane, counted, kinds):
    problem, plan = lane(kinds)
    kwh, days = worth(problem, plan), counted(problem)
    found = polish.polish(problem, plan, kwh, 50, keep_sites=False)
    assert found.evaluations == len(days) <= 50
    better = decoded(problem, found.x)
    # Only units of one kind keep away from each other's bus.
    assert at(problem, better) in (("bc",) if kinds[0][0] == kinds[1][0] else ("bc", "bb"))
    assert found.kwh == worth(problem, better) > 1.1 * kwh
    again = polish.polish(problem, plan, kwh, 50, keep_sites=False)
    assert np.array_equal(found.x, again.x)


def test_what_the_far_bus_cannot_bear_stands_near_after_an_exchange(lane):
    problem, plan = lane(WRONG["two generators"])
    found = polish.polish(problem, plan, worth(problem, plan), 50, keep_sites=False)
    better = decoded(problem, found.x)
    assert better.size == pytest.approx([70.0, 12.0])
    # Half sun: 35 - 4 and 6 - 4; full sun: 70 - 4 and 12 - 4; 6 h each, all sold to the load at a.
    assert found.kwh == pytest.approx(6.0 * (31.0 + 2.0 + 66.0 + 8.0), rel=1e-6)


@pytest.mark.parametrize("evaluations", [2, 4, 5, 9, 13])
def test_few_evaluations_are_kept_and_the_plan_never_worse(lane, counted, evaluations):
    problem, plan = lane(WRONG["two generators"])
    kwh, days = worth(problem, plan), counted(problem)
    found = polish.polish(problem, plan, kwh, evaluations, keep_sites=False)
    assert found.evaluations == len(days) <= evaluations
    assert found.kwh >= kwh


def test_kept_sites_are_not_exchanged(lane):
    problem, plan = lane(WRONG["two generators"])
    found = polish.polish(problem, plan, worth(problem, plan), 50, keep_sites=True)
    assert found.x is None or at(problem, decoded(problem, found.x)) == "cb"


def test_stopped_it_exchanges_nothing(lane, counted):
    problem, plan = lane(WRONG["two generators"])
    kwh, days = worth(problem, plan), counted(problem)
    stopped = Monitor(should_stop=lambda: True)
    polish.polish(problem, plan, kwh, 50, keep_sites=False, monitor=stopped)
    assert at(problem, plan) == "cb"
    assert all(at(problem, day) == "cb" for day in days)


def test_units_that_differ_in_nothing_are_not_exchanged(lane):
    alike = ("pv", 0.0, 12.0, 12.0)
    problem, plan = lane((alike, alike))
    operation = problem.setting.operation
    assert orders(operation, plan) == []
    unlike = replace(plan, size=np.array([12.0, 6.0]))
    assert [order.tolist() for order in orders(operation, unlike)] == [[1, 0]]
    one, other = operation.fleet.units
    held = operation.with_units((one, replace(other, candidates=(int(plan.bus[1]),))))
    assert orders(held, unlike) == []
