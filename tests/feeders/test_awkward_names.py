"""Forty awkward names through simulate, optimize, reproduce and report, on one feeder."""

import html
import json

import pytest
from helpers.drawings import put

import toolkit
from toolkit.commands.reproduce import reproduce
from toolkit.errors import InputError
from toolkit.grid.opendss import read_feeder

NAMES = (
    *("null", "NA", "nan", "inf", "1e5", "None", "#N/A", "n/a", "<NA>", "1.0", "-", "<u>"),
    *("true", "false", "all", "new", "load", "bus1", "object", "x y", "a  b c", "a.b", "a[1]"),
    *("a(1)", "a{1}", "it's", '6" pipe', 'O\'Brien "x"', "a'b}", "Größe", "İstanbul", "ΛΑΣ"),
    *("日本", "a&b", "--", "a#b", "a%b", "a/b", "a\\b", "../x"),
)
#: The class of each name's unit in turn, and what it is.
UNITS = (
    ("PVSystem", "kV=12.47 kVA=40 Pmpp=40 irradiance=1"),
    ("Generator", "kV=12.47 kW=40 pf=1"),
    ("Storage", "kV=12.47 kWrated=40 kWhrated=80 %IdlingkW=0"),
)


def in_quotes(text):
    """Return text between quotes that do not occur in it."""
    pairs = ('""', "''", "()", "[]", "{}")
    return next(a + text + b for a, b in pairs if a not in text and b not in text)


def new(cls, name, properties):
    """Return the statement that makes an element, its class and name in quotes."""
    return f"New {in_quotes(f'{cls}.{name}')} {properties}"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("names")
    lines, before = ["Clear", "New Circuit.names basekv=12.47 bus1=src pu=1.02"], "src"
    wire = "length=0.1 r1=0.1 x1=0.1 r0=0.1 x0=0.1 c1=0 c0=0 normamps=500"
    for i, name in enumerate(NAMES):
        # A bus ends at a dot, where its phases begin.
        bus, shape = in_quotes(name.replace(".", "_")), f"{name} shape"
        drawn = f"bus1={bus} kV=12.47 kW=20 kvar=5 daily={in_quotes(shape)}"
        lines += [
            new("LoadShape", shape, "npts=4 interval=6 mult=[1 0.5 1 1]"),
            new("Line", name, f"bus1={in_quotes(before)} bus2={bus} {wire}"),
            new("Load", name, drawn),
        ]
        if i < 12:
            cls, rated = UNITS[i % 3]
            lines.append(new(cls, name, f"bus1={bus} {rated}"))
        before = name.replace(".", "_")
    # What is disabled disturbs nobody, whatever it is called.
    lines += ["New Generator.null bus1=src kV=12.47 kW=9 enabled=no"]
    lines += ["Set voltagebases=[12.47]", "Calcvoltagebases"]
    (folder / "Master.dss").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "day.csv").write_text(
        "hour [h],load [pu],irradiance [W/m2],wind_speed [m/s],plugged_in [pu],"
        "trip_energy [kWh/vehicle]\n0,1,0,5,1,0\n6,1,800,8,1,0\n12,1,400,3,1,0\n18,1,0,9,1,0\n",
        encoding="utf-8",
    )
    text = 'name="names"\nfeeder="Master.dss"\nprofiles="day.csv"\n[limits]\nv_min=0.9\nv_max=1.1\n'
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return folder / "study.toml"


def lowered(name):
    return "".join(c.lower()[0] for c in name)


@pytest.fixture(scope="module")
def results(study, tmp_path_factory, undrawn):
    return toolkit.optimize(study, budget=12, workers=1, out=tmp_path_factory.mktemp("o") / "out")


def test_every_name_is_in_the_tables(results):
    case = results.cases["base"]
    expected = {lowered(name) for name in NAMES}
    assert set(case.buses.bus) == {name.replace(".", "_") for name in expected} | {"src"}
    assert set(case.lines.line) == {f"line.{name}" for name in expected}
    assert set(case.units.unit) == {lowered(name) for name in NAMES[:12]}
    load = case.buses[case.buses.bus != "src"]
    assert load.load_kw.to_numpy() == pytest.approx(
        [20.0 if step != 2 else 10.0 for step in load.step], abs=1e-4
    )


def test_it_is_reproduced(results):
    report = reproduce(results.folder)
    assert report.reproduced, [str(d) for d in report.differences if not d.holds][:5]


def test_a_plan_is_taken_back(results, study, tmp_path):
    plan = results.folder / "cases" / "cheetah-seed1" / "plan.json"
    again = toolkit.simulate(study, plan=plan, out=tmp_path / "again")
    theirs, ours = (r.cases[c].units for r, c in ((results, "cheetah-seed1"), (again, "plan")))
    assert theirs.unit.tolist() == ours.unit.tolist()
    assert theirs.p_kw.to_numpy() == pytest.approx(ours.p_kw.to_numpy())


def test_the_report_shows_them_as_text(results):
    put(results.folder)
    page = toolkit.write_report(results.folder).read_text(encoding="utf-8")
    assert "<u>" not in page
    assert html.escape("<u>") in page
    network = json.loads((results.folder / "network.json").read_text(encoding="utf-8"))
    assert {bus["name"] for bus in network["buses"]} >= {lowered(n) for n in ("<u>", "日本", "NA")}


@pytest.mark.parametrize("again", ["twice", "TWICE"])
def test_two_of_a_name_are_refused_by_both_lines(again, tmp_path):
    lines = [
        "New Circuit.c basekv=12.47 bus1=src",
        "New Load.twice bus1=src kV=12.47 kW=20",
        f"New Load.{again} bus1=src kV=12.47 kW=30",
    ]
    (tmp_path / "Master.dss").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"line 3: .*twice is there from Master.dss, line 2"):
        read_feeder(tmp_path / "Master.dss")
