"""The commands as Python functions, for scripts and notebooks.

A study in, a results folder read back as frozen values with DataFrames out. Functions raise
InputError for what cannot be used, and say as warnings what a terminal would be told in notes: a
plan that breaks limits, a run that broke. Runs have processes of their own, which do not import the
calling script.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from toolkit import commands, labels, study
from toolkit.commands.record import Outcome
from toolkit.commands.request import Request
from toolkit.errors import InputError
from toolkit.runs.run import Polish
from toolkit.store import Results, new_folder, read_results
from toolkit.study import Study
from toolkit.validation import explain

Source = Study | str | Path
Folder = Path | str | None
POLISHES: tuple[Polish | None, ...] = (None, "sites", "dispatch")


def load_study(source: Source = "ieee12", **changes: Any) -> Study:
    """Load a study by name or TOML path and change what is given; the result is checked as a file.

    A change is a field of the study, a section as a dictionary of only the keys that change:
    ``load_study("ieee12", limits={"v_min": 0.94}, profiles="windy.csv")``. Paths in changes are
    relative to the working directory. Raises InputError naming the field.
    """
    loaded = source if isinstance(source, Study) else study.load(str(source))
    if not changes:
        return loaded
    try:
        return Study.model_validate(_merged(loaded.model_dump(), changes))
    except ValidationError as error:
        raise InputError(explain(error, Study, f"changes to study '{loaded.name}'")) from error


def optimize(
    study: Source = "ieee12",
    *,
    optimizer: str = "cheetah",
    budget: int = 10_000,
    runs: int = 1,
    seed: int = 1,
    workers: int = 1,
    options: Mapping[str, Any] | None = None,
    bound: float | None = None,
    polish: Polish | None = None,
    out: Folder = None,
    force: bool = False,
) -> Results:
    """Run one optimizer on a study.

    budget: evaluations of a run; runs: seeds, from ``seed`` on; workers: processes; options: of
    the optimizer; bound: seconds to prove a bound in, None for none; polish: "sites" or
    "dispatch", what the exact model may improve of a plan found; out: results folder, a new one
    in ./results when None; force: overwrite results in ``out``.
    """
    names, given = labels.given((optimizer,))
    chosen = labels.merged(given, {names[0]: options or {}})
    request = Request(
        optimizers=names,
        budget=budget,
        runs=runs,
        seed=seed,
        workers=workers,
        options=chosen,
        bound_s=bound,
        polish=polish,
    )
    return _read(_search("optimize", study, request, out, force))


def compare(
    study: Source = "ieee12",
    *,
    optimizers: Sequence[str] = ("pygad", "cheetah"),
    budget: int = 10_000,
    runs: int = 5,
    seed: int = 1,
    workers: int = 1,
    options: Mapping[str, Mapping[str, Any]] | None = None,
    bound: float | None = None,
    polish: Polish | None = None,
    out: Folder = None,
    force: bool = False,
) -> Results:
    """Run several optimizers with the same seeds; see :func:`optimize`.

    optimizers: names, or ``"label=name"`` for several settings of one; options: by name or label.
    """
    if isinstance(optimizers, str):
        raise InputError(f"optimizers: found '{optimizers}'; expected a list, ['{optimizers}'].")
    names, given = labels.given(tuple(optimizers))
    for name in options or {}:
        if name not in names:
            raise InputError(f"options: '{name}' does not run; expected {', '.join(names)}.")
    chosen = labels.merged(given, options or {})
    request = Request(
        optimizers=names,
        budget=budget,
        runs=runs,
        seed=seed,
        workers=workers,
        options=chosen,
        bound_s=bound,
        polish=polish,
    )
    return _read(_search("compare", study, request, out, force))


def simulate(
    study: Source = "ieee12",
    *,
    plan: Path | str | None = None,
    out: Folder = None,
    force: bool = False,
) -> Results:
    """Solve the base case, and the plan of a plan.json besides; nothing is searched."""
    loaded = load_study(study)
    file = None if plan is None else Path(plan)
    folder = _folder("simulate", loaded, out)
    words = "toolkit.simulate in Python"
    return _read(commands.simulate_and_store(loaded, file, folder, words, force=force))


def write_report(folder: Path | str) -> Path:
    """Draw the figures of a results folder, write its report.html and return where that is."""
    from toolkit import figures, report

    figures.draw_folder(Path(folder))
    report.write_report(Path(folder))
    return Path(folder) / "report.html"


def _search(command: str, study: Source, request: Request, out: Folder, force: bool) -> Outcome:
    """Do what optimize and compare share."""
    if request.polish not in POLISHES:
        raise InputError(f"polish: found {request.polish!r}; expected 'sites', 'dispatch' or None.")
    if isinstance(request.bound_s, bool):
        raise InputError(f"bound: found {request.bound_s}; expected seconds, such as 120, or None.")
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
        warnings.warn(note, stacklevel=3)
    return read_results(outcome.folder)


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``old`` with the changes of ``new``, sections key by key."""
    merged = dict(old)
    for key, value in new.items():
        before = merged.get(key)
        both = isinstance(before, Mapping) and isinstance(value, Mapping)
        merged[key] = _merged(before or {}, value) if both else value
    return merged
