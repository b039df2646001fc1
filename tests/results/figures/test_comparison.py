"""The diagram of ranks: each optimizer at its rank, and bars over what cannot be told apart."""

from types import SimpleNamespace

import pandas as pd
import pytest
from helpers.drawings import drawn, overlaps

from toolkit.inputs import study_files
from toolkit.results.figures import style
from toolkit.results.figures.comparison import critical_difference, joined
from toolkit.results.store import read_results


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
    assert {"cheetah: 3.10", "random: 6.90", "critical difference 2.33 (Nemenyi, 0.05)"} <= {*texts}
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
    """From the search to the figure, with two runs of three optimizers."""
    folder = results_of(
        study_files.load("ieee12"), ("random", "cheetah", "pygad"), budget=6, runs=2
    )
    results = read_results(folder)
    text = drawn(folder, "figure8_ranks")["figure8_ranks"]
    for name, rank in zip(
        results.statistics["optimizer"], results.statistics["average_rank"], strict=True
    ):
        assert f"{name}: {rank:.2f}" in text
    assert f"critical difference {results.friedman['critical_difference'][0]:.2f}" in text
