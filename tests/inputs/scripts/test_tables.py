"""Tables of numbers in scripts: as many values as they say, never zeros in the place of some."""

import pytest

from toolkit.inputs.scripts import read_script

TOO_FEW = {
    "values": "New LoadShape.s npts=4 interval=1 mult=[1 2]",
    "values by another name": "New LoadShape.s npts=4 interval=1 pmult=[1 2]",
    "kvar": "New LoadShape.s npts=2 interval=1 mult=[1 2] qmult=[1]",
    "hours": "New LoadShape.s npts=2 interval=0 hour=[1] mult=[1 2]",
    "raised on its line": "New LoadShape.s npts=2 interval=1 mult=[1 2] npts=4",
    "raised later": "New LoadShape.s npts=2 interval=1 mult=[1 2]\nEdit LoadShape.s npts=4",
    "raised in a copy": "New LoadShape.a npts=2 interval=1 mult=[1 2]\n"
    "New LoadShape.s like=a npts=4",
    "of values without npts": "New LoadShape.s mult=[1 2] qmult=[1]",
    "temperatures": "New TShape.s npts=3 interval=1 temp=[20 30]",
    "a curve": "New XYCurve.s npts=3 xarray=[1 2 3] yarray=[1 2]",
    "pairs of a curve": "New XYCurve.s npts=3 points=[1 1 2 2]",
    "growth": "New GrowthShape.s npts=3 year=[1 2 3] mult=[1.1 1.2]",
}
ENOUGH = {
    "lowered": "New LoadShape.s npts=4 interval=1 mult=[1 2 3 4] npts=2",
    "raised with values": "New LoadShape.s npts=2 interval=1 mult=[1 2]\n"
    "Edit LoadShape.s npts=4 mult=[1 2 3 4]",
    "pairs": "New XYCurve.s npts=2 points=[1 1 2 2]",
    "what no power flow uses": "New Spectrum.s numharm=3 harmonic=[1 3 5] %mag=[100 3] angle=[0 0]",
}


@pytest.fixture
def said(tmp_path):
    """Read lines; return the script."""

    def read(lines):
        script = tmp_path / "small.dss"
        script.write_text(f"Clear\nNew Circuit.c\n{lines}\n", encoding="utf-8")
        return read_script(script)

    return read


@pytest.mark.parametrize("case", TOO_FEW)
def test_too_few_values_are_refused(case, said):
    lines = TOO_FEW[case]
    (fault,) = said(lines).faults
    assert str(fault).startswith(f"small.dss, line {3 + lines.count(chr(10))}: ")
    assert "plain OpenDSS would make zeros" in fault.text


@pytest.mark.parametrize("case", ENOUGH)
def test_as_many_values_as_are_said_are_taken(case, said):
    assert said(ENOUGH[case]).remarks == []


@pytest.mark.parametrize("given", ["mult=[1 2 3]", "mult=[1 2 3] npts=3", "pmult=(file=day.csv)"])
def test_values_without_their_number_are_counted_and_told(given, said, tmp_path):
    (tmp_path / "day.csv").write_text("1\n2\n3\n", encoding="utf-8")
    read = said(f"New LoadShape.s interval=1 {given}")
    ((name, many), *_) = [p for p in read.statements[-1].said.properties if p[0] == "npts"]
    assert (name, many, read.faults) == ("npts", "3", [])
    (told,) = [str(remark) for remark in read.remarks]
    assert told.startswith("small.dss, line 3: LoadShape.s: no npts before its values: all 3 count")


def test_values_beyond_their_number_are_told(said):
    (told,) = [str(remark) for remark in said("New LoadShape.s npts=2 mult=[1 2 3]").remarks]
    assert "mult has 3 values for npts=2; only the first 2 count" in told


@pytest.mark.parametrize(
    ("given", "line", "row"),
    [
        ("npts=2 interval=1 csvfile=f.csv", "0,5", 1),
        ("npts=2 interval=1 mult=(file=f.csv)", "0,5", 1),
        ("npts=2 interval=1 mult=(file=f.csv header=yes)", "0,5", 2),
        ("npts=2 interval=0 csvfile=f.csv", "1,0,5", 1),
        ("npts=2 interval=1 pqcsvfile=f.csv", "0,5,0,2", 1),
        ("npts=2 interval=0 pqcsvfile=f.csv", "1,0,5,0,2", 1),
        ("interval=1 csvfile=f.csv", "7 0.5", 1),
    ],
)
def test_more_columns_than_are_meant_are_refused(given, line, row, said, tmp_path):
    (tmp_path / "f.csv").write_text(f"{line}\n{line}\n", encoding="utf-8")
    (fault,) = said(f"New LoadShape.s {given}").faults
    assert fault.line == 3
    assert f"'f.csv', line {row}: found '{line}'" in fault.text


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ("npts=2 interval=0 csvfile=f.csv", "1,0.5"),
        ("npts=2 interval=1 pqcsvfile=f.csv", "0.5,0.2"),
        ("npts=2 interval=1 mult=(file=f.csv column=1)", "0.5,7"),
        ("npts=2 interval=1 csvfile=f.csv", "0.5,"),
    ],
)
def test_the_columns_that_are_meant_are_taken(given, line, said, tmp_path):
    (tmp_path / "f.csv").write_text(f"{line}\n{line}\n", encoding="utf-8")
    assert said(f"New LoadShape.s {given}").remarks == []
