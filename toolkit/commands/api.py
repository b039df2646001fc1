"""The commands as Python functions, for scripts and notebooks.

A study in, a results folder read back as frozen values with DataFrames out. Functions check their
arguments before anything else and raise InputError for what cannot be used. NumPy's numbers do as
well as Python's; a whole number may be written 1e4, but neither 2.5 nor True is one. What a
terminal would be told in notes they say as warnings: a plan that breaks limits, a run that broke.
Runs have processes of their own, which do not import the calling script.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from toolkit import commands
from toolkit.commands.request import Keywords
from toolkit.common.arguments import (
    Flag,
    Options,
    OptionsByName,
    PathLike,
    Word,
    checked,
)
from toolkit.inputs.study import Study
from toolkit.results.store import Results

if TYPE_CHECKING:
    pass


from toolkit.commands.calls import (
    Folder,
    Names,
    Source,
    folder_of,
    of_many,
    of_one,
    read_back,
    search,
    study_of,
    takes_request,
)


@checked
def load_study(source: Source = "ieee12", **changes: Any) -> Study:
    """Load a study and change some of its fields.

    Parameters
    ----------
    source : str or path or Study
        Name of a study, path of a TOML file, or a study.
    **changes
        Fields of the study. A section is a dictionary of only the keys that change. Paths are
        relative to the working directory.

    Returns
    -------
    Study
        The study with the changes, checked in the same way as a file.

    Raises
    ------
    InputError
        For a study that does not exist or a value that cannot be used; the message names the field.

    Examples
    --------
    >>> import toolkit
    >>> study = toolkit.load_study("ieee12", limits={"v_min": 0.94}, fleet={"scale": [0.0, 3.0]})
    >>> study.limits.v_min
    0.94
    """
    return study_of(source, changes)


@checked
@takes_request("optimize")
def optimize(
    study: Source = "ieee12",
    *,
    optimizer: Word = "cheetah",
    options: Options | None = None,
    out: Folder = None,
    force: Flag = False,
    quiet: Flag = False,
    **asked: Unpack[Keywords],
) -> Results:
    """Run one optimizer on a study.

    Parameters
    ----------
    study : str or path or Study
        Name of a study, path of a TOML file, or a study.
    optimizer, options : str, mapping
        Name of the optimizer, or ``"label=name"``, and its options.
    budget, runs, seed, workers : int
        Evaluations per run, number of runs, seed of the first one, processes.
    bound, polish : float, {"sites", "dispatch"}, optional
        Seconds in which to prove a bound, and what the exact model may improve in the best plans.
    solver : {"auto", "batch", "opendss", "compiled"}, optional
        What solves the power flows of the search, the study's when left out.
    out, force : str or path, bool
        Results folder, a new one in ``./results`` when left out; whether to replace results there.
    quiet : bool
        Show no progress in a notebook; elsewhere none is shown.

    Returns
    -------
    Results
        The results folder, read back. What a terminal would show as notes are warnings.

    Raises
    ------
    InputError, ToolkitError
        For an argument that cannot be used; for what cannot be carried out.

    Notes
    -----
    By default it maximises ``sum over steps of min(surplus, deficit) * dt``, equation (10) of [1].

    References
    ----------
    [1] B. Stalin, IJERST 4(1), 2026, doi 10.63458/ijerst.v4i1.148.

    Examples
    --------
    >>> import toolkit
    >>> results = toolkit.optimize("ieee12", optimizer="random", budget=20, out="results/small")
    >>> results.summary["case"].tolist()
    ['base', 'random-seed1']
    """
    return read_back(
        search("optimize", study, of_one(optimizer, options), asked, out, force, quiet)
    )


@checked
@takes_request("compare")
def compare(
    study: Source = "ieee12",
    *,
    optimizers: Names = ("pygad", "cheetah"),
    options: OptionsByName | None = None,
    out: Folder = None,
    force: Flag = False,
    quiet: Flag = False,
    **asked: Unpack[Keywords],
) -> Results:
    """Run several optimizers with the same seeds and compare them seed by seed.

    Parameters
    ----------
    study : str or path or Study
        Name of a study, path of a TOML file, or a study.
    optimizers, options : sequence of str, mapping
        Names, or ``"label=name"`` for several settings of one optimizer, and options by name.
    budget, runs, seed, workers : int
        Evaluations per run, runs of each optimizer, seed of the first one, processes.
    bound, polish : float, {"sites", "dispatch"}, optional
        Seconds in which to prove a bound, and what the exact model may improve in the best plans.
    solver : {"auto", "batch", "opendss", "compiled"}, optional
        What solves the power flows of the search, the study's when left out.
    out, force : str or path, bool
        Results folder, a new one in ``./results`` when left out; whether to replace results there.
    quiet : bool
        Show no progress in a notebook; elsewhere none is shown.

    Returns
    -------
    Results
        The results folder, read back; ``statistics`` and ``pairs`` hold the comparison.

    Raises
    ------
    InputError, ToolkitError
        For an argument that cannot be used; for what cannot be carried out.

    Notes
    -----
    Pairs are compared by Wilcoxon's signed-rank test, exact [1], with Holm's correction [2].

    References
    ----------
    [1] F. Wilcoxon, 1945, doi 10.2307/3001968. [2] S. Holm, 1979, Scand. J. Stat. 6(2).

    Examples
    --------
    >>> import toolkit
    >>> results = toolkit.compare("ieee12", optimizers=["random", "cheetah"], budget=20, runs=1)
    >>> results.pairs["verdict"].tolist()
    ['random and cheetah: one seed in common, nothing can be tested']
    """
    return read_back(
        search("compare", study, of_many(optimizers, options), asked, out, force, quiet)
    )


@checked
def simulate(
    study: Source = "ieee12",
    *,
    plan: PathLike | None = None,
    out: Folder = None,
    force: Flag = False,
) -> Results:
    """Solve the base case of a study and, if given, a plan; nothing is searched.

    Parameters
    ----------
    study : str or path or Study
        Name of a study, path of a TOML file, or a study.
    plan : str or path, optional
        A ``plan.json`` to solve in addition, as case ``plan``.
    out : str or path, optional
        Results folder; a new one in ``./results`` when left out.
    force : bool
        Replace results in ``out``.

    Returns
    -------
    Results
        The results folder, read back.

    Raises
    ------
    InputError
        For an argument that cannot be used.
    ToolkitError
        When the day cannot be solved or the folder cannot be written.

    Examples
    --------
    >>> import toolkit
    >>> results = toolkit.simulate("ieee12", out="results/base")
    >>> results.summary["traded_kwh"].round(1).tolist()
    [1662.7]
    """
    loaded = study_of(study, {})
    file = None if plan is None else Path(plan)
    folder = folder_of("simulate", loaded, out)
    words = "toolkit.simulate in Python"
    return read_back(commands.simulate_and_store(loaded, file, folder, words, force=force))


@checked
def write_report(folder: PathLike) -> Path:
    """Draw the figures of a results folder and write its ``report.html``.

    Parameters
    ----------
    folder : str or path
        A results folder.

    Returns
    -------
    pathlib.Path
        Where the report lies.

    Raises
    ------
    InputError
        For a folder that holds no results, or a damaged file.

    Examples
    --------
    >>> import toolkit
    >>> results = toolkit.simulate("ieee12", out="results/base")
    >>> toolkit.write_report(results.folder).name
    'report.html'
    """
    from toolkit.results import figures, report

    figures.draw_folder(Path(folder))
    report.write_report(Path(folder))
    return Path(folder) / "report.html"
