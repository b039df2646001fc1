"""The figures of a results folder: what is drawn, that it can be read, and that it repeats."""

import json
import re
import shutil
import struct
import subprocess
import sys
from itertools import combinations
from types import SimpleNamespace

import matplotlib
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from toolkit.commands import simulate_and_store
from toolkit.commands.api import write_report
from toolkit.errors import ToolkitError
from toolkit.inputs import study
from toolkit.inputs.sections import Limits
from toolkit.inputs.study import Study
from toolkit.results import store
from toolkit.results.figures import FIGURES, draw_folder, style
from toolkit.results.figures.comparison import critical_difference, joined
from toolkit.results.figures.convergence import quartiles
from toolkit.results.figures.groups import (
    clock,
    extreme,
    groups_of,
    median_row,
)
from toolkit.results.figures.layout import (
    Page,
    along,
    around,
    sketch,
)
from toolkit.results.figures.maps import (
    MOST_TRADERS,
    loading_map,
    nearest_limit,
    trade_matrix,
    traded_between,
    voltage_map,
)
from toolkit.results.figures.one_line import one_line
from toolkit.results.figures.storage import MOST_UNITS, charge, state_of_charge
from toolkit.results.paper_tables import label
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
    "figure5_voltages": ["Lowest voltage (pu)", "Highest voltage (pu)", "lowest allowed: 0.95 pu"],
    "figure6_convergence": ["Evaluations", "(kWh over the day)", "cheetah (COA), median of 2 runs"],
    "figure9_voltage_map": ["Voltage (pu)", "limits: 0.95 and 1.05 pu", "Bus", "base case"],
    "figure10_charge": ["State of charge (% of capacity)", "bess1", "lowest and highest allowed"],
    "figure11_loading": ["Loading (% of rating)", "limit: 100 %", "line.l1_2"],
    "figure12_trades": ["Seller (bus)", "Buyer (bus)", "Energy sold (kWh over the day)"],
    "figure7_targets": ["Evaluations (logarithmic)", "Share of (run, target) pairs", "100 %"],
}


#: Of two optimizers there are no ranks to draw.
DRAWN = [stem for stem in FIGURES if stem != "figure8_ranks"]


@pytest.fixture(scope="module")
def drawn(ieee12_results, tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawn") / "results"
    shutil.copytree(ieee12_results, folder)
    draw_folder(folder)
    return folder


@pytest.fixture(scope="module")
def base_only(tmp_path_factory):
    folder = tmp_path_factory.mktemp("base") / "results"
    simulate_and_store(study.load("ieee12"), None, folder, "toolkit simulate")
    return folder


def svg(folder, stem):
    return (folder / "figures" / f"{stem}.svg").read_text(encoding="utf-8")


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


def test_same_bytes_again_whatever_a_users_own_matplotlib_settings_are(drawn):
    before = {path.name: path.read_bytes() for path in (drawn / "figures").iterdir()}
    with matplotlib.rc_context({"font.size": 30.0, "svg.fonttype": "path"}):
        kept = dict(matplotlib.rcParams)
        draw_folder(drawn)
        assert dict(matplotlib.rcParams) == kept
    assert {path.name: path.read_bytes() for path in (drawn / "figures").iterdir()} == before


def test_drawing_needs_no_pyplot_and_no_display(drawn):
    code = (
        "import sys, pathlib; from toolkit.results.figures import draw_folder;"
        "draw_folder(pathlib.Path(sys.argv[1])); assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(drawn)], check=True, env={"MPLBACKEND": "tkagg"}
    )


def test_a_figure_that_cannot_be_written_is_an_error_in_words(drawn, tmp_path):
    folder = tmp_path / "results"
    shutil.copytree(drawn, folder, ignore=shutil.ignore_patterns("figures"))
    (folder / "figures").write_text("in the way")
    with pytest.raises(ToolkitError, match="cannot be written"):
        draw_folder(folder)


def test_base_case_alone_has_no_convergence_and_nothing_compared(base_only):
    draw_folder(base_only)
    stems = {path.stem for path in (base_only / "figures").iterdir()}
    assert stems == set(FIGURES) - {"figure6_convergence", "figure7_targets", "figure8_ranks"}
    assert "range over all runs" not in svg(base_only, "figure2_traded")


def test_a_plan_and_short_steps_are_drawn(tmp_path, write_day, base_only):
    """Energy per hour does not depend on the step: the axis of both says the same."""
    day = write_day(tmp_path / "quarters.csv", 0.25)
    quarters = Study.model_validate({"name": "quarters", "feeder": "ieee12", "profiles": str(day)})
    simulate_and_store(quarters, None, tmp_path / "first", "toolkit simulate")
    plan = tmp_path / "first" / "cases" / "base" / "plan.json"
    simulate_and_store(quarters, plan, tmp_path / "second", "toolkit simulate")
    draw_folder(tmp_path / "second")
    text = svg(tmp_path / "second", "figure2_traded")
    assert ">plan<" in text
    assert ">100<" in text
    assert ">100<" in svg(base_only, "figure2_traded")


def test_a_name_with_dollar_signs_is_no_formula(drawn, tmp_path):
    folder = tmp_path / "results"
    shutil.copytree(drawn, folder)
    summary = pd.read_csv(folder / "summary.csv")
    summary["optimizer"] = summary["optimizer"].replace("random", "a$b_1$ <i>")
    summary.to_csv(folder / "summary.csv", index=False)
    draw_folder(folder)
    assert "a$b_1$ &lt;i&gt;" in svg(folder, "figure2_traded")


def test_median_case_is_the_one_of_the_tables(drawn):
    results = read_results(drawn)
    traded = results.tables[results.tables["table"] == 1].groupby("case")["value"].mean() * 24.0
    for group in groups_of(results):
        assert group.row["traded_kwh"] == pytest.approx(traded[group.name])


def test_median_puts_feasible_first():
    rows = {"violation": [0.0, 0.3, 0.0, 0.1], "traded_kwh": [5.0, 99.0, 7.0, 80.0]}
    assert median_row(pd.DataFrame(rows))["traded_kwh"] == 80.0
    assert median_row(pd.DataFrame(rows).iloc[[0, 1, 2]])["traded_kwh"] == 5.0


def test_every_searched_case_has_its_own_line(drawn):
    names = ["base", *(f"optimizer{i}" for i in range(6))]
    looks = style.line_looks(names)
    assert len({look.colour for look in looks.values()}) == 7
    assert len({(look.dashes, look.marker) for look in looks.values()}) == 7
    assert len({(kind.marker, kind.colour) for kind in style.KINDS.values()}) == 4


def test_more_cases_than_colours_are_still_told_apart():
    looks = style.line_looks([f"optimizer{i}" for i in range(36)])
    assert len(set(looks.values())) == 37


def test_quartiles_of_runs_that_differ_in_length_and_feasibility():
    none = -np.inf
    found = quartiles([np.array([none, 1.0, 2.0]), np.array([4.0]), np.array([none, none, 6.0])])
    assert found[1].tolist()[1:] == [1.0, 4.0]
    assert np.isnan(found[1, 0])
    assert np.isnan(found[0, 1])
    assert found[2, 2] == 5.0


def ranks_of(average_ranks, critical):
    """Draw ranks: {optimizer: average rank}."""
    names = ["base", *average_ranks]
    statistics = pd.DataFrame(average_ranks.items(), columns=["optimizer", "average_rank"])
    friedman = pd.DataFrame([{"seeds": 15, "p": 0.0123, "critical_difference": critical}])
    with style.look():
        return critical_difference([SimpleNamespace(name=n) for n in names], statistics, friedman)


@pytest.mark.parametrize(
    ("ranks", "critical", "expected"),
    [
        ([1.0, 2.0, 3.0], 0.5, []),
        ([1.0, 2.0, 3.0], 5.0, [(0, 2)]),
        ([1.2, 2.2, 3.1, 4.5, 5.6], 2.0, [(0, 2), (2, 3), (3, 4)]),
        ([1.2, 2.2, 3.1, 4.5, 5.6], 2.4, [(0, 2), (1, 3), (3, 4)]),
        ([1.0, 2.0, 3.0], 1.0, [(0, 1), (1, 2)]),
        ([1.5, 1.5, 3.0], 0.1, [(0, 1)]),
    ],
)
def test_bars_join_what_lies_within_the_critical_difference(ranks, critical, expected):
    assert joined(ranks, critical) == expected


def test_ranks_are_written_beside_names_and_no_text_lies_over_another():
    ranks = {"cheetah": 3.1, "pygad": 4.5, "mealpy": 4.5, "random": 6.9}
    ranks |= {"cheetah-plus": 1.2, "mealpy-L_SHADE of a long name": 2.2, "cma": 5.6}
    figure = ranks_of(ranks, 2.33)
    texts = [text.get_text().strip() for text in figure.axes[0].texts]
    assert {"cheetah (COA): 3.10", "random: 6.90", "critical difference 2.33 (Nemenyi, 0.05)"} <= {
        *texts
    }
    assert "Average rank over 15 seeds, 1 is best (Friedman p = 0.012)" in figure.get_suptitle()
    assert overlaps(figure) == []
    page = figure.bbox
    for text in figure.axes[0].texts:
        box = text.get_window_extent()
        assert page.x0 <= box.x0 < box.x1 <= page.x1
        assert page.y0 <= box.y0 < box.y1 <= page.y1


def test_each_optimizer_hangs_at_its_rank():
    axes = ranks_of({"a": 2.9, "b": 1.1, "c": 2.0}, 0.4).axes[0]
    markers = [line for line in axes.lines if line.get_marker() in "s^D" and line.get_label()]
    assert sorted(float(line.get_xdata()[0]) for line in markers) == [1.1, 2.0, 2.9]


def test_three_optimizers_get_a_diagram_of_ranks(results_of, tmp_path):
    """From the search to the figure, with three runs of three optimizers."""
    folder = results_of(study.load("ieee12"), ("random", "cheetah", "pygad"), budget=6, runs=3)
    draw_folder(folder)
    results = read_results(folder)
    text = svg(folder, "figure8_ranks")
    for name, rank in zip(
        results.statistics["optimizer"], results.statistics["average_rank"], strict=True
    ):
        assert f"{label(name)}: {rank:.2f}" in text
    assert f"critical difference {results.friedman['critical_difference'][0]:.2f}" in text


def test_a_folder_from_before_there_were_statistics_is_drawn_without(drawn, tmp_path):
    folder = tmp_path / "results"
    shutil.copytree(drawn, folder, ignore=shutil.ignore_patterns("figures", "targets.csv"))
    (folder / "statistics.csv").unlink()
    (folder / "pairs.csv").unlink()
    draw_folder(folder)
    assert {path.stem for path in (folder / "figures").iterdir()} == {*DRAWN} - {"figure7_targets"}


def tree(count, seed, coordinates=False):
    """A random tree of buses, units at some of them, as network.json and a plan have it."""
    rng = np.random.default_rng(seed)
    xy = rng.random((count, 2)) * 100.0 if coordinates else np.full((count, 2), np.nan)
    buses = [
        {
            "name": f"b{i}",
            "x": None if np.isnan(x) else float(x),
            "y": None if np.isnan(y) else float(y),
            "load_kw": 10.0 * (i % 3),
        }
        for i, (x, y) in enumerate(xy)
    ]
    branches = [
        {"name": f"l{i}", "bus1": f"b{rng.integers(max(0, i - 4), i)}", "bus2": f"b{i}"}
        for i in range(1, count)
    ]
    return {"feeder": "tree", "head": "b0", "buses": buses, "branches": branches}


def moved(group, buses):
    """The group with its units at other buses."""
    plan = json.loads(json.dumps(group.median.plan))
    for i, unit in enumerate(plan["units"]):
        unit["bus"] = buses[i % len(buses)]
    median = type(group.median)(**{**vars(group.median), "plan": plan})
    return type(group)(group.name, median, group.row, group.runs)


def overlaps(figure):
    """Return the pairs of texts of one panel that lie over each other."""
    figure.canvas.draw()
    found = []
    for axes in figure.axes:
        texts = [t for t in (*axes.texts, axes.title) if t.get_text()]
        boxes = [(t.get_text(), t.get_window_extent()) for t in texts]
        found += [(a, b) for (a, p), (b, q) in combinations(boxes, 2) if p.overlaps(q)]
    return found


def test_no_label_of_the_one_line_diagram_lies_over_another(drawn):
    results = read_results(drawn)
    with style.look():
        assert overlaps(one_line(results.network, groups_of(results), results.study.limits)) == []


@pytest.mark.parametrize(("count", "named"), [(2, True), (30, True), (130, False)])
def test_one_line_of_a_feeder_without_coordinates(drawn, count, named):
    network = tree(count, seed=count)
    group = moved(groups_of(read_results(drawn))[0], [f"b{count // 2}", f"b{count - 1}"])
    with style.look():
        figure = one_line(network, [group], Limits())
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert overlaps(figure) == []
    assert ("b1" in texts) is named
    assert (f"bus b{count - 1}" in texts) is not named


def test_tree_puts_no_two_buses_on_one_spot_and_keeps_islands_and_loops():
    network = tree(60, seed=3)
    network["branches"] = [b for b in network["branches"] if b["bus2"] != "b40"]
    network["branches"].append({"name": "loop", "bus1": "b5", "bus2": "b59"})
    plain = sketch(network)
    assert len(np.unique(plain.xy, axis=0)) == 60
    assert len(plain.lines) == len(network["branches"])
    assert plain.xy[0].tolist() == [0.0, 0.0]


def test_coordinates_are_used_and_a_missing_one_is_taken_from_a_neighbour():
    network = tree(30, seed=5, coordinates=True)
    network["buses"][29]["x"] = network["buses"][29]["y"] = None
    neighbour = network["branches"][28]["bus1"]
    plain = sketch(network)
    assert plain.to_scale
    assert plain.xy[29].tolist() == plain.xy[int(neighbour[1:])].tolist()
    network["buses"][3]["x"] = network["buses"][4]["x"] = network["buses"][5]["x"] = None
    assert not sketch(network).to_scale


def test_a_label_keeps_clear_of_lines_and_of_other_labels():
    line = np.array([[0.0, 50.0], [100.0, 50.0]])
    page = Page(np.array([0.0, 0.0, 100.0, 100.0]), along([line]))
    size = np.array([30.0, 10.0])
    anchor = np.array([50.0, 50.0])
    first, second = (page.place(anchor, size, around(size, (4.0, 20.0), 16)) for _ in range(2))
    assert first[1] > 50.0
    assert second[3] < 50.0


def changed(group, **frames):
    """The group with other tables in its median case."""
    median = type(group.median)(**{**vars(group.median), **frames})
    return type(group)(group.name, median, group.row, (median,))


def day_at(buses, v_min, v_max, steps=2):
    """buses.csv of so many buses, the same voltages at each step; bus i sinks by i mpu."""
    rows = [
        {"step": step + 1, "bus": f"n{i}", "v_min_pu": v_min - i / 1000, "v_max_pu": v_max}
        for step in range(steps)
        for i in range(buses)
    ]
    return pd.DataFrame(rows)


def test_of_the_phases_the_voltage_nearest_a_limit_is_shown(drawn):
    group = groups_of(read_results(drawn))[0]
    buses = pd.DataFrame(
        {
            "step": [1, 1, 2, 2],
            "bus": ["b", "a", "b", "a"],
            "v_min_pu": [0.96, 0.99, 0.94, np.nan],
            "v_max_pu": [1.03, 1.04, 1.055, np.nan],
        }
    )
    found = nearest_limit(changed(group, buses=buses).median, Limits())
    assert list(found) == ["b", "a"]
    assert found.to_numpy()[0].tolist() == [0.96, 1.04]
    assert found["b"][2] == 0.94  # 0.01 too low is worse than 0.005 too high
    assert np.isnan(found["a"][2])


def test_of_many_buses_the_worst_are_shown_and_the_title_says_so(drawn):
    group = changed(groups_of(read_results(drawn))[0], buses=day_at(90, 1.03, 1.03))
    with style.look():
        figure = voltage_map([group], Limits())
    assert "the 40 of 90 buses nearest a limit" in figure.get_suptitle()
    names = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert len(names) == 40
    assert names[:2] == ["n0", "n1"]  # 1.03 and 1.029: as far from 1 as the lowest, 0.941
    assert {"n89", "n88", "n70"} <= set(names)
    assert "n30" not in names
    crosses = figure.axes[0].collections[0].get_offsets()
    assert len(crosses) == 2 * sum(1.03 - i / 1000 < 0.95 for i in range(90))


def test_loading_is_left_out_where_nothing_has_a_rating(drawn):
    group = groups_of(read_results(drawn))[0]
    lines = group.median.lines.assign(loading_pct=np.nan)
    with style.look():
        assert loading_map([changed(group, lines=lines)], Limits()) is None
        lines["loading_pct"] = np.where(lines["line"] == lines["line"][3], 130.0, 20.0)
        figure = loading_map([changed(group, lines=lines)], Limits())
    assert figure.axes[0].get_yticklabels()[0].get_text() == lines["line"][3]
    assert len(figure.axes[0].collections[0].get_offsets()) == 24


def test_charge_is_the_share_of_the_units_own_capacity(drawn):
    group = groups_of(read_results(drawn))[0]
    units = group.median.units
    stored = units.loc[units["unit"] == "bess1", "soc_kwh"].to_numpy()
    assert charge(group, "bess1").tolist() == (100.0 * stored / 120.0).tolist()
    assert charge(group, "pv1") is None


def test_fifty_units_are_drawn_without_a_legend_of_fifty(drawn):
    results = read_results(drawn)
    group = groups_of(results)[0]
    unit = next(u for u in group.median.plan["units"] if u["name"] == "bess1")
    many = [{**unit, "name": f"bess{i}", "kwh": 100.0 + i} for i in range(50)]
    rows = group.median.units[group.median.units["unit"] == "bess1"]
    units = pd.concat([rows.assign(unit=f"bess{i}") for i in range(50)])
    plan = {**group.median.plan, "units": many}
    with style.look():
        figure = state_of_charge([changed(group, units=units, plan=plan)], results.study)
    titles = [axes.get_title(loc="left") for axes in figure.axes if axes.get_visible()]
    assert len(titles) == MOST_UNITS
    assert "bess49, batteries (BESS)" in titles
    assert "bess9, batteries (BESS)" not in titles
    assert f"the {MOST_UNITS} largest of 50 units" in figure.get_suptitle()
    assert len(figure.legends[0].get_texts()) == 2


def test_nothing_stored_no_state_of_charge(drawn):
    results = read_results(drawn)
    group = groups_of(results)[0]
    plan = {**group.median.plan, "units": []}
    assert state_of_charge([changed(group, plan=plan)], results.study) is None


def test_extreme_says_where_and_when_and_passes_over_blanks():
    frame = pd.DataFrame({"v": [np.nan, 0.9, 1.1, 0.9], "bus": list("abcd"), "step": [1, 1, 2, 2]})
    low, high = extreme(frame, "v", "bus", lowest=True), extreme(frame, "v", "bus")
    assert (low.value, low.at, low.step) == (0.9, "b", 1)
    assert (high.value, high.at, high.step) == (1.1, "c", 2)


@pytest.mark.parametrize(
    ("step", "step_h", "text"),
    [(1, 1.0, "00:00"), (20, 1.0, "19:00"), (14, 1 / 12, "01:05"), (27, 1.0, "day 2, 02:00")],
)
def test_when_a_step_begins(step, step_h, text):
    assert clock(step, step_h) == text


def trades(*rows):
    return pd.DataFrame(rows, columns=["seller", "buyer", "kwh"])


def test_who_sells_to_whom_in_the_order_people_count():
    found = traded_between(trades(("10", "2", 5.0), ("2", "10", 3.0), ("2", "11", 1.0)))
    assert list(found.index) == ["2", "10"]
    assert list(found.columns) == ["2", "10", "11"]
    assert found.to_numpy().tolist() == [[0.0, 3.0, 1.0], [5.0, 0.0, 0.0]]


def test_of_many_traders_the_smaller_ones_stand_together_and_nothing_is_lost():
    many = MOST_TRADERS + 10
    found = traded_between(trades(*((f"b{i}", "c", 1.0 + i) for i in range(many))))
    assert len(found) == MOST_TRADERS
    assert found.index[-1] == "11 others"
    assert found.loc["11 others", "c"] == sum(1.0 + i for i in range(11))
    assert found.to_numpy().sum() == sum(1.0 + i for i in range(many))


def test_nobody_trades_no_matrix(drawn):
    group = groups_of(read_results(drawn))[0]
    assert trade_matrix(changed(group, trades=group.median.trades.head(0))) is None


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
    write_report(folder)
    drawn = [path.read_text(encoding="utf-8") for path in folder.glob("figures/*.svg")]
    page = (folder / "report.html").read_text(encoding="utf-8")
    for text in [*drawn, page]:
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
    assert r"b\x1b[31m\u202e日\r$x^" in page
    assert any(r"b\x1b[31m" in text for text in drawn)
