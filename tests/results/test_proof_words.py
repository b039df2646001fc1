"""What is said of a bound that a plan contradicts."""

import numpy as np
import pandas as pd
import pytest

from toolkit.results.proof_words import contradiction


def rows(*shares):
    names = ["base", *(f"run-{i}" for i in range(1, len(shares)))]
    return pd.DataFrame({"case": names, "pct_of_bound": shares})


@pytest.mark.parametrize(
    "shares", [(40.0, 100.0), (40.0, 100.000001), (np.nan, np.nan), (775.0, 91.0)]
)
def test_nothing_is_said_where_no_plan_is_better_than_the_bound(shares):
    assert contradiction(rows(*shares)) == ""


def test_the_best_plan_above_a_bound_is_named():
    said = contradiction(rows(40.0, 101.0, 103.456))
    assert said.startswith("The bound is WRONG: case run-2 keeps every limit and reaches 103.46 %")
