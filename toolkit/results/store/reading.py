"""Results folders read back as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.common.arguments import PathLike, checked
from toolkit.common.errors import InputError
from toolkit.common.files import is_name
from toolkit.inputs.study import Study
from toolkit.results.columns import columns
from toolkit.results.store.documents import read_network, read_plan
from toolkit.results.store.folder import read_manifest, read_study
from toolkit.results.store.grids import (
    TABLES,
    check_buses,
    check_periods,
    check_steps,
    check_units,
)
from toolkit.results.store.names import STATISTICS
from toolkit.results.store.sheets import read_csv


@dataclass(frozen=True)
class CaseFiles:
    """One case of a results folder.

    Attributes
    ----------
    name : str
        Name of the case: ``base``, ``plan``, ``exact``, or OPTIMIZER-seedS.
    plan : dict
        Sites, sizes and dispatch, as in ``plan.json``.
    hourly, buses, units, lines : pandas.DataFrame
        The solved day, as in the files of these names.
    history : pandas.DataFrame or None
        Best score by evaluation; None for a case that was not searched.
    bills, trades : pandas.DataFrame
        Who pays what, and who sold to whom; empty where an old folder lacks the file.
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

    Attributes
    ----------
    folder : pathlib.Path
        Where it lies.
    manifest : dict
        What was asked, versions, checksums, how it ended.
    study : Study
        The resolved study.
    network : dict
        Buses and branches, for drawing.
    summary : pandas.DataFrame
        One row per case: energy traded, losses, voltages, limits.
    tables : pandas.DataFrame
        The paper's Tables 1-4, one row per figure.
    cases : dict of str to CaseFiles
        The cases by name, in the order of ``summary``.
    bound, polish, statistics, pairs, friedman, targets, community : pandas.DataFrame
        The files of these names; empty where the folder lacks one, because nothing was proven,
        polished, compared or settled.

    Examples
    --------
    >>> import toolkit
    >>> results = toolkit.simulate("ieee12", out="results/base")
    >>> round(float(results.cases["base"].hourly["traded_kwh"].sum()), 1)
    1662.7
    >>> results.statistics.empty
    True
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
    manifest = read_manifest(folder)
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
        **{
            name: _read_if_there(folder / f"{name}.csv")
            for name in ("bound", "polish", "community", *STATISTICS)
        },
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


def _read_case(folder: Path) -> CaseFiles:
    frames = {name: read_csv(folder / f"{name}.csv") for name in TABLES}
    check_steps(folder, frames)
    plan = read_plan(folder / "plan.json")
    check_units(folder, plan, frames["units"])
    history = folder / "history.csv"
    return CaseFiles(
        name=folder.name,
        plan=plan,
        history=read_csv(history) if history.is_file() else None,
        bills=_read_if_there(folder / "bills.csv"),
        trades=_read_if_there(folder / "trades.csv"),
        **frames,
    )
