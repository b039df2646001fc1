"""The doctor: every fault of a feeder named, nothing written, no traceback."""

import json
import multiprocessing
import os
import shutil
from pathlib import Path

import pytest

from toolkit.commands import check_feeder
from toolkit.commands.check_feeder import sandbox
from toolkit.commands.check_feeder.examination import own_study
from toolkit.errors import InputError
from toolkit.inputs import feeder_files

LINE = "x=1 r=1 r0=1 x0=1 c1=0 c0=0 length=1 units=none normamps=300".replace(
    "x=1 r=1", "r1=1 x1=1"
)
HEAD = f"""Clear
New Circuit.small bus1=a basekV=11 MVAsc3=1e6 MVAsc1=1e6
New Line.ab bus1=a bus2=b {LINE}
New Line.bc bus1=b bus2=c {LINE}
New Load.b bus1=b kV=11 kW=50 kvar=10 vminpu=0.5
New Load.c bus1=c kV=11 kW=70 kvar=10 vminpu=0.5
"""
UNITS = "New PVSystem.roof bus1=c kV=11 Pmpp=50 kVA=60\n"
TAIL = "Set voltagebases=[11]\nCalcvoltagebases\n"

#: Lines added to a sound feeder; level and topic of what must be found; words it must hold.
BROKEN = {
    "missing redirect": ("Redirect Loads.dss", "fault", "file", ["Loads.dss", "Did you mean"]),
    "wrong case": ("Redirect LODES.dss", "warning", "file", ["LODES.dss", "'lodes.dss'"]),
    "wrong case of a folder": ("Redirect Sub/x.dss", "warning", "file", ["is read", "sub/x.dss"]),
    "unknown class": ("New Lien.x bus1=a", "fault", "syntax", ["Lien", "line"]),
    "unknown property": ("Edit Line.ab lenght=2", "fault", "syntax", ["lenght", "length"]),
    "unknown line code": (
        "New Line.x bus1=a bus2=b linecode=none",
        "fault",
        "engine",
        ["none", "Line.x"],
    ),
    "program": ("DOScmd touch owned", "fault", "refused", ["doscmd", "runs a program"]),
    "folder": ("Set datapath=..", "fault", "refused", ["datapath"]),
    "reports": ("Show powers\nSHOW VOLTAGES", "note", "passed_over", ["show", "2 times"]),
    "allocation": ("Allocateloads", "warning", "passed_over", ["allocateloads"]),
    "no coordinates": ("Buscoords xy.csv", "warning", "passed_over", ["xy.csv"]),
    "island": (
        f"New Line.de bus1=d bus2=e {LINE}\nNew Load.e bus1=e kV=11 kW=9",
        "fault",
        "islands",
        ["2 buses (d, e)", "1 load (Load.e)"],
    ),
    "open branch": ("Open Line.bc 1", "fault", "islands", ["1 bus (c)", "Load.c"]),
    "disabled branch": ("Edit Line.bc enabled=no", "fault", "islands", ["1 bus (c)"]),
    "dead phase": (
        f"New Line.cd bus1=c.1.2 bus2=d.1.2 phases=2 {LINE}\n"
        "New Load.d bus1=d.3 phases=1 kV=6.35 kW=5",
        "fault",
        "islands",
        ["no voltage", "bus d"],
    ),
    "dead stub without load": (
        "New Transformer.t buses=(c d) kVs=(11 11) kVA=100\nOpen Transformer.t 1",
        "warning",
        "islands",
        ["no closed branch", "1 bus (d)", "without load"],
    ),
    "loop": (f"New Line.ca bus1=c bus2=a {LINE}", "note", "loops", ["1 loop", "line.ca"]),
    "parallel lines": (f"New Line.two bus1=a bus2=b {LINE}", "note", "loops", ["line.two"]),
    "one bus without base": (
        "New Transformer.t buses=(c low) kVs=(11 0.4) kVA=100\nNew Load.l bus1=low kV=0.4 kW=1\n"
        "SetkVBase bus=low kvln=0",
        "warning",
        "voltage_base",
        ["1 bus (low)"],
    ),
    "no rating": ("Edit Line.ab normamps=0", "warning", "ratings", ["1 branch (line.ab)"]),
    "default rating": ("Edit Line.ab normamps=400", "warning", "ratings", ["1 of 2 lines"]),
    "idle control": (
        "New Fuse.f monitoredobj=line.ab ratedcurrent=1e6",
        "note",
        "controls",
        ["Fuse.f"],
    ),
    "low voltage": ("Edit Load.c kW=5000", "warning", "voltage", ["lowest", "bus c", "below 0.95"]),
    "high voltage": (
        "Edit Vsource.source pu=1.08",
        "warning",
        "voltage",
        ["highest", "above 1.05"],
    ),
    "overload": ("Edit Line.bc normamps=2", "warning", "loading", ["line.bc", "% of its 2 A"]),
    "no convergence": (
        "Edit Load.c kW=1e7 vminpu=0.0001 vmaxpu=9",
        "fault",
        "convergence",
        ["did not converge"],
    ),
    "unit on no phase": (
        "New Generator.mill bus1=b.4 phases=1 kV=6.35 kW=9",
        "fault",
        "study",
        ["Generator.mill", "phases 1, 2 and 3"],
    ),
    "one name twice": (
        "New Generator.roof bus1=b kV=11 kW=9",
        "fault",
        "study",
        ["share the name"],
    ),
}


def listing(folder):
    return {p: p.stat().st_mtime_ns for p in Path(folder).rglob("*")}


def found(diagnosis, level, topic):
    return [f for f in diagnosis.findings if (f.level, f.topic) == (level, topic)]


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Write a feeder into ./dss/small and stand beside it."""
    folder = tmp_path / "dss" / "small"
    (folder / "sub").mkdir(parents=True)
    (folder / "lodes.dss").write_text("! nothing\n", encoding="utf-8")
    (folder / "sub" / "x.dss").write_text("! nothing\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def write(body="", units=UNITS, tail=TAIL):
        script = folder / "Master.dss"
        lines = (HEAD + units, tail) if "SetkVBase" not in body else (HEAD + units + TAIL, "")
        text = lines[0] + body + "\n" + lines[1]
        script.write_text(text, encoding="utf-8")
        return script

    return write


def test_a_sound_feeder_is_ready(written, tmp_path):
    diagnosis = check_feeder.check(written())
    assert diagnosis.verdict == "ready"
    assert not diagnosis.findings
    assert diagnosis.facts["units"] == {"pv": 1}
    assert diagnosis.facts["prosumers"] == 2
    assert diagnosis.facts["loops"] == diagnosis.facts["islands"] == 0


@pytest.mark.parametrize("name", BROKEN)
def test_each_fault_is_named(name, written, tmp_path):
    body, level, topic, words = BROKEN[name]
    script = written(body)
    before, here = listing(tmp_path), os.getcwd()
    diagnosis = check_feeder.check(script)
    hits = found(diagnosis, level, topic)
    assert hits, diagnosis.findings
    said = " ".join(hit.text for hit in hits)
    for word in words:
        assert word in said, said
    if topic in ("file", "syntax", "engine", "refused", "passed_over"):
        assert hits[0].file == str(script)
        assert hits[0].line == len((HEAD + UNITS).splitlines()) + 1
    ready = {"fault": "not ready", "warning": "ready with warnings"}
    assert diagnosis.verdict == ready.get(level, "ready")
    assert listing(tmp_path) == before
    assert os.getcwd() == here


@pytest.mark.parametrize(
    ("body", "units", "tail", "level", "topic", "words"),
    [
        ("", "", TAIL, "note", "units", "a study adds units with [[fleet.add]]"),
        ("", UNITS, "", "fault", "voltage_base", "3 buses (a, b, c)"),
        ("Clear", UNITS, "! end", "fault", "engine", "no circuit"),
        ("BatchEdit Load..* enabled=no", UNITS, TAIL, "fault", "study", "nobody can trade"),
    ],
)
def test_feeders_that_lack_something(body, units, tail, level, topic, words, written):
    diagnosis = check_feeder.check(written(body, units, tail))
    assert any(words in hit.text for hit in found(diagnosis, level, topic)), diagnosis.findings
    assert diagnosis.verdict == ("not ready" if level == "fault" else "ready")


def test_all_faults_are_told_at_once(written):
    diagnosis = check_feeder.check(
        written("Redirect no.dss\nNew Lien.x\nCD ..\nEdit Line.ab lenght=3")
    )
    assert [f.topic for f in diagnosis.findings] == ["file", "syntax", "refused", "syntax"]
    line = "New Line.{} bus1=a bus2=b linecode=none"
    several = check_feeder.check(written("\n".join(map(line.format, "xyz"))))
    assert [f.line for f in found(several, "fault", "engine")] == [8, 9, 10]


def test_the_day_is_that_of_the_study_beside_the_script(written):
    script = written()
    study = 'name = "small"\nfeeder = "Master.dss"\n[limits]\nv_min = 0.999\n'
    (script.parent / "study.toml").write_text(study, encoding="utf-8")
    assert "below 0.999" in found(check_feeder.check(script), "warning", "voltage")[0].text
    (script.parent / "study.toml").write_text(study + "v_mix = 1\n", encoding="utf-8")
    assert "v_mix" in found(check_feeder.check(script), "fault", "study")[0].text


def test_an_examination_ends_in_time(written):
    diagnosis = check_feeder.check(written(), patience=0.01)
    assert "took longer than 0.01 s" in diagnosis.findings[0].text
    assert diagnosis.verdict == "not ready"


def test_an_engine_that_ends_is_told(written):
    ours, theirs = multiprocessing.get_context("spawn").Pipe(duplex=False)
    theirs.send("solving the base day")
    theirs.close()
    diagnosis = sandbox._listen(written(), ours, 5.0)
    assert "ended unexpectedly while solving the base day" in diagnosis.findings[0].text


@pytest.mark.parametrize("name", ["ieee13", "ieee34", "ieee123", "european-lv", "epri-ckt5"])
def test_public_feeders(name, public_feeder, tmp_path, monkeypatch):
    script = public_feeder(name)
    monkeypatch.chdir(tmp_path)
    before = listing(script.parents[1])
    diagnosis = check_feeder.check(script)
    assert {f.topic for f in diagnosis.findings if f.level == "fault"} == set()
    assert diagnosis.facts["converged"]
    assert diagnosis.facts["steps"] == 24
    assert diagnosis.facts["islands"] == diagnosis.facts["loops"] == 0
    buses = {"ieee13": 16, "ieee34": 37, "ieee123": 132, "european-lv": 907, "epri-ckt5": 2998}
    assert diagnosis.facts["buses"] == buses[name]
    assert listing(script.parents[1]) == before
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("body", "verdict", "code"),
    [("", "ready", 0), ("Edit Line.ab normamps=0", "ready with warnings", 0), ("CD ..", "not", 1)],
)
def test_the_command_says_it_within_80_columns(body, verdict, code, written, command, monkeypatch):
    script = written(body)
    monkeypatch.chdir(script.parents[2])
    for name in ("small", script, script.parent):
        ended, out, err = command("feeders", "check", name)
        assert ended == code, err
        assert out.splitlines()[-1].startswith(f"Verdict: {verdict}")
        assert max(map(len, out.splitlines()[1:])) <= 80
        assert not err
    ended, out, _ = command("feeders", "check", "small", "--json")
    data = json.loads(out)
    assert ended == code
    assert list(data) == ["feeder", "script", "verdict", "facts", "findings"]
    assert all(
        list(finding) == ["level", "topic", "text", "file", "line"] for finding in data["findings"]
    )


def test_a_feeder_that_is_not_there(command):
    code, _, err = command("feeders", "check", "ieee21")
    assert code == 2
    assert "Did you mean 'ieee12'?" in err


CIRCUIT = "New Circuit.c bus1=a basekV=11\n"
FOLDERS = {
    "master in any case": ({"MASTER.DSS": CIRCUIT, "other.dss": CIRCUIT}, "MASTER.DSS"),
    "the only script": ({"my feeder.DSS": "! x\n"}, "my feeder.DSS"),
    "the one that defines": ({"a.dss": "! New Circuit.x\n", "b.dss": CIRCUIT}, "b.dss"),
    "oddly written": (
        {"a.dss": "New Line.circuit.x bus1=a\n", "it's.dss": 'NEW object = "Circuit.c"\n'},
        "it's.dss",
    ),
    "a runner and a circuit": (
        {"run.dss": "Compile ckt.dss\nSolve\n", "ckt.dss": CIRCUIT},
        "ckt.dss",
    ),
    "one called master": ({"xMaster1.dss": CIRCUIT, "xSwitches.dss": CIRCUIT}, "xMaster1.dss"),
}


@pytest.mark.parametrize("case", FOLDERS)
def test_the_script_of_a_folder_is_found(case, tmp_path, monkeypatch):
    files, expected = FOLDERS[case]
    folder = tmp_path / "dss" / "odd name"
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert feeder_files.locate("odd name") == (folder / expected).resolve()
    assert feeder_files.locate("dss/odd name").name == expected
    assert feeder_files.locate(str(folder)).name == expected
    assert feeder_files.locate(str(folder / expected)).name == expected
    assert "odd name" in feeder_files.names()


@pytest.mark.parametrize(
    "texts", [{"a.dss": CIRCUIT, "b.dss": CIRCUIT}, {"a.dss": "", "b.dss": ""}]
)
def test_an_unclear_folder_lists_its_candidates(texts, tmp_path):
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"'a\.dss', 'b\.dss'"):
        feeder_files.locate(str(tmp_path))
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"no \.dss file"):
        feeder_files.locate(str(tmp_path / "empty"))


def test_a_line_that_ends_the_engine_is_named(written, tmp_path):
    script = written("New Monitor.m element=line.ab terminal=0")
    diagnosis = check_feeder.check(script)
    text = found(diagnosis, "fault", "engine")[0].text
    assert "ended unexpectedly while compiling Master.dss, line 8: New Monitor.m" in text


def test_neutral_wires_are_no_voltages_and_no_rating_is_no_number(written):
    script = written("New Reactor.n bus1=c.4 phases=1 kV=11 R=0.5 X=0\n")
    text = script.read_text().replace(" normamps=300", " normamps=0")
    script.write_text(text.replace("New Load.c bus1=c", "New Load.c bus1=c.1.2.3.4"))
    found = check_feeder.check(script)
    assert found.facts["snapshot"]["v_min_pu"] > 0.9
    assert "no branch has a rating" in " ".join(found.summary())


def test_units_are_shown_as_they_count():
    shown = check_feeder.shown(feeder_files.locate("ieee12"))
    kwh = {name: kwh for name, *_, kwh, _ in shown.units}
    # 8 vehicles of 40 kWh; the script declares ten times as much for the engine's sake.
    assert kwh["bev1"] == 320.0
    assert shown.of == "the study beside the scripts"


def test_the_study_beside_a_feeder_is_its_own_wherever_it_is_asked_from(tmp_path, monkeypatch):
    """In ./dss another feeder may have the same name; the bundled one was then taken without."""
    bundled = feeder_files.bundled_folder() / "ieee12"
    shutil.copytree(bundled, tmp_path / "dss" / "ieee12")
    monkeypatch.chdir(tmp_path)
    assert own_study((bundled / "Master.dss").resolve()).vehicles.battery_kwh == 40.0
