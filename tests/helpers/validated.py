"""A study of one day of three, its results, and other days to try them on."""

import numpy as np

from toolkit.commands import search_and_store
from toolkit.commands.request import Request
from toolkit.inputs import study_files

HEAD = (
    "hour [h],load [pu],irradiance [W/m2],wind_speed [m/s],plugged_in [pu],"
    "trip_energy [kWh/vehicle]"
)
STUDY = """
name = "made"
feeder = "ieee12"
profiles = "days.csv"
[loads]
shapes = "study"
[fleet]
shapes = "study"
[dispatch]
policy = "{policy}"
[horizon]
day = 2
"""


def profiles(path, days, seed):
    rng = np.random.default_rng(seed)
    rows = [
        f"{t},{0.4 + 0.3 * rng.random():.3f},"
        f"{max(np.sin((t % 24 - 6) / 12 * np.pi), 0) * 900 * rng.random():.1f},"
        f"{3 + 9 * rng.random():.2f},0.9,{2.0 if t % 24 == 8 else 0.0}"
        for t in range(24 * days)
    ]
    path.write_text("\n".join([HEAD, *rows]) + "\n")


#: One run.
ONE = Request(("random",), 30, 1)


def made(folder, policy, request=ONE):
    """Search the study, with days.csv, others.csv and study.toml beside the results."""
    profiles(folder / "days.csv", 3, 0)
    profiles(folder / "others.csv", 4, 1)
    (folder / "study.toml").write_text(STUDY.format(policy=policy))
    study = study_files.load(str(folder / "study.toml"))
    search_and_store(study, request, folder / policy, "toolkit optimize")
    return folder / policy
