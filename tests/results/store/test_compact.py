"""Large tables packed: smaller, read back as they are, checked to the digits they hold."""

import gzip

import pandas as pd
import pytest

from toolkit.commands import simulate_and_store
from toolkit.commands.reproduce import reproduce
from toolkit.errors import InputError
from toolkit.inputs import study_files
from toolkit.results.store import compact, read_results
from toolkit.results.store.compact import half_digit, packed, rounded, write_series

FRAME = pd.DataFrame(
    {
        "step": [1, 1, 2, 2],
        "line": ["a", "=b", "a", "=b"],
        "p_kw": [1.23456, -0.001, 7.0, 8.125],
        "i_a": [0.004, 1.0, 2.0, 3.0],
        "loading_pct": [float("nan"), 50.126, 1.0, 2.0],
    }
)


def simulated(folder, series="compact"):
    study = study_files.load("ieee12")
    output = study.output.model_copy(update={"series": series})
    study = study.model_copy(update={"output": output})
    simulate_and_store(study, None, folder, "toolkit simulate")
    return folder


@pytest.fixture
def small(monkeypatch):
    """Tables of more than 100 rows count as large: buses.csv and lines.csv of a day."""
    monkeypatch.setattr(compact, "PLAIN_ROWS", 250)
    monkeypatch.setattr(compact, "ROWS", 70)


def test_digits_are_those_of_the_unit():
    found = rounded("lines.csv", FRAME)
    assert found["p_kw"].tolist() == [1.23, 0.0, 7.0, 8.12]
    assert found["i_a"].tolist() == [0.0, 1.0, 2.0, 3.0]
    assert found["loading_pct"][1] == 50.13
    assert "-0.0" not in gzip.decompress(packed("lines.csv", FRAME)).decode()
    assert half_digit("pu") == 0.5e-4
    assert half_digit("") == 0.0


def test_packed_bytes_repeat_and_hold_one_header(monkeypatch):
    monkeypatch.setattr(compact, "ROWS", 3)
    first = packed("lines.csv", FRAME)
    assert first == packed("lines.csv", FRAME)
    lines = gzip.decompress(first).decode().splitlines()
    assert lines[0] == "step,line,p_kw,i_a,loading_pct"
    assert len(lines) == 5
    assert lines[2] == "1,'=b,0.0,1.0,50.13"


def test_tables_are_packed_only_where_they_are_large(tmp_path, small):
    folder = simulated(tmp_path / "r") / "cases" / "base"
    names = {path.name for path in folder.iterdir()}
    assert {"buses.csv.gz", "lines.csv.gz", "units.csv", "hourly.csv"} <= names
    assert not {"buses.csv", "lines.csv"} & names
    full = simulated(tmp_path / "full", "full") / "cases" / "base"
    assert not list(full.glob("*.gz"))


def test_both_forms_are_read_alike(tmp_path, small):
    plain = read_results(simulated(tmp_path / "full", "full")).cases["base"]
    held = read_results(simulated(tmp_path / "r")).cases["base"]
    for name in ("buses", "lines"):
        wanted = rounded(f"{name}.csv", getattr(plain, name))
        pd.testing.assert_frame_equal(getattr(held, name), wanted)
    pd.testing.assert_frame_equal(held.units, plain.units)
    again = pd.read_csv(tmp_path / "r" / "cases" / "base" / "buses.csv.gz", dtype={"bus": str})
    assert again["bus"].tolist() == held.buses["bus"].tolist()


def test_packed_results_are_reproduced_and_a_changed_figure_is_seen(tmp_path, small):
    folder = simulated(tmp_path / "r")
    found = reproduce(folder)
    assert found.reproduced, found.culprits
    path = folder / "cases" / "base" / "buses.csv.gz"
    frame = pd.read_csv(path, dtype={"bus": str})
    frame.loc[7, "v_min_pu"] += 0.0002
    path.write_bytes(packed("buses.csv", frame))
    found = reproduce(folder)
    assert not found.reproduced
    assert any("v_min_pu" in str(d) for d in found.differences if not d.holds)


def test_a_damaged_file_is_named(tmp_path, small):
    folder = simulated(tmp_path / "r")
    path = folder / "cases" / "base" / "lines.csv.gz"
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(InputError, match=r"lines\.csv\.gz: cannot be read"):
        read_results(folder)


def test_a_small_table_is_written_plain(tmp_path):
    write_series(tmp_path / "lines.csv", FRAME, "compact")
    assert (tmp_path / "lines.csv").is_file()
    assert not (tmp_path / "lines.csv.gz").exists()
