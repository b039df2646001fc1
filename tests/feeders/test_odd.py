"""Feeders that are written differently from ours."""

import re

import numpy as np
import pandas as pd
import pytest
from helpers.plain_day import solved_plainly

from toolkit.commands import check_feeder, search_and_store, simulate_and_store
from toolkit.commands.request import Request
from toolkit.errors import InputError
from toolkit.inputs import study_files
from toolkit.inputs.study import Study
from toolkit.problem.setting import prepare

HEAD = """Clear
New Circuit.small bus1=a basekV=11 MVAsc3=1e6 MVAsc1=1e6
New Line.ab bus1=a bus2=b r1=1 x1=1 r0=1 x0=1 c1=0 c0=0 length=1 units=none normamps=100
New Line.bc bus1=b bus2=c r1=1 x1=1 r0=1 x0=1 c1=0 c0=0 length=1 units=none normamps=100
New Load.b bus1=b kV=11 kW=50 kvar=10
New Load.c bus1=c kV=11 kW=70 kvar=10
"""
TAIL = "Set voltagebases=[11]\nCalcvoltagebases\n"
STORE = "New Storage.{} bus1=b kV=11 kWrated=20 kWhrated=80 dispmode=follow\n"


@pytest.fixture
def asked(tmp_path):
    """Return a function that makes a study of a small feeder with these lines added."""

    def make(body):
        script = tmp_path / "small.dss"
        script.write_text(HEAD + body + TAIL, encoding="utf-8")
        return Study(name="small", feeder=str(script))

    return make


@pytest.mark.parametrize("name", ["load", "pv", "wt", "box"])
def test_the_name_of_a_battery_changes_nothing(name, asked, tmp_path):
    sun = "New PVSystem.roof bus1=c kV=11 Pmpp=200 %cutin=0 %cutout=0 kVA=200\n"
    simulate_and_store(asked(sun + STORE.format(name)), None, tmp_path / "out", "toolkit")
    hourly = pd.read_csv(tmp_path / "out" / "cases" / "base" / "hourly.csv")
    day = prepare(study_files.load("ieee12")).profiles
    assert hourly["load_kw"].to_numpy() == pytest.approx(120.0 * day.load, rel=1e-6)
    assert hourly["pv_kw"].to_numpy() == pytest.approx(0.2 * day.irradiance, abs=1e-4)
    assert (hourly["bess_kw"] == 0.0).all()


def test_a_disabled_load_takes_no_part(asked, tmp_path):
    off = "New Load.a_off bus1=b kV=11 kW=999 kvar=0 enabled=no\n"
    simulate_and_store(asked(off + STORE.format("box")), None, tmp_path / "out", "toolkit")
    hourly = pd.read_csv(tmp_path / "out" / "cases" / "base" / "hourly.csv")
    assert hourly["load_kw"].max() == pytest.approx(120.0, rel=1e-6)


def test_two_units_of_one_name_are_refused(asked):
    body = "New PVSystem.roof bus1=c kV=11 Pmpp=9\nNew Generator.roof bus1=b kV=11 kW=9\n"
    with pytest.raises(InputError, match=r"PVSystem\.roof .*line 7.* and Generator\.roof .*line 8"):
        prepare(asked(body))


def test_a_single_phase_unit_keeps_its_phase(asked):
    body = "New Generator.mill bus1=b.2 phases=1 kV=6.35 kW=9\n"
    assert prepare(asked(body)).feeder.units[0].phases == (2,)


@pytest.mark.parametrize("minutes", [5, 10, 15, 20, 30])
def test_hours_rounded_to_four_places_are_understood(minutes, asked, tmp_path):
    rows = 24 * 60 // minutes
    header = "hour [h],load [pu],irradiance [W/m2],wind_speed [m/s],plugged_in [pu]"
    lines = [f"{i * minutes / 60:.4f},1,0,0,1,0" for i in range(rows)]
    text = "\n".join([header + ",trip_energy [kWh/vehicle]", *lines]) + "\n"
    (tmp_path / "day.csv").write_text(text, encoding="utf-8")
    one = asked(STORE.format("box")).model_copy(update={"profiles": str(tmp_path / "day.csv")})
    day = prepare(one).profiles
    assert day.steps == rows
    assert day.dt == pytest.approx(minutes / 60, abs=1e-12)


def test_files_spelt_as_on_windows_are_found_and_exported(tmp_path):
    """Other letter cases in names of files and folders: read, warned of, and exported to work."""
    parts = tmp_path / "Parts"
    parts.mkdir()
    (parts / "Lines.DSS").write_text('Redirect ".\\More\\LAST.dss"\n', encoding="utf-8")
    (parts / "more").mkdir()
    last = "New LoadShape.s npts=24 interval=1 mult=(file=Day.CSV)\nEdit Load.b daily=s\n"
    (parts / "more" / "last.dss").write_text(last, encoding="utf-8")
    day = np.linspace(0.5, 1.0, 24)
    (parts / "more" / "day.csv").write_text("\n".join(map(str, day)), encoding="utf-8")
    script = tmp_path / "small.dss"
    body = "Redirect parts\\LINES.dss\n" + STORE.format("box")
    script.write_text(HEAD + body + TAIL, encoding="utf-8")
    diagnosis = check_feeder.check(script)
    spelt = [f.text for f in diagnosis.findings if f.topic == "file"]
    assert diagnosis.verdict == "ready with warnings"
    assert len(spelt) == 3
    assert "'../Parts/Lines.DSS'" in spelt[0] or "'Parts/Lines.DSS'" in spelt[0]
    one = Study(name="small", feeder=str(script))
    simulate_and_store(one, None, tmp_path / "out", "toolkit")
    case = tmp_path / "out" / "cases" / "base"
    (again,) = solved_plainly([case / "feeder" / "Master.dss"], "steps", 24, tmp_path)
    assert again["loss"] == pytest.approx(pd.read_csv(case / "hourly.csv")["loss_kw"], rel=1e-9)


#: Lines that make a feeder strange, and what `feeders check` must say of it.
LINE = "r1=.3 x1=.3 r0=.6 x0=.6 c1=0 c0=0 length=1 units=none normamps=200"
STRANGE = {
    "loops and ties": (
        f"""New Line.cd bus1=c bus2=d {LINE}
New Line.db bus1=d bus2=b {LINE}
New Line.tie bus1=d bus2=c {LINE} switch=y
Open Line.tie 1
New Line.off bus1=b bus2=d {LINE} enabled=no
New Load.d bus1=d kV=11 kW=60 kvar=20""",
        "1 loop",
    ),
    "centre tap": (
        f"""New Transformer.t phases=1 windings=3 buses=[c.2 ct.1.0 ct.0.2] kVs=[6.35 .12 .12]
~ kVAs=[50 50 50] xhl=2 xht=2 xlt=1.4
New Line.drop phases=2 bus1=ct.1.2 bus2=home.1.2 {LINE} normamps=300
New Load.h1 phases=1 bus1=home.1.2 kV=.24 kW=6 pf=.95
New Load.h2 phases=1 bus1=home.1 kV=.12 kW=2 pf=.95
Set voltagebases=[11 .208]""",
        "",
    ),
    "delta and ZIP loads": (
        """New Load.d1 bus1=c.1.2 phases=1 conn=delta kV=11 kW=40 kvar=10
New Load.d2 bus1=b conn=delta kV=11 kW=90 kvar=10 model=2
New Load.z bus1=c kV=11 kW=40 kvar=10 model=8 zipv=[.3 .3 .4 .3 .3 .4 .7]
New Load.i bus1=c.3 phases=1 kV=6.35 kW=40 kvar=10 model=5""",
        "",
    ),
    "two-phase laterals": (
        f"""New Line.lat phases=2 bus1=c.1.3 bus2=Lat.1.3 {LINE}
New Line.one phases=1 bus1=lat.3 bus2=one.3 {LINE}
New Load.lat phases=2 bus1=LAT.1.3 kV=11 kW=30 kvar=3
New Load.one phases=1 bus1=one.3 kV=6.35 kW=30 kvar=3""",
        "",
    ),
    "names": (
        f"""New "Line.My Line-(1)" bus1=c bus2=x#$%&+ {LINE}
New Line.l2 bus1=c bus2=BUS_ÄÖ {LINE}
New Load.ü bus1=BUS_ÄÖ kV=11 kW=5 kvar=1
New Load.q&a bus1=x#$%&+ kV=11 kW=5 kvar=1
New object=Load.a.b bus1=c kV=11 kW=5 kvar=1""",
        "",
    ),
    "powers told otherwise": (
        """New Load.x1 bus1=c kV=11 xfkVA=100 allocationfactor=.6 pf=.92
New Load.x2 bus1=b kV=11 kVA=100 pf=.92
New Load.x3 bus1=b kV=11 kwh=1000 kwhdays=30 cfactor=4 pf=.9
New Load.zero bus1=b kV=11 kW=0 kvar=0
New Load.negative bus1=c kV=11 kW=-20 kvar=0""",
        "",
    ),
    "several sources": (
        """New Vsource.second bus1=c basekV=11 pu=1.001 r1=1 x1=3
New Isource.i bus1=c amps=2""",
        "",
    ),
    "controlled capacitors and reactors": (
        """New Capacitor.cc bus1=c kvar=150 kV=11
New CapControl.c element=line.bc terminal=1 capacitor=cc type=kvar onsetting=20 offsetting=-200
New Capacitor.series bus1=c bus2=ser kvar=9000 kV=11
New Load.ser bus1=ser kV=11 kW=5
New Reactor.r bus1=c bus2=rr R=.1 X=.2
New Load.rr bus1=rr kV=11 kW=5
New Reactor.shunt bus1=c kvar=50 kV=11""",
        "",
    ),
    "units that are there": (
        """New Generator.g1 bus1=c kV=11 kW=100 pf=.95 model=3
New Generator.g2 bus1=b.1 phases=1 kV=6.35 kW=30 model=1
New XYcurve.cc npts=4 yarray=[1 1 -1 -1] xarray=[.5 .95 1.05 1.5]
New PVSystem.p1 bus1=c kV=11 kVA=100 Pmpp=90 conn=delta
New InvControl.i1 mode=VOLTVAR vvc_curve1=cc DERList=[PVSystem.p1]""",
        "switched off",
    ),
    "a level forgotten": (
        """New Transformer.t2 buses=[c low] kVs=[11 4.16] kVA=500 xhl=5
New Load.low bus1=low kV=4.16 kW=90 kvar=9""",
        "Add the level to",
    ),
}


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_feeder_is_checked_searched_and_exported(name, asked, tmp_path):
    body, words = STRANGE[name]
    one = asked(f"{body}\n{STORE.format('box')}New PVSystem.sun bus1=c kV=11 Pmpp=40 kVA=50\n")
    diagnosis = check_feeder.check(tmp_path / "small.dss")
    assert diagnosis.verdict != "not ready", diagnosis.findings
    assert any(words in f.text for f in diagnosis.findings) or not words
    out = tmp_path / "out"
    outcome = search_and_store(one, Request(("cheetah-plus",), 20, 1), out, "toolkit")
    assert outcome.status == "complete"
    cases = sorted((out / "cases").iterdir())
    days = solved_plainly([case / "feeder" / "Master.dss" for case in cases], "steps", 24, tmp_path)
    for case, again in zip(cases, days, strict=True):
        hourly = pd.read_csv(case / "hourly.csv")
        assert np.isfinite(hourly.to_numpy()).all()
        assert again["loss"] == pytest.approx(hourly["loss_kw"].to_numpy(), rel=1e-9)
    told = set(outcome.summary["broken"]) - {""}
    assert bool(told) == (not outcome.summary["feasible"].all())
    assert len(outcome.notes) >= len(told)


def test_a_script_whose_name_is_no_name_for_a_study_is_checked(asked, tmp_path):
    asked(STORE.format("box"))
    odd = (tmp_path / "small.dss").rename(tmp_path / "Feeder File (2).dss")
    assert check_feeder.check(odd).verdict == "ready"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("New WindGen.w bus1=c kV=11 kW=9\n", "no class 'WindGen'; declare wind as a Generator"),
        ("New Load.n bus1=c kV=11 kW=nan\n", "load n: its kW or kvar is no finite number"),
        ("New Load.n bus1=c kV=abc kW=1\n", "kv: found 'abc'; expected a number"),
    ],
)
def test_nonsense_is_told_in_words(body, words, asked):
    with pytest.raises(InputError, match=re.escape(words)):
        prepare(asked(body + STORE.format("box")))


@pytest.mark.parametrize("words", [("optimize", "--budget", 4), ("simulate",)])
def test_nonsense_that_ends_the_engine_is_one_message(words, asked, tmp_path, command):
    asked("New Monitor.m element=line.ab terminal=0\n" + STORE.format("box"))
    text = 'name = "small"\nfeeder = "small.dss"\n'
    (tmp_path / "small.toml").write_text(text, encoding="utf-8")
    code, _, said = command(words[0], "small.toml", *words[1:])
    assert code == 2
    assert "ended unexpectedly while compiling small.dss, line 7: New Monitor.m" in said


def test_two_files_that_differ_in_case_only_are_not_guessed_between(asked, tmp_path):
    for name in ("Loads.dss", "loads.DSS"):
        (tmp_path / name).write_text("! nothing\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"no file 'LOADS\.dss'"):
        prepare(asked("Redirect LOADS.dss\n" + STORE.format("box")))
