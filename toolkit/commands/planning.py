"""What a network planner takes away from a results folder: what to reinforce, and a map."""

from __future__ import annotations

import json
from pathlib import Path

from toolkit.common.arguments import PathLike, Word, checked
from toolkit.common.errors import fitting_together, unknown_name
from toolkit.common.files import write_text
from toolkit.results.figures.groups import Group, best_plan, groups_of
from toolkit.results.geojson import to_geojson
from toolkit.results.reinforcing import to_reinforce
from toolkit.results.store.contents import Results
from toolkit.results.store.reading import read_results
from toolkit.results.store.sheets import write_csv


@checked
def write_reinforcements(folder: PathLike, case: Word | None = None) -> Path:
    """Write what to reinforce, in the base case and with a plan, as ``reinforce.csv``.

    Parameters
    ----------
    folder : str or path
        A results folder.
    case : str, optional
        The plan; the best one when left out.

    Returns
    -------
    pathlib.Path
        Where the table lies: a row for each element of each case that is beyond a limit.

    Raises
    ------
    InputError
        Where files cannot be read, and for a case that is not there.

    Examples
    --------
    >>> import toolkit
    >>> folder = toolkit.simulate("ieee33", out="results/base").folder
    >>> toolkit.write_reinforcements(folder).name
    'reinforce.csv'
    """
    folder = Path(folder)
    results = read_results(folder)
    with fitting_together(folder):
        base, shown = groups_of(results)[0], _chosen(results, case)
        told = [base] if shown.median.name == base.median.name else [base, shown]
        table = to_reinforce(told, results.study.limits, results.network)
    write_csv(folder / "reinforce.csv", table)
    return folder / "reinforce.csv"


@checked
def write_geojson(folder: PathLike, case: Word | None = None) -> tuple[Path, int]:
    """Write buses, lines and units of a plan for a GIS, as ``map.geojson``.

    Parameters
    ----------
    folder : str or path
        A results folder.
    case : str, optional
        The plan; the best one when left out.

    Returns
    -------
    tuple of pathlib.Path and int
        Where the map lies, and how many buses it leaves out because they have no coordinates.

    Raises
    ------
    InputError
        Where files cannot be read or coordinates are no degrees, and for a case that is not there.

    Examples
    --------
    The coordinates of the bundled feeders are no longitudes and latitudes.

    >>> import toolkit
    >>> folder = toolkit.simulate("ieee33", out="results/base").folder
    >>> try:
    ...     toolkit.write_geojson(folder)
    ... except toolkit.InputError as error:
    ...     print("degrees" in str(error))
    True
    """
    folder = Path(folder)
    results = read_results(folder)
    with fitting_together(folder):
        collection, left_out = to_geojson(results, _chosen(results, case))
    write_text(folder / "map.geojson", json.dumps(collection, indent=1, allow_nan=False) + "\n")
    return folder / "map.geojson", left_out


def _chosen(results: Results, case: str | None) -> Group:
    groups = groups_of(results)
    if case is None:
        return best_plan(results, groups)
    if case not in results.cases:
        raise unknown_name("case", case, results.cases)
    row = results.summary[results.summary["case"] == case].iloc[0]
    typical = groups[0].typical
    return Group(case, results.cases[case], row, (results.cases[case],), typical)
