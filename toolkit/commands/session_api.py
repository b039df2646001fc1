"""Charging sessions into a profile file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from toolkit.commands import importing
from toolkit.commands.importing import Imported, Target, by_name, feeder_of, number_of, written
from toolkit.commands.profile_arguments import (
    EnergyUnit,
    Given,
    Number,
    Source,
    target_of,
)
from toolkit.common.arguments import Flag, PathLike, Word, checked
from toolkit.common.errors import InputError
from toolkit.inputs import profiles
from toolkit.inputs.imports import sessions
from toolkit.inputs.imports.axis import axis_of
from toolkit.inputs.imports.session_files import Layout as SessionLayout
from toolkit.inputs.imports.tables import Decimal
from toolkit.problem import fleet_builder


@checked
def import_sessions(
    file: PathLike,
    *,
    out: PathLike | None = None,
    onto: Source | None = None,
    study: Source | None = None,
    station: Word | None = None,
    vehicles: Given = (),
    charger_kw: Given = (),
    eta_charge: Number | None = None,
    column: Given = (),
    zone: Word | None = None,
    unit: EnergyUnit | None = None,
    step: Number | None = None,
    time_format: Word | None = None,
    decimal: Decimal | None = None,
    force: Flag = False,
) -> Imported:
    r"""Turn charging sessions into ``plugged_in.NAME`` and ``trip_energy.NAME`` of stations.

    Parameters
    ----------
    file : str or path
        A CSV file with arrivals, departures and energies, and with powers and stations if known.
    out, onto : str or path
        The profile file to write; profiles to add the columns to, rewritten without ``out``.
    study : str or path, optional
        A study whose stations, vehicles, chargers and losses count.
    station : str, optional
        The station of all sessions.
    vehicles, charger_kw : str, float or sequence of them
        Vehicles and kW of a charger, for all stations or as ``"NAME=5"`` for one; without a study.
    eta_charge : float, optional
        The share of a charger's energy that reaches batteries; left out: the study's, else 0.95.
    column : str or sequence of str
        Which column is what: ``"arrival=connectionTime"``; also departure, energy, power, station.
    zone, unit : str, optional
        Zone of times without an offset; unit of energies where the column does not name it.
    step : float, optional
        Minutes of a step of a new file; left out: 15.
    time_format, decimal : str, optional
        How times and decimals are written.
    force : bool
        Replace a file, or columns that are there already.

    Returns
    -------
    Imported
        The file, and in sentences what was assumed and done.

    Raises
    ------
    InputError
        For what cannot be used; the message names file, row and cure.

    Notes
    -----
    ``plugged_in`` is the share of chargers' power that is there, so the station's limit is that of
    the sessions. The energy of a session leaves the batteries in the step of its arrival:
    ``sum(trip_energy) * vehicles / eta_charge`` is the energy of all sessions that arrive.

    Examples
    --------
    >>> import toolkit
    >>> from pathlib import Path
    >>> row = "2025-06-01 08:00+02:00,2025-06-01 17:00+02:00,9.5"
    >>> _ = Path("work.csv").write_text(f"arrival,departure,energy [kWh]\n{row}\n")
    >>> done = toolkit.import_sessions("work.csv", out="year.csv", station="work").done
    >>> float(toolkit.read_profiles("year.csv")["trip_energy.work [kWh/vehicle]"].sum())
    9.025
    """
    layout = SessionLayout(
        zone, importing.by_name(column, "--column"), time_format, unit, decimal, station
    )
    sizes = station_sizes(vehicles, charger_kw)
    eta = sessions.ETA if eta_charge is None else eta_charge
    wish = sessions.Wish(layout, sizes, None, step, eta)
    target = target_of(out, onto, force, step)
    source = None if study is None else str(study)
    if source is not None and (sizes or eta_charge is not None):
        raise InputError(
            "--vehicles, --charger-kw, --eta-charge: expected none of them with --study, whose own "
            "count."
        )
    return _write(Path(file), wish, target, source)


def _write(path: Path, wish: sessions.Wish, target: Target, study: str | None) -> Imported:
    """Write the stations that a file of sessions is about, of a study's sizes if one is told.

    Raises InputError naming file, row and cure.
    """
    target.file()
    if target.onto is not None:
        wish = replace(wish, axis=axis_of(profiles.read(target.base_path())))
    if study is None:
        return written(sessions.import_sessions(path, wish), target)
    asked, feeder = feeder_of(study)
    units = {u.name: u for u in fleet_builder.fleet(asked, feeder).units if u.kind == "bev"}
    own = {
        name: sessions.StationSize(round(unit.base_size), unit.kw_per_size)
        for name, unit in units.items()
    }
    only = next(iter(own)) if len(own) == 1 else None
    layout = replace(wish.layout, only=only)
    wish = replace(wish, layout=layout, sizes=own, eta=asked.vehicles.eta_charge)
    return written(sessions.import_sessions(path, wish, own), target)


def station_sizes(
    vehicles: Sequence[str] | str | float, charger_kw: Sequence[str] | str | float
) -> dict[str, sessions.StationSize]:
    """Return what flags tell of stations, by name, a blank one for all."""
    counts = {n: number_of(t, "--vehicles") for n, t in by_name(vehicles, "--vehicles").items()}
    powers = {
        n: number_of(t, "--charger-kw") for n, t in by_name(charger_kw, "--charger-kw").items()
    }
    for count in counts.values():
        if not (1.0 <= count <= 1e6 and count == round(count)):
            raise InputError(f"--vehicles: found {count:g}; expected a whole number from 1.")
    for power in powers.values():
        if not 0.0 < power <= 1e5:
            raise InputError(f"--charger-kw: found {power:g}; expected kW above 0.")

    def of(name: str) -> sessions.StationSize:
        count = counts.get(name, counts.get(""))
        power = powers.get(name, powers.get(""))
        return sessions.StationSize(None if count is None else round(count), power)

    return {name: of(name) for name in (*counts, *powers)}
