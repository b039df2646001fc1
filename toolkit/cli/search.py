"""``toolkit compare`` and ``toolkit optimize``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from toolkit.cli import completing, ending
from toolkit.cli.flags import FORCE, OUT, STUDY, takes_request
from toolkit.cli.options import by_optimizer
from toolkit.commands.request import BOUND_S, DEFAULTS, Request
from toolkit.common.errors import InputError


@takes_request
def compare(
    study: STUDY = "ieee12",
    optimizer: Annotated[
        list[str] | None,
        typer.Option(
            "--optimizer",
            metavar="NAME",
            autocompletion=completing.optimizers,
            help="Optimizer, repeatable [default: pygad and cheetah]. LABEL=NAME runs it under a "
            "name of your own, so that several settings of one stand side by side.",
        ),
    ] = None,
    *,
    out: OUT = None,
    force: FORCE = False,
    **given: Any,
) -> None:
    """Compare optimizers, seed by seed, in the paper's tables.

    Without arguments: the base case, pygad's GA and cheetah on the IEEE 12-bus study. The last line
    printed is the results folder.
    """
    _search("compare", study, tuple(optimizer or DEFAULTS["compare"].optimizers), given, out, force)


@takes_request
def optimize(
    study: STUDY = "ieee12",
    optimizer: Annotated[
        str,
        typer.Option(
            "--optimizer",
            metavar="NAME",
            help="Optimizer to use.",
            autocompletion=completing.optimizers,
        ),
    ] = "cheetah",
    *,
    out: OUT = None,
    force: FORCE = False,
    **given: Any,
) -> None:
    """Run one optimizer on a study."""
    _search("optimize", study, (optimizer,), given, out, force)


def _search(
    command: str,
    study: str,
    chosen: tuple[str, ...],
    given: dict[str, Any],
    out: Path | None,
    force: bool,
) -> None:
    """Do what compare and optimize share; ``given``: the values of ``request_flags.OPTIONS``."""
    from toolkit.cli import console
    from toolkit.commands import search_and_store
    from toolkit.optimizer import labels
    from toolkit.results.store import new_folder

    asked = fields_of(given)
    loaded = ending.study_of(study)
    names, options = labels.given(chosen)
    options = labels.merged(options, by_optimizer(given["option"], names))
    request = replace(DEFAULTS[command], optimizers=names, options=options, **asked)
    folder = out or new_folder(command, loaded.name)
    with console.progress_bar(request.evaluations, folder) as monitor:
        outcome = search_and_store(
            loaded,
            request,
            folder,
            ending.command_line(),
            force=force,
            monitor=monitor,
        )
    ending.finish(outcome)


def fields_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a request from the flags: most are the same, some stand for two."""
    names = {field.name for field in fields(Request)}
    return {
        **{name: value for name, value in given.items() if name in names},
        "workers": ending.workers(given["workers"], given["scheduler"]),
        "bound_s": _bound_s(given["bound"], given["time"]),
        "polish": _polish(given["polish"], given["keep_sites"]),
    }


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
