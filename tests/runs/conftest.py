"""A small problem that runs are made of."""

import pytest

from toolkit.inputs.study import Study
from toolkit.problem.problem import Problem


@pytest.fixture(scope="module")
def small(make_setting, coarse_day):
    return Problem(make_setting(profiles=str(coarse_day)))


@pytest.fixture(scope="session")
def asked(coarse_day):
    """A study with days of six steps."""
    return Study(name="mine", feeder="ieee12", profiles=str(coarse_day))
