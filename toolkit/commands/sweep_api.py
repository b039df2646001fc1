"""``toolkit sweep`` as a Python function."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Unpack

from pydantic import PlainValidator

from toolkit.commands.calls import (
    Folder,
    Names,
    Source,
    folder_of,
    of_many,
    request_of,
    study_of,
    takes_request,
)
from toolkit.commands.notebook_bar import notebook_bar
from toolkit.commands.request import Keywords
from toolkit.commands.sweep import Sweep, draw, sweep_and_store
from toolkit.commands.sweep.grid import of_mapping
from toolkit.common.arguments import Flag, OptionsByName, checked, plain
from toolkit.common.excerpts import shown


def _fields(value: Any) -> dict[str, Any]:
    given = plain(value)
    if not isinstance(given, dict) or not all(isinstance(key, str) for key in given):
        raise ValueError('expected values by field, {"storage.hours": [1, 2, 4]}')
    for key, values in given.items():
        if not isinstance(values, list | str):
            raise ValueError(f"expected a list of values for each field; '{key}' has none")
    return given


Fields = Annotated[Mapping[str, Sequence[Any] | str], PlainValidator(_fields)]


@checked
@takes_request("sweep")
def sweep(
    study: Source = "ieee12",
    fields: Fields | None = None,
    *,
    optimizers: Names = ("cheetah",),
    options: OptionsByName | None = None,
    out: Folder = None,
    quiet: Flag = False,
    **asked: Unpack[Keywords],
) -> Sweep:
    """Search a study for every combination of values of some of its fields.

    Parameters
    ----------
    study : str or path or Study
        Name of a study, path of a TOML file, or a study.
    fields : mapping of str to list or str
        Values by the dotted path of a field, or a range as text, ``"200:600:5"``: five values from
        200 to 600.
    optimizers, options : sequence of str, mapping
        Names, or ``"label=name"`` for several settings of one optimizer, and options by name.
    budget, runs, seed, workers : int
        Evaluations per run, runs of each optimizer at each point, seed of the first one, processes.
    bound, polish : float, {"sites", "dispatch"}, optional
        Seconds in which to prove a bound at each point, and what the exact model may improve.
    solver : {"auto", "batch", "opendss", "compiled"}, optional
        What solves the power flows of the search, the study's when left out.
    out : str or path, optional
        Folder of the sweep, a new one in ``./results`` when left out. One that holds the same sweep
        is gone on with.
    quiet : bool
        Show no progress in a notebook; elsewhere none is shown.

    Returns
    -------
    Sweep
        ``table``: a row per point, as in sweep.csv; ``point(name)``: the results folder of one.

    Raises
    ------
    InputError, ToolkitError
        For a field or value that cannot be used, before anything is searched; for what cannot be
        carried out.

    Examples
    --------
    >>> import toolkit
    >>> swept = toolkit.sweep("ieee12", {"storage.hours": [1, 2]}, budget=20, out="results/hours")
    >>> swept.table[["point", "storage.hours"]].values.tolist()
    [['001', 1.0], ['002', 2.0]]
    """
    grid = of_mapping(fields or {})
    request = request_of("sweep", of_many(optimizers, options), asked)
    loaded = study_of(study, {})
    told: list[str] = []
    points = math.prod(len(one.values) for one in grid)
    with notebook_bar(request.evaluations * points, quiet) as monitor:
        found = sweep_and_store(
            loaded,
            grid,
            request,
            folder_of("sweep", loaded, out),
            "toolkit.sweep in Python",
            monitor=replace(monitor, notice=told.append),
        )
    draw(found)
    unfinished = [] if found.status == "complete" else [f"{found.folder}: {found.status}"]
    for note in (*unfinished, *told, *found.notes):
        warnings.warn(shown(note), stacklevel=3)
    return found
