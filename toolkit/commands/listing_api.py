"""``toolkit results list`` as a Python function."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from toolkit.commands.listing import SORTS, as_table, results_below
from toolkit.common.arguments import Flag, PathLike, Word, checked
from toolkit.common.errors import unknown_name


@checked
def list_results(
    folder: PathLike = "results", *, sort: Word = "when", points: Flag = False
) -> pd.DataFrame:
    """List every results folder below a folder, sweeps and fronts as well.

    Parameters
    ----------
    folder : str or path
        Where to look; itself if it is a results folder.
    sort : {"when", "name", "command", "feeder", "goal", "figure", "status"}
        The order: the newest first, or by name; with "figure" the best of each goal first.
    points : bool
        With the points of sweeps and fronts.

    Returns
    -------
    pandas.DataFrame
        A row per folder: what was asked, the figure of its best plan with its unit, whether that
        keeps every limit, how it ended, when it was written. Folders that cannot be read have
        status ``damaged`` and the reason as ``note``.

    Raises
    ------
    InputError
        Where there is no such folder.

    Examples
    --------
    >>> import toolkit
    >>> results = toolkit.simulate("ieee12", out="results/base")
    >>> toolkit.list_results("results")[["name", "command", "goal"]].values.tolist()
    [['base', 'simulate', 'traded']]
    """
    if sort not in SORTS:
        raise unknown_name("sort", sort, SORTS)
    return as_table(results_below(Path(folder), sort, points=points))
