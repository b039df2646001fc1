"""Small scripts that ask for much, and what lies where the engine starts."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from helpers.processes import start

from toolkit.grid.opendss import Grid, export_feeder
from toolkit.inputs import study_files
from toolkit.inputs.scripts import effort, read_script
from toolkit.inputs.scripts.reader import MOST_FAULTS
from toolkit.inputs.scripts.writing import Unquotable, quoted
from toolkit.inputs.study import Study
from toolkit.model.plan import base_plan
from toolkit.problem.setting import prepare

HEAD = """Clear
New Circuit.small bus1=a basekV=11 MVAsc3=1e6 MVAsc1=1e6
New Line.ab bus1=a bus2=b r1=1 x1=1 r0=1 x0=1 c1=0 c0=0 length=1 units=none normamps=100
New Load.b bus1=b kV=11 kW=50 kvar=10
New Generator.wt1 bus1=b kV=11 kW=5
New Storage.s1 bus1=b kV=11 kWrated=5 kWhrated=20
"""
TAIL = "Set voltagebases=[11]\nCalcvoltagebases\n"
LONG = "a" * 240


def times(count, line):
    return "".join(line.format(i=i) + "\n" for i in range(count))


HEAVY = {
    "values": times(6, "New LoadShape.x{i} npts=10000000 interval=1 mult=[1]"),
    "values, arrays": times(3, "New LoadShape.x{i} npts=9000000 hour=[1] mult=[1] qmult=[1]"),
    "values, again and again": "New LoadShape.x\n" + times(11, "Edit LoadShape.x npts=10000000"),
    "values, continued": "New LoadShape.x\n" + times(11, "~ npts=10000000"),
    "values, like": "New LoadShape.x npts=9000000\n" + times(11, "New LoadShape.y{i} like=x"),
    "values, variable": "var @n=10000000\n" + times(11, "New XYcurve.x{i} npts=@n"),
    "values, harmonics": times(10001, "New Spectrum.x{i} numharm=10000"),
    "matrices": times(2000, "New Line.x{i} bus1=p{i} bus2=q{i} phases=50"),
    "matrices, windings": times(4, "New Transformer.x{i} phases=50 windings=50"),
    "matrices, windings first": times(4, "New AutoTrans.x{i} windings=50 phases=50"),
    "matrices, steps": times(2, "New Capacitor.x{i} bus1=b phases=50 numsteps=1000"),
    "matrices, codes": times(2000, "New LineCode.x{i} nphases=50"),
    "letters": f"New Load.{LONG} bus1=b\nBatchEdit Load.a.*a.*a.*a.*b kW=1\n",
}
#: Those that take many lines, with a limit that few of them pass.
MANY = {
    "statements": ("Edit Load.b kW=1\n" * 60, 50),
    "statements by pattern": (
        times(9, "New Load.x{i} bus1=b") + "BatchEdit Load..* kW=1\n" * 5,
        50,
    ),
    "statements for all": (times(9, "New Load.x{i} bus1=b") + "Disable Load.*\n" * 5, 50),
    "lines": ("! nothing\n" * 200, 150),
    "characters": ("! nothing\n" * 200, 1500),
    "visits": ("Calcvoltagebases\n" * 30, 500),
    "visits of MakeBusList": ("MakeBusList\nBuildY\nInit\n" * 10, 500),
    "bytes": ("New LoadShape.x npts=2 interval=1 mult=(file=day.csv)\n" * 30, 100),
    "bytes of coordinates": ("Buscoords day.csv\n" * 30, 100),
}


@pytest.fixture
def written(tmp_path):
    """Write a script with what is given between its head and tail, and return its path."""
    (tmp_path / "day.csv").write_text("0.5\n1.0\n", encoding="utf-8")

    def write(body):
        path = tmp_path / "small.dss"
        path.write_text(HEAD + body + TAIL, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("kind", HEAVY)
def test_a_small_script_that_asks_for_much_is_refused_before_the_engine_hears(kind, written):
    found = read_script(written(HEAVY[kind]))
    asked = effort.LIMITS[kind.partition(",")[0]].name
    assert f"more than {effort.LIMITS[kind.partition(',')[0]].most:,} {asked}" in str(found.faults)
    # Some also give fewer values than they say, which is told of each until reading ends.
    assert [f for f in found.faults if "nothing more is read" in f.text] == [found.faults[-1]]


@pytest.mark.parametrize("kind", MANY)
def test_what_is_repeated_without_end_is_refused(kind, written, monkeypatch):
    body, most = MANY[kind]
    what = kind.partition(" ")[0]
    name = effort.LIMITS[what].name
    monkeypatch.setattr(effort, "LIMITS", {**effort.LIMITS, what: effort.Limit(most, name)})
    (fault,) = read_script(written(body)).faults
    assert f"more than {most:,} {name}" in fault.text


def test_of_endless_faults_the_first_are_told(written):
    assert len(read_script(written("Nonsense\n" * 2 * MOST_FAULTS)).faults) == MOST_FAULTS


def test_a_trial_takes_no_more_memory_than_it_may():
    if not Path("/proc/self/statm").is_file():
        pytest.skip("the system does not tell how much memory a process has")
    code = (
        "from toolkit.commands.check_feeder import sandbox\nsandbox._enter('.')\n"
        "try:\n    bytearray(sandbox.MEMORY + 10**9)\nexcept MemoryError:\n    print('held')\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "held\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name here")
def test_the_engine_reads_no_texts_of_the_current_folder(written, tmp_path):
    """Whoever opened one of these pipes would wait for ever."""
    (tmp_path / "locale").mkdir()
    for name in ("messages.mo", "en_US.mo"):
        os.mkfifo(tmp_path / "locale" / name)
    script = str(written(""))
    code = f"import pathlib, toolkit.grid.opendss as g; g.read_feeder(pathlib.Path({script!r}))"
    subprocess.run([sys.executable, "-P", "-c", code], cwd=tmp_path, timeout=120, check=True)


def day_of(script):
    setting = prepare(Study(name="s", feeder=str(script)))
    grid = Grid(setting.feeder, setting.operation)
    return grid.day(base_plan(setting.operation))


@pytest.mark.parametrize("name", ["p2p_load", "p2p_pv", "p2p_wt", "p2p_unit_s1"])
@pytest.mark.parametrize("said", ["useactual=yes", "qmult=(8 8)", "interpolation=edge"])
def test_a_shape_that_is_called_like_one_of_the_toolkits_changes_no_day(name, said, written):
    plain = day_of(written(""))
    other = day_of(written(f"New LoadShape.{name} npts=2 interval=12 mult=(9 9) {said}\n"))
    assert np.array_equal(plain.load_kva, other.load_kva)
    assert np.array_equal(plain.unit_kva, other.unit_kva)


def test_the_name_of_a_folder_brings_no_line_into_an_exported_feeder(tmp_path):
    folder = tmp_path / "mine\nDOScmd touch owned\n! x\r\u2028"
    folder.mkdir()
    (folder / "Master.dss").write_text(HEAD + TAIL, encoding="utf-8")
    setting = prepare(Study(name="s", feeder=str(folder / "Master.dss")))
    to = tmp_path / "exported"
    to.mkdir()
    plan = base_plan(setting.operation)
    export_feeder(plan, setting.operation, setting.feeder, to)
    text = (to / "Master.dss").read_bytes().decode("utf-8")
    assert not any(line.startswith("DOScmd") for line in text.splitlines())


def test_half_a_character_is_no_value():
    with pytest.raises(Unquotable):
        quoted("a\udcffb")


#: Statements that end the process of the engine.
DEADLY = "New Monitor.x element=line.ab terminal=0\n"
COMMANDS = ["feeders show {script}", "reproduce {results}", "explain {results}", "resume {results}"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_script_that_ends_the_engine_ends_no_command(command, written, ieee12_results):
    script = written(DEADLY)
    results = script.parent / "results"
    shutil.copytree(ieee12_results, results)
    study = (results / "study.toml").read_text(encoding="utf-8")
    text = study.replace('feeder = "ieee12"', f'feeder = "{script.as_posix()}"')
    assert text != study
    (results / "study.toml").write_text(text, encoding="utf-8")
    manifest = json.loads((results / "manifest.json").read_text(encoding="utf-8"))
    manifest["status"] = "interrupted" if command.startswith("resume") else "complete"
    manifest["study_hash"] = study_files.fingerprint(study_files.load(str(results / "study.toml")))
    (results / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    words = command.format(script=script, results=results).split()
    running = start(words, script.parent)
    out, err = running.communicate(timeout=120)
    assert running.returncode == 2, out + err
    assert "small.dss, line 7" in " ".join(err.split())
