"""How each field of a request is typed on a command line, and its help.

``toolkit.cli.flags`` makes parameters of it. It is light to import, so that ``--help`` is quick.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from toolkit.commands.request import BOUND_S
from toolkit.model.solver import Asked


@dataclass(frozen=True)
class Option:
    """A flag of the command line: its parameter, its type there, how it is typed, and its help.

    ``default``: that of the request's field of this name where it is left out.
    """

    name: str
    kind: Any
    words: tuple[str, ...]
    help: str
    metavar: str | None = None
    default: Any = ...


#: Flags of the commands that search, in the order of their help.
OPTIONS = (
    Option(
        "option",
        list[str] | None,
        ("--option",),
        "Option of the optimizer, repeatable; NAME.KEY=VALUE (or LABEL.KEY=VALUE) where several "
        "optimizers run.",
        "KEY=VALUE",
        default=None,
    ),
    Option("budget", int, ("--budget", "-b"), "Evaluations per run."),
    Option("runs", int, ("--runs", "-n"), "Runs of each optimizer, one seed each."),
    Option("seed", int, ("--seed", "-s"), "Seed of the first run; then seed + 1, ..."),
    Option(
        "workers",
        int | None,
        ("--workers", "-w"),
        "Worker processes [default: one per core].",
        default=None,
    ),
    Option(
        "scheduler",
        str | None,
        ("--scheduler",),
        "Use the workers of the Dask scheduler at this address instead of processes.",
        "ADDRESS",
    ),
    Option(
        "polish",
        bool,
        ("--polish",),
        "Improve each run's best plan by the exact model, within its budget: units may move, "
        "sizes and dispatch are chosen anew; OpenDSS checks the plan.",
        default=False,
    ),
    Option(
        "keep_sites",
        bool,
        ("--keep-sites",),
        "With --polish: keep sites and sizes, dispatch only.",
        default=False,
    ),
    Option(
        "bound",
        bool,
        ("--bound",),
        "Also prove a bound, and give every result as a percentage of it.",
        default=False,
    ),
    Option(
        "time",
        float | None,
        ("--time",),
        f"With --bound: about how long the bound may take [default: {BOUND_S:g}].",
        "SECONDS",
        default=None,
    ),
    Option(
        "solver",
        Asked | None,
        ("--solver",),
        "What solves the search's power flows: batch, all plans of a population at once, each best "
        "one checked by OpenDSS; compiled, the same by a kernel that numba compiles, on feeders "
        "that it knows; opendss, OpenDSS alone; auto, batch where it agrees with OpenDSS "
        "[default: the study's, auto].",
    ),
    Option(
        "keep_journal",
        bool,
        ("--keep-journal",),
        "Keep every evaluation in journal/ when the command is complete.",
    ),
)
