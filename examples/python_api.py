"""A study from Python: load it, change limits and fleet, compare, look at frames, plot.

    python examples/python_api.py            the results go to ./results/python

In a notebook the body of ``main`` is a cell; whole notebooks are in ``examples/notebooks``.
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

import toolkit


def study() -> toolkit.Study:
    """Return the 12-bus study with a wider voltage band and one battery more."""
    battery = {"name": "bess3", "kind": "bess", "bus": "12", "kw": 30.0, "kwh": 120.0}
    return toolkit.load_study(
        "ieee12",
        name="wider",
        limits={"v_min": 0.94, "v_max": 1.06},
        fleet={"scale": [0.0, 1.5], "add": [battery]},
    )


def per_bus(results: toolkit.Results, case: str) -> pd.DataFrame:
    """Return what each bus sells and buys over the day, kWh, largest seller first."""
    sums = results.cases[case].buses.groupby("bus")[["sell_kwh", "buy_kwh"]].sum()
    return sums.sort_values("sell_kwh", ascending=False)


def plot(results: toolkit.Results, path: Path) -> None:
    """Draw the energy traded in each step, a line a case."""
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    for name, case in results.cases.items():
        axes.step(case.hourly["step"], case.hourly["traded_kwh"], where="mid", label=name)
    axes.set(xlabel="step", ylabel="traded energy (kWh)")
    axes.legend(fontsize="small")
    figure.savefig(path)
    plt.close(figure)


def main(budget: int = 2000, runs: int = 3, out: Path = Path("results/python")) -> toolkit.Results:
    """Compare two optimizers on the changed study and show what came of it."""
    results = toolkit.compare(
        study(),
        optimizers=["cheetah", "big=cheetah"],
        options={"big": {"members": 24}},
        budget=budget,
        runs=runs,
        out=out,
        force=True,
    )
    print(results.summary[["case", "traded_kwh", "v_min_pu", "v_max_pu", "feasible"]])
    print(results.pairs[["optimizer_a", "optimizer_b", "p", "verdict"]].to_string())
    best = results.summary.sort_values(["violation", "traded_kwh"], ascending=[True, False])
    print(per_bus(results, best["case"].iloc[0]))
    print(toolkit.write_report(results.folder))
    plot(results, results.folder / "figures" / "python.png")
    return results


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--budget", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    main(given.budget, given.runs)
