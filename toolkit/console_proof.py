"""What a terminal shows of reproduced and explained results."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING

import typer

from toolkit.console import print_table

if TYPE_CHECKING:
    from toolkit.reproduce import Difference, Reproduction

#: What a difference counts as, by the unit of its column.
QUANTITIES = {
    "kW": "active power",
    "kvar": "reactive power",
    "kWh": "energy",
    "pu": "voltage",
    "A": "current",
    "%": "loading, shares",
    "": "names, counts",
}
#: A difference in these is shown only where it is one: they are the same or not.
PLAIN = ("",)
WIDTH = 80


def print_reproduction(found: Reproduction) -> None:
    """Print what was changed, the largest differences, and the verdict as the last line."""
    _items("Changed", found.culprits)
    _items("Not the same here, or not checked", found.notes)
    rows = [_row(worst) for worst in _largest(found.differences)]
    header = ["case", "quantity", "largest", "allowed", "unit", "where"]
    print_table("Largest differences", header, rows)
    if found.repeat is not None:
        _items("Repeated with another outcome", found.repeat.differences)
        _items("Repeated", [*found.repeat.notes, f"{len(found.repeat.same)} files are the same, "
                            "bit for bit: summary, plans and histories."])  # fmt: skip
    wrapped(f"Verdict: {found.verdict}")


def _largest(differences: Iterable[Difference]) -> list[Difference]:
    """Return the largest difference of each case and quantity, of those that can have one."""
    worst: dict[tuple[str, str], Difference] = {}
    for one in differences:
        if one.unit in PLAIN and one.holds:
            continue
        key = (one.case, one.unit)
        if key not in worst or _gravity(one) > _gravity(worst[key]):
            worst[key] = one
    return list(worst.values())


def _gravity(difference: Difference) -> float:
    return difference.amount / max(difference.tolerance, 1e-300)


def _row(worst: Difference) -> list[str]:
    amount = "unlike" if math.isinf(worst.amount) else f"{worst.amount:.0e}"
    where = f"{worst.file.removesuffix('.csv')} {worst.column}"
    return [
        worst.case or "(all)",
        QUANTITIES.get(worst.unit, worst.unit),
        "0" if worst.amount == 0.0 else amount,
        f"{worst.tolerance:.0e}",
        worst.unit,
        where,
    ]


def _items(heading: str, items: Iterable[str]) -> None:
    listed = list(items)
    if not listed:
        return
    typer.echo(heading)
    for item in listed:
        wrapped(item, "- ")
    typer.echo()


def wrapped(text: str, mark: str = "") -> None:
    """Print text in lines of at most 80 columns, those after the first set in below a mark."""
    indent = " " * len(mark)
    lines = textwrap.wrap(
        text, WIDTH, initial_indent=mark, subsequent_indent=indent, break_on_hyphens=False
    )
    typer.echo("\n".join(lines))
