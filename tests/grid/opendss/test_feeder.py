"""A feeder is compiled again exactly when a file of its scripts holds something else."""

import numpy as np
import pytest

from toolkit.grid.opendss import read_feeder

SCRIPT = """Clear
New Circuit.mine bus1=a basekv=11 phases=3
New LoadShape.day npts=2 interval=12 mult=(file=day.csv)
New Line.l bus1=a bus2=b length=1
New Load.home bus1=b kw=100 kvar=10 kv=11 model=1
New PVSystem.roof bus1=b kv=11 kva=50 pmpp=50 irradiance=1 daily=day
Set voltagebases=[11]
Calcvoltagebases
"""


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "Master.dss"
    path.write_text(SCRIPT)
    (tmp_path / "day.csv").write_text("0.5\n1.0\n")
    return path


def shape(feeder):
    return np.asarray(feeder.units[0].daily.p).tolist()


def test_an_unchanged_feeder_is_the_same_and_nobody_can_change_it(script):
    feeder = read_feeder(script)
    assert read_feeder(script) is feeder
    assert read_feeder(script, units=False) is not feeder
    with pytest.raises(ValueError, match="read-only"):
        feeder.load_kw[1] = np.inf


def test_a_file_of_figures_that_changes_is_read_again(script):
    assert shape(read_feeder(script)) == [0.5, 1.0]
    (script.parent / "day.csv").write_text("0.5\n0.9\n")
    assert shape(read_feeder(script)) == [0.5, 0.9]
    (script.parent / "day.csv").write_text("0.5\n1.0\n")
    assert shape(read_feeder(script)) == [0.5, 1.0]


def test_a_script_that_changes_is_compiled_again(script):
    assert read_feeder(script).load_kw.sum() == 100.0
    script.write_text(SCRIPT.replace("kw=100", "kw=120"))
    assert read_feeder(script).load_kw.sum() == 120.0
