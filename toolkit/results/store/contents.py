"""What a results folder holds, as values."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from toolkit.common.shown import Shown
from toolkit.inputs.study import Study
from toolkit.problem.goals import GOALS


@dataclass(frozen=True, repr=False)
class CaseFiles(Shown):
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
    costs : pandas.DataFrame
        What each unit costs by the year; empty where the study does not say it.
    owners : pandas.DataFrame
        What each party pays, gets and owns in a year; empty where the study states no owners.
    """

    _told_by = "toolkit.results.report.notebook"

    name: str
    plan: dict[str, Any]
    hourly: pd.DataFrame
    buses: pd.DataFrame
    units: pd.DataFrame
    lines: pd.DataFrame
    history: pd.DataFrame | None
    bills: pd.DataFrame
    trades: pd.DataFrame
    costs: pd.DataFrame
    owners: pd.DataFrame


@dataclass(frozen=True, repr=False)
class Results(Shown):
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
    bound, polish, statistics, pairs, friedman, targets, community, validation : pandas.DataFrame
        The files of these names; empty where the folder lacks one, because nothing was proven,
        polished, compared, settled or tried.
    validation_runs : pandas.DataFrame
        The same of every run, which ``toolkit validate --every-run`` writes.
    validation_facts : dict
        What ``validation.csv`` is read with; empty without it.
    plot : Plots
        The figures, each a method that returns a matplotlib ``Figure``.

    Examples
    --------
    >>> import toolkit
    >>> results = toolkit.simulate("ieee12", out="results/base")
    >>> results.plot.traded(width=3.5).savefig("traded.pdf")
    >>> round(float(results.cases["base"].hourly["traded_kwh"].sum()), 1)
    1662.7
    >>> results.statistics.empty
    True
    """

    _told_by = "toolkit.results.report.notebook"

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
    validation: pd.DataFrame
    validation_runs: pd.DataFrame
    validation_facts: dict[str, Any]

    @property
    def plot(self) -> Any:
        """The figures as objects: ``results.plot.convergence(width=3.5)``; see ``Plots``."""
        # Figures read results, so they stand above them and are loaded by their name.
        return import_module("toolkit.results.figures.plots").Plots(self)

    def to_latex(self, *tables: str, width: float = 3.5) -> str:
        """Return tables as LaTeX with booktabs, all or some.

        They are summary, statistics, friedman, pairs and plan. Each fits into a column of
        ``width`` inches at 8 points, or takes both columns of a page where it cannot. Units stand
        in the headers, and names are escaped. Raises InputError for a table that is not there, and
        for a width that cannot be.
        """
        wide = import_module("toolkit.results.widths").checked_width(width)
        made = import_module("toolkit.results.printed.tables").tables_of(self, tables)
        return str(import_module("toolkit.results.printed.latex").to_latex(made, wide))

    def to_methods(self) -> str:
        """Return a text on methods in Markdown: what was computed for this run, and how."""
        return str(import_module("toolkit.results.printed.methods").to_methods(self))

    def to_bibtex(self) -> str:
        """Return the works that the text on methods cites, as BibTeX."""
        return str(import_module("toolkit.results.printed.methods").to_bibtex(self))

    @property
    def bound_kwh(self) -> float | None:
        """The proven bound on the energy maximised, kWh; None without one."""
        kwh = np.nan if self.bound.empty else float(self.bound["bound_kwh"].iloc[0])
        return None if np.isnan(kwh) else kwh

    @property
    def bound_score(self) -> float | None:
        """The proven bound on what is ranked, where more is better; None without one.

        A cost is ranked with a minus.
        """
        if self.bound.empty or "bound" not in self.bound:
            return self.bound_kwh
        row = self.bound.iloc[0]
        return -GOALS[str(row["goal"])].sign * float(row["bound"])
