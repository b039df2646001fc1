"""Power curves of turbines: from a file, or by a turbine's name from windpowerlib's tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from toolkit.common import caps, input_files
from toolkit.common.errors import InputError, unknown_name
from toolkit.common.excerpts import excerpt
from toolkit.common.extras import library, quiet
from toolkit.inputs import separated

#: Columns of a file: speeds, and output in one of two units.
SPEED, OUTPUTS = "wind_speed [m/s]", ("power [kW]", "power [pu]")
#: A power curve: m/s, and share of the highest output.
Pairs = list[tuple[float, float]]
#: A hub that is above half of any rotor, as the library asks; curves do not depend on it.
_HIGH = 1000.0


def with_table(section: Any, folder: Path) -> Any:
    """Return a section ``[wind]`` with the table that its file or its turbine stands for.

    A study that was resolved needs neither the file nor the library. Raises ValueError.
    """
    given = dict(section) if isinstance(section, dict) else {}
    named = [name for name in ("table", "curve", "turbine") if given.get(name) is not None]
    if len(named) > 1:
        raise ValueError(f"found {' and '.join(named)}; expected one of them")
    if named in ([], ["table"]) or not isinstance(given[named[0]], str):
        return section
    wish = given.pop(named[0])
    try:
        found = of_file(folder / wish) if named == ["curve"] else of_turbine(wish)
    except InputError as error:
        raise ValueError(f"{named[0]}: {str(error).removesuffix('.')}") from None
    return {**given, "table": found}


def of_file(path: Path) -> Pairs:
    """Return the curve that a CSV file holds. Raises InputError naming file and row."""
    text = input_files.decoded(input_files.content(path, caps.STUDY_BYTES), str(path))
    table = separated.table(text, str(path), least=2)
    if SPEED not in table.header or len(set(table.header) & set(OUTPUTS)) != 1:
        raise InputError(
            f"{path}, row {table.line}: found the columns {', '.join(table.header)}; expected "
            f"'{SPEED}' and one of '{OUTPUTS[0]}' and '{OUTPUTS[1]}'."
        )
    at = table.header.index(SPEED)
    output = next(table.header.index(name) for name in OUTPUTS if name in table.header)
    places = [f"{path}, row {line}" for line, _ in table.rows]
    found = [
        (_number(row, at, where), _number(row, output, where))
        for where, (_, row) in zip(places, table.rows, strict=True)
    ]
    return found if table.header[output] == OUTPUTS[1] else _shares(found, str(path))


def of_turbine(name: str) -> Pairs:
    """Return the curve of a turbine. Raises InputError for one that windpowerlib does not have."""
    found = library("windpowerlib", "turbines are in windpowerlib", "wind")
    with quiet():
        types = found.get_turbine_types(print_out=False)
    known = types[types["has_power_curve"].astype(bool)]["turbine_type"].tolist()
    if name not in known:
        raise unknown_name("turbine", name, known)
    with quiet():
        curve = found.WindTurbine(hub_height=_HIGH, turbine_type=name).power_curve
    pairs = list(zip(curve["wind_speed"].tolist(), curve["value"].tolist(), strict=True))
    return _shares(pairs, f"turbine {name}")


def _number(row: Sequence[str], at: int, where: str) -> float:
    try:
        return float(row[at])
    except (ValueError, IndexError):
        cell = row[at].strip() if at < len(row) else ""
        raise InputError(f"{where}: found {excerpt(cell)}; expected a number.") from None


def _shares(found: Pairs, where: str) -> Pairs:
    """Return outputs as shares of the highest one, which is what a unit's kW stand for."""
    most = max(power for _, power in found)
    if not 0.0 < most < float("inf"):
        raise InputError(f"{where}: found {most:g} as the highest output; expected it above 0.")
    return [(speed, power / most) for speed, power in found]
