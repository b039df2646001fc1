"""Results of several days, made once."""

import pandas as pd
import pytest
from helpers.places import ROOT

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


@pytest.fixture(scope="session")
def forty_days(tmp_path_factory):
    """A study of forty days one after the other, from 20 January 2023."""
    home = tmp_path_factory.mktemp("forty")
    year = pd.read_csv(ROOT / "profiles" / "real_weather.csv").iloc[: 40 * 24]
    times = pd.date_range("2023-01-20T00:00+01:00", periods=len(year), freq="h")
    texts = [time.isoformat(timespec="minutes") for time in times]
    dated = year.drop(columns="hour [h]").assign(time=texts)
    dated.to_csv(home / "dated.csv", index=False)
    fields = {"name": "forty", "feeder": "ieee12", "profiles": str(home / "dated.csv")}
    study = Study.model_validate({**fields, "fleet": {"shapes": "study"}})
    simulate_and_store(study, None, home / "results", "toolkit simulate")
    return home / "results"
