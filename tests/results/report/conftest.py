"""A results folder of a study some of whose units are a utility's."""

import pytest

from toolkit.commands import simulate_and_store
from toolkit.inputs import study_files
from toolkit.inputs.study_changes import changed
from toolkit.results import figures


@pytest.fixture(scope="session")
def owned(tmp_path_factory):
    """Seven members of eleven prosumers; PV is theirs, the wind is a utility's."""
    asked = {
        "market": {"objective": "annual_cost", "members": ["2", "4", "6", "8", "1?"]},
        "owners": {"pv": "community", "wt": "third-party:Stadtwerke", "units": {"bess1": "bus:3"}},
        "costs": {"wt": {"per_kw": 1500}, "bess": {"per_kwh": 300, "cycle_life": 4000}},
    }
    folder = tmp_path_factory.mktemp("third") / "out"
    study = changed(study_files.load("ieee12"), asked, "test")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "draw_folder", lambda folder: None)
        simulate_and_store(study, None, folder, "toolkit simulate")
    return folder
