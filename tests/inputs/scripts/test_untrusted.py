"""Scripts nobody here wrote: what is refused, what is passed over, and that nothing is written."""

import os
from pathlib import Path

import pytest

from toolkit.errors import InputError
from toolkit.grid.opendss import Grid, engine, read_feeder
from toolkit.inputs.feeder_files import locate
from toolkit.inputs.scripts import commands, read_script, referenced_files
from toolkit.inputs.scripts import options as table
from toolkit.inputs.scripts.lexer import parameters

HEAD = """Clear
New Circuit.small bus1=a basekV=11 MVAsc3=1e6 MVAsc1=1e6
New Line.ab bus1=a bus2=b r1=1 x1=1 r0=1 x0=1 c1=0 c0=0 length=1 units=none normamps=100
New Load.b bus1=b kV=11 kW=50 kvar=10
New Generator.mill bus1=b kV=11 kW=5
New LoadShape.day npts=2 interval=12 mult=(0.5 1)
New EnergyMeter.head element=line.ab terminal=1
New Monitor.head element=line.ab terminal=1 mode=0
"""
TAIL = "Set voltagebases=[11]\nCalcvoltagebases\nSolve\n"


def listing(*folders):
    return {p for folder in folders for p in Path(folder).rglob("*")}


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Write a small feeder with lines added, in a folder of its own, and stand beside it."""
    folder = tmp_path / "feeder"
    folder.mkdir()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    def write(body, tail=TAIL):
        script = folder / "small.dss"
        script.write_text(HEAD + body + "\n" + tail, encoding="utf-8")
        return script

    return write


def test_commands_and_options_are_the_engines(monkeypatch):
    d = engine.new_engine()
    known = [str(d.Executive.Command(i + 1)) for i in range(d.Executive.NumCommands())]
    assert list(commands.COMMANDS) == known
    options = [str(d.Executive.Option(i + 1)) for i in range(d.Executive.NumOptions())]
    assert list(table.options()) == [option.lower() for option in options]
    lowered = {name.lower() for name in known}
    assert lowered >= commands.RUNS | set(commands.REFUSED) | commands.WRITERS | commands.CHANGING
    assert not commands.RUNS & set(commands.REFUSED)


REFUSED = {
    "DOScmd touch owned": "doscmd",
    "dos touch owned": "doscmd",
    '"DOScmd" touch owned': "doscmd",
    "Fileedit small.dss": "fileedit",
    "filee small.dss": "fileedit",
    "Formedit load.b": "formedit",
    "CD ..": "cd",
    "Set DataPath=..": "datapath",
    "set datap=..": "datapath",
    "Set number=1 editor=/bin/sh": "editor",
    "Set recorder=yes": "recorder",
    "Connect 127.0.0.1 2222": "connect",
    "Export voltages ../out.csv": "export",
    "Export voltages C:\\out.csv": "export",
    "Show voltages file=/tmp/x.txt": "show",
    "Save circuit dir=../elsewhere/x": "save",
    "Dump * debug file=../x": "dump",
    "Rephase": "rephase",
    "Edit Generator.mill usermodel=evil.so": "usermodel",
    "Edit Generator.mill userm=evil.so": "usermodel",
    "Generator.mill.UserModel=evil.so": "usermodel",
    "~ usermodel=evil.so": "syntax",
    "BatchEdit generator..* shaftmodel=evil.so": "shaftmodel",
    "New Storage.s bus1=b dynadll=evil.so": "dynadll",
    f"New Generator.g {'1 ' * 29} evil.so": "usermodel",
    "LoadShape.day.action=dblsave": "action",
    "Edit LoadShape.day action=SngSave": "action",
    "EnergyMeter.head.action=save": "action",
    "EnergyMeter.head.action=zonedump": "action",
}


@pytest.mark.parametrize("line", REFUSED)
def test_what_reaches_outside_is_refused_with_file_and_line(line, written, tmp_path):
    script = written(line)
    before, here = listing(tmp_path), os.getcwd()
    with pytest.raises(InputError) as caught:
        read_feeder(script)
    said = str(caught.value)
    assert "small.dss, line 9: " in said
    assert REFUSED[line] in said or (REFUSED[line] == "syntax" and "Monitor" in said)
    assert len(said.splitlines()) == 1
    assert listing(tmp_path) == before
    assert os.getcwd() == here


PASSED = [
    "Show voltages LN nodes",
    "sh v",
    "Plot circuit Power Max=30 dots=y",
    "Export voltages",
    "Export monitors head",
    "Save circuit",
    "Dump",
    "Set DemandInterval=yes casename=mine overloadreport=yes\nSolve\nCloseDI",
    "Set showexport=yes",
    "Set mode=yearly number=999999999\nSolve",
    "Visualize currents line.ab",
    "Allocateloads",
    "Edit Generator.mill debugtrace=yes",
    "New RegControl.r transformer=t debugtrace=y enabled=no\nHelp",
    "/* Fileedit x\nDOScmd touch owned\n*/",
    "! DOScmd touch owned",
    "// CD ..",
    "Buscoords nowhere.csv",
    "Summary",
]


@pytest.mark.parametrize("line", PASSED)
def test_reports_are_passed_over_and_write_nothing(line, written, tmp_path):
    head = "New Transformer.t buses=(b c) kVs=(11 0.4)\n" if "RegControl" in line else ""
    script = written(head + line)
    before, here = listing(tmp_path), os.getcwd()
    feeder = read_feeder(script)
    assert {"a", "b"} <= set(feeder.buses)
    assert listing(tmp_path) == before
    assert os.getcwd() == here


def test_nothing_is_written_beside_a_script_that_may_not_be_written_to(written, tmp_path):
    script = written("New Monitor.more element=line.ab mode=1")
    script.parent.chmod(0o500)
    try:
        assert read_feeder(script).buses == ("a", "b")
    finally:
        script.parent.chmod(0o700)


def test_a_day_with_meters_and_monitors_writes_nothing(written, tmp_path, make_setting):
    from toolkit.model.plan import base_plan

    setting = make_setting(feeder=str(written("Set demandinterval=yes")))
    before = listing(tmp_path)
    day = Grid(setting.feeder, setting.operation).day(base_plan(setting.operation))
    assert not day.reason
    assert listing(tmp_path) == before


def test_only_dss_files_are_read_outside_of_the_feeders_folder(written, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("hush\n", encoding="utf-8")
    (tmp_path / "codes.dss").write_text("New LineCode.x nphases=3\n", encoding="utf-8")
    assert read_feeder(written("Redirect ../codes.dss")).buses
    for line in (
        "Redirect ../secret.txt",
        "Buscoords ../secret.txt",
        "New LoadShape.x npts=1 mult=(file=../secret.txt)",
        f"New LoadShape.x npts=1 csvf='{secret}'",
        "Redirect inside.txt",
        "Compile ../codes.dss\nBuscoords secret.txt",
    ):
        link = tmp_path / "feeder" / "inside.txt"
        if not link.is_symlink():
            link.symlink_to(secret)
        script = written(line)
        with pytest.raises(
            InputError, match=r"small\.dss, line (9|10): .*outside the feeder's folder"
        ):
            read_feeder(script)
        assert secret not in referenced_files(script)


def test_a_link_that_is_called_a_script_is_none(tmp_path, monkeypatch):
    (tmp_path / "secret.txt").write_text("New Circuit.hush\n", encoding="utf-8")
    folder = tmp_path / "dss" / "shared"
    folder.mkdir(parents=True)
    (folder / "Master.dss").symlink_to(tmp_path / "secret.txt")
    monkeypatch.chdir(tmp_path)
    for name in ("shared", str(folder), str(folder / "Master.dss")):
        with pytest.raises(InputError) as caught:
            locate(name)
        assert "hush" not in str(caught.value)


def test_a_path_from_a_variable_is_followed_and_judged_like_any_other(written, tmp_path):
    (tmp_path / "feeder" / "codes.dss").write_text("New Load.c bus1=c kV=11 kW=1\n", "utf-8")
    assert "c" in read_feeder(written("var @file=codes.dss\nRedirect @file")).buses
    with pytest.raises(InputError, match=r"line 10: .*outside the feeder's folder"):
        read_feeder(written("var @file=../secret.txt\nRedirect @file"))
    with pytest.raises(InputError, match=r"line 9: no variable '@lastfile'"):
        read_feeder(written("New LoadShape.x npts=2 mult=@lastfile"))


@pytest.mark.parametrize("kind", ["itself", "each other", "device", "folder", "binary", "fifo"])
def test_what_cannot_be_read_is_told(kind, written, tmp_path):
    folder = tmp_path / "feeder"
    if kind == "itself":
        script = written("Redirect small.dss")
    elif kind == "each other":
        (folder / "other.dss").write_text("Redirect small.dss\n", encoding="utf-8")
        script = written("Redirect other.dss")
    elif kind == "binary":
        (folder / "other.dss").write_bytes(bytes(range(8)) * 9 + b"\0" * 50)
        script = written("Redirect other.dss")
    elif kind == "fifo":
        os.mkfifo(folder / "pipe.dss")
        script = written("Redirect pipe.dss")
    else:
        script = written("Redirect /dev/zero" if kind == "device" else "Redirect ../feeder")
    with pytest.raises(InputError, match=r"small\.dss, line 9|other\.dss, line 1"):
        read_feeder(script)


@pytest.mark.parametrize("name", ["day 1.csv", "DAY.CSV", "it's.csv", "a(1).csv", "a[1]{2}.csv"])
def test_odd_file_names_are_found(name, written, tmp_path):
    (tmp_path / "feeder" / "sub dir").mkdir()
    (tmp_path / "feeder" / "sub dir" / name).write_text("0.25\n0.75\n", encoding="utf-8")
    body = f'New LoadShape.x npts=2 interval=12 mult=[file="sub dir\\{name}"]'
    if "]" in name:
        body = f'New LoadShape.x npts=2 interval=12 csvfile="sub dir/{name}"'
    script = written(body + "\nEdit Load.b daily=x")
    d = engine.compile_feeder(script)
    d.Text.Command("? LoadShape.x.mult")
    assert "0.25" in d.Text.Result()
    assert tmp_path / "feeder" / "sub dir" / name in referenced_files(script)


def test_redirects_are_relative_to_the_script_that_names_them(written, tmp_path):
    sub = tmp_path / "feeder" / "sub" / "deeper"
    sub.mkdir(parents=True)
    (sub.parent / "One.DSS").write_text('Redirect "deeper\\two.txt"\n', encoding="utf-8")
    (sub / "two.txt").write_text("New Line.bc bus1=b bus2=c\nRedirect ../three.dss\n", "utf-8")
    (sub.parent / "three.dss").write_text("New Load.c bus1=c kW=1 kV=11\n", encoding="utf-8")
    assert read_feeder(written("Redirect sub/One.DSS")).buses == ("a", "b", "c")
    script = written("Compile sub/One.DSS\nRedirect three.dss", TAIL)
    assert len(read_script(script).files) == 4


def test_lines_are_taken_apart_as_the_engine_does():
    line = "New \"Load.a\" bus1 = (b.1 b.2), kW=5 'x y' [1 | 2] url=a//b ! c=d"
    found = [(p.name, p.value) for p in parameters(line)]
    assert found == [
        ("", "New"),
        ("", "Load.a"),
        ("bus1", "b.1 b.2"),
        ("kW", "5"),
        ("", "x y"),
        ("", "1 | 2"),
        ("url", "a"),
    ]
    assert [line[p.start : p.stop] for p in parameters(line)][1:3] == ['"Load.a"', "(b.1 b.2)"]
    assert parameters("   ") == parameters("! x") == parameters("// x") == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("New Lien.x bus1=a", ["Lien", "line"]),
        ("Nwe Line.x bus1=a", ["Nwe", "New"]),
        ("Edit Line.ab lenght=3", ["lenght", "length"]),
        ("Set voltagebasis=[11]", ["voltagebasis", "voltagebases"]),
        ("kW=5", ["kW", "expected a command"]),
        ("Calcvoltagebases\n~ kW=5", ["continues no New or Edit"]),
        ("New Line.cd bus1=c bus2=d linecode=none", ["none"]),
    ],
)
def test_a_syntax_error_names_line_and_nearest_name(line, words, written):
    with pytest.raises(InputError) as caught:
        read_feeder(written(line))
    for word in ("small.dss, line ", *words):
        assert word in str(caught.value)


def settled(script, heard):
    """Read a feeder; say in words why it was refused, or nothing.

    heard: what the engine was given before; given the same once more, it does the same.
    """
    read = read_script(script)
    given = tuple(statement.said.text for statement in read.statements)
    if not read.faults and given in heard:
        return ""
    heard.add(given)
    try:
        read_feeder(script)
    except InputError as error:
        return str(error)
    return ""


def test_no_command_or_option_writes_a_file_or_moves_the_process(written, tmp_path):
    lines = [f"{command} {rest}" for command in commands.COMMANDS for rest in ("", "x", "x y=z")]
    lines += [f"Set {option}={value}" for option in table.options() for value in ("yes", "1", "x")]
    script = written("")
    before, here, heard = listing(tmp_path), os.getcwd(), set()
    for line in lines:
        written(line)
        said = settled(script, heard)
        assert listing(tmp_path) == before, line
        assert os.getcwd() == here, line
        assert "\n" not in said
    assert len(heard) > 50
