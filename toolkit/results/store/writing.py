"""Studies, cases and statistics written into a results folder."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from toolkit.common.errors import ToolkitError
from toolkit.common.files import write_text
from toolkit.grid.backend import backend
from toolkit.inputs import study_files
from toolkit.model.branches import Branch
from toolkit.model.feeder import Feeder
from toolkit.problem import plan_files
from toolkit.problem.setting import Setting
from toolkit.results import bills
from toolkit.results.bills import Account
from toolkit.results.case import Case
from toolkit.results.statistics.comparison import Comparison
from toolkit.results.store.compact import write_series
from toolkit.results.store.names import SERIES
from toolkit.results.store.sheets import write_csv


def write_study(folder: Path, setting: Setting) -> None:
    """Write the resolved study and the network it is about."""
    write_text(folder / "study.toml", study_files.to_toml(setting.study))
    write_text(folder / "network.json", json.dumps(network(setting.feeder), indent=1) + "\n")


def network(feeder: Feeder) -> dict[str, Any]:
    """Return buses, branches and head of a feeder as plain data, for drawing."""
    buses = [
        {
            "name": bus,
            "base_kv": _known(feeder.base_kv[i]),
            "x": _known(feeder.xy[i, 0]),
            "y": _known(feeder.xy[i, 1]),
            "load_kw": float(feeder.load_kw[i]),
        }
        for i, bus in enumerate(feeder.buses)
    ]
    branches = [_branch(branch) for branch in feeder.branches]
    return {"feeder": feeder.name, "head": feeder.head, "buses": buses, "branches": branches}


def _branch(branch: Branch) -> dict[str, Any]:
    """Return a line or transformer; of the latter what its first winding may carry, kVA."""
    ends = {"name": branch.name, "bus1": branch.bus1, "bus2": branch.bus2}
    if not branch.is_transformer:
        return ends
    # Nine digits: it comes from currents, whose last ones are rounding.
    return {**ends, "rated_kva": _known(float(f"{branch.rated_kva:.9g}"))}


def _known(value: float) -> float | None:
    """Return a number, or None (null in JSON) where it is NaN."""
    return None if math.isnan(value) else float(value)


def write_case(folder: Path, setting: Setting, case: Case) -> Account:
    """Write one case's folder, its runnable feeder included; return what trading meant in money.

    ``folder`` is one of results that are not whole yet: nothing of the case is there.
    """
    to = folder / "cases" / case.name
    write_text(to / "plan.json", plan_files.to_json(case.plan, setting))
    write_csv(to / "hourly.csv", case.hourly)
    for name in SERIES:
        write_series(
            to / name, getattr(case, name.removesuffix(".csv")), setting.study.output.series
        )
    if case.history is not None:
        write_csv(to / "history.csv", case.history)
    account = bills.account(setting, case)
    write_csv(to / "bills.csv", account.bills)
    write_csv(to / "trades.csv", account.trades)
    if case.costs is not None and case.costs.units is not None:
        write_csv(to / "costs.csv", case.costs.units)
    if case.costs is not None and case.costs.owners is not None:
        write_csv(to / "owners.csv", case.costs.owners)
    try:
        (to / "feeder").mkdir()
        backend().export_feeder(case.plan, setting.operation, setting.feeder, to / "feeder")
    except OSError as error:
        raise ToolkitError(f"{to}: cannot be written: {error.strerror or error}") from error
    return account


def write_comparison(folder: Path, comparison: Comparison) -> None:
    """Write the statistics of a comparison, those files that have anything to say."""
    for name, frame in comparison.files().items():
        write_csv(folder / name, frame)
