"""Plans made for some days of a year, tried on all of them: the table of docs/how-to/year.md.

Searches sites and sizes of the 12-bus feeder for a few typical days of the bundled year, and tries
each plan on the whole year under policies that do not look ahead.

    python examples/year_table.py RESULTS      # makes what is not there yet, then prints
"""

import sys
from pathlib import Path

import pandas as pd

import toolkit

#: Typical days that plans are made for.
COUNTS = (1, 4, 8, 12)
#: Lowest voltage allowed, pu: the loads alone fall to 0.943 on the worst evening of the year.
V_MIN = 0.93
#: Every day begins with stores at their lowest, so that none sells what it is charged again for at
#: the end of the day, which would promise too much.
SOC_MIN = {"bess": 0.1, "bev": 0.2}
#: Policy of the search, policy of the year, and its options.
PAIRS = (
    ("surplus", "surplus", None),
    ("schedule", "surplus", None),
    ("schedule", "rolling", {"hours": 6, "forecast": "persistence"}),
)
BUDGET, SEEDS = 2000, (1, 2)


def study(count, policy):
    """Return the study of so many typical days of the year."""
    return toolkit.load_study(
        "ieee12",
        name=f"year-{count}",
        profiles="real_weather",
        horizon={"days": "typical", "count": count, "extremes": []},
        dispatch={"policy": policy},
        limits={"v_min": V_MIN},
        storage={"soc_start": SOC_MIN["bess"]},
        vehicles={"soc_start": SOC_MIN["bev"]},
    )


def searched(home, count, policy):
    """Return the results folder of the searches, which are made where they are not there."""
    folder = home / f"{policy}-{count}"
    if not folder.is_dir():
        toolkit.optimize(
            study(count, policy),
            optimizer="pygad",
            budget=BUDGET,
            runs=len(SEEDS),
            seed=SEEDS[0],
            out=folder,
        )
    return folder


def tried(folder, seed, policy, options):
    """Return validation.csv of a run under a policy, which is made where it is not there."""
    case = f"pygad-seed{seed}"
    kept = folder / f"{case}-{policy}.csv"
    if not kept.is_file():
        found = toolkit.validate(folder, "real_weather", case=case, policy=policy, options=options)
        found.days.to_csv(kept, index=False)
    return pd.read_csv(kept)


def row(home, count, search, policy, options):
    """Return one row: means over the seeds."""
    folder = searched(home, count, search)
    years = [tried(folder, seed, policy, options) for seed in SEEDS]
    sums = pd.DataFrame([year[["traded_kwh", "bound_kwh", "hours_broken"]].sum() for year in years])
    promised = pd.read_csv(folder / "summary.csv").query("optimizer == 'pygad'")["traded_kwh"]
    return {
        "searched under": search,
        "tried under": policy,
        "typical days": count,
        "promised, MWh": promised.mean() / 1e3,
        "traded in the year, MWh": sums["traded_kwh"].mean() / 1e3,
        "lowest to highest seed": f"{sums['traded_kwh'].min() / 1e3:.0f} to "
        f"{sums['traded_kwh'].max() / 1e3:.0f}",
        "% of the bound": 100.0 * sums["traded_kwh"].sum() / sums["bound_kwh"].sum(),
        "hours with a broken limit": sums["hours_broken"].mean(),
    }


def told(value):
    """Return a cell of the table."""
    return f"{value:,.1f}" if isinstance(value, float) else str(value)


def main(home):
    """Make the table and print it as Markdown."""
    rows = [row(home, count, *pair) for pair in PAIRS for count in COUNTS]
    print("| " + " | ".join(rows[0]) + " |")
    print("|" + "---|" * len(rows[0]))
    for each in rows:
        print("| " + " | ".join(map(told, each.values())) + " |")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
