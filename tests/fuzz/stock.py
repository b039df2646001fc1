"""Good material that cases are made of: a short day, studies, results of a search, scripts."""

import shutil
import warnings
from pathlib import Path

import toolkit
from toolkit.inputs import feeder_files, profiles, study_files

#: A study with something in every section.
RICH = """
name = "rich"
feeder = "ieee12"
profiles = "day.csv"
[limits]
v_min = 0.9
v_max = 1.1
loading_max = 120.0
[market]
objective = "weighted"
nobody_worse_off = false
[market.weights]
traded = 1.0
losses = 0.5
[tariffs]
retail = [0.3, 0.4, 0.3, 0.2]
feed_in = 0.08
network = 0.05
currency = "EUR"
[settlement]
mechanism = "auction"
seed = 3
[settlement.bids.5]
ask = 0.1
bid = [0.2, 0.2, 0.2, 0.2]
[fleet]
scale = [0.0, 2.0]
buses = ["5", "9", "1*"]
[fleet.units.pv1]
size = [0.0, 50.0]
buses = ["5", "6"]
[fleet.units.bev1]
size = [0, 10]
[[fleet.add]]
name = "pv9"
kind = "pv"
bus = "7"
kw = 20.0
phases = [1, 2, 3]
[[fleet.add]]
name = "bess9"
kind = "bess"
bus = "8"
kw = 20.0
kwh = 50.0
size = [0.0, 40.0]
[[fleet.add]]
name = "bev9"
kind = "bev"
bus = "9"
vehicles = 4
[loads]
shapes = "study"
[wind]
cut_in = 3.0
rated = 12.0
cut_out = 25.0
table = [[3.0, 0.0], [12.0, 1.0], [25.0, 1.0]]
[storage]
hours = 3.0
soc_min = 0.1
soc_max = 0.9
soc_start = 0.5
eta_charge = 0.9
eta_discharge = 0.9
[vehicles]
battery_kwh = 40.0
charger_kw = 11.0
soc_min = 0.2
soc_max = 1.0
soc_start = 0.6
v2g = true
[optimizers.random]
batch = 2
[optimizers.mine]
optimizer = "cheetah"
members = 3
"""
SMALL = """
name = "small"
feeder = "ieee12"
profiles = "day.csv"
[fleet]
buses = ["5", "9", "12"]
[loads]
shapes = "study"
"""


def lay_in(folder: Path) -> None:
    """Write the material into a new folder."""
    folder.mkdir(parents=True)
    _day(folder / "day.csv")
    (folder / "small.toml").write_text(SMALL, encoding="utf-8")
    (folder / "rich.toml").write_text(RICH, encoding="utf-8")
    shutil.copytree(feeder_files.bundled_folder() / "ieee12", folder / "feeder")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from toolkit.commands import search_and_store
        from toolkit.commands.request import Request

        request = Request(("random",), 4, 1, keep_journal=True)
        asked = study_files.load(str(folder / "small.toml"))
        search_and_store(asked, request, folder / "results", "toolkit optimize")
    journals = sorted((folder / "results" / "journal").rglob("*.journal"))
    shutil.copy(journals[0], folder / "journal")
    assert len(toolkit.read_journal(folder / "journal")) == 4


def _day(path: Path) -> None:
    """Write the bundled day in four steps of six hours."""
    head, *rows = profiles.locate("typical_day").read_text(encoding="utf-8").splitlines()
    table = [[float(cell) for cell in row.split(",")] for row in rows]
    lines = [head]
    for start in range(0, 24, 6):
        part = list(zip(*table[start : start + 6], strict=True))
        mean = [sum(column) / 6.0 for column in part]
        lines.append(",".join(f"{v:.6g}" for v in (start, *mean[1:5], sum(part[5]))))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
