"""``toolkit validate`` as a Python function."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from toolkit.commands.validate import Validation, every_run
from toolkit.commands.validate import validate as tried
from toolkit.common.arguments import Flag, PathLike, Word, checked


@checked
def validate(
    folder: PathLike,
    profiles: PathLike | None = None,
    *,
    case: Word | None = None,
    policy: Word | None = None,
    options: dict[str, Any] | None = None,
    bound: Flag = True,
) -> Validation:
    """Try a plan's sites and sizes on days that it was not made for, and write validation.csv.

    Parameters
    ----------
    folder : str or path
        A results folder.
    profiles : str or path, optional
        Name or path of the profiles whose days are tried, all of them one after the other; those
        of the study when left out.
    case : str, optional
        The plan; the best feasible one when left out.
    policy : str, optional
        Who dispatches stores; the policy that the plan follows when left out.
    options : dict, optional
        Options of the policy; those of the plan when it follows that policy.
    bound : bool
        Whether to prove for each day what perfect foresight could have traded.

    Returns
    -------
    Validation
        ``days``: a row per day, as in validation.csv; ``sentences``: what came of it, in words.

    Raises
    ------
    InputError
        For a folder that holds no results, an unknown case or policy, profiles that do not fit, and
        a plan that carries series for its own days where no policy is named.
    ToolkitError
        When a day cannot be solved, or the policy breaks.

    Examples
    --------
    >>> import toolkit
    >>> folder = toolkit.simulate("ieee12", out="results/base").folder
    >>> found = toolkit.validate(folder, case="base", policy="surplus", bound=False)
    >>> len(found.days)
    1
    """
    name = None if profiles is None else str(profiles)
    return tried(Path(folder), name, case, policy, options, bound=bound)


@checked
def validate_runs(
    folder: PathLike,
    profiles: PathLike | None = None,
    *,
    policy: Word | None = None,
    options: dict[str, Any] | None = None,
) -> every_run.RankedRuns:
    """Try the best plan of every run on other days, and rank optimizers by it.

    Writes validation_runs.csv.

    Parameters
    ----------
    folder : str or path
        A results folder of ``optimize`` or ``compare``.
    profiles, policy, options
        As of :func:`toolkit.validate`.

    Returns
    -------
    RankedRuns
        ``runs``: a row per run, as in validation_runs.csv; ``comparison``: spread, ranks and tests
        of the optimizers; ``sentences``: the answer in words.

    Raises
    ------
    InputError
        As of :func:`toolkit.validate`, and where no optimizer ran.
    ToolkitError
        When a day cannot be solved, or the policy breaks.

    Examples
    --------
    >>> import toolkit
    >>> folder = toolkit.optimize("ieee12", budget=50, runs=2, out="results/two").folder
    >>> found = toolkit.validate_runs(folder, policy="surplus")
    >>> found.runs[["case", "days", "feasible"]].shape
    (2, 3)
    """
    name = None if profiles is None else str(profiles)
    return every_run.validate_runs(Path(folder), name, policy, options)
