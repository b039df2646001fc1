"""``toolkit profiles import``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from toolkit.cli import terminal
from toolkit.cli.flags import OUTPUT

if TYPE_CHECKING:
    from toolkit.commands.importing import Imported

app = typer.Typer(
    help="Turn meters, weather and charging sessions into profiles.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Out = Annotated[
    Path | None, typer.Option(*OUTPUT, metavar="FILE", help="The profile file to write.")
]
Onto = Annotated[
    str | None,
    typer.Option(
        metavar="PROFILES",
        help="Profiles to add the columns to, on their steps; rewritten without --output.",
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


@app.command("meters")
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
    given = dict(locals())
    from toolkit.commands import meter_api

    _tell(meter_api.import_meters, given)


@app.command("weather")
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
    given = dict(locals())
    from toolkit.commands import weather_api

    _tell(weather_api.import_weather, given)


@app.command("sessions")
def import_sessions(
    file: Annotated[Path, typer.Argument(help="CSV file of charging sessions.")],
    out: Out = None,
    onto: Onto = None,
    study: OfStudy = None,
    station: Annotated[
        str | None, typer.Option(metavar="NAME", help="The station of all sessions.")
    ] = None,
    vehicles: Annotated[
        list[str] | None,
        typer.Option(metavar="[NAME=]N", help="Vehicles of all stations, or of one."),
    ] = None,
    charger_kw: Annotated[
        list[str] | None,
        typer.Option(metavar="[NAME=]KW", help="kW of a charger of all stations, or of one."),
    ] = None,
    eta_charge: Annotated[
        float | None,
        typer.Option(help="Share of a charger's energy that is driven [default: the study's]."),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHAT=NAME",
            help="Which column is the arrival, departure, energy, power or station.",
        ),
    ] = None,
    zone: Zone = None,
    unit: Annotated[
        Literal["kWh", "Wh", "MWh"] | None,
        typer.Option(help="Unit of energies [default: as the column is named]."),
    ] = None,
    step: Step = None,
    time_format: TimeFormat = None,
    decimal: Decimal = None,
    force: Force = False,
) -> None:
    """Import charging sessions: when vehicles are plugged in, and what they drove.

    Two columns per station: plugged_in.NAME, weighted by the power of chargers, and
    trip_energy.NAME, which leaves batteries as vehicles arrive.
    """
    given = dict(locals())
    from toolkit.commands import session_api

    _tell(session_api.import_sessions, given)


def _tell(function: Callable[..., Imported], given: Mapping[str, Any]) -> None:
    """Import as told by flags of the same names as the function's arguments, and say what came."""
    imported = function(**{name: value for name, value in given.items() if value is not None})
    for sentence in imported.done:
        terminal.aside(sentence, "- ")
    terminal.wrote(imported.file)
