"""Large tables packed: smaller, read back as they are, checked to the digits they hold."""

import bz2
import io

import pandas as pd
import pytest

from toolkit.commands import simulate_and_store
from toolkit.commands.reproduce import reproduce
from toolkit.errors import InputError
from toolkit.inputs import study_files
from toolkit.results.columns import columns
from toolkit.results.store import compact, read_results
from toolkit.results.store.compact import decimals, half_digits, packed, write_series

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


def read(content):
    return pd.read_csv(io.BytesIO(content), compression="bz2", dtype={"bus": str})


@pytest.mark.parametrize(
    ("largest", "kept"), [(0.2, 2), (6.0, 2), (7.0, 1), (50.0, 1), (3490.0, 1)]
)
def test_powers_keep_about_half_a_percent_of_the_largest_and_a_tenth(largest, kept):
    frame = FRAME.assign(p_kw=[0.0, -largest, 0.1, 0.2])
    assert decimals("lines.csv", frame)["p_kw"] == kept
    assert half_digits("lines.csv", frame)["p_kw"] == 0.5 * 10.0**-kept


@pytest.mark.parametrize(("largest", "kept"), [(10.0, 2), (99.0, 2), (105.0, 1), (3490.0, 0)])
def test_energies_keep_a_thousandth_of_the_largest(largest, kept):
    buses = pd.DataFrame(columns=columns("buses.csv"), index=[0], dtype=float)
    assert decimals("buses.csv", buses.assign(sell_kwh=largest))["sell_kwh"] == kept


def test_figures_are_rounded_and_voltages_to_four_decimals():
    found = read(packed("lines.csv", FRAME))
    assert found["p_kw"].tolist() == [1.2, 0.0, 7.0, 8.1]
    assert found["i_a"].tolist() == [0.0, 1.0, 2.0, 3.0]
    assert found["loading_pct"][1] == 50.1
    assert "-0.0" not in bz2.decompress(packed("lines.csv", FRAME)).decode()
    buses = pd.DataFrame(columns=columns("buses.csv"), dtype=float)
    assert decimals("buses.csv", buses)["v_min_pu"] == 4


def test_packed_bytes_repeat_and_hold_one_header(monkeypatch):
    monkeypatch.setattr(compact, "ROWS", 3)
    first = packed("lines.csv", FRAME)
    assert first == packed("lines.csv", FRAME)
    lines = bz2.decompress(first).decode().splitlines()
    assert lines[0] == "step,line,p_kw,i_a,loading_pct"
    assert len(lines) == 5
    assert lines[2] == "1,'=b,0.0,1.0,50.1"


def test_tables_are_packed_only_where_they_are_large(tmp_path, small):
    folder = simulated(tmp_path / "r") / "cases" / "base"
    names = {path.name for path in folder.iterdir()}
    assert {"buses.csv.bz2", "lines.csv.bz2", "units.csv", "hourly.csv"} <= names
    assert not {"buses.csv", "lines.csv"} & names
    full = simulated(tmp_path / "full", "full") / "cases" / "base"
    assert not list(full.glob("*.bz2"))


def test_both_forms_are_read_alike(tmp_path, small):
    plain = read_results(simulated(tmp_path / "full", "full")).cases["base"]
    held = read_results(simulated(tmp_path / "r")).cases["base"]
    for name in ("buses", "lines"):
        wanted, found = getattr(plain, name), getattr(held, name)
        assert list(found) == list(wanted)
        for column, off in half_digits(f"{name}.csv", wanted).items():
            assert found[column].to_numpy() == pytest.approx(
                wanted[column].to_numpy(), abs=off * (1 + 1e-9), nan_ok=True
            )
    pd.testing.assert_frame_equal(held.units, plain.units)
    again = pd.read_csv(tmp_path / "r" / "cases" / "base" / "buses.csv.bz2", dtype={"bus": str})
    assert again["bus"].tolist() == held.buses["bus"].tolist()


def test_packed_results_are_reproduced_and_a_changed_figure_is_seen(tmp_path, small):
    folder = simulated(tmp_path / "r")
    found = reproduce(folder)
    assert found.reproduced, found.culprits
    path = folder / "cases" / "base" / "buses.csv.bz2"
    frame = pd.read_csv(path, dtype={"bus": str})
    frame.loc[7, "v_min_pu"] += 0.0002
    path.write_bytes(packed("buses.csv", frame))
    found = reproduce(folder)
    assert not found.reproduced
    assert any("v_min_pu" in str(d) for d in found.differences if not d.holds)


def test_a_damaged_file_is_named(tmp_path, small):
    folder = simulated(tmp_path / "r")
    path = folder / "cases" / "base" / "lines.csv.bz2"
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(InputError, match=r"lines\.csv\.bz2: found what is no whole bzip2"):
        read_results(folder)


def test_a_small_table_is_written_plain(tmp_path):
    write_series(tmp_path / "lines.csv", FRAME, "compact")
    assert (tmp_path / "lines.csv").is_file()
    assert not (tmp_path / "lines.csv.bz2").exists()
