"""Results of several days, made once."""

import pytest

from toolkit.commands import simulate_and_store
from toolkit.inputs.study import Study


@pytest.fixture(scope="session")
def two_days(tmp_path_factory):
    """A study of two separate days of the bundled year."""
    folder = tmp_path_factory.mktemp("two") / "results"
    horizon = {"days": [15, 182], "weights": [165, 200]}
    fields = {"name": "two", "feeder": "ieee12", "profiles": "real_weather", "horizon": horizon}
    simulate_and_store(Study.model_validate(fields), None, folder, "toolkit simulate")
    return folder
