"""Feeders and cases that many spoiled folders have in common, solved once."""

import pytest
from helpers.forger import remember


@pytest.fixture(scope="module")
def solved_once():
    """Solve each feeder, and look at each case, once as long as it is the same."""
    with pytest.MonkeyPatch.context() as patch:
        remember(patch)
        yield
