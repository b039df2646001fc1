"""What a results folder holds, as values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.inputs.study import Study


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
