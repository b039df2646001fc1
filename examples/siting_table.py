"""Measure how reliably each optimizer sites generators for least losses, and print the table.

    python examples/siting_table.py [--budget 2000] [--runs 10] [OPTIMIZER ...]

One and two generators of unity power factor on the 33- and 69-bus systems at full load, in one step
of an hour. A run counts when its losses are within 0.1 % of the lowest known or found by any run.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

from toolkit.commands.request import Request
from toolkit.commands.storing import search_and_store
from toolkit.inputs import feeder_files, study_files

#: Lowest losses known, kW, by feeder and number of generators, and the largest generator, kW.
PROBLEMS = {
    ("ieee33", 1): (103.967, 4000.0),
    ("ieee33", 2): (85.911, 4000.0),
    ("ieee69", 1): (83.222, 4000.0),
    ("ieee69", 2): (71.675, 4000.0),
}
OPTIMIZERS = ("cheetah", "cheetah-plus", "pygad", "mealpy", "cma", "random")
#: A run within this share of the lowest losses has found them.
WITHIN = 1e-3
#: The bundled scripts that hold units.
UNITS = ("PVSystem.dss", "Wind.dss", "Storage.dss", "EV.dss")
PROFILES = (
    "hour [h],load [pu],irradiance [W/m2],wind_speed [m/s],plugged_in [pu],"
    "trip_energy [kWh/vehicle]\n0,1,0,12,1,0\n"
)
STUDY = """name = "siting"
feeder = "siting.dss"
profiles = "full.csv"

[limits]
v_min = 0.5
v_max = 1.5
loading_max = 1000.0

[loads]
shapes = "study"

[market]
objective = "losses"
"""
GENERATOR = """
[[fleet.add]]
name = "g{number}"
kind = "wt"
bus = "{bus}"
kw = 100.0
size = [0.0, {most}]
"""


def study(folder: Path, feeder: str, generators: int):
    """Write a study of so many generators on a bundled feeder without units, and load it."""
    shutil.copytree(feeder_files.locate(feeder).parent, folder)
    lines = (folder / "Master.dss").read_text().splitlines()
    kept = [line for line in lines if not line.endswith(UNITS)]
    (folder / "siting.dss").write_text("\n".join(kept) + "\n")
    (folder / "full.csv").write_text(PROFILES)
    most = PROBLEMS[feeder, generators][1]
    added = [GENERATOR.format(number=k + 1, bus=6 + k, most=most) for k in range(generators)]
    (folder / "study.toml").write_text(STUDY + "".join(added))
    return study_files.load(str(folder / "study.toml"))


def losses(feeder: str, generators: int, optimizer: str, budget: int, runs: int) -> list[float]:
    """Return what the runs of an optimizer end with, kW."""
    with tempfile.TemporaryDirectory() as scratch:
        asked = study(Path(scratch) / "feeder", feeder, generators)
        # The batch solver differs in the last digits, by which a search takes another course.
        request = Request((optimizer,), budget, runs, workers=1, solver="opendss")
        outcome = search_and_store(asked, request, Path(scratch) / "out", "siting_table")
        summary = outcome.summary
        return summary[summary["optimizer"] == optimizer]["loss_kwh"].tolist()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("optimizers", nargs="*", default=OPTIMIZERS)
    parser.add_argument("--budget", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--problem", choices=["-".join(map(str, key)) for key in PROBLEMS])
    given = parser.parse_args()
    print(
        "| optimizer | feeder | generators | lowest, kW | within 0.1 % | median off | worst off |"
    )
    print("|---|---|---:|---:|---:|---:|---:|")
    for (feeder, generators), (known, _) in PROBLEMS.items():
        if given.problem not in (None, f"{feeder}-{generators}"):
            continue
        found = {
            name: losses(feeder, generators, name, given.budget, given.runs)
            for name in given.optimizers
        }
        lowest = min([known, *(value for values in found.values() for value in values)])
        for name, values in found.items():
            off = sorted(value / lowest - 1.0 for value in values)
            hits = sum(share <= WITHIN for share in off)
            print(
                f"| `{name}` | {feeder} | {generators} | {lowest:.3f} | {hits} of {len(off)} | "
                f"{100.0 * off[len(off) // 2]:.2f} % | {100.0 * off[-1]:.1f} % |",
                flush=True,
            )


if __name__ == "__main__":
    main()
