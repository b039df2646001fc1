"""Columns of profiles for one load or unit: they count first, are checked, and reach OpenDSS."""

import numpy as np
import pytest
from helpers import streets

from toolkit.commands import simulate_and_store
from toolkit.commands.reproduce import reproduce
from toolkit.errors import InputError
from toolkit.model import devices
from toolkit.problem.setting import prepare
from toolkit.results.store import read_results

SCRIPT = """Clear
New Circuit.street bus1=s basekV=0.4 MVAsc3=100 MVAsc1=100
New Line.sa bus1=s bus2=a r1=.01 x1=.01 r0=.01 x0=.01 c1=0 c0=0 length=1 units=none normamps=500
New Line.ab bus1=a bus2=b r1=.01 x1=.01 r0=.01 x0=.01 c1=0 c0=0 length=1 units=none normamps=500
New LoadShape.flat npts=4 interval=6 mult=(1 1 1 1)
New Load.a bus1=a kV=0.4 kW=20 kvar=10 vminpu=.5 vmaxpu=1.5 daily=flat
New Load.b bus1=b kV=0.4 kW=10 kvar=5 vminpu=.5 vmaxpu=1.5
New PVSystem.roof bus1=a kV=0.4 kVA=10 Pmpp=10 daily=flat
New PVSystem.wall bus1=b kV=0.4 kVA=10 Pmpp=10
New Generator.hill bus1=b kV=0.4 kW=10
Set voltagebases=[0.4]
Calcvoltagebases
"""
STUDY = """name = "street"
feeder = "street.dss"
profiles = "day.csv"
[[fleet.add]]
name = "new"
kind = "pv"
bus = "a"
kw = 5.0
"""
SHARED = {
    "hour [h]": (0, 6, 12, 18),
    "load [pu]": (0.5, 0.5, 0.5, 0.5),
    "irradiance [W/m2]": (0, 500, 800, 0),
    "wind_speed [m/s]": (6, 6, 6, 6),
}
OWN = {
    "load.A [kW]": (4, 8, -2, 6),
    "irradiance.roof [W/m2]": (0, 900, 300, 0),
    "irradiance.NEW [W/m2]": (0, 100, 200, 0),
    "wind_speed.hill [m/s]": (12, 3, 8, 30),
}


@pytest.fixture
def write(tmp_path):
    """Return a function that writes the study with these columns, and loads it."""

    def made(columns, script=SCRIPT, study=STUDY):
        return streets.written(tmp_path, columns, script, study)

    return made


def output(setting):
    names = [unit.name for unit in setting.fleet.units]
    return dict(zip(names, setting.operation.generation.tolist(), strict=True))


def test_a_column_for_one_counts_before_the_shared_one_and_before_declared_shapes(write):
    setting = prepare(write(SHARED | OWN))
    feeder, loads = setting.feeder, setting.scenario.loads
    at = {name: feeder.bus_index[name] for name in "ab"}
    assert loads.kw[:, at["a"]].tolist() == pytest.approx([4.0, 8.0, -2.0, 6.0], abs=1e-12)
    assert loads.kw[:, at["b"]].tolist() == [5.0] * 4
    kw = output(setting)
    assert kw["roof"] == pytest.approx([0.0, 0.9, 0.3, 0.0])
    assert kw["wall"] == pytest.approx([0.0, 0.5, 0.8, 0.0])
    assert kw["new"] == pytest.approx([0.0, 0.1, 0.2, 0.0])
    assert kw["hill"] == devices.wind_pu(np.array([12.0, 3.0, 8.0, 30.0])).tolist()
    told = [str(notice) for notice in feeder.notices]
    assert any("load.A [kW], irradiance.roof" in text and "in the place" in text for text in told)
    assert any("load.A [kW] are negative" in text for text in told)


def test_opendss_solves_what_the_columns_say_and_reproduce_reads_the_same(write, tmp_path):
    study = write(SHARED | OWN)
    outcome = simulate_and_store(study, None, tmp_path / "out", "toolkit simulate")
    buses = read_results(outcome.folder).cases["base"].buses
    a = buses[buses["bus"] == "a"]
    assert a["load_kw"].tolist() == pytest.approx([4.0, 8.0, -2.0, 6.0], abs=1e-6)
    # At the power factor declared: 10 kvar for 20 kW.
    assert a["load_kvar"].tolist() == pytest.approx([2.0, 4.0, -1.0, 3.0], abs=1e-6)
    assert a["pv_kw"].tolist() == pytest.approx([0.0, 9.5, 4.0, 0.0], abs=1e-6)
    assert reproduce(outcome.folder).reproduced


def test_kvar_of_their_own_reach_opendss(write, tmp_path):
    kvar = {"load.a [kvar]": (1, -3, 0, 2)}
    outcome = simulate_and_store(write(SHARED | OWN | kvar), None, tmp_path / "out", "simulate")
    buses = read_results(outcome.folder).cases["base"].buses
    a = buses[buses["bus"] == "a"]
    assert a["load_kw"].tolist() == pytest.approx([4.0, 8.0, -2.0, 6.0], abs=1e-6)
    assert a["load_kvar"].tolist() == pytest.approx([1.0, -3.0, 0.0, 2.0], abs=1e-6)
    assert reproduce(outcome.folder).reproduced


def test_the_same_in_pu_is_the_same_day(write):
    kw = {"load.a [kW]": (4, 8, 2, 6)}
    pu = {"load.a [pu]": (0.2, 0.4, 0.1, 0.3)}
    one, other = (prepare(write(SHARED | own)).scenario.loads for own in (kw, pu))
    assert np.array_equal(one.kw, other.kw)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"load.c [kW]": (1, 1, 1, 1)}, "'load.c .kW.': found 'c', which is no load.*loads a, b"),
        ({"irradiance.hill [W/m2]": (0, 0, 0, 0)}, "no PV unit.*roof, wall, new"),
        ({"wind_speed.hil [m/s]": (1, 1, 1, 1)}, "no wind unit.*Did you mean 'hill'"),
        ({"load.a [kW]": (1, 1, 1, 1), "load.A [pu]": (1, 1, 1, 1)}, "second column of load a"),
        ({"load.a [kvar]": (1, 1, 1, 1)}, "found no 'load.a .kW.'; expected it too"),
    ],
)
def test_a_column_about_nothing_or_twice_is_refused(write, columns, words):
    with pytest.raises(InputError, match=words):
        prepare(write(SHARED | columns))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("kW=20 kvar=10", "kW=20 kvar=10 status=fixed"), "load a has status=fixed"),
        (("kW=20 kvar=10", "kW=0 kvar=10"), "load a declares 0 kW"),
        (("kW=20 kvar=10", "kW=20 kvar=0"), "load a declares 0 kvar"),
    ],
)
def test_a_load_that_cannot_follow_is_refused(write, change, words):
    own = OWN | {"load.a [kvar]": (1, 2, 3, 4)}
    with pytest.raises(InputError, match=words):
        prepare(write(SHARED | own, SCRIPT.replace(*change)))


def test_a_generator_at_a_fixed_status_cannot_follow(write):
    with pytest.raises(InputError, match="unit hill has status=fixed"):
        prepare(write(SHARED | OWN, SCRIPT.replace("kW=10\nSet", "kW=10 status=fixed\nSet")))


def test_a_load_in_watts_is_asked_about(write):
    setting = prepare(write(SHARED | {"load.b [kW]": (2000, 2000, 2000, 2000)}))
    assert any("200 times the declared 10 kW" in str(n) for n in setting.feeder.notices)


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("load [pu]", "load b follows"),
        ("irradiance [W/m2]", "PV unit wall follows"),
        ("wind_speed [m/s]", "wind unit hill follows"),
    ],
)
def test_a_column_that_is_missing_is_named_with_who_follows_it(write, column, words):
    own = {name: values for name, values in OWN.items() if "hill" not in name}
    columns = {name: values for name, values in SHARED.items() if name != column}
    with pytest.raises(InputError, match=words) as caught:
        prepare(write(columns | own))
    assert "day.csv, row 1" in str(caught.value)


def test_a_column_that_nobody_follows_may_be_missing(write):
    columns = {"hour [h]": SHARED["hour [h]"]}
    own = OWN | {"irradiance.wall [W/m2]": (0, 1, 2, 0), "load.b [pu]": (1, 1, 1, 1)}
    assert prepare(write(columns | own)).profiles.lacking


def test_a_station_needs_both_of_its_columns(write):
    study = f'{STUDY}[[fleet.add]]\nname = "ev"\nkind = "bev"\nbus = "b"\nvehicles = 2\n'
    with pytest.raises(InputError, match="vehicle station ev follows"):
        prepare(write(SHARED | {"plugged_in.ev [pu]": (1, 1, 1, 1)}, study=study))
