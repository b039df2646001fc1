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

StampOption = Annotated[
    Literal["start", "end"] | None,
    typer.Option("--stamp", help="Which end of its interval a time names [default: found]."),
]
Fill = Annotated[
    float, typer.Option(metavar="HOURS", help="Longest gap filled by a straight line.")
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
    stamp: StampOption = None,
    fill: Fill = 2.0,
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


@importing.command("weather")
def import_weather(
    file: Annotated[Path, typer.Argument(help="An EPW, TMY3, PVGIS, NSRDB or plain CSV file.")],
    out: Out = None,
    onto: Onto = None,
    study: OfStudy = None,
    plane: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[NAME=]TILT/AZIMUTH",
            help="Plane of all PV units, or of one: degrees, 180 is south. May be repeated.",
        ),
    ] = None,
    hub_height: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[NAME=]M", help="Hub of all wind units, or of one, m. May be repeated."
        ),
    ] = None,
    mounting: Annotated[
        Literal[
            "open_rack_glass_glass",
            "open_rack_glass_polymer",
            "close_mount_glass_glass",
            "insulated_back_glass_polymer",
        ],
        typer.Option(help="How modules are mounted: how warm cells become."),
    ] = "open_rack_glass_glass",
    gamma: Annotated[
        float, typer.Option(help="Loss by heat, % per K above 25; 0 leaves it out.")
    ] = -0.4,
    form: Annotated[
        Literal["epw", "tmy3", "pvgis", "nsrdb", "csv"] | None,
        typer.Option("--format", help="The format [default: found]."),
    ] = None,
    year: Annotated[
        int | None,
        typer.Option(help="The year to take of several; the dates that a typical year gets."),
    ] = None,
    zone: Zone = None,
    step: Step = None,
    latitude: Annotated[float | None, typer.Option(help="Of a plain CSV file, degrees.")] = None,
    longitude: Annotated[
        float | None, typer.Option(help="Of a plain CSV file, degrees, west negative.")
    ] = None,
    altitude: Annotated[float, typer.Option(help="Of a plain CSV file, m.")] = 0.0,
    wind_height: Annotated[
        float, typer.Option(metavar="M", help="Height at which wind was measured.")
    ] = 10.0,
    shear: Annotated[float, typer.Option(help="Exponent by which wind rises with height.")] = 1.0
    / 7.0,
    stamp: StampOption = None,
    fill: Fill = 2.0,
    time_column: TimeColumn = None,
    time_format: TimeFormat = None,
    decimal: Decimal = None,
    force: Force = False,
) -> None:
    """Import weather: sun in the plane of modules, wind at the hub.

    pvlib reads the file and computes positions of the sun, planes and cells; install it with
    pip install 'p2p-der-toolkit[year]'.
    """
    from toolkit.commands import profile_api

    _tell(
        profile_api.import_weather(
            file,
            out=out,
            onto=onto,
            study=study,
            plane=plane or (),
            hub_height=hub_height or (),
            mounting=mounting,
            gamma=gamma,
            form=form,
            year=year,
            zone=zone,
            step=step,
            latitude=latitude,
            longitude=longitude,
            altitude=altitude,
            wind_height=wind_height,
            shear=shear,
            stamp=stamp,
            fill=fill,
            time_column=time_column,
            time_format=time_format,
            decimal=decimal,
            force=force,
        )
    )


def _tell(imported: Imported) -> None:
    for sentence in imported.done:
        terminal.wrapped(sentence, "- ")
    terminal.say(f"Wrote {imported.file}")
