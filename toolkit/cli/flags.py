"""Arguments and flags that several commands share, with their help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

#: Seconds a bound may take unless told otherwise.
BOUND_S = 120.0
STUDY = Annotated[
    str,
    typer.Argument(
        help="A bundled study's name, a folder of ./dss with a study.toml, or a path to a .toml "
        "file."
    ),
]
OUT = Annotated[
    Path | None, typer.Option("--out", help="Results folder [default: a new one in ./results].")
]
FORCE = Annotated[bool, typer.Option("--force", help="Overwrite the results in --out.")]
OPTION = Annotated[
    list[str] | None,
    typer.Option(
        "--option",
        "-o",
        metavar="KEY=VALUE",
        help="Option of the optimizer, repeatable; NAME.KEY=VALUE (or LABEL.KEY=VALUE) where "
        "several optimizers run.",
    ),
]
BUDGET = Annotated[int, typer.Option("--budget", "-b", help="Evaluations a run may spend.")]
RUNS = Annotated[int, typer.Option("--runs", "-n", help="Runs of each optimizer, one seed each.")]
SEED = Annotated[
    int, typer.Option("--seed", "-s", help="Seed of the first run; then seed + 1, ...")
]
WORKERS = Annotated[
    int | None, typer.Option("--workers", "-w", help="Processes [default: one a core].")
]
SCHEDULER = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        help="Use the workers of the Dask scheduler at this address instead of processes.",
    ),
]
KEEP_JOURNAL = Annotated[
    bool,
    typer.Option("--keep-journal", help="Keep every evaluation when all is done, in journal/."),
]


BOUND = Annotated[
    bool,
    typer.Option(
        "--bound",
        help="Prove a bound besides, and say of every result how many per cent of it it reaches.",
    ),
]
POLISH = Annotated[
    bool,
    typer.Option(
        "--polish",
        help="Improve each run's best plan by the exact model, within its budget: units may move, "
        "sizes and dispatch are chosen anew, OpenDSS has the last word.",
    ),
]
KEEP_SITES = Annotated[
    bool,
    typer.Option("--keep-sites", help="With --polish: keep sites and sizes, dispatch only."),
]
TIME = Annotated[
    float, typer.Option("--time", metavar="SECONDS", help="About how long the bound may take.")
]
BOUND_TIME = Annotated[
    float | None,
    typer.Option(
        "--time",
        metavar="SECONDS",
        help=f"With --bound: about how long the bound may take [default: {BOUND_S:g}].",
    ),
]
