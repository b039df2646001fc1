"""``toolkit compare`` and ``toolkit optimize``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from toolkit.cli import ending
from toolkit.cli.flags import (
    BOUND,
    BOUND_S,
    BOUND_TIME,
    BUDGET,
    FORCE,
    KEEP_JOURNAL,
    KEEP_SITES,
    OPTION,
    OUT,
    POLISH,
    RUNS,
    SCHEDULER,
    SEED,
    STUDY,
    WORKERS,
)
from toolkit.cli.options import by_optimizer
from toolkit.common.errors import InputError


def compare(
    study: STUDY = "ieee12",
    optimizer: Annotated[
        list[str] | None,
        typer.Option(
            "--optimizer",
            metavar="NAME",
            help="Optimizer, repeatable [default: pygad and cheetah]. LABEL=NAME runs it under a "
            "name of your own, so that several settings of one stand side by side.",
        ),
    ] = None,
    option: OPTION = None,
    budget: BUDGET = 10_000,
    runs: RUNS = 5,
    seed: SEED = 1,
    workers: WORKERS = None,
    scheduler: SCHEDULER = None,
    polish: POLISH = False,
    keep_sites: KEEP_SITES = False,
    bound: BOUND = False,
    time: BOUND_TIME = None,
    keep_journal: KEEP_JOURNAL = False,
    out: OUT = None,
    force: FORCE = False,
) -> None:
    """Compare optimizers, seed by seed, in the paper's tables.

    Without arguments: the base case, pygad's GA and cheetah on the IEEE 12-bus study. The last line
    printed is the results folder.
    """
    chosen = tuple(optimizer or ("pygad", "cheetah"))
    asked = {
        "budget": budget,
        "runs": runs,
        "seed": seed,
        "workers": ending.workers(workers, scheduler),
        "scheduler": scheduler,
        "bound_s": _bound_s(bound, time),
        "polish": _polish(polish, keep_sites),
        "keep_journal": keep_journal,
    }
    _search("compare", study, chosen, option, asked, out, force)


def optimize(
    study: STUDY = "ieee12",
    optimizer: Annotated[
        str, typer.Option("--optimizer", metavar="NAME", help="Optimizer to use.")
    ] = "cheetah",
    option: OPTION = None,
    budget: BUDGET = 10_000,
    runs: RUNS = 1,
    seed: SEED = 1,
    workers: WORKERS = None,
    scheduler: SCHEDULER = None,
    polish: POLISH = False,
    keep_sites: KEEP_SITES = False,
    bound: BOUND = False,
    time: BOUND_TIME = None,
    keep_journal: KEEP_JOURNAL = False,
    out: OUT = None,
    force: FORCE = False,
) -> None:
    """Run one optimizer on a study."""
    asked = {
        "budget": budget,
        "runs": runs,
        "seed": seed,
        "workers": ending.workers(workers, scheduler),
        "scheduler": scheduler,
        "bound_s": _bound_s(bound, time),
        "polish": _polish(polish, keep_sites),
        "keep_journal": keep_journal,
    }
    _search("optimize", study, (optimizer,), option, asked, out, force)


def _search(
    command: str,
    study: str,
    chosen: tuple[str, ...],
    option: list[str] | None,
    asked: dict[str, Any],
    out: Path | None,
    force: bool,
) -> None:
    """Do what compare and optimize share; ``asked`` are the other fields of a Request."""
    from toolkit.cli import console
    from toolkit.commands import search_and_store
    from toolkit.commands.request import Request
    from toolkit.optimizer import labels
    from toolkit.results.store import new_folder

    loaded = ending.study_of(study)
    names, options = labels.given(chosen)
    options = labels.merged(options, by_optimizer(option, names))
    request = Request(names, options=options, **asked)
    folder = out or new_folder(command, loaded.name)
    with console.progress_bar(request.evaluations) as (on_progress, on_phase):
        outcome = search_and_store(
            loaded,
            request,
            folder,
            ending.command_line(),
            force=force,
            on_progress=on_progress,
            on_phase=on_phase,
        )
    ending.finish(outcome)


def _bound_s(wanted: bool, seconds: float | None) -> float | None:
    """Return the seconds a bound may take, None for no bound."""
    if seconds is not None and not wanted:
        raise InputError("--time: expected together with --bound, whose time it is.")
    return None if not wanted else BOUND_S if seconds is None else seconds


def _polish(wanted: bool, keep_sites: bool) -> str | None:
    """Return what polishing may change, None for no polishing."""
    if keep_sites and not wanted:
        raise InputError("--keep-sites: expected together with --polish.")
    return None if not wanted else "dispatch" if keep_sites else "sites"
