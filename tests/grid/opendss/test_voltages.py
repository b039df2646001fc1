"""Voltages are held to limits across what customers are connected to, by hand and by OpenDSS."""

import json

import numpy as np
import pytest
from helpers.feeders import IEEE37
from helpers.forks import printed

from toolkit.grid.backend import backend
from toolkit.inputs.study import Study
from toolkit.model.plan import base_plan
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare
from toolkit.results.solving import base_case

SPLIT = [
    "New Circuit.split basekv=12.47 bus1=src",
    "New Transformer.ct phases=1 windings=3 buses=[src.1.0 sec.1.0 sec.0.2] kVs=[7.2 0.12 0.12] "
    "kVAs=[250 250 250] Xhl=0.001 Xht=0.001 Xlt=0.001 %Rs=[0.0001 0.0001 0.0001]",
    "New Line.drop phases=2 bus1=sec.1.2 bus2=house.1.2 length=0.1 units=km r1=0.3 x1=0 r0=0.3 "
    "x0=0 c1=0 c0=0 normamps=200",
    "New Load.lights1 bus1=house.1 phases=1 kV=0.12 kW=3 pf=1",
    "New Load.lights2 bus1=house.2 phases=1 kV=0.12 kW=3 pf=1",
    "New Load.oven bus1=house.1.2 phases=1 kV=0.24 kW=4 pf=1",
    "New PVSystem.roof phases=2 bus1=house.1.2 kV=0.208 kVA=5 Pmpp=5",
]
FOUR_WIRE = [
    "New Circuit.fd basekv=12.47 bus1=src",
    "New Transformer.a phases=1 windings=3 buses=[src.1.2 sec.1.0 sec.0.2] conns=[delta wye wye] "
    "kVs=[12.47 0.12 0.12] kVAs=[500 500 500] Xhl=0.001 Xht=0.001 Xlt=0.001 %Rs=[1e-4 1e-4 1e-4]",
    "New Transformer.b phases=1 buses=[src.2.3 sec.2.3] conns=[delta delta] kVs=[12.47 0.24] "
    "kVAs=[500 500] Xhl=0.001 %Rs=[1e-4 1e-4]",
    "New Transformer.c phases=1 buses=[src.3.1 sec.3.1] conns=[delta delta] kVs=[12.47 0.24] "
    "kVAs=[500 500] Xhl=0.001 %Rs=[1e-4 1e-4]",
    "New Line.drop phases=3 bus1=sec bus2=shop length=0.05 units=km r1=1 x1=0 r0=1 x0=0 c1=0 c0=0 "
    "normamps=200",
    "New Load.motor bus1=shop.1.2.3 phases=3 conn=delta kV=0.24 kW=15 pf=1",
    "New Load.light bus1=shop.1 phases=1 kV=0.12 kW=0.001 pf=1",
    "New PVSystem.roof phases=3 conn=delta bus1=shop kV=0.24 kVA=5 Pmpp=5",
]
NEUTRAL = [
    "New Circuit.n basekv=0.4 bus1=src mvasc3=100000 mvasc1=100000",
    "New Line.l phases=4 bus1=src.1.2.3.4 bus2=h.1.2.3.4 length=1 rmatrix=[0.06|0 0.06|0 0 0.06|"
    "0 0 0 0.06] xmatrix=[0|0 0|0 0 0|0 0 0 0] cmatrix=[0|0 0|0 0 0|0 0 0 0] normamps=200",
    "New Reactor.g phases=1 bus1=src.4 bus2=src.0 R=0.00001 X=0",
    "New Load.l1 bus1=h.1.4 phases=1 kV=0.23 kW=8 pf=1",
    "New PVSystem.roof phases=1 bus1=h.3.4 kV=0.23 kVA=5 Pmpp=5",
]


def problem_of(tmp_path, lines, levels, **limits):
    script = tmp_path / "Master.dss"
    text = ["Clear", *lines, f"Set voltagebases={levels}", "Calcvoltagebases"]
    script.write_text("\n".join(text) + "\n", encoding="utf-8")
    return Problem(prepare(Study(name="v", feeder=str(script), limits={"v_min": 0.5, **limits})))


def at_peak(problem):
    """Return what is held at the step in which loads draw what they declare, in both circuits."""
    step = int(problem.setting.profiles.load.argmax())
    plan = base_plan(problem.setting.operation)
    found = []
    for grid in (problem.grid, problem.search_grid):
        v = grid.day(plan).v_pu[step]
        named = zip(grid.nodes, v.tolist(), strict=True)
        found.append({name: pu for name, pu in named if np.isfinite(pu)})
    assert found[0] == pytest.approx(found[1], rel=1e-7)
    return found[0]


def behind(volts, watts, ohms):
    """Return the voltage of a load behind a resistance: V (E - V) = P R."""
    return volts / 2 + np.sqrt(volts**2 / 4 - watts * ohms)


@pytest.mark.parametrize("level", ["0.208", "0.24"])
def test_a_split_phase_service_is_held_across_each_loads_terminals(level, tmp_path):
    """10 kW across 240 V behind two wires of 0.03 ohms; lights see half of it, of 120 V.

    With 0.24 kV as a level 1 pu of the bus would be 138.6 V, which no load is rated at.
    """
    held = at_peak(problem_of(tmp_path, SPLIT, f"[12.47 {level}]"))
    expected = behind(240, 10_000, 0.06) / 240
    for name in ("house.1-2", "house.1", "house.2"):
        base = 1.0 if name == "house.1-2" else 120 / (208 / np.sqrt(3)) if level == "0.208" else 1.0
        assert held[name] == pytest.approx(expected * base, abs=1e-4)


def test_a_high_leg_is_held_between_phases_and_never_to_ground(tmp_path):
    """15 kW in delta: 5 kW per phase of 138.6 V, behind 0.05 ohms; the high leg stands at 208 V."""
    held = at_peak(problem_of(tmp_path, FOUR_WIRE, "[12.47 0.208]"))
    expected = behind(240 / np.sqrt(3), 5000, 0.05) / (240 / np.sqrt(3))
    for pair in ("shop.1-2", "shop.1-3", "shop.2-3"):
        assert held[pair] == pytest.approx(expected, abs=1e-4)
    assert "shop.3" not in held
    assert "sec.3" not in held
    assert held["shop.1"] == pytest.approx(expected, abs=2e-3)


def test_legs_of_a_base_between_lines_are_held_between_lines(tmp_path):
    """At 0.24 kV a leg of 120 V reads 0.866 pu to ground, and a high leg 1.5 pu: no level of it.

    Only the leg with a light is held to ground, at its 120 V; a roof does not bring the other back.
    """
    one_light = [line for line in SPLIT if "lights2" not in line]
    held = at_peak(problem_of(tmp_path, one_light, "[12.47 0.24]"))
    ends = {name for name in held if name.startswith(("house", "sec"))}
    assert ends == {"house.1", "house.1-2", "sec.1-2"}
    assert held["house.1"] == pytest.approx(0.99, abs=0.02)
    held = at_peak(problem_of(tmp_path, FOUR_WIRE, "[12.47 0.24]"))
    pairs = {"1-2", "1-3", "2-3"}
    assert {name.partition(".")[2] for name in held if name.startswith("sec")} >= pairs
    assert "sec.3" not in held
    assert held["sec.1-3"] == pytest.approx(1.0, abs=1e-3)


def test_a_load_to_a_neutral_wire_is_held_to_that_wire(tmp_path):
    """8 kW between a phase and a neutral of 0.06 ohms each: the neutral's drop counts as well."""
    held = at_peak(problem_of(tmp_path, NEUTRAL, "[0.4]"))
    volts = 400 / np.sqrt(3)
    assert held["h.1-n4"] == pytest.approx(behind(volts, 8000, 0.12) / volts, abs=1e-4)
    assert not {"h.1", "h.4", "src.4"} & held.keys()


def test_a_high_leg_beside_loads_to_a_neutral_wire_is_held_only_where_it_serves(tmp_path):
    """To the wire the high leg stands at 208 V, 1.5 pu: no level of anything connected to it."""
    to_wire = [line.replace("sec.1.0 sec.0.2", "sec.1.4 sec.4.2") for line in FOUR_WIRE]
    lines = [
        *(line.replace("bus1=shop.1 ", "bus1=sec.1.4 ") for line in to_wire),
        "New Reactor.g phases=1 bus1=sec.4 R=0.001 X=0",
    ]
    held = at_peak(problem_of(tmp_path, lines, "[12.47 0.208]"))
    assert {name for name in held if "n4" in name} == {"sec.1-n4", "sec.2-n4"}
    assert held["sec.2-n4"] == pytest.approx(1.0, abs=0.01)
    used = "New Load.high bus1=sec.3.4 phases=1 kV=0.208 kW=0.001 pf=1"
    held = at_peak(problem_of(tmp_path, [*lines, used], "[12.47 0.208]"))
    assert held["sec.3-n4"] == pytest.approx(1.0, abs=0.01)


def test_a_stub_that_nothing_feeds_is_not_held(tmp_path):
    stub = [
        "New Transformer.spare phases=3 buses=[h.1.2.3 s] kVs=[0.4 0.4] kVAs=[50 50] Xhl=4",
        "Open Transformer.spare 1",
    ]
    held = at_peak(problem_of(tmp_path, [*NEUTRAL, *stub], "[0.4]"))
    assert "h.1-n4" in held
    assert not [name for name in held if name.startswith("s.")]


def test_a_neutral_that_is_wire_2_is_never_held(tmp_path):
    lines = [
        "New Circuit.n basekv=0.4 bus1=src mvasc3=100000 mvasc1=100000",
        "New Line.a phases=2 bus1=src.1.4 bus2=h.1.2 length=1 rmatrix=[0.06|0 0.06] "
        "xmatrix=[0|0 0] cmatrix=[0|0 0] normamps=200",
        "New Line.b phases=2 bus1=h.1.2 bus2=far.1.2 length=1 rmatrix=[0.06|0 0.06] "
        "xmatrix=[0|0 0] cmatrix=[0|0 0] normamps=200",
        *NEUTRAL[2:3],
        "New Load.l1 bus1=h.1.2 phases=1 kV=0.23 kW=8 pf=1",
        "New PVSystem.roof phases=1 bus1=h.1.2 kV=0.23 kVA=5 Pmpp=5",
    ]
    held = at_peak(problem_of(tmp_path, lines, "[0.4]"))
    volts = 400 / np.sqrt(3)
    assert held["h.1-n2"] == pytest.approx(behind(volts, 8000, 0.12) / volts, abs=1e-4)
    assert not {"h.2", "far.2", "src.4"} & held.keys()
    assert "far.1" in held


PLAIN = """
import json, sys
from opendssdirect import dss
dss.Text.Command(f'Redirect "{sys.argv[1]}"')
dss.Text.Command("BatchEdit PVSystem..* enabled=no")
dss.Text.Command("Set mode=snapshot tolerance=1e-9 maxiterations=100")
dss.Solution.Solve()
found = {}
for bus in dss.Circuit.AllBusNames():
    dss.Circuit.SetActiveBus(bus)
    v = dss.Bus.Voltages()
    v = [complex(a, b) for a, b in zip(v[::2], v[1::2])]
    kv = dss.Bus.kVBase() * 3**0.5 * 1000
    pairs = ((0, 1), (0, 2), (1, 2))
    found[bus] = [[abs(v[i] - v[j]) / kv for i, j in pairs], [abs(x) / kv * 3**0.5 for x in v]]
print(json.dumps(found))
"""


def test_ieee_37_is_held_between_lines(tmp_path):
    """It has no ground: what its buses stand at to ground, no customer has."""
    script = tmp_path / "plain.dss"
    text = [*IEEE37, "Set voltagebases=[230 4.8 0.48]", "Calcvoltagebases"]
    script.write_text("\n".join(text) + "\n", encoding="utf-8")
    plain = json.loads(printed(PLAIN, script))
    problem = problem_of(tmp_path, IEEE37, "[230 4.8 0.48]")
    held = at_peak(problem)
    for bus, (between, to_ground) in plain.items():
        if bus == "sourcebus":
            assert [held[f"{bus}.{n}"] for n in (1, 2, 3)] == pytest.approx(to_ground, abs=1e-5)
            continue
        pairs = [held[f"{bus}.{pair}"] for pair in ("1-2", "1-3", "2-3")]
        assert pairs == pytest.approx(between, abs=1e-5), bus
        assert not any(f"{bus}.{n}" in held for n in (1, 2, 3))
    buses = base_case(problem).buses
    assert set(buses[buses.bus != "sourcebus"].v_across) == {"between phases"}
    assert set(buses[buses.bus == "sourcebus"].v_across) == {"phase to ground"}


def test_a_unit_to_ground_brings_its_phase_back(tmp_path):
    """On phase 1 of a bus whose only load is in delta; without power it is as if not there."""
    lines = [
        "New Circuit.w basekv=12.47 bus1=src",
        "New Line.l bus1=src bus2=mill length=1 r1=1 x1=1 r0=2 x0=2 c1=0 c0=0 normamps=400",
        "New Load.saw bus1=mill phases=3 conn=delta kV=12.47 kW=900",
        "New PVSystem.p phases=1 bus1=mill.1 kV=7.2 kVA=50 Pmpp=50",
    ]
    problem = problem_of(tmp_path, lines, "[12.47]")
    assert {"mill.1", "mill.1-2"} <= at_peak(problem).keys()
    assert "mill.2" not in at_peak(problem)
    plan = base_plan(problem.setting.operation)
    none = plan.__class__(**{**vars(plan), "kw": 0.0 * plan.kw, "p_kw": 0.0 * plan.p_kw})
    v = dict(zip(problem.grid.nodes, problem.grid.day(none).v_pu[0], strict=True))
    assert np.isnan(v["mill.1"])
    assert np.isfinite(v["mill.1-2"])


def test_an_exported_feeder_is_held_to_the_same(tmp_path):
    for name, lines, levels in (("s", SPLIT, "[12.47 0.24]"), ("d", FOUR_WIRE, "[12.47 0.208]")):
        (tmp_path / name).mkdir()
        problem = problem_of(tmp_path / name, lines, levels)
        setting, plan = problem.setting, base_plan(problem.setting.operation)
        to = tmp_path / f"{name}-out"
        to.mkdir()
        backend().export_feeder(plan, setting.operation, setting.feeder, to)
        replayed = backend().replay(to / "Master.dss", setting.operation.steps)
        day = problem.grid.day(plan)
        place = {node: i for i, node in enumerate(replayed.nodes)}
        for i, node in enumerate(problem.grid.nodes):
            if np.isfinite(day.v_pu[:, i]).any():
                assert replayed.v_pu[:, place[node]] == pytest.approx(day.v_pu[:, i], abs=1e-7)


@pytest.mark.parametrize(
    ("rated", "told"),
    [("0.4", "the square root of 3 times"), ("0.115", "2 times smaller than"), ("0.23", "")],
)
def test_a_load_of_another_level_is_named(rated, told, tmp_path):
    """One phase of 0.4 kV stands at 231 V; kV=0.4 is what goes between two of them."""
    lines = [
        "New Circuit.n basekv=0.4 bus1=src",
        "New Line.l bus1=src bus2=h length=0.1 r1=0.1 x1=0 r0=0.1 x0=0 c1=0 c0=0 normamps=200",
        f"New Load.l1 bus1=h.1 phases=1 kV={rated} kW=1 vminpu=0.3 vmaxpu=3",
        "New PVSystem.roof bus1=h kV=0.4 kVA=5 Pmpp=5",
    ]
    problem = problem_of(tmp_path, lines, "[0.4]")
    said = [str(n) for n in problem.setting.feeder.notices if n.about == "Load.l1"]
    assert [f"which is {told} the 0.2309 kV" in text for text in said] == [True] * bool(told)
    assert all(text.startswith("Master.dss, line 4: ") for text in said)
    # The slip is not taken: the bus's base is what stands there.
    assert at_peak(problem)["h.1"] == pytest.approx(1.0, abs=0.01)


def test_a_bus_with_the_base_of_another_level_is_named(tmp_path):
    """Without 0.4 kV among the levels its base is 11 kV, to which units there would be rated."""
    lines = [
        "New Circuit.w basekv=11 bus1=src",
        "New Transformer.t phases=3 windings=2 buses=(src q) conns=(delta wye) kVs=(11 0.4) Xhl=4",
        "New Load.r bus1=q.1 phases=1 kV=0.23 kW=3",
        "New PVSystem.p phases=3 bus1=src kV=11 kVA=50 Pmpp=50",
    ]
    notices = problem_of(tmp_path, lines, "[11]").setting.feeder.notices
    slip = next(n for n in notices if n.about == "bus q")
    assert "its voltage base is 11 kV while 0.4 kV stand there" in slip.text
    assert (slip.file, slip.line) == (str(tmp_path / "Master.dss"), 6)
    notices = problem_of(tmp_path, lines, "[11 0.4]").setting.feeder.notices
    assert not any(n.about.startswith("bus") for n in notices)
