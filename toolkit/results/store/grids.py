"""Whether the tables of a case belong together: the same steps, in each the same rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from toolkit.common.errors import InputError, nearest
from toolkit.results.periods import PERIODS

#: The tables of a case, with the column by which the rows of a step are told apart.
TABLES = {"hourly": None, "buses": "bus", "units": "unit", "lines": "line"}


def check_steps(folder: Path, frames: Mapping[str, pd.DataFrame]) -> None:
    """Raise InputError unless every table has every step of the day, with the same rows in each."""
    steps = len(frames["hourly"])
    if not steps:
        raise InputError(f"{folder / 'hourly.csv'}: has no rows; expected one per step.")
    for name, key in TABLES.items():
        frame = frames[name]
        each, odd = divmod(len(frame), steps)
        wanted = np.repeat(np.arange(1, steps + 1), each)
        same = not odd and np.array_equal(frame["step"].to_numpy(), wanted)
        if not same or (key is not None and not _same_rows(frame[key], steps)):
            rows = "" if key is None else f", and in each the same values of '{key}'"
            raise InputError(
                f"{folder / name}.csv: column 'step': expected steps 1 to {steps} of hourly.csv in "
                f"order{rows}."
            )


def check_buses(
    folder: Path, network: Mapping[str, Any], plan: Mapping[str, Any], buses: pd.DataFrame
) -> None:
    """Raise InputError unless the buses of a case are those of the network."""
    known = {bus["name"] for bus in network["buses"]}
    if not len(buses):
        raise InputError(f"{folder / 'buses.csv'}: has no rows; expected one per step and bus.")
    sites = {unit["bus"] for unit in plan["units"]}
    for file, named in (("buses.csv", {*buses["bus"]}), ("plan.json", sites)):
        for bus in sorted(named - known):
            near = nearest(bus, known)
            raise InputError(f"{folder / file}: bus '{bus[:60]}' is not in network.json.{near}")


def check_units(folder: Path, plan: Mapping[str, Any], units: pd.DataFrame) -> None:
    """Raise InputError unless the units of a plan are those that have a day, and act as long."""
    planned = {unit["name"]: len(unit["p_kw"]) for unit in plan["units"]}
    days = units["unit"].value_counts().to_dict()
    odd = sorted(name for name in {**planned, **days} if planned.get(name) != days.get(name))
    if odd:
        raise InputError(
            f"{folder / 'plan.json'}: unit '{str(odd[0])[:60]}': found p_kw of "
            f"{planned.get(odd[0], 'no')} steps, and {days.get(odd[0], 'no')} rows in units.csv; "
            "expected as many."
        )


def check_periods(path: Path, tables: pd.DataFrame) -> None:
    """Raise InputError unless tables.csv has each period once for whatever it has a figure of."""
    for (table, case, item), rows in tables.groupby(["table", "case", "item"], dropna=False):
        if sorted(map(str, rows["period"])) != sorted(PERIODS):
            of = ", ".join(str(word) for word in (case, item) if word)
            raise InputError(
                f"{path}: column 'period': expected each of {', '.join(PERIODS)} once for table "
                f"{table}, {of}."
            )


def _same_rows(names: pd.Series, steps: int) -> bool:
    """Say whether the names of each step are those of the first, none blank and none twice."""
    values = names.to_numpy(dtype=object).reshape(steps, -1)
    first = set(values[0])
    whole = len(first) == values.shape[1] and all(isinstance(name, str) for name in first)
    return whole and bool((values == values[0]).all())
