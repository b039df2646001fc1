"""Results folders read back as plain values."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.arguments import PathLike, checked
from toolkit.errors import InputError
from toolkit.schema import columns
from toolkit.store.folder import STATISTICS, read_manifest, read_study
from toolkit.study import Study

#: Columns that results of earlier versions lack; they are read as blank.
ADDED = {
    "summary.csv": (
        *("pct_of_bound", "broken", "voltage_deviation_pu", "community_cost"),
        *("self_sufficiency_pct", "score"),
    ),
    "statistics.csv": ("median_pct_of_bound",),
}
#: Columns of names that may look like numbers.
NAMES = (
    *("case", "bus", "unit", "line", "seller", "buyer", "worse_off_buses"),
    *("optimizer", "optimizer_a", "optimizer_b"),
)


@dataclass(frozen=True)
class CaseFiles:
    """One case as read back from a results folder; ``history`` is None for a case not searched.

    ``bills`` and ``trades`` are empty where an old folder lacks the file.
    """

    name: str
    plan: dict[str, Any]
    hourly: pd.DataFrame
    buses: pd.DataFrame
    units: pd.DataFrame
    lines: pd.DataFrame
    history: pd.DataFrame | None
    bills: pd.DataFrame
    trades: pd.DataFrame


@dataclass(frozen=True)
class Results:
    """A results folder as plain values.

    ``bound``, ``polish``, ``statistics``, ``pairs``, ``friedman``, ``targets`` and ``community``
    are empty where the folder lacks the file: nothing was proven, polished, compared or settled.
    """

    folder: Path
    manifest: dict[str, Any]
    study: Study
    network: dict[str, Any]
    summary: pd.DataFrame
    tables: pd.DataFrame
    cases: dict[str, CaseFiles]
    bound: pd.DataFrame
    polish: pd.DataFrame
    statistics: pd.DataFrame
    pairs: pd.DataFrame
    friedman: pd.DataFrame
    targets: pd.DataFrame
    community: pd.DataFrame

    @property
    def bound_kwh(self) -> float | None:
        """The proven bound on the energy maximised, kWh; None without one."""
        return None if self.bound.empty else float(self.bound["bound_kwh"].iloc[0])


@checked
def read_results(folder: PathLike) -> Results:
    """Read a results folder. Raises InputError when it is none or lacks a file."""
    folder = Path(folder)
    manifest = read_manifest(folder)
    try:
        summary = _read(folder / "summary.csv", {"case": str, "optimizer": str})
        return Results(
            folder=folder,
            manifest=manifest,
            study=read_study(folder),
            network=json.loads((folder / "network.json").read_text(encoding="utf-8")),
            summary=summary,
            tables=pd.read_csv(folder / "tables.csv").fillna({"item": ""}),
            cases={name: _read_case(folder / "cases" / name) for name in summary["case"]},
            **{
                name: _read_if_there(folder / f"{name}.csv")
                for name in ("bound", "polish", "community", *STATISTICS)
            },
        )
    except (OSError, ValueError) as error:
        raise InputError(f"{folder}: cannot be read: {error}") from error


def _read_if_there(path: Path) -> pd.DataFrame:
    """Read a file that not every folder has; an empty frame where there is none."""
    if not path.is_file():
        return pd.DataFrame(columns=columns(path.name))
    return _read(path, dict.fromkeys(NAMES, str))


def _read(path: Path, types: Mapping[str, type]) -> pd.DataFrame:
    """Read a file, with the columns it lacks where it is an old one."""
    frame = pd.read_csv(path, dtype=dict(types))
    lacking = [name for name in ADDED.get(path.name, ()) if name not in frame]
    return frame.assign(**dict.fromkeys(lacking, math.nan))


def _read_case(folder: Path) -> CaseFiles:
    frames = {
        name: pd.read_csv(folder / f"{name}.csv", dtype=dict.fromkeys(NAMES, str))
        for name in ("hourly", "buses", "units", "lines")
    }
    history = folder / "history.csv"
    return CaseFiles(
        name=folder.name,
        plan=json.loads((folder / "plan.json").read_text(encoding="utf-8")),
        history=pd.read_csv(history) if history.is_file() else None,
        bills=_read_if_there(folder / "bills.csv"),
        trades=_read_if_there(folder / "trades.csv"),
        **frames,
    )
