"""What a profile file holds, in figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.commands.profile_arguments import Source
from toolkit.common.arguments import checked
from toolkit.common.types import FloatArray
from toolkit.inputs import profiles
from toolkit.inputs.imports import store
from toolkit.inputs.imports.axis import axis_of
from toolkit.inputs.profile_columns import field_of
from toolkit.inputs.profiles import Profiles

if TYPE_CHECKING:
    import pandas as pd

#: In what unit a column adds up, by field and unit.
TOTALS = {
    ("load", "kW"): "kWh",
    ("load", "kvar"): "kvarh",
    ("load", "pu"): "full-load h",
    ("irradiance", "W/m2"): "kWh/m2",
    ("trip_energy", "kWh/vehicle"): "kWh/vehicle",
}


@dataclass(frozen=True)
class ColumnFacts:
    """What a column of a profile file holds: least, mean and largest value, and a total.

    unit: of the three; total: in ``total_unit``; None where a total says nothing.
    """

    name: str
    unit: str
    least: float
    mean: float
    most: float
    total: float | None
    total_unit: str

    @property
    def total_told(self) -> str:
        """The total in words, blank where there is none."""
        return "" if self.total is None else f"{self.total:,.1f} {self.total_unit}"


def shown(name: str) -> tuple[Path, Profiles, list[ColumnFacts]]:
    """Return a profile file by name or path, read, with the figures of each column."""
    path = profiles.locate(name)
    found = profiles.read(path)
    facts = [_facts(column, v, found.dt) for column, v in store.present(found).items()]
    return path, found, facts


def _facts(column: str, values: FloatArray, dt: float) -> ColumnFacts:
    field, unit = field_of(column)
    total = float(values.sum()) * (1.0 if field == "trip_energy" else dt)
    total_unit = TOTALS.get((field, unit), "")
    if total_unit == "kWh/m2":
        total /= 1000.0
    least, mean, most = float(values.min()), float(values.mean()), float(values.max())
    held = total if total_unit else None
    return ColumnFacts(column, unit, least, mean, most, held, total_unit)


def span_told(found: Profiles) -> str:
    """Return the steps and days of profiles in words."""
    return axis_of(found).told()


@checked
def read_profiles(name: Source = "typical_day") -> pd.DataFrame:
    """Read a profile file as a table.

    Parameters
    ----------
    name : str or path
        Name of profiles, or path of a file.

    Returns
    -------
    pandas.DataFrame
        One row per step, one column per column of values, named as in the file. The index holds
        when steps begin: times with their offset, or hours from 0.

    Raises
    ------
    InputError
        For a file that cannot be used as profiles.

    Examples
    --------
    >>> import toolkit
    >>> toolkit.read_profiles("typical_day").shape
    (24, 5)
    """
    import pandas as pd

    found = profiles.read(profiles.locate(str(name)))
    own = axis_of(found)
    columns: Mapping[str, Any] = store.present(found)
    table = pd.DataFrame({name: v.copy() for name, v in columns.items()})
    if own.start is None:
        table.index = pd.Index([i * own.dt for i in range(own.steps)], name="hour [h]")
    else:
        step = pd.Timedelta(hours=own.dt)
        table.index = pd.date_range(own.start, periods=own.steps, freq=step, name="time")
    return table
