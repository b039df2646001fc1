"""Results folders read back as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.common.arguments import PathLike, checked
from toolkit.common.errors import InputError
from toolkit.common.files import is_name, read_json
from toolkit.results.columns import columns
from toolkit.results.store.compact import form_of
from toolkit.results.store.contents import CaseFiles, Results
from toolkit.results.store.documents import read_network, read_plan
from toolkit.results.store.folder import read_complete, read_study
from toolkit.results.store.grids import (
    TABLES,
    check_buses,
    check_periods,
    check_steps,
    check_units,
)
from toolkit.results.store.names import STATISTICS, VALIDATION_FACTS
from toolkit.results.store.sheets import read_csv

#: Files of one table that a folder may have, by the attribute they are read back as.
BESIDE = ("bound", "polish", "community", "validation", "validation_runs")


@checked
def read_results(folder: PathLike) -> Results:
    """Read a results folder.

    Parameters
    ----------
    folder : str or path
        A folder that a command or one of the Python functions has written.

    Returns
    -------
    Results
        All of it as frozen values and DataFrames.

    Raises
    ------
    InputError
        For a folder that holds no results, or a damaged file; the message names the file and the
        column or key.

    Examples
    --------
    >>> import toolkit
    >>> folder = toolkit.simulate("ieee12", out="results/base").folder
    >>> toolkit.read_results(folder).summary["case"].tolist()
    ['base']
    """
    folder = Path(folder)
    manifest = read_complete(folder)
    summary = read_csv(folder / "summary.csv")
    check_cases(folder, summary["case"])
    network = read_network(folder)
    cases = {name: _read_case(folder / "cases" / name) for name in summary["case"]}
    for name, case in cases.items():
        check_buses(folder / "cases" / name, network, case.plan, case.buses)
    return Results(
        folder=folder,
        manifest=manifest,
        study=read_study(folder),
        network=network,
        summary=summary,
        tables=_read_tables(folder / "tables.csv"),
        cases=cases,
        validation_facts=_read_facts(folder / VALIDATION_FACTS),
        **{name: _read_if_there(folder / f"{name}.csv") for name in (*BESIDE, *STATISTICS)},
    )


def check_cases(folder: Path, names: Iterable[object]) -> None:
    """Raise InputError for a case that stands there twice, or whose name is a path to elsewhere."""
    seen: set[object] = set()
    for name in names:
        if not is_name(name) or name in seen:
            again = " a second time" if name in seen else ""
            raise InputError(
                f"{folder / 'summary.csv'}: column 'case': found {name!r}{again}; expected names "
                "of folders in cases/."
            )
        seen.add(name)
    if "base" not in seen:
        raise InputError(f"{folder / 'summary.csv'}: column 'case': 'base' is missing.")


def _read_tables(path: Path) -> pd.DataFrame:
    tables = read_csv(path).fillna({"item": ""})
    check_periods(path, tables)
    return tables


def _read_if_there(path: Path) -> pd.DataFrame:
    """Read a file that not every folder has; an empty frame where there is none."""
    if not path.is_file():
        return pd.DataFrame(columns=columns(path.name))
    return read_csv(path)


def _read_facts(path: Path) -> dict[str, Any]:
    """Read an object of JSON that not every folder has. Raises InputError."""
    if not path.is_file():
        return {}
    facts = read_json(path)
    if not isinstance(facts, dict):
        raise InputError(f"{path}: cannot be read: expected an object of JSON.")
    return facts


def _read_case(folder: Path) -> CaseFiles:
    frames = {name: read_csv(form_of(folder / f"{name}.csv")) for name in TABLES}
    check_steps(folder, frames)
    frames["hourly"] = frames["hourly"].fillna({"weight": 1.0})
    plan = read_plan(folder / "plan.json")
    check_units(folder, plan, frames["units"])
    history = folder / "history.csv"
    return CaseFiles(
        name=folder.name,
        plan=plan,
        history=read_csv(history) if history.is_file() else None,
        bills=_read_if_there(folder / "bills.csv"),
        trades=_read_if_there(folder / "trades.csv"),
        costs=_read_if_there(folder / "costs.csv"),
        owners=_read_if_there(folder / "owners.csv"),
        **frames,
    )
