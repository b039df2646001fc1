"""The canonical form of scripts: what is judged, how it is written, and what the engine makes."""

import json
from importlib import metadata

import numpy as np
import pytest
from fuzz import statements as fuzz
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.errors import EngineError, InputError
from toolkit.grid.opendss import engine
from toolkit.inputs.scripts import read_script
from toolkit.inputs.scripts.classes import (
    BUILT_IN,
    PASSED_CLASSES,
    STOPPING,
    classes,
    property_names,
)
from toolkit.inputs.scripts.data import coordinates, table
from toolkit.inputs.scripts.elements import Elements
from toolkit.inputs.scripts.files import FileTrouble
from toolkit.inputs.scripts.lexer import parameters
from toolkit.inputs.scripts.remarks import Refused
from toolkit.inputs.scripts.tables import ROWS
from toolkit.inputs.scripts.writing import (
    Unquotable,
    array,
    numbers,
    quoted,
    statement,
)

#: Which kinds a property of each type of the engine may have; the engine's arrays of numbers are
#: the ones that could name a file.
KINDS = {
    "Integer": {"integer"},
    "IntegerOnStructArray": {"integer"},
    "Double": {"number"},
    "DoubleOnArray": {"number"},
    "DoubleOnStructArray": {"number"},
    "MappedIntEnum": {"number"},
    "Bus": {"bus"},
    "BusOnStructArray": {"bus"},
    "BusesOnStructArray": {"buses"},
    "StringList": {"words", "buses", "idle"},
    "DSSObjectReferenceArray": {"words"},
    "MappedStringEnumArray": {"words"},
    "MappedStringEnumArrayOnStructArray": {"words"},
    "StringSilentROFunction": {"idle"},
    "DeprecatedAn": {"idle"},
    "StringEnumAction": {"action", "word"},
    "String": {"file", "code", "idle", "bus", "text"},
    **dict.fromkeys(
        ("MappedStringEnum", "MappedStringEnumOnStructArray", "Boolean", "Enabled"),
        frozenset(("word", "idle")),
    ),
    **dict.fromkeys(("BooleanAction", "MakeLike"), frozenset(("word",))),
    "DSSObjectReference": {"word", "idle"},
    **dict.fromkeys(
        ("DoubleArray", "DoubleDArray", "DoubleVArray", "DoubleFArray", "IntegerArray", "Complex"),
        frozenset(("numbers",)),
    ),
    **dict.fromkeys(
        ("ComplexParts", "ComplexPartSymMatrix", "DoubleSymMatrix", "DoubleArrayOnStructArray"),
        frozenset(("numbers",)),
    ),
}


def schema():
    """Return what the engine says of its classes."""
    util = engine.new_engine()._api_util
    text = util.lib.DSS_ExtractSchema(util.ctx, False)
    return json.loads(text if isinstance(text, str) else util.ffi.string(text))["classes"]


def test_the_list_of_properties_is_the_engines():
    engine.check_engine()
    known = {cls: names for cls, names in engine.vocabulary().items() if cls not in PASSED_CLASSES}
    assert {cls: property_names(cls) for cls in classes()} == known


def test_an_engine_of_another_version_is_held_against_the_list(monkeypatch):
    assert metadata.version("dss-python-backend") == engine.KNOWN
    monkeypatch.setattr(engine, "KNOWN", "another")
    engine.check_engine.__wrapped__()
    monkeypatch.setattr(engine, "classes", lambda: {"load": ()})
    with pytest.raises(EngineError, match="install the version of opendssdirect"):
        engine.check_engine.__wrapped__()


def test_every_property_is_judged_by_what_the_engine_says_it_is():
    seen = set()
    for cls in schema():
        if cls["name"].lower() in PASSED_CLASSES:
            continue
        for known, said in zip(classes()[cls["name"].lower()], cls["properties"], strict=True):
            assert known.kind in KINDS[said["type"]], (cls["name"], known)
            assert ("IsFilename" in said["flags"]) <= (known.kind in ("file", "code", "idle"))
            seen.add(known.kind)
    assert {"file", "code", "idle", "bus", "numbers"} <= seen


def test_what_loads_a_library_is_marked_as_that():
    code = {(cls, p.name) for cls, found in classes().items() for p in found if p.kind == "code"}
    assert code == {
        ("generator", "usermodel"),
        ("generator", "shaftmodel"),
        ("pvsystem", "usermodel"),
        ("storage", "usermodel"),
        ("storage", "dynadll"),
        ("capcontrol", "usermodel"),
    }
    libraries = {
        (cls["name"].lower(), p["name"].lower())
        for cls in schema()
        for p in cls["properties"]
        if "IsFilename" in p["flags"] and "file" not in p["name"].lower()
    }
    assert libraries == code


def test_a_new_circuit_holds_the_elements_that_are_known():
    d = engine.new_engine()
    d.Text.Command("New Circuit.x")
    found = {}
    for cls in engine.vocabulary():
        d.Basic.SetActiveClass(cls)
        found[cls] = tuple(n for n in d.ActiveClass.AllNames() if n and n != "NONE")
    found.pop("vsource")
    assert {cls: names for cls, names in found.items() if names} == {
        cls: tuple(names) for cls, names in BUILT_IN.items()
    }
    for cls, names in BUILT_IN.items():
        for name, rows in names.items():
            d.Text.Command(f"? {cls}.{name}.{ROWS[cls]}")
            assert int(d.Text.Result()) == rows


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("daily", "daily"),
        ("650.1.2", "650.1.2"),
        ("l(r:a-b)", '"l(r:a-b)"'),
        ("two words", '"two words"'),
        ('say "a"', "'say \"a\"'"),
        ("a//b", '"a//b"'),
        ("a!b", '"a!b"'),
        ("a=b", '"a=b"'),
        ("\"'", "[\"']"),
    ],
)
def test_a_value_gets_the_quotes_it_needs(text, written):
    assert quoted(text) == written
    assert parameters(f"x={written} y=1")[0].value == text


@pytest.mark.parametrize(
    "text", ["", "  ", "@x", "a\nb", "a\rb", "a\0b", "a\x1bb", "\"')]}", "\u2028"]
)
def test_what_no_quotes_can_hold_is_refused(text):
    with pytest.raises(Unquotable):
        quoted(text)


@given(st.text(min_size=1, max_size=30))
@settings(max_examples=100, deadline=None)
def test_whatever_is_written_is_read_as_one_value(text):
    try:
        line = statement("Edit", "Load.x", {"bus1": text, "kW": "1"})
    except InputError:
        return
    found = parameters(line)
    assert [(p.name, p.value) for p in found] == [
        ("", "Edit"),
        ("", "Load.x"),
        ("bus1", text),
        ("kW", "1"),
    ]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=8))
@settings(max_examples=40, deadline=None)
def test_numbers_read_back_to_the_same_doubles(values):
    d = engine.new_engine()
    d.Text.Command("New Circuit.x")
    text = numbers(np.array(values))
    d.Text.Command(f"New LoadShape.x npts={len(values)} interval=1 mult={text}")
    assert list(d.LoadShape.PMult()) == values


def test_rows_of_an_array_stay_rows():
    assert array(["1", "|", "2", "3"]) == "[1 | 2 3]"
    assert array(["a]b", "c"]) == '{"a]b" c}'


@pytest.fixture
def read(tmp_path):
    """Read a script of some lines; return its statements as text, or the first fault."""

    def lines(*texts):
        script = tmp_path / "small.dss"
        script.write_text("\n".join(texts) + "\n", encoding="utf-8")
        found = read_script(script)
        if found.faults:
            return str(found.faults[0])
        return [s.said.text for s in found.statements]

    return lines


def test_each_way_to_say_it_has_one_form(read):
    wanted = ["New Load.a", "Edit Load.a kw=5"]
    assert read("New Load.a", "Edit Load.a kW=5") == wanted
    assert read("new load.a", '"edit" "load.a" "kw"=5')[1] == "Edit load.a kw=5"
    assert read("New Load.a", "~ kW = 5") == wanted
    assert read("New Load.a", "! x", "", "More kW=5 // y") == wanted
    assert read("New Load.a", "Load.a.kW=5") == wanted
    assert read("New Load.a", "New Load.b", "Select Load.a", "m kw=5")[2] == wanted[1]
    assert read("New Load.a", "var @x=5 @y=@x", "Edit Load.a kW=@y") == wanted
    assert read("New Load.a phases=1 b.1 0.4 5") == ["New Load.a phases=1 bus1=b.1 kv=0.4 kw=5"]
    assert read("New Load.a", "New Load.b2", "BatchEdit Load..2 kW=1")[2:] == ["Edit Load.b2 kw=1"]
    assert read("New Load.a", "Disable Load.*")[1] == "Disable load.*"
    assert read("New Load.a", "enable LOAD.A")[1] == "Enable Load.a"
    assert read("New Circuit.x 11 1.05")[1] == "Edit Vsource.source basekv=11 pu=1.05"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["~ kW=5"], "continues no New or Edit"),
        (["New Load.a", "? Load.a.kW", "~ kW=5"], "continues no New or Edit"),
        (["New Load.a", "Edit Load.b", "~ kW=5"], "there is no Load.b to continue"),
        (["Load.b.kW=5"], "there is no Load.b to edit"),
        (["New Circuit.x", "Edit Circuit.x basekv=1"], "cannot be edited"),
        (["New Circuit.x", "Circuit.x.basekv=1"], "cannot be edited"),
        (["New Circuit.x", "New Circuit.y"], "a second circuit"),
        (["New Load.a bus1=3.-1"], "found bus '3.-1'; expected BUS"),
        (["New Load.a bus1=3.1000"], "each up to 100"),
        (["New Load.a bus1=b" + ".1" * 30], "at most 20 nodes"),
        (["New Load.a bus1=.1"], "found ''"),
        (["New Capacitor.a numsteps=100000000"], "expected a whole number up to 1000"),
        (["New LoadShape.a npts=1e99"], "up to 10000000"),
        (["New Transformer.a windings=(2 3 ^)"], "up to 50"),
        (["New Load.a kW='' kvar=3"], "found no value for 'kW'"),
        (["New Load.a kW=@x"], "no variable '@x'"),
        (['New Load.a kW=5" pf=1'], "expected a number"),
        (["New Load.a kW=(5 [6])"], "expected a number"),
        ([f"New Load.{'a' * 256}"], "expected at most 255"),
        (['New Load."a b c" phases=1'], '"Load.a b c"'),
        (["New Load.'a b' phases=1"], "'Load.a b'"),
        (['New Load."a`b"'], "expected a name without"),
        (["New Load.a daily='x y=z'"], "expected a name without '='"),
        (["New XYcurve.a yarray=(1 2)"], "expected npts=NUMBER before it"),
        (["New LineCode.a rmatrix=(file=x)"], "are not read from files"),
        (["New LineCode.a rmatrix=(a=1)"], "found 'a=' in an array"),
        (["New EnergyMeter.a zonelist=(file=x)"], "found 'file=' in an array"),
        (["New Line.a", "BatchEdit Line.(a+)+$ r1=1"], "found the pattern"),
        (["New Line.a", "BatchEdit Line." + ".*" * 9 + " r1=1"], "found the pattern"),
        (["Set allowduplicates=yes"], "lets several elements share a name"),
        (["Set voltagebases=(file=x)"], "expected its values, not a file"),
        (["New Load.a", "Open Load.a 1 x"], "cond: found 'x'"),
        (["Open Line.a 1"], "there is no Line.a to open"),
        (["Monitor.x.action=save"], "there is no Monitor.x"),
        (["New Monitor.x", "~ action=save"], "writes a file"),
    ],
)
def test_what_could_be_read_otherwise_is_refused(lines, words, read):
    said = read(*lines)
    assert isinstance(said, str)
    assert words in said


def test_what_matters_to_nothing_here_is_passed_over_with_a_remark(tmp_path):
    script = tmp_path / "small.dss"
    body = (
        "New Storage.a %idlingkvar=3 kW=5 userdata=(x y)\nNew DynamicExp.x nvariables=2\n~ var=x\n"
    )
    script.write_text(body + "New Monitor.m action=clear\nDisable LoadShape.*\n", encoding="utf-8")
    found = read_script(script)
    assert [s.said.text for s in found.statements] == ["New Storage.a kw=5", "New Monitor.m"]
    said = " ".join(remark.text for remark in found.remarks)
    for word in ("%idlingkvar", "userdata", "dynamicexp", "action", "LoadShape.*"):
        assert word in said


@pytest.mark.parametrize(("cls", "name"), STOPPING.items())
def test_what_follows_where_the_engine_stops_counts_and_is_told(cls, name, tmp_path):
    script = tmp_path / "small.dss"
    line = f"New {cls}.x phases=1 {name}=1 basefreq=47"
    script.write_text(f"Clear\nNew Circuit.c\n{line}\n", encoding="utf-8")
    found, plain, ours = read_script(script), engine.new_engine(), engine.new_engine()
    plain.Text.Commands(script.read_text(encoding="utf-8"))
    assert not list(engine.run_statements(ours, found.statements))
    assert fuzz.dump(plain)[f"{cls}.x"]["basefreq"] == "60"
    assert fuzz.dump(ours)[f"{cls}.x"]["basefreq"] == "47"
    assert "plain OpenDSS skips what follows it" in str(found.remarks[-1])


def test_files_of_numbers_become_numbers(tmp_path, read):
    (tmp_path / "day.csv").write_text("0.5\n1\n0.25", encoding="utf-8")
    (tmp_path / "two.csv").write_text("hour, p q\n0,1 .5\n6 2,.25\n", encoding="utf-8")
    (tmp_path / "pq.csv").write_text("1 2\n3 4\n", encoding="utf-8")
    np.array([1.5, 2.5]).tofile(tmp_path / "day.dbl")
    np.array([0, 7, 6, 8], dtype="<f4").tofile(tmp_path / "day.sng")
    shape = "New LoadShape.x npts="
    assert read(f"{shape}3 mult=(file=day.csv)") == [f"{shape}3 mult=[0.5 1.0 0.25]"]
    assert read(f"{shape}2 mult=(file=day.csv)") == [f"{shape}2 mult=[0.5 1.0]"]
    assert read(f"{shape}9 mult=(file=day.csv)") == [f"{shape}9 npts=3 mult=[0.5 1.0 0.25]"]
    assert read(f"{shape}2 csvfile=DAY.csv") == [f"{shape}2 mult=[0.5 1.0]"]
    assert read(f"{shape}2 qmult=[file=two.csv, col=3, header=yes]") == [
        f"{shape}2 qmult=[0.5 0.25]"
    ]
    assert read(f"{shape}2 pqcsvfile=pq.csv") == [f"{shape}2 mult=[1.0 3.0] qmult=[2.0 4.0]"]
    assert read(f"{shape}2 dblfile=day.dbl") == [f"{shape}2 mult=[1.5 2.5]"]
    assert read(f"{shape}2 interval=0 sngfile=day.sng") == [
        f"{shape}2 interval=0 hour=[0.0 6.0] mult=[7.0 8.0]"
    ]
    curve = "New XYcurve.x npts=2"
    assert read(f"{curve} csvfile=pq.csv") == [f"{curve} xarray=[1.0 3.0] yarray=[2.0 4.0]"]
    assert read(f"{shape}3 csvfile=day.csv") == [f"{shape}3 mult=[0.5 1.0 0.25]"]
    assert read("New LoadShape.x csvfile=day.csv") == [f"{shape}3 mult=[0.5 1.0 0.25]"]
    assert "the file holds 3 rows; expected npts=4" in read(f"{shape}4 qmult=(file=day.csv)")


@pytest.mark.parametrize("text", ["1\nx\n2", "1\n\n2", "1\nnan", "1\n1_0", "1\ninf\n"])
def test_a_file_that_holds_something_else_is_told(text, tmp_path):
    (tmp_path / "day.csv").write_text(text, encoding="utf-8")
    with pytest.raises(FileTrouble, match=r"'day.csv', (line|row) \d"):
        table(tmp_path / "day.csv", "csv", [1])


def test_coordinates_are_read_by_the_toolkit(tmp_path):
    (tmp_path / "xy.csv").write_text(
        'A, 1, 2\n"b c" 3 4 ! x\nd, e, 5\n\nf 1 inf\n', encoding="utf-8"
    )
    found, others = coordinates(tmp_path / "xy.csv", swapped=False)
    assert found == (("a", 1.0, 2.0), ("b c", 3.0, 4.0))
    assert others == 2
    assert coordinates(tmp_path / "xy.csv", swapped=True)[0][0] == ("a", 2.0, 1.0)


def test_patterns_find_what_the_engine_finds():
    elements = Elements()
    for name in ("a1", "a2", "b1", "l(r:x)"):
        elements.add("line", f"Line.{name}")
    found = {
        p: [e.name for e in elements.matching("line", p)] for p in ("..*", "^A", "[b-z]", "1$")
    }
    assert found["..*"] == ["Line.a1", "Line.a2", "Line.b1", "Line.l(r:x)"]
    assert found["^A"] == ["Line.a1", "Line.a2"]
    assert found["1$"] == ["Line.a1", "Line.b1"]
    with pytest.raises(Refused):
        elements.matching("line", "(")
    assert found["[b-z]"] == ["Line.b1", "Line.l(r:x)"]


@pytest.mark.parametrize("seed", range(1, 31))
def test_the_engine_makes_the_same_of_a_script_and_of_its_canonical_form(seed):
    found = fuzz.apart(seed, fuzz.BATCH)
    if found is None:
        pytest.skip("nonsense of this seed ends the engine's process")
    compared, wrong = found
    assert compared > 10
    assert wrong == []
