"""Hold the paper's own figures against each other, and against the public 12-bus data.

Run: python examples/check_paper.py
"""

import numpy as np
import pandas as pd

import toolkit
from toolkit.grid.opendss import Grid
from toolkit.inputs.loads import load_day
from toolkit.model.plan import schedule
from toolkit.problem.setting import prepare
from toolkit.results.paper_tables import published
from toolkit.results.periods import PERIODS


def by_case(data: pd.DataFrame, number: int) -> pd.DataFrame:
    """Return one published table, periods down and cases across."""
    part = data[data["table"] == number]
    return part.pivot_table(index="period", columns="case", values="published")


def gains(one: pd.DataFrame, case: str, over: str) -> list[float]:
    """Return by how many % ``case`` is above ``over`` in each period of a table."""
    return [float(100.0 * (one.loc[p, case] / one.loc[p, over] - 1.0)) for p in PERIODS]


def load_levels(levels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return losses, kW, and lowest voltage, pu, of the bare feeder at shares of its full load."""
    setting = prepare(toolkit.load_study("ieee12"))
    operation, steps = setting.operation, setting.scenario.steps
    bus = np.array([u.base_bus for u in operation.fleet.units])
    idle = np.zeros((len(operation.fleet.storage_rows), steps))
    nothing = schedule(bus, np.zeros(len(bus)), idle, operation)
    loss, lowest = [], []
    for part in np.split(levels, len(levels) // steps):
        loads = load_day(setting.feeder, part, setting.scenario.dt, "study")
        day = Grid(setting.feeder, operation.with_loads(loads)).day(nothing)
        loss.append(day.loss_kw)
        lowest.append(day.v_pu.min(axis=1))
    return np.concatenate(loss), np.concatenate(lowest)


def main() -> None:
    """Print every figure that docs/reproduction.md quotes about the paper itself."""
    data = published()
    one = by_case(data, 1)
    print("Table 1, gain over base by period, %:")
    for case, claim in (("pygad", "GA, claimed 50-55"), ("cheetah", "COA, claimed 80-85")):
        print(f"  {claim}: " + ", ".join(f"{g:.1f}" for g in gains(one, case, "base")))
    over = ", ".join(f"{g:.1f}" for g in gains(one, "cheetah", "pygad"))
    print(f"  COA over GA, claimed 18-22: {over}")

    total = data[data["table"] == 2].groupby("period")["published"].sum()
    print("Table 2, sum over PV, WT, BESS and BEV against Table 1's COA, kWh:")
    for period in PERIODS:
        print(f"  {period}: {total[period]:.0f} against {one.loc[period, 'cheetah']:.1f}")

    three = by_case(data, 3)
    four = by_case(data, 4)
    print("Table 3, change of losses with COA, %:")
    for over_case, claim in (("base", "over base, claimed -30"), ("pygad", "over GA, -11 to -13")):
        print(f"  {claim}: " + ", ".join(f"{g:.1f}" for g in gains(three, "cheetah", over_case)))

    levels = np.linspace(0.02, 1.92, 96)
    loss, lowest = load_levels(levels)
    print("Public 12-bus data, no units, all loads scaled alike:")
    full, v_full = load_levels(np.ones(24))
    print(f"  full load: {full[0]:.3f} kW, {v_full[0]:.5f} pu")
    print("  base case, by period: what Table 4's voltage and Table 3's losses each imply")
    for period in PERIODS:
        volt, kw = four.loc[period, "base"], three.loc[period, "base"]
        at_volt = float(np.interp(-volt, -lowest, levels))
        at_loss = float(np.interp(kw, loss, levels))
        implied = np.interp(at_volt, levels, loss), np.interp(at_loss, levels, lowest)
        spread = np.sqrt(at_loss**2 - at_volt**2)
        print(f"  {period}: {volt:.3f} pu is load {at_volt:.2f}, losses {implied[0]:.1f} kW;")
        print(f"    {kw:.1f} kW is load {at_loss:.2f}, voltage {implied[1]:.3f} pu;")
        print(f"    both as means over the hours: load {at_volt:.2f} +- {spread:.2f} (std)")


if __name__ == "__main__":
    main()
