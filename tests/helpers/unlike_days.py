"""Studies of four separate days of six-hour steps, each with another load, sun and wind."""

import numpy as np

from toolkit.inputs import study_files

HEAD = (
    "hour [h],load [pu],irradiance [W/m2],wind_speed [m/s],plugged_in [pu],"
    "trip_energy [kWh/vehicle]"
)
#: The days, in the order that a study lists them, and how many days each stands for.
DAYS, WEIGHTS = (1, 2, 3, 4), (10.0, 40.0, 5.0, 20.0)
STEPS, HOURS = 4, 6.0


def write_days(folder):
    """Write profiles of four days, beside which a study stands."""
    sun = [(0, 300, 700, 100), (0, 100, 200, 0), (0, 500, 900, 200), (0, 200, 500, 50)]
    load = [(0.2, 0.3, 0.2, 0.4), (0.3, 0.4, 0.3, 0.5), (0.2, 0.2, 0.3, 0.2), (0.2, 0.3, 0.4, 0.3)]
    wind = [(7.0, 5.0, 6.0, 8.0), (7.0, 8.0, 6.0, 7.0), (9.0, 9.0, 8.0, 10.0), (6.0, 5.0, 7.0, 6.0)]
    rows = [
        f"{HOURS * (STEPS * d + t):g},{load[d][t]},{sun[d][t]},{wind[d][t]},0.9,{1.0 * (t == 1)}"
        for d in range(len(DAYS))
        for t in range(STEPS)
    ]
    (folder / "days.csv").write_text("\n".join([HEAD, *rows]) + "\n")


def study(folder, risk="", more="", horizon=None, fixed=("bev*", "wt*")):
    """Return a study of the four days; ``risk``: lines of its horizon; fixed: units that stay."""
    if not (folder / "days.csv").is_file():
        write_days(folder)
    listed = f"days = {list(DAYS)}"
    text = (
        'name = "unlike"\nfeeder = "ieee12"\nprofiles = "days.csv"\n[loads]\nshapes = "study"\n'
        f'[fleet]\nshapes = "study"\nfixed = {list(fixed)}\n[horizon]\n{horizon or listed}\n'
        f"{risk}\n{more}\n"
    )
    (folder / "study.toml").write_text(text)
    return study_files.load(str(folder / "study.toml"))


def by_hand(costs, weights, name, level):
    """Return what a risk makes of costs of days, worked out day by day."""
    if name == "worst":
        return max(costs)
    left = total = (1.0 - level) * sum(weights)
    found = 0.0
    for cost, weight in sorted(zip(costs, weights, strict=True), reverse=True):
        taken = min(weight, left)
        found, left = found + taken * cost, left - taken
    return found / total


def of_days(x, setting, day):
    """Return points of all days as points of one of them, (n, d)."""
    units, stores = len(setting.fleet.units), len(setting.fleet.storage_rows)
    head = x.shape[1] - stores * setting.scenario.steps
    series = x[:, head:].reshape(len(x), stores, -1, STEPS)
    assert units <= head
    return np.concatenate([x[:, :head], series[:, :, day].reshape(len(x), -1)], axis=1)
