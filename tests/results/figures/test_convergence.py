"""Convergence: quartiles of runs, and a line for each case."""

import numpy as np

from toolkit.results.figures import style
from toolkit.results.figures.convergence import quartiles


def test_every_searched_case_has_its_own_line():
    names = ["base", *(f"optimizer{i}" for i in range(6))]
    looks = style.line_looks(names)
    assert len({look.colour for look in looks.values()}) == 7
    assert len({(look.dashes, look.marker) for look in looks.values()}) == 7
    assert len({(kind.marker, kind.colour) for kind in style.LOOKS.values()}) == len(style.LOOKS)


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
