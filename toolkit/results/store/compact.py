"""Large tables packed: CSV in bzip2, with as many digits as figures and checks need."""

from __future__ import annotations

import bz2
import math
from pathlib import Path

import numpy as np
import pandas as pd

from toolkit.common import files
from toolkit.inputs.output_sections import Series
from toolkit.results.columns import FILES
from toolkit.results.store.sheets import PACKED, as_csv, write_csv

#: Rows up to which a table is written plain, with every digit.
PLAIN_ROWS = 100_000
#: Voltages keep 0.1 mV for each volt. Energies, of which many small ones are summed, keep a
#: thousandth of the largest at least, but no less than 0.01; the rest keeps 0.1, or
#: 0.01 where that is nearer to half a percent of the largest.
VOLTAGE_DECIMALS, MOST_DECIMALS, ENERGY_SHARE, SHARE = 4, 2, 1e-3, 5e-3
#: Units whose figures are rounded.
ROUNDED = ("kW", "kvar", "kWh", "A", "%", "pu")
#: Rows packed at a time.
ROWS = 200_000


def write_series(path: Path, frame: pd.DataFrame, series: Series) -> None:
    """Write a table of every step: plain, or packed beside that name where it is large."""
    if series == "full" or len(frame) <= PLAIN_ROWS:
        write_csv(path, frame)
        return
    files.write_bytes(path.with_name(path.name + PACKED), packed(path.name, frame))


def packed(file: str, frame: pd.DataFrame) -> bytes:
    """Return a table as rounded CSV in bzip2, the same bytes every time."""
    packer, kept = bz2.BZ2Compressor(), decimals(file, frame)
    parts = []
    for start in range(0, max(len(frame), 1), ROWS):
        part = frame.iloc[start : start + ROWS]
        # Adding 0 makes 0.0 of -0.0.
        part = part.assign(**{name: part[name].round(n) + 0.0 for name, n in kept.items()})
        text = as_csv(part, header=not start)
        parts.append(packer.compress(text.encode("utf-8", "backslashreplace")))
    return b"".join([*parts, packer.flush()])


def decimals(file: str, frame: pd.DataFrame) -> dict[str, int]:
    """Return how many decimals each column of a packed table keeps, by name."""
    units = {c.name: c.unit for c in FILES[file] if c.unit in ROUNDED and c.name in frame}
    return {name: _decimals(frame[name], unit) for name, unit in units.items()}


def half_digits(file: str, frame: pd.DataFrame) -> dict[str, float]:
    """Return how far figures of a packed table may be from those that were rounded, by column."""
    return {name: 0.5 * 10.0**-n for name, n in decimals(file, frame).items()}


def _decimals(values: pd.Series, unit: str) -> int:
    if unit == "pu":
        return VOLTAGE_DECIMALS
    known = np.abs(values.to_numpy(dtype=np.float64))
    largest = float(np.fmax.reduce(known, initial=0.0))
    if not 0.0 < largest < math.inf:
        return MOST_DECIMALS
    if unit == "kWh":
        return min(max(math.ceil(-math.log10(ENERGY_SHARE * largest)), 0), MOST_DECIMALS)
    return min(max(round(-math.log10(SHARE * largest)), 1), MOST_DECIMALS)


def form_of(path: Path) -> Path:
    """Return where a table lies: as named, or packed beside that name where it is not there."""
    beside = path.with_name(path.name + PACKED)
    return beside if not path.is_file() and beside.is_file() else path
