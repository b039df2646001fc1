"""Whether the hypervolumes of optimizers differ, as the files of a front say."""

import numpy as np
import pandas as pd
import pytest

from toolkit.commands.front.table import _told_apart, all_tables, volumes
from toolkit.commands.front.words import _number
from toolkit.model.fronts import dominated

TABLE = pd.DataFrame({"point": ["001"]})


def of(shares):
    """Return hypervolume.csv of runs by optimizer, seeds 1, 2, ... each."""
    rows = [
        {"case": f"{name}-seed{seed}", "optimizer": name, "seed": seed, "hypervolume": share}
        for name, own in shares.items()
        for seed, share in enumerate(own, start=1)
    ]
    return pd.DataFrame(rows)


def test_six_seeds_of_two_that_always_differ_are_the_least_that_tells_them_apart():
    first = [0.60, 0.61, 0.62, 0.63, 0.64, 0.65]
    found = all_tables(TABLE, of({"a": first, "b": [share - 0.2 for share in first]}))
    assert set(found) == {"front.csv", "hypervolume.csv", "hypervolume_pairs.csv"}
    (pair,) = found["hypervolume_pairs.csv"].to_dict("records")
    assert pair["median_difference"] == pytest.approx(0.2)
    # All six differences point one way: two of the 2^6 signs are as far out.
    assert pair["p"] == pair["p_holm"] == pytest.approx(2 / 64)
    assert pair["a12"] == 1.0


def test_three_optimizers_are_ranked_together():
    found = all_tables(TABLE, of({"a": [0.6] * 3, "b": [0.5] * 3, "c": [0.4] * 3}))
    (whole,) = found["hypervolume_friedman.csv"].to_dict("records")
    # Ranks 1, 2 and 3 in each of three seeds: 12 * 18 / (3 * 3 * 4) - 3 * 3 * 4 = 6, the most.
    assert whole["chi2"] == pytest.approx(6.0)
    assert len(found["hypervolume_pairs.csv"]) == 3


def test_without_extremes_there_is_nothing_to_test():
    assert set(all_tables(TABLE, volumes(TABLE, {}))) == {"front.csv", "hypervolume.csv"}


def test_plans_that_differ_by_rounding_do_not_dominate_each_other():
    costs = np.array(
        [[-2097.40287073867, 0.05], [-2097.40287073867 + 6e-13, 0.05], [-2000.0, 0.06]]
    )
    assert dominated(_told_apart(costs)).tolist() == [False, False, True]
    assert dominated(_told_apart(np.zeros((2, 2)))).tolist() == [False, False]


def test_small_figures_keep_their_digits_in_the_terminal():
    told = [_number(value) for value in (7233.709, 0.0305597, 0.0, 1.5155, float("nan"))]
    assert told == ["7,233.7", "0.03056", "0.0", "1.516", "-"]
