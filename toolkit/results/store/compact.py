"""Large tables packed: CSV in gzip, with as many digits as figures and checks need."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pandas as pd

from toolkit.common import files
from toolkit.inputs.output_sections import Series
from toolkit.results.columns import FILES
from toolkit.results.store.sheets import PACKED, as_csv, write_csv

#: Rows up to which a table is written plain, with every digit.
PLAIN_ROWS = 500_000
#: Decimals kept, by unit: 10 W, 10 Wh, 10 mA, 0.01 % and 0.1 mV for each volt.
DECIMALS = {"kW": 2, "kvar": 2, "kWh": 2, "A": 2, "%": 2, "pu": 4}
#: Rows packed at a time, and how hard: more effort saves 4 % and takes three times as long.
ROWS, LEVEL = 200_000, 6


def write_series(path: Path, frame: pd.DataFrame, series: Series) -> None:
    """Write a table of every step: plain, or packed beside that name where it is large."""
    if series == "full" or len(frame) <= PLAIN_ROWS:
        write_csv(path, frame)
        return
    files.write_bytes(path.with_name(path.name + PACKED), packed(path.name, frame))


def packed(file: str, frame: pd.DataFrame) -> bytes:
    """Return a table as rounded CSV in gzip, the same bytes every time."""
    buffer = io.BytesIO()
    with gzip.GzipFile("", "wb", LEVEL, buffer, mtime=0) as out:
        for start in range(0, max(len(frame), 1), ROWS):
            part = rounded(file, frame.iloc[start : start + ROWS])
            out.write(as_csv(part, header=not start).encode("utf-8", "backslashreplace"))
    return buffer.getvalue()


def rounded(file: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with as many decimals as are kept."""
    kept = {c.name: DECIMALS[c.unit] for c in FILES[file] if c.unit in DECIMALS}
    # Adding 0 makes 0.0 of -0.0.
    return frame.assign(**{name: frame[name].round(n) + 0.0 for name, n in kept.items()})


def half_digit(unit: str) -> float:
    """Return how far a packed figure may be from the one that was rounded."""
    return 0.5 * 10.0 ** -DECIMALS[unit] if unit in DECIMALS else 0.0


def form_of(path: Path) -> Path:
    """Return where a table lies: as named, or packed beside that name where it is not there."""
    beside = path.with_name(path.name + PACKED)
    return beside if not path.is_file() and beside.is_file() else path
