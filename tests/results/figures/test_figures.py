"""The figures of a results folder: what is drawn, that it can be read, and that it repeats."""

import json
import re
import shutil
import struct
import subprocess
import sys

import pandas as pd
import pytest
from helpers.drawings import DRAWN, put, svg
from helpers.drawings import drawn as drawn_of
from PIL import Image

from toolkit.commands import simulate_and_store
from toolkit.errors import ToolkitError
from toolkit.inputs import study_files
from toolkit.inputs.study import Study
from toolkit.results import figures, store
from toolkit.results.figures import FIGURES, draw_folder, style
from toolkit.results.figures.groups import (
    groups_of,
    median_row,
)
from toolkit.results.figures.names import fit_to_draw
from toolkit.results.report import write_report
from toolkit.results.store import read_results

#: Words that must be readable in each figure: title, axes with their units, a legend's entry.
WORDS = {
    "figure1_one_line": [
        "Feeder ieee12",
        "base case",
        "batteries (BESS)",
        "8 vehicles",
        "75 kW",
        "lowest, 0.9",
    ],
    "figure2_traded": ["Energy traded (kWh per hour)", "Time of day (h)", "base case", "mid-peak"],
    "figure3_contribution": ["Energy sold to neighbours (kWh per hour)", "wind", "vehicles (BEV)"],
    "figure4_losses": ["Active losses (kW)", "Time of day (h)", "off-peak", "range over all runs"],
    "figure5_voltages": ["Lowest voltage (pu)", "Highest voltage (pu)", "allowed: 0.95 to 1.05 pu"],
    "figure6_convergence": ["Evaluations", "(kWh over the day)", "cheetah, median of 2 runs"],
    "figure9_voltage_map": ["Voltage (pu)", "limits: 0.95 and 1.05 pu", "Bus", "base case"],
    "figure10_charge": ["State of charge (% of capacity)", "bess1", "lowest and highest allowed"],
    "figure11_loading": ["Loading (% of rating)", "limit: 100 %", "line.l1_2"],
    "figure12_trades": ["Seller (bus)", "Buyer (bus)", "Energy sold (kWh over the day)"],
    "figure7_targets": ["Evaluations (logarithmic)", "Share of (run, target) pairs", "100 %"],
}


@pytest.fixture(scope="module")
def drawn(ieee12_results, tmp_path_factory):
    """A results folder with figures in both formats."""
    folder = tmp_path_factory.mktemp("drawn") / "results"
    shutil.copytree(ieee12_results, folder)
    draw_folder(folder)
    return folder


@pytest.fixture(scope="module")
def base_only(tmp_path_factory):
    folder = tmp_path_factory.mktemp("base") / "results"
    simulate_and_store(study_files.load("ieee12"), None, folder, "toolkit simulate")
    return folder


def made(folder):
    """Return which figures a results folder has; none is written out."""
    with style.look():
        return {stem for stem, _ in figures.drawn(fit_to_draw(read_results(folder)), FIGURES)}


def test_every_figure_is_there_as_png_and_svg_and_nothing_else(drawn):
    expected = {f"{stem}.{kind}" for stem in DRAWN for kind in ("png", "svg")}
    assert {path.name for path in (drawn / "figures").iterdir()} == expected


@pytest.mark.parametrize("stem", DRAWN)
def test_png_is_sharp_and_shows_something(drawn, stem):
    path = drawn / "figures" / f"{stem}.png"
    content = path.read_bytes()
    at = content.index(b"pHYs") + 4
    assert struct.unpack(">II", content[at : at + 8])[0] >= 150 / 0.0254
    with Image.open(path) as image:
        assert image.width >= 900
        assert len(image.convert("RGB").getcolors(1_000_000)) > 100


@pytest.mark.parametrize(("stem", "word"), [(s, w) for s, words in WORDS.items() for w in words])
def test_svg_holds_titles_axes_and_units_as_text(drawn, stem, word):
    assert word in svg(drawn, stem)


def test_svg_holds_no_date(drawn):
    assert all("<dc:date>" not in svg(drawn, stem) for stem in DRAWN)


#: Draws in a process of its own, whose user has asked for other looks and a window.
ELSEWHERE = """
import pathlib, sys
import matplotlib
matplotlib.rcParams.update({"font.size": 30.0, "axes.linewidth": 5.0, "svg.fonttype": "path"})
kept = dict(matplotlib.rcParams)
from toolkit.results.figures import draw_folder
draw_folder(pathlib.Path(sys.argv[1]))
assert dict(matplotlib.rcParams) == kept
assert "matplotlib.pyplot" not in sys.modules
"""


def test_same_bytes_again_whatever_a_users_own_settings_are_and_without_pyplot(drawn, tmp_path):
    folder = tmp_path / "results"
    shutil.copytree(drawn, folder, ignore=shutil.ignore_patterns("figures"))
    command = [sys.executable, "-c", ELSEWHERE, str(folder)]
    subprocess.run(command, check=True, env={"MPLBACKEND": "tkagg"})
    here, there = (
        {path.name: path.read_bytes() for path in (place / "figures").iterdir()}
        for place in (drawn, folder)
    )
    assert here == there


def test_a_figure_that_cannot_be_written_is_an_error_in_words(drawn, tmp_path):
    folder = tmp_path / "results"
    shutil.copytree(drawn, folder, ignore=shutil.ignore_patterns("figures"))
    (folder / "figures").write_text("in the way")
    with pytest.raises(ToolkitError, match="cannot be written"):
        draw_folder(folder)


def test_base_case_alone_has_no_convergence_and_nothing_compared(base_only):
    assert made(base_only) == set(DRAWN) - {"figure6_convergence", "figure7_targets"}
    put(base_only, "figure2_traded")
    assert "range over all runs" not in svg(base_only, "figure2_traded")


def test_a_plan_and_short_steps_are_drawn(tmp_path, write_day, base_only):
    """Energy per hour does not depend on the step: the axis of both says the same."""
    day = write_day(tmp_path / "quarters.csv", 0.25)
    quarters = Study.model_validate({"name": "quarters", "feeder": "ieee12", "profiles": str(day)})
    simulate_and_store(quarters, None, tmp_path / "first", "toolkit simulate")
    plan = tmp_path / "first" / "cases" / "base" / "plan.json"
    simulate_and_store(quarters, plan, tmp_path / "second", "toolkit simulate")
    text = drawn_of(tmp_path / "second", "figure2_traded")["figure2_traded"]
    assert ">plan<" in text
    assert ">100<" in text
    assert ">100<" in svg(base_only, "figure2_traded")


def test_a_name_with_dollar_signs_is_no_formula(drawn, tmp_path):
    folder = tmp_path / "results"
    shutil.copytree(drawn, folder)
    summary = pd.read_csv(folder / "summary.csv")
    summary["optimizer"] = summary["optimizer"].replace("random", "a$b_1$ <i>")
    summary.to_csv(folder / "summary.csv", index=False)
    text = drawn_of(folder, "figure2_traded")["figure2_traded"]
    assert ">a$b_1$ &lt;i&gt;" in text  # and not in a comment that names a formula


def test_median_case_is_the_one_of_the_tables(drawn):
    results = read_results(drawn)
    traded = results.tables[results.tables["table"] == 1].groupby("case")["value"].mean() * 24.0
    for group in groups_of(results):
        assert group.row["traded_kwh"] == pytest.approx(traded[group.name])


def test_median_puts_feasible_first():
    rows = {"violation": [0.0, 0.3, 0.0, 0.1], "traded_kwh": [5.0, 99.0, 7.0, 80.0]}
    assert median_row(pd.DataFrame(rows))["traded_kwh"] == 80.0
    assert median_row(pd.DataFrame(rows).iloc[[0, 1, 2]])["traded_kwh"] == 5.0


def test_a_folder_from_before_there_were_statistics_is_drawn_without(drawn, tmp_path):
    folder = tmp_path / "results"
    shutil.copytree(drawn, folder, ignore=shutil.ignore_patterns("figures", "targets.csv"))
    (folder / "statistics.csv").unlink()
    (folder / "pairs.csv").unlink()
    assert made(folder) == {*DRAWN} - {"figure7_targets"}


def test_names_that_a_screen_would_obey_are_written_out(ieee12_results, tmp_path):
    odd = "b\x1b[31m\u202e日\r$x^"
    folder = tmp_path / "odd"
    shutil.copytree(ieee12_results, folder)
    for path in [*folder.rglob("plan.json"), folder / "network.json"]:
        text = path.read_text(encoding="utf-8")
        text = text.replace('"pv1"', json.dumps(odd)).replace('"9"', json.dumps(odd))
        path.write_text(text, encoding="utf-8")
    for path in [*folder.glob("cases/*/units.csv"), *folder.glob("cases/*/buses.csv")]:
        frame = pd.read_csv(path, dtype=str)
        for column in {"unit", "bus"} & set(frame):
            frame[column] = frame[column].replace({"pv1": odd, "9": odd})
        store.write_csv(path, frame)
    put(folder)
    write_report(folder)
    drawn = [path.read_text(encoding="utf-8") for path in folder.glob("figures/*.svg")]
    page = (folder / "report.html").read_text(encoding="utf-8")
    for text in [*drawn, page]:
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
    assert r"b\x1b[31m\u202e日\r$x^" in page
    assert any(r"b\x1b[31m" in text for text in drawn)
