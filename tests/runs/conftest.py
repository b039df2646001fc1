"""A small problem that runs are made of."""

import pytest


@pytest.fixture(scope="module")
def small(make_setting, write_day, tmp_path_factory):
    from toolkit.problem.problem import Problem

    day = write_day(tmp_path_factory.mktemp("day") / "coarse.csv", 4.0)
    return Problem(make_setting(profiles=str(day)))
