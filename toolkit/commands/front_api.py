"""``toolkit front`` as a Python function."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Annotated, Unpack

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
from toolkit.commands.front import Front, draw, front_and_store
from toolkit.commands.front.asked import asked as asked_of
from toolkit.commands.notebook_bar import notebook_bar
from toolkit.commands.request import Keywords
from toolkit.common import caps
from toolkit.common.arguments import Flag, OptionsByName, checked, whole
from toolkit.common.excerpts import shown

Points = Annotated[int, whole(2, caps.POINTS)]


@checked
@takes_request("front")
def front(
    study: Source = "ieee12",
    goals: Names = ("traded", "losses"),
    *,
    points: Points = 9,
    optimizers: Names = ("cheetah-plus",),
    options: OptionsByName | None = None,
    out: Folder = None,
    quiet: Flag = False,
    **asked: Unpack[Keywords],
) -> Front:
    """Find plans between the extremes of two or three goals.

    Parameters
    ----------
    study : str or path or Study
        Name of a study, path of a TOML file, or a study.
    goals : sequence of str
        Two or three goals, ``["traded", "annual_cost"]``. The first is sought at every point, the
        others have limits there.
    points : int
        How many values each limit takes: 9 points of two goals, 9 x 9 of three.
    optimizers, options : sequence of str, mapping
        Names, or ``"label=name"`` for several settings of one optimizer, and options by name.
    budget, runs, seed, workers : int
        Evaluations per run and point, runs of each optimizer, seed of the first one, processes.
    bound, polish : float, {"sites", "dispatch"}, optional
        Seconds in which to prove a bound at each point, and what the exact model may improve.
    solver : {"auto", "batch", "opendss", "compiled"}, optional
        What solves the power flows of the search, the study's when left out.
    out : str or path, optional
        Folder of the front, a new one in ``./results`` when left out. One that holds the same front
        is gone on with.
    quiet : bool
        Show no progress in a notebook; elsewhere none is shown.

    Returns
    -------
    Front
        ``table``: a row per plan, as in front.csv; ``volumes``: the hypervolume of each run;
        ``point(name)``: the results folder of a point.

    Raises
    ------
    InputError, ToolkitError
        For goals or points that cannot be, before anything is searched; for what cannot be carried
        out.

    Examples
    --------
    >>> import toolkit
    >>> found = toolkit.front(
    ...     "ieee12", ["traded", "losses"], points=2, budget=20, out="results/front"
    ... )
    >>> found.table["point"].tolist()
    ['traded', 'losses', '001', '002']
    """
    request = request_of("front", of_many(optimizers, options), asked)
    loaded = study_of(study, {})
    told: list[str] = []
    wanted = asked_of(goals, points, request)
    with notebook_bar(wanted.evaluations, quiet) as monitor:
        found = front_and_store(
            loaded,
            wanted,
            folder_of("front", loaded, out),
            "toolkit.front in Python",
            monitor=replace(monitor, notice=told.append),
        )
    draw(found)
    unfinished = [] if found.status == "complete" else [f"{found.folder}: {found.status}"]
    for note in (*unfinished, *told, *found.notes):
        warnings.warn(shown(note), stacklevel=3)
    return found
