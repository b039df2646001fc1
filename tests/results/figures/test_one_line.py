"""The one-line diagram: where buses are drawn, and labels that keep clear of each other."""

import json

import numpy as np
import pytest
from helpers.drawings import overlaps

from toolkit.inputs.limit_sections import Limits
from toolkit.results.figures import style
from toolkit.results.figures.geometry import (
    Page,
    along,
    around,
    sketch,
)
from toolkit.results.figures.groups import (
    groups_of,
)
from toolkit.results.figures.one_line import one_line
from toolkit.results.store import read_results


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


def test_no_label_of_the_one_line_diagram_lies_over_another(ieee12_results):
    results = read_results(ieee12_results)
    with style.look():
        assert overlaps(one_line(results.network, groups_of(results), results.study.limits)) == []


@pytest.mark.parametrize(("count", "named"), [(2, True), (30, True), (130, False)])
def test_one_line_of_a_feeder_without_coordinates(ieee12_results, count, named):
    network = tree(count, seed=count)
    group = moved(groups_of(read_results(ieee12_results))[0], [f"b{count // 2}", f"b{count - 1}"])
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
