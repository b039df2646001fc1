"""The commands as Python functions, for scripts and notebooks.

A study in, a results folder read back as frozen values with DataFrames out. Functions check their
arguments before anything else and raise InputError for what cannot be used. NumPy's numbers do as
well as Python's; a whole number may be written 1e4, but neither 2.5 nor True is one. What a
terminal would be told in notes they say as warnings: a plan that breaks limits, a run that broke.
Runs have processes of their own, which do not import the calling script.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec, TypeVar, Unpack

from pydantic import PlainValidator, ValidationError

from toolkit import commands
from toolkit.commands.request import DEFAULTS, KEYWORD, Keywords, Request, field_types
from toolkit.common import caps
from toolkit.common.arguments import (
    Flag,
    Options,
    OptionsByName,
    PathLike,
    Word,
    checked,
    plain,
)
from toolkit.common.errors import InputError, listed
from toolkit.common.excerpts import excerpt, shortened, shown
from toolkit.common.validation import check_plain, explain
from toolkit.inputs import study_files
from toolkit.inputs.study import Study
from toolkit.optimizer import labels
from toolkit.results.store import Results, new_folder, read_results

if TYPE_CHECKING:
    from toolkit.commands.record import Outcome


def _source(value: Any) -> Study | str:
    if isinstance(value, Study):
        return value
    given = plain(value)
    if not isinstance(given, str):
        raise ValueError("expected a study's name, a path to a .toml file, or a Study")
    return given


def _names(value: Any) -> tuple[str, ...]:
    given = plain(value)
    if isinstance(given, str):
        raise ValueError(f"expected a list, [{excerpt(given)}]")
    if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
        raise ValueError("expected a list of optimizers' names")
    if not 0 < len(given) <= caps.ENTRIES:
        raise ValueError(f"expected from 1 to {caps.ENTRIES:,} of them")
    return tuple(given)


Source = Annotated[Study | str | Path, PlainValidator(_source)]
Names = Annotated[Sequence[str], PlainValidator(_names)]
Folder = PathLike | None
P = ParamSpec("P")
R = TypeVar("R")
#: The fields of a request by their names in Python.
_FIELDS = {KEYWORD.get(field.name, field.name): field for field in fields(Request)}


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
    loaded = source if isinstance(source, Study) else study_files.load(str(source))
    if not changes:
        return loaded
    where = f"changes to study '{loaded.name}'"
    try:
        given = plain(changes)
        check_plain(given, where)
        return Study.model_validate(_merged(loaded.model_dump(), given))
    except ValidationError as error:
        raise InputError(explain(error, Study, where)) from error
    except ValueError as error:
        raise InputError(f"{where}: {error}.") from error


def _takes_request(command: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Give a function the keywords of a request, with the defaults of a command.

    To a type checker they are ``Keywords``; ``help`` and the check of arguments see each of them.
    """
    order = ["study", "optimizer", *_FIELDS, "out", "force"]
    types = field_types()

    def derive(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)
        parameters = dict(signature.parameters)
        del parameters["asked"], function.__annotations__["asked"]
        for name in Keywords.__annotations__:
            field = _FIELDS[name]
            function.__annotations__[name] = types[field.name]
            parameters[name] = inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=getattr(DEFAULTS[command], field.name),
                annotation=field.type,
            )
        ordered = [parameters[name] for name in order if name in parameters]
        vars(function)["__signature__"] = signature.replace(parameters=ordered)
        return function

    return derive


@checked
@_takes_request("optimize")
def optimize(
    study: Source = "ieee12",
    *,
    optimizer: Word = "cheetah",
    options: Options | None = None,
    out: Folder = None,
    force: Flag = False,
    **asked: Unpack[Keywords],
) -> Results:
    """Run one optimizer on a study.

    Parameters
    ----------
    study : str or path or Study
        Name of a study, path of a TOML file, or a study.
    optimizer : str
        Name of the optimizer, or ``"label=name"``.
    budget : int
        Evaluations per run.
    runs : int
        Number of runs; their seeds are ``seed``, ``seed + 1``, ...
    seed : int
        Seed of the first run.
    workers : int
        Processes that work at the same time; the results do not depend on it.
    options : mapping, optional
        Options of the optimizer.
    bound : float, optional
        Seconds in which to prove a bound; no bound when left out.
    polish : str, optional
        What the exact model may improve in the best plan of each run: ``"sites"`` or
        ``"dispatch"``.
    out : str or path, optional
        Results folder; a new one in ``./results`` when left out.
    force : bool
        Replace results in ``out``.

    Returns
    -------
    Results
        The results folder, read back. What a terminal would show as notes are warnings.

    Raises
    ------
    InputError
        For an argument that cannot be used; the message names it.
    ToolkitError
        When something cannot be carried out, such as writing the folder.

    Notes
    -----
    With the study's default objective a run maximises the energy traded over the day,
    ``sum over steps of min(surplus, deficit) * dt``, equation (10) of the paper [1].

    References
    ----------
    [1] B. Stalin, "Optimized integration of distributed energy resources for P2P energy trading in
    distribution networks using the COS", IJERST 4(1), 2026, doi 10.63458/ijerst.v4i1.148.

    Examples
    --------
    >>> import toolkit
    >>> results = toolkit.optimize("ieee12", optimizer="random", budget=20, out="results/small")
    >>> results.summary["case"].tolist()
    ['base', 'random-seed1']
    """
    names, given = labels.given((optimizer,))
    chosen = labels.merged(given, {names[0]: options or {}})
    return _read(_search("optimize", study, names, chosen, asked, out, force))


@checked
@_takes_request("compare")
def compare(
    study: Source = "ieee12",
    *,
    optimizers: Names = ("pygad", "cheetah"),
    options: OptionsByName | None = None,
    out: Folder = None,
    force: Flag = False,
    **asked: Unpack[Keywords],
) -> Results:
    """Run several optimizers with the same seeds and compare them seed by seed.

    Parameters
    ----------
    study : str or path or Study
        Name of a study, path of a TOML file, or a study.
    optimizers : sequence of str
        Names, or ``"label=name"`` for several settings of one optimizer.
    budget : int
        Evaluations per run.
    runs : int
        Number of runs of each optimizer; their seeds are ``seed``, ``seed + 1``, ...
    seed : int
        Seed of the first run.
    workers : int
        Processes that work at the same time; the results do not depend on it.
    options : mapping, optional
        Options by name or label of the optimizer.
    bound : float, optional
        Seconds in which to prove a bound; no bound when left out.
    polish : str, optional
        What the exact model may improve: ``"sites"`` or ``"dispatch"``.
    out : str or path, optional
        Results folder; a new one in ``./results`` when left out.
    force : bool
        Replace results in ``out``.

    Returns
    -------
    Results
        The results folder, read back; ``statistics`` and ``pairs`` hold the comparison.

    Raises
    ------
    InputError
        For an argument that cannot be used; the message names it.
    ToolkitError
        When something cannot be carried out, such as writing the folder.

    Notes
    -----
    Pairs are compared with Wilcoxon's signed-rank test over the seeds, exact, with Holm's
    correction [1, 2]. Six runs are the fewest with which two optimizers can differ
    significantly.

    References
    ----------
    [1] F. Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1(6), 1945,
    doi 10.2307/3001968.

    [2] S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 6(2), 1979.

    Examples
    --------
    >>> import toolkit
    >>> results = toolkit.compare("ieee12", optimizers=["random", "cheetah"], budget=20, runs=1)
    >>> results.pairs["verdict"].tolist()
    ['random and cheetah: one seed in common, nothing can be tested']
    """
    names, given = labels.given(tuple(optimizers))
    for name in options or {}:
        if name not in names:
            words = f"options: '{shortened(name)}' does not run; expected {listed(names)}."
            raise InputError(words)
    chosen = labels.merged(given, options or {})
    return _read(_search("compare", study, names, chosen, asked, out, force))


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
    loaded = load_study(study)
    file = None if plan is None else Path(plan)
    folder = _folder("simulate", loaded, out)
    words = "toolkit.simulate in Python"
    return _read(commands.simulate_and_store(loaded, file, folder, words, force=force))


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


def _search(
    command: str,
    study: Source,
    optimizers: tuple[str, ...],
    options: Mapping[str, Mapping[str, Any]],
    asked: Mapping[str, object],
    out: Folder,
    force: bool,
) -> Outcome:
    """Do what optimize and compare share."""
    given: dict[str, Any] = {
        field.name: asked[name] for name, field in _FIELDS.items() if name in asked
    }
    request = replace(DEFAULTS[command], optimizers=optimizers, options=options, **given)
    loaded = load_study(study)
    folder = _folder(command, loaded, out)
    words = f"toolkit.{command} in Python"
    return commands.search_and_store(loaded, request, folder, words, force=force)


def _folder(command: str, study: Study, out: Folder) -> Path:
    return new_folder(command, study.name) if out is None else Path(out)


def _read(outcome: Outcome) -> Results:
    """Read back what was written; what a terminal would be told becomes warnings."""
    unfinished = [] if outcome.status == "complete" else [f"{outcome.folder}: {outcome.status}"]
    for note in (*unfinished, *outcome.notes):
        warnings.warn(shown(note), stacklevel=4)
    return read_results(outcome.folder)


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``old`` with the changes of ``new``, sections key by key."""
    merged = dict(old)
    for key, value in new.items():
        before = merged.get(key)
        both = isinstance(before, Mapping) and isinstance(value, Mapping)
        merged[key] = _merged(before or {}, value) if both else value
    return merged
