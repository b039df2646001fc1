"""What is to be reinforced for a case: what is beyond a limit, when and by how much."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from toolkit.common.types import BoolArray, FloatArray
from toolkit.inputs.limit_sections import Limits
from toolkit.results.columns import columns
from toolkit.results.figures.groups import Group
from toolkit.results.store.compact import PLAIN_ROWS

#: By how much a figure is beyond a limit at least where tables are packed, and so rounded.
LEAST_PCT, LEAST_PU, LEAST_UNBALANCE = 0.05, 5e-5, 5e-3
#: The same where they have every digit.
LEAST = 1e-9


def to_reinforce(
    groups: Iterable[Group], limits: Limits, network: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """Return reinforce.csv of the median cases of groups: loadings first, the worst first.

    network: as network.json has it, from which transformers have ratings in kVA too.
    """
    branches = [] if network is None else network["branches"]
    kva = {branch["name"]: branch.get("rated_kva") for branch in branches}
    rows = [row for group in groups for row in _of_case(group, limits, kva)]
    return pd.DataFrame(rows, columns=columns("reinforce.csv"))


def overloaded(lines: pd.DataFrame, limits: Limits) -> BoolArray:
    """Say for each row of lines.csv whether its loading is beyond the limit."""
    return np.asarray(lines["loading_pct"] - limits.loading_max > _least(lines, LEAST_PCT))


def off_voltage(buses: pd.DataFrame, limits: Limits) -> BoolArray:
    """Say for each row of buses.csv whether a voltage is beyond either limit."""
    least = _least(buses, LEAST_PU)
    low, high = limits.v_min - buses["v_min_pu"], buses["v_max_pu"] - limits.v_max
    return np.asarray((low > least) | (high > least))


def _least(frame: pd.DataFrame, packed: float) -> float:
    return packed if len(frame) > PLAIN_ROWS else LEAST


def _rating(lines: pd.DataFrame, at: int) -> float:
    """Return the current, A, that is 100 % of a line. at: its row furthest beyond the limit.

    Where figures are rounded it is that of all its rows, in which rounding cancels.
    """
    row = lines.iloc[at]
    own = lines[lines["line"] == row["line"]] if len(lines) > PLAIN_ROWS else lines.iloc[[at]]
    return float(own["i_a"].sum() / (own["loading_pct"].sum() / 100.0))


def _of_case(
    group: Group, limits: Limits, kva: Mapping[str, float | None]
) -> list[dict[str, object]]:
    lines, buses, most = group.median.lines, group.median.buses, limits.loading_max
    loading = lines["loading_pct"].to_numpy(dtype=np.float64)
    rows = []
    for at, hours in _worst(group, lines, "line", loading - most, _least(lines, LEAST_PCT)):
        row = lines.iloc[at]
        rating = _rating(lines, at)
        needed = rating * float(row["loading_pct"]) / most
        ratings: dict[str, object] = {"rating_a": rating, "needed_a": needed}
        if (rated := kva.get(str(row["line"]))) is not None:
            needed_kva = rated * float(row["loading_pct"]) / most
            ratings |= {"rating_kva": rated, "needed_kva": needed_kva}
        rows.append(_row(group, row, "line", "loading", "loading_pct", most, hours) | ratings)
    held = [
        ("low voltage", "v_min_pu", -1.0, limits.v_min, LEAST_PU),
        ("high voltage", "v_max_pu", 1.0, limits.v_max, LEAST_PU),
    ]
    if limits.unbalance_max is not None and "unbalance_pct" in buses:
        held.append(("unbalance", "unbalance_pct", 1.0, limits.unbalance_max, LEAST_UNBALANCE))
    for what, column, sign, limit, least in held:
        beyond = sign * (buses[column].to_numpy(dtype=np.float64) - limit)
        for at, hours in _worst(group, buses, "bus", beyond, _least(buses, least)):
            rows.append(_row(group, buses.iloc[at], "bus", what, column, limit, hours))
    return rows


def _row(
    group: Group, row: pd.Series, name: str, what: str, column: str, limit: float, hours: float
) -> dict[str, object]:
    step = int(row["step"])
    return {
        "case": group.median.name,
        "element": str(row[name]),
        "what": what,
        "worst": float(row[column]),
        "limit": limit,
        "step": step,
        "when": group.clock(step),
        "hours": hours,
    }


def _worst(
    group: Group, frame: pd.DataFrame, name: str, beyond: FloatArray, least: float
) -> list[tuple[int, float]]:
    """Return the row of each element's worst step and its hours beyond, the furthest first."""
    hours = group.weight * group.step_h
    found = pd.DataFrame({"name": frame[name], "beyond": beyond, "at": np.arange(len(frame))})
    found["hours"] = hours[frame["step"].to_numpy(dtype=int) - 1]
    found = found[found["beyond"] > least].sort_values("beyond", ascending=False, kind="stable")
    worst = found.groupby("name", sort=False).agg(at=("at", "first"), hours=("hours", "sum"))
    return [(int(at), float(h)) for at, h in zip(worst["at"], worst["hours"], strict=True)]
