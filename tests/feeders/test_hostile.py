"""Feeders that try to have a library loaded, or a private file read, in many ways."""

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from helpers.drawings import put

from toolkit import cli
from toolkit.errors import ToolkitError
from toolkit.grid.opendss import Grid, engine, export_feeder, read_feeder, replay
from toolkit.inputs.scripts import read_script
from toolkit.inputs.study import Study
from toolkit.model.plan import base_plan
from toolkit.problem.setting import prepare
from toolkit.results import figures

SOURCE = """
#include <stdio.h>
__attribute__((constructor)) static void loaded(void) {
    FILE *file = fopen("%s", "a");
    if (file) { fputs("loaded\\n", file); fclose(file); }
}
"""
HEAD = """Clear
New Circuit.small bus1=a basekV=11 MVAsc3=1e6 MVAsc1=1e6
New Line.ab bus1=a bus2=b r1=1 x1=1 r0=1 x0=1 c1=0 c0=0 length=1 units=none normamps=100
New Capacitor.c bus1=b kV=11 kvar=1
New Load.b bus1=b kV=11 kW=50 kvar=10
New Generator.wt1 bus1=b kV=11 kW=5
New PVSystem.pv1 bus1=b kV=11 kVA=5 Pmpp=5
New Storage.s1 bus1=b kV=11 kWrated=5 kWhrated=20
New CapControl.cc1 element=line.ab capacitor=c type=kvar ptratio=1 onsetting=5 offsetting=-5
New LoadShape.day npts=2 interval=12 mult=(0.5 1)
"""
TAIL = "Set voltagebases=[11]\nCalcvoltagebases\n"
#: Every property that loads a library, with an element that has it.
LOADING = {
    "usermodel": ("Generator.wt1", "PVSystem.pv1", "Storage.s1", "CapControl.cc1"),
    "shaftmodel": ("Generator.wt1",),
    "dynadll": ("Storage.s1",),
}
#: Ways to reach a property P of an element E (of class C, named N) with the library L.
WAYS = {
    "edit": "Edit {E} {P}={L}",
    "edit in quotes": 'Edit "{E}" "{P}"="{L}"',
    "edit, no blank": "Edit {E},{P}={L}",
    "edit object=": "Edit object={E} {P}='{L}'",
    "abbreviated": "Edit {E} {A}={L}",
    "upper case": "EDIT {E} {PU} = ({L})",
    "property command": "{E}.{P}={L}",
    "property command, abbreviated": "{E}.{A}=[{L}]",
    "value that ends a quote": "{E}.bus1='b\" {P}=\"{L}'",
    "number that ends a quote": "{E}.kV='11\" {P}=\"{L}'",
    "array that ends a quote": '{E}.kV=(11" {P}="{L})',
    "bus name": "Edit {E} bus1='b {P}={L}'",
    "bus name with nodes": "Edit {E} bus1=[b.1.2.3 {P}={L}]",
    "bus of another": "New Load.x bus1='b {P}={L}' kV=11 kW=1\nEdit {E} bus1='b {P}={L}'",
    "line to such a bus": "New Line.x bus1=b bus2=\"c {P}={L}\"\nEdit {E} bus1='c {P}={L}'",
    "name of an element": "New {C}.'x {P}={L}' bus1=b kV=11",
    "quoted name of an element": 'New "{C}.x {P}={L}" bus1=b kV=11',
    "name of a shape": "New LoadShape.'d {P}={L}' npts=1 mult=1\nEdit {E} daily='d {P}={L}'",
    "name of a load": 'New "Load.x daily=day {P}={L}" bus1=b kV=11 kW=1',
    "continued": "Edit {E}\n~ {P}={L}",
    "continued after a comment": "Edit {E}\n! x\n~ {P}={L}",
    "continued after a question": "Edit Load.b kW=5\n? {E}.kV\n~ {P}={L}",
    "continued after select": "Edit Load.b kW=5\nSelect {E}\n~ {P}={L}",
    "continued after an edit of the circuit": "Edit {E}\nEdit Circuit.small x=1\n~ {P}={L}",
    "continued after a circuit's property": "Edit {E}\nCircuit.small.kW=1\n~ {P}={L}",
    "continued after a wildcard": "Edit {E}\nDisable Load.*\n~ {P}={L}",
    "continued after a missing element": "Edit {E}\nEdit Load.nobody kW=1\n~ {P}={L}",
    "continued after set": "Edit Load.b kW=5\nSet element={E}\n~ {P}={L}",
    "continued after set class": "Set class={C}\nEdit Load.b\nmore {P}={L}",
    "continued after open": "Edit {E}\nOpen Line.ab 1 1\nClose Line.ab 1 1\n~ {P}={L}",
    "continued after next": "Edit {E}\nNext\nm {P}={L}",
    "pattern": "BatchEdit {C}..* {P}={L}",
    "pattern and name": "BatchEdit {C}.. bus1='b {P}={L}'",
    "variable": "var @x={L}\nEdit {E} {P}=@x",
    "variable of a whole setting": "var @x='b {P}={L}'\nEdit {E} bus1=@x",
    "variable in a name": "var @x='wt1 {P}={L}'\nEdit {C}.@x kV=11",
    "option": "Set defaultdaily='day {P}={L}'\nEdit {E} daily='day {P}={L}'",
    "line break": "Edit {E} bus1='b\x0b{P}={L}'",
    "carriage return": "Edit {E} bus1='b\r{P}={L}'",
    "unit separator": "Edit {E} bus1=b\x1f{P}={L}",
    "solve after": "Edit {E} {P}={L}\nSolve",
    "class of its own": "New {C}.p2p_unit_x bus1=b kV=11 {P}={L}",
    "enabled later": "New {C}.y bus1=b kV=11 enabled=no {P}={L}\nEnable {C}.y",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """A shared library and the file that it writes when it is loaded, by anything, in any way."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler to make a library with")
    folder = tmp_path_factory.mktemp("library")
    (folder / "lib.c").write_text(SOURCE % (folder / "loaded"), encoding="utf-8")
    command = [compiler, "-shared", "-fPIC", "-o", folder / "lib.so", folder / "lib.c"]
    subprocess.run(command, check=True)
    return folder / "lib.so", folder / "loaded"


def tried(way, element, prop, library):
    """Return the script that tries it."""
    cls, _, name = element.partition(".")
    words = {"E": element, "C": cls, "N": name, "P": prop, "PU": prop.upper(), "A": prop[:-1]}
    return HEAD + WAYS[way].format(**words, L=library) + "\n" + TAIL


def test_the_library_tells_when_it_is_loaded(library, tmp_path):
    """Plain OpenDSS loads it, or the tests below would prove nothing."""
    lib, loaded = library
    code = (
        "from opendssdirect import dss\ndss.Text.Command('New Circuit.c')\n"
        f"dss.Text.Command('New Generator.g bus1=sourcebus kV=1 kW=1 usermodel=\"{lib}\"')\n"
    )
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert loaded.is_file()
    loaded.unlink()


@pytest.mark.parametrize("way", WAYS)
def test_no_library_is_loaded(way, library, tmp_path):
    lib, loaded = library
    for prop, elements in LOADING.items():
        for element in elements:
            script = tmp_path / f"{element}-{prop}.dss"
            script.write_text(tried(way, element, prop, lib), encoding="utf-8", newline="")
            try:
                feeder = read_feeder(script)
                setting = prepare(Study(name="s", feeder=str(script)))
                Grid(setting.feeder, setting.operation).day(base_plan(setting.operation))
                to = tmp_path / "feeder"
                to.mkdir(exist_ok=True)
                plan = base_plan(setting.operation)
                export_feeder(plan, setting.operation, setting.feeder, to)
                replay(to / "Master.dss", setting.scenario.steps)
                assert feeder.buses
            except ToolkitError as error:
                said = str(error)
                assert "\n" not in said
            assert not loaded.exists(), script.read_text(encoding="utf-8")


COMMANDS = {
    "feeders check": ("feeders", "check", "{script}"),
    "feeders show": ("feeders", "show", "{script}"),
    "simulate": ("simulate", "{study}", "--out", "{out}"),
    "optimize": ("optimize", "{study}", "--budget", "5", "--optimizer", "random", "--out", "{out}"),
    "bound": ("bound", "{study}", "--time", "1", "--out", "{out}"),
}


def run(monkeypatch, capsys, *words):
    """Run a command in this process, and have it end without a traceback."""
    with monkeypatch.context() as patch, suppress(SystemExit):
        patch.setattr(sys, "argv", ["toolkit", *words])
        cli.main()
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_loads_a_library(name, library, tmp_path, monkeypatch, capsys):
    lib, loaded = library
    monkeypatch.chdir(tmp_path)
    for way in ("edit", "number that ends a quote", "bus name", "continued after a question"):
        script = tmp_path / "small.dss"
        script.write_text(tried(way, "Generator.wt1", "usermodel", lib), encoding="utf-8")
        study = tmp_path / "mine.toml"
        study.write_text(f'name = "mine"\nfeeder = "{script}"\n', encoding="utf-8")
        places = {"script": script, "study": study, "out": tmp_path / f"out-{way}"}
        run(monkeypatch, capsys, *(word.format(**places) for word in COMMANDS[name]))
        assert not loaded.exists(), way


@pytest.mark.parametrize("command", ["reproduce", "resume", "explain", "report"])
def test_a_received_folder_loads_no_library(
    command, library, ieee12_results, tmp_path, capsys, monkeypatch
):
    lib, loaded = library
    folder = tmp_path / "received"
    shutil.copytree(ieee12_results, folder)
    for master in folder.glob("cases/*/feeder/Master.dss"):
        text = master.read_text(encoding="utf-8")
        for way in ("edit", "number that ends a quote", "continued after a question"):
            text += WAYS[way].format(E="Generator.wt1", C="Generator", P="usermodel", L=lib) + "\n"
        master.write_text(text, encoding="utf-8")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["status"] = "interrupted" if command == "resume" else "complete"
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    # As a page shows them.
    monkeypatch.setattr(figures, "draw_folder", put)
    run(monkeypatch, capsys, command, str(folder))
    assert not loaded.exists()


SECRET = "0.123454321"
#: Ways to have the file F outside of the feeder's folder read.
READING = {
    "file": "New LoadShape.x npts=2 interval=1 mult=(file={F})",
    "dblfile": "New LoadShape.x npts=2 interval=1 mult=(dblfile={F})",
    "dblfile in quotes": 'New LoadShape.x npts=2 interval=1 mult=("dblfile"={F})',
    "file in quotes": "New LoadShape.x npts=2 interval=1 mult=['file'='{F}']",
    "abbreviated": "New LoadShape.x npts=2 interval=1 mult=[d={F}]",
    "sngfile": "New LoadShape.x npts=2 interval=1 qmult={{sng={F}}}",
    "in a string": 'New LoadShape.x npts=2 interval=1 mult="file={F}"',
    "a list of lists": "New LoadShape.x npts=2 interval=1 mult=([file={F}])",
    "variable": "var @f=(file={F})\nNew LoadShape.x npts=2 interval=1 mult=@f",
    "variable of the path": "var @f={F}\nNew LoadShape.x npts=2 interval=1 mult=(file=@f)",
    "csvfile": "New LoadShape.x npts=2 interval=1 csvfile={F}",
    "pqcsvfile": "New LoadShape.x npts=2 interval=1 pqcsv='{F}'",
    "memory mapping": "New LoadShape.x npts=2 interval=1 memorymapping=yes csvfile={F}",
    "memory mapping, list": "New LoadShape.x npts=2 interval=1 mem=yes mult=(file={F})",
    "hours": "New LoadShape.x npts=2 interval=0 hour=(file={F}) mult=(1 1)",
    "curve": "New XYcurve.x npts=2 xarray=(file={F}) yarray=(1 1)",
    "curve, csv": "New XYcurve.x npts=2 csvfile={F}",
    "spectrum": "New Spectrum.x numharm=2 csvfile={F}",
    "growth": "New GrowthShape.x npts=2 csvfile={F}",
    "temperature": "New TShape.x npts=2 interval=1 temp=(file={F})",
    "price": "New PriceShape.x npts=2 interval=1 price=[file={F}]",
    "fuse curve": "New TCC_Curve.x npts=2 c_array=(file={F}) t_array=(1 1)",
    "list of names": "New EnergyMeter.x element=line.ab zonelist=(file={F})",
    "list of units": "New InvControl.x derlist=[file={F}]",
    "controlled elements": "New StorageController.x element=line.ab elementlist=(file={F})",
    "matrix": "New LineCode.x nphases=1 rmatrix=(file={F})",
    "ratings": "New LineCode.x nphases=1 seasons=2 ratings=(file={F})",
    "states": "Edit Capacitor.c states=(file={F})",
    "currents": "New Sensor.x element=line.ab currents=(file={F})",
    "coordinates": "MakeBusList\nBuscoords {F}",
    "latitudes": "MakeBusList\nLatLongCoords {F}",
    "places": "MakeBusList\nGISCoords {F}",
    "redirect": "Redirect {F}",
    "compile": "Compile ({F})",
    "buses": "Set autobuslist=(file={F})",
    "kept buses": "Set keeplist=(file={F})",
    "voltage bases": "Set voltagebases=(file={F})",
    "harmonics": "Set harmonics=(file={F})",
    "property command": "LoadShape.day.mult=(file={F})",
    "pattern": "BatchEdit LoadShape..* mult=(file={F})",
    "continued": "Edit LoadShape.day npts=2\n~ mult=(file={F})",
    "last result": "Export voltages\nNew LoadShape.x npts=2 mult=(file=%result%)",
    "last file": "New LoadShape.x npts=2 interval=1 mult=(file=@lastfile)",
    "sub folder": "New LoadShape.x npts=2 interval=1 mult=(file=sub/../{F})",
    "home": "New LoadShape.x npts=2 interval=1 csvfile=~/.profile",
}


def opened(script):
    """Return what the process that reads a feeder opens, by strace where there is one."""
    code = (
        f"import pathlib, toolkit.grid.opendss as g; g.read_feeder(pathlib.Path({str(script)!r}))"
    )
    command = ["strace", "-f", "-e", "trace=%file", sys.executable, "-P", "-c", code]
    said = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=script.parent
    ).stderr
    return re.findall(r'open\w*\([^"]*"([^"]*)"', said)


@pytest.mark.parametrize("way", READING)
@pytest.mark.parametrize("path", ["absolute", "relative", "link"])
def test_no_file_outside_is_read(way, path, tmp_path, monkeypatch):
    folder = tmp_path / "feeder"
    folder.mkdir()
    secret = tmp_path / "secret.txt"
    secret.write_text(f"{SECRET}\n{SECRET}\n", encoding="utf-8")
    (folder / "link.txt").symlink_to(secret)
    meant = {"absolute": str(secret), "relative": "../secret.txt", "link": "link.txt"}[path]
    script = folder / "small.dss"
    text = HEAD + READING[way].format(F=meant) + "\n" + TAIL
    script.write_text(text, encoding="utf-8")
    read: list[Path] = []
    real = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda p: read.append(p.resolve()) or real(p))
    found = read_script(script)
    assert secret not in read
    assert secret not in {file.resolve() for file in found.files}
    assert not any(SECRET in statement.said.text for statement in found.statements)
    assert not any(meant in statement.said.text for statement in found.statements)
    assert not any(SECRET in remark.text for remark in found.remarks)


@pytest.mark.skipif(shutil.which("strace") is None, reason="no strace to watch the engine with")
def test_the_engine_opens_nothing_of_a_feeder(tmp_path):
    folder = tmp_path / "feeder"
    folder.mkdir()
    (folder / "day.csv").write_text("0.25\n0.75\n", encoding="utf-8")
    body = "New LoadShape.x npts=2 interval=12 mult=(file=day.csv)\nEdit Load.b daily=x\n"
    (folder / "small.dss").write_text(HEAD + body + TAIL, encoding="utf-8")
    found = opened(folder / "small.dss")
    if not found:
        pytest.skip("strace may not watch processes here")
    ours = [path for path in found if path.startswith(str(tmp_path))]
    assert {Path(path).name for path in ours} <= {"small.dss", "day.csv", "feeder", "dss"}
    known = (sys.prefix, sys.base_prefix, "/usr", "/lib", "/etc", "/proc", "/sys", "/dev")
    known = (*known, str(Path(engine.__file__).parents[2]), str(tmp_path), os.path.realpath("/tmp"))
    assert [path for path in found if path.startswith("/") and not path.startswith(known)] == []
