"""The command line: parse, one library call, print; heavy imports wait until they are needed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from toolkit.errors import InputError, ToolkitError
from toolkit.flags import (
    BOUND,
    BOUND_S,
    BOUND_TIME,
    BUDGET,
    FORCE,
    KEEP_SITES,
    OPTION,
    OUT,
    POLISH,
    RUNS,
    SEED,
    STUDY,
    TIME,
    WORKERS,
)

if TYPE_CHECKING:
    from toolkit.compare import Outcome

CONTEXT = {"help_option_names": ["-h", "--help"]}
app = typer.Typer(
    help="Site, size and dispatch PV, wind, batteries and electric vehicles on a distribution "
    "feeder so that neighbours can trade the most energy peer to peer, on OpenDSS.\n\n"
    "Start with 'toolkit compare': it needs no arguments.",
    no_args_is_help=True,
    context_settings=CONTEXT,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
feeders_app = typer.Typer(
    help="List, show and check feeders.", no_args_is_help=True, rich_markup_mode=None
)
optimizers_app = typer.Typer(
    help="List, show and test optimizers.", no_args_is_help=True, rich_markup_mode=None
)
init_app = typer.Typer(
    help="Write a study or an optimizer package to start from.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(feeders_app, name="feeders")
app.add_typer(optimizers_app, name="optimizers")
app.add_typer(init_app, name="init")

#: How a command prints what it found.
Layout = Literal["text", "json"]


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks of errors.")] = False,
) -> None:
    if debug:
        os.environ["TOOLKIT_DEBUG"] = "1"
    if version:
        from importlib.metadata import version as version_of

        typer.echo(version_of("p2p-der-toolkit"))
        raise typer.Exit


@app.command()
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
    polish: POLISH = False,
    keep_sites: KEEP_SITES = False,
    bound: BOUND = False,
    time: BOUND_TIME = None,
    out: OUT = None,
    force: FORCE = False,
) -> None:
    """Run several optimizers with the same seeds and print the paper's Tables 1 to 4.

    Without arguments: the base case, pygad's GA and cheetah on the IEEE 12-bus study. The last line
    printed is the results folder.
    """
    chosen = tuple(optimizer or ("pygad", "cheetah"))
    asked = {
        "budget": budget,
        "runs": runs,
        "seed": seed,
        "workers": workers,
        "bound_s": _bound_s(bound, time),
        "polish": _polish(polish, keep_sites),
    }
    _search("compare", study, chosen, option, asked, out, force)


@app.command()
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
    polish: POLISH = False,
    keep_sites: KEEP_SITES = False,
    bound: BOUND = False,
    time: BOUND_TIME = None,
    out: OUT = None,
    force: FORCE = False,
) -> None:
    """Run one optimizer on a study."""
    asked = {
        "budget": budget,
        "runs": runs,
        "seed": seed,
        "workers": workers,
        "bound_s": _bound_s(bound, time),
        "polish": _polish(polish, keep_sites),
    }
    _search("optimize", study, (optimizer,), option, asked, out, force)


@app.command("bound")
def bound_command(
    study: STUDY = "ieee12",
    time: TIME = BOUND_S,
    gap: Annotated[
        float,
        typer.Option(
            "--gap",
            metavar="PERCENT",
            help="Stop when the bound is this close to the best plan without network limits.",
        ),
    ] = 0.1,
    out: OUT = None,
    force: FORCE = False,
) -> None:
    """Prove how much energy no plan of a study can exceed, and find a plan close to it.

    A mixed-integer model of sites, sizes, dispatch and clearing without the network gives the
    bound. Its best plan, made to keep the network's limits, is solved in OpenDSS as case 'exact'.
    """
    from toolkit import console
    from toolkit import study as studies
    from toolkit.compare import bound_and_store

    loaded = studies.load(study)
    folder = out or _new_folder("bound", loaded.name)
    with console.bound_progress(time) as on_phase:
        outcome = bound_and_store(
            loaded,
            time,
            gap / 100.0,
            folder,
            _command(),
            force=force,
            on_phase=on_phase,
        )
    _finish(outcome)


@app.command()
def simulate(
    study: STUDY = "ieee12",
    plan: Annotated[
        Path | None, typer.Option("--plan", help="A plan.json to solve beside the base case.")
    ] = None,
    out: OUT = None,
    force: FORCE = False,
) -> None:
    """Solve the base case, or a plan, without searching."""
    from toolkit import study as studies
    from toolkit.compare import simulate_and_store

    loaded = studies.load(study)
    folder = out or _new_folder("simulate", loaded.name)
    outcome = simulate_and_store(loaded, plan, folder, _command(), force=force)
    _finish(outcome)


@app.command("report")
def report_command(
    folder: Annotated[Path, typer.Argument(help="A results folder.")],
) -> None:
    """Draw the figures and write report.html again from a results folder."""
    _draw(folder)
    typer.echo(folder / "report.html")


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
    from toolkit import labels
    from toolkit import study as studies
    from toolkit.compare import Request, search_and_store
    from toolkit.workers import available

    loaded = studies.load(study)
    names, options = labels.given(chosen)
    for name, more in _options(option, names).items():
        options[name] = {**options.get(name, {}), **more}
    if asked["workers"] is None:
        asked["workers"] = available()
    request = Request(names, options=options, **asked)
    folder = out or _new_folder(command, loaded.name)
    with _progress_bar(request.tasks()) as (on_progress, on_phase):
        outcome = search_and_store(
            loaded,
            request,
            folder,
            _command(),
            force=force,
            on_progress=on_progress,
            on_phase=on_phase,
        )
    _finish(outcome)


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


def _command() -> str:
    """Return the command line as typed, for the manifest."""
    import shlex

    return shlex.join(["toolkit", *sys.argv[1:]])


def _new_folder(command: str, study: str) -> Path:
    """Return a results folder that does not exist yet, named by what it holds."""
    import time

    stem = Path("results") / f"{study}-{command}-{time.strftime('%Y%m%d-%H%M%S')}"
    folder, again = stem, 1
    while folder.exists():
        again += 1
        folder = stem.with_name(f"{stem.name}-{again}")
    return folder


def _options(given: list[str] | None, names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Sort KEY=VALUE and NAME.KEY=VALUE by optimizer."""
    from toolkit.errors import unknown_name

    options: dict[str, dict[str, Any]] = {}
    for text in given or []:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise InputError(f"--option: found '{text}'; expected KEY=VALUE.")
        name, dot, bare = key.partition(".")
        if not dot:
            if len(names) > 1:
                raise InputError(
                    f"--option: found '{text}'; with several optimizers say whose it is: "
                    f"{names[0]}.{text}."
                )
            name, bare = names[0], key
        if name not in names:
            raise unknown_name("optimizer in --option", name, names)
        options.setdefault(name, {})[bare] = value
    return options


def _progress_bar(tasks: Any) -> Any:
    from toolkit.console import progress_bar

    return progress_bar(tasks)


def _finish(outcome: Outcome) -> None:
    """Print the tables and, as the last line, where the results are."""
    from toolkit import console

    _draw(outcome.folder)
    console.print_outcome(outcome)
    if outcome.status != "complete":
        raise typer.Exit(130 if outcome.status == "interrupted" else 1)


def _draw(folder: Path) -> None:
    from toolkit import console, figures, report

    with console.status("drawing the figures"):
        figures.draw_folder(folder)
        report.write_report(folder)


@feeders_app.command("list")
def feeders_list() -> None:
    """List the feeders found in ./dss and among the bundled ones."""
    from toolkit import feeders

    for name in feeders.names():
        try:
            where = str(feeders.locate(name))
        except InputError:
            where = f"several circuits; see 'toolkit feeders check {name}'"
        typer.echo(f"{name:20} {where}")


@feeders_app.command("show")
def feeders_show(
    name: Annotated[
        str, typer.Argument(help="A feeder's name, or a path to a .dss file or a folder.")
    ],
) -> None:
    """Show a feeder: buses, load, units."""
    from toolkit import console, feeders
    from toolkit.grid import read_feeder

    console.print_feeder(read_feeder(feeders.locate(name)))


@feeders_app.command("check")
def feeders_check(
    name: Annotated[
        str, typer.Argument(help="A feeder's name, or a path to a .dss file or a folder.")
    ],
    style: Annotated[
        Layout, typer.Option("--format", help="Sentences, or JSON with stable keys.")
    ] = "text",
) -> None:
    """Say whether a feeder can be used and, if not, what is wrong and where.

    Reads the scripts, compiles them and solves the base day; nothing is written. Exit code 0 for
    'ready' and 'ready with warnings', 1 for 'not ready'.
    """
    import json

    from toolkit import console, doctor, feeders

    script = feeders.locate(name)
    with console.status(f"checking {name}"):
        diagnosis = doctor.check(script)
    if style == "json":
        typer.echo(json.dumps(diagnosis.as_json(), indent=2))
    else:
        console.print_diagnosis(diagnosis)
    if diagnosis.verdict == "not ready":
        raise typer.Exit(1)


@optimizers_app.command("list")
def optimizers_list() -> None:
    """List every optimizer found, broken ones with their reason."""
    from toolkit import console, plugins

    console.print_optimizers(plugins.catalogue())


@optimizers_app.command("show")
def optimizers_show(
    name: Annotated[str, typer.Argument(help="An optimizer's name.")],
) -> None:
    """Show an optimizer: what it is, where it comes from, its options."""
    from toolkit import console, plugins

    console.print_optimizer(name, plugins.load(name))


@optimizers_app.command("test")
def optimizers_test(
    name: Annotated[str, typer.Argument(help="An optimizer's name.")],
    option: OPTION = None,
) -> None:
    """Put an optimizer through the conformance suite; exit 1 when a check fails."""
    from toolkit import console, testing

    given = _options(option, (name,)).get(name, {})
    with console.status(f"testing {name}"):
        results = testing.check_optimizer(name, given)
    console.print_checks(results)
    if not all(result.passed for result in results):
        raise typer.Exit(1)


@init_app.command("study")
def init_study(
    name: Annotated[str, typer.Argument(help="Name of the study; writes NAME.toml here.")],
) -> None:
    """Write a commented study file to start from."""
    from toolkit import study as studies

    path = Path(f"{name}.toml")
    text = (Path(__file__).parent / "templates" / "study.toml").read_text(encoding="utf-8")
    text = text.replace("{name}", name)
    studies.parse(text.encode(), str(path))
    if path.exists():
        raise InputError(f"{path}: exists already; choose another name or remove it.")
    path.write_text(text, encoding="utf-8")
    typer.echo(f"Wrote {path}. Next: toolkit optimize {path}")


@init_app.command("plugin")
def init_plugin(
    name: Annotated[str, typer.Argument(help="Name of the optimizer; makes the folder NAME here.")],
) -> None:
    """Write a package for an optimizer of your own: code, entry point, tests, README."""
    from toolkit import scaffold

    folder = scaffold.write_plugin(name, Path())
    typer.echo(f'Wrote {folder}. Next: pip install -e "./{folder}[test]" && pytest {folder}')


def main() -> None:
    """Run the command line: exit 0 done, 1 failed, 2 bad input."""
    try:
        app()
    except KeyboardInterrupt:
        typer.echo("Interrupted.", err=True)
        sys.exit(130)
    except ToolkitError as error:
        if os.environ.get("TOOLKIT_DEBUG"):
            raise
        typer.echo(f"Error: {error}", err=True)
        sys.exit(2 if isinstance(error, InputError) else 1)


if __name__ == "__main__":
    main()
