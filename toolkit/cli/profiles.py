"""``toolkit profiles``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from toolkit.cli import terminal

if TYPE_CHECKING:
    from toolkit.commands.importing import Imported

app = typer.Typer(
    help="List, show and import profiles.", no_args_is_help=True, rich_markup_mode=None
)
importing = typer.Typer(
    help="Turn meters, weather and charging sessions into profiles.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(importing, name="import")

Out = Annotated[Path | None, typer.Option(help="The profile file to write.")]
Onto = Annotated[
    str | None,
    typer.Option(
        metavar="PROFILES",
        help="Profiles to add the columns to, on their steps; rewritten without --out.",
    ),
]
Force = Annotated[bool, typer.Option(help="Replace a file, or columns that are there already.")]
OfStudy = Annotated[
    str | None,
    typer.Option(metavar="STUDY", help="A study, whose names and sizes the data are held against."),
]
Zone = Annotated[
    str | None,
    typer.Option(help="Zone of the times, such as Europe/Berlin, UTC or +01:00."),
]
Step = Annotated[
    float | None, typer.Option(metavar="MINUTES", help="Length of the steps to write.")
]
First = Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day to keep.")]
Last = Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last day to keep.")]
TimeColumn = Annotated[
    str | None, typer.Option(metavar="NAME", help="The column with times [default: the first].")
]
TimeFormat = Annotated[
    str | None,
    typer.Option(metavar="FORM", help="How times are written, such as '%d/%m/%Y %H:%M'."),
]
Decimal = Annotated[
    Literal["point", "comma"] | None, typer.Option(help="The mark of decimals [default: found].")
]


@app.command("list")
def profiles_list() -> None:
    """List the profiles in ./profiles and the bundled ones."""
    from toolkit.inputs import profiles

    for name in profiles.names():
        terminal.say(f"{name:20} {profiles.locate(name)}")


@app.command("show")
def profiles_show(
    name: Annotated[str, typer.Argument(help="Profiles by name, or a path to a file.")],
) -> None:
    """Show profiles: steps, days, and the figures of each column."""
    from toolkit.cli import console
    from toolkit.commands import importing as command

    path, found, facts = command.shown(name)
    terminal.say(path)
    terminal.wrapped(f"{command.span_told(found)}. {found.remark}".strip())
    rows = [[f.name, f"{f.least:.4g}", f"{f.mean:.4g}", f"{f.most:.4g}", f.total] for f in facts]
    console.print_table("Columns", ["column", "least", "mean", "most", "total"], rows)


@importing.command("meters")
def import_meters(
    files: Annotated[list[Path], typer.Argument(help="CSV files of meters.")],
    out: Out = None,
    onto: Onto = None,
    study: OfStudy = None,
    map: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="CSV file with the columns meter and load."),
    ] = None,
    zone: Zone = None,
    unit: Annotated[
        Literal["kWh", "Wh", "MWh", "kW", "W", "MW"] | None,
        typer.Option(help="Unit of the values [default: as the columns are named]."),
    ] = None,
    stamp: Annotated[
        Literal["start", "end"] | None,
        typer.Option(help="Which end of its interval a time names [default: found, and said]."),
    ] = None,
    fill: Annotated[
        float, typer.Option(metavar="HOURS", help="Longest gap filled by a straight line.")
    ] = 2.0,
    step: Step = None,
    first: First = None,
    last: Last = None,
    share_of: Annotated[
        float | None,
        typer.Option(metavar="KW", help="Write the sum of all meters as a share of so many kW."),
    ] = None,
    time_column: TimeColumn = None,
    time_format: TimeFormat = None,
    meter_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="The column that names meters.")
    ] = None,
    value_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="The column with values.")
    ] = None,
    decimal: Decimal = None,
    force: Force = False,
) -> None:
    """Import what meters measured: one column load.NAME [kW] per meter.

    Files as utilities and loggers write them: any separator, decimal commas, local times with clock
    changes, one column or one row per meter. What was assumed and done is said.
    """
    from toolkit.commands import profile_api

    _tell(
        profile_api.import_meters(
            files,
            out=out,
            onto=onto,
            study=study,
            map=map,
            zone=zone,
            unit=unit,
            stamp=stamp,
            fill=fill,
            step=step,
            first=first,
            last=last,
            share_of=share_of,
            time_column=time_column,
            time_format=time_format,
            meter_column=meter_column,
            value_column=value_column,
            decimal=decimal,
            force=force,
        )
    )


def _tell(imported: Imported) -> None:
    for sentence in imported.done:
        terminal.wrapped(sentence, "- ")
    terminal.say(f"Wrote {imported.file}")
