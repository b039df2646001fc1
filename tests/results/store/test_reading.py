"""A results folder read back."""

import numpy as np
import pytest
from helpers.stored import cases

from toolkit.errors import InputError


def test_results_read_back(results):
    from toolkit import read_results

    found = read_results(results)
    assert sorted(found.cases) == cases(results)
    assert found.study.name == results.name
    assert found.cases["base"].history is None
    assert np.isfinite(found.cases["base"].hourly["loss_kw"]).all()
    with pytest.raises(InputError, match=r"manifest\.json"):
        read_results(results / "cases")
