"""What becomes of each property of a unit: the one table, and what it says of a compiled feeder.

``fates.csv`` holds every property of PVSystem, Generator and Storage; a test compares it with the
engine. A property is

honoured: it counts in base case, plan, search, exact model and export; announced: it is set anew,
and a notice says so where a script declares anything else; harmless: no steady power flow of a day
depends on it, the reason says why; refused: scripts with it are not read.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, cast

from toolkit.grid.opendss.engine import Engine, number_of, property_of
from toolkit.inputs.scripts.origins import Origins

#: The states of a Storage.
STATES = ("charging", "idling", "discharging")
Fate = Literal["honoured", "announced", "harmless", "refused"]


class Property(NamedTuple):
    """What becomes of a property: what it is set to, other values that are quiet too, and why."""

    fate: Fate
    set_to: str
    quiet: tuple[str, ...]
    reason: str


@cache
def fates() -> Mapping[str, Mapping[str, Property]]:
    """Return what becomes of each property, by class and name in lower case."""
    found: dict[str, dict[str, Property]] = {}
    with (Path(__file__).parent / "fates.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            quiet = tuple(row["set to"].split("|")) if row["set to"] else ()
            set_to = quiet[0] if quiet else ""
            fate = Property(cast(Fate, row["fate"]), set_to, quiet, row["reason"])
            found.setdefault(row["class"], {})[row["property"]] = fate
    return found


def table() -> list[str]:
    """Return the lines of a Markdown table of all of them."""
    lines = ["| class | property | fate | set to | reason |", "|---|---|---|---|---|"]
    for cls, known in fates().items():
        for name, fate in known.items():
            set_to = fate.set_to and f"`{fate.set_to}`"
            lines.append(f"| {cls} | `{name}` | {fate.fate} | {set_to} | {fate.reason} |")
    return lines


def announced(d: Engine, element: str, said: Origins) -> dict[str, Property]:
    """Return the properties a script gives an element that are set to something else."""
    known = fates()[element.partition(".")[0].lower()]
    return {
        name: known[name]
        for name in said.of(element)
        if known[name].fate == "announced"
        and known[name].quiet
        and not any(_is(text_of(d, element, name, said), q) for q in known[name].quiet)
    }


def resets_of(d: Engine, element: str, said: Origins) -> tuple[tuple[str, str], ...]:
    """Return the properties of an element that are set anew, and to what."""
    return tuple((name, found.set_to) for name, found in announced(d, element, said).items())


def text_of(d: Engine, element: str, name: str, said: Origins) -> str:
    """Return the value that a script gives a property."""
    place = said.of(element).get(name)
    if name != "state" or place is None:
        return property_of(d, element, name)
    # The engine forgets the state of a Storage as soon as it solves.
    text = str(place.value).lower()
    return next((state for state in STATES if state[0] == text[:1]), text)


def _is(text: str, value: str) -> bool:
    """Say whether a property has a value, as a number or as a word."""
    try:
        return float(text) == float(value)
    except ValueError:
        return text.lower() == value.lower() or (value == "no" and not is_yes(text))


def is_yes(text: str) -> bool:
    """Say whether the engine means yes."""
    return text.lower() in ("yes", "true", "y", "t", "1")


def has_kva(d: Engine, element: str, said: Origins) -> bool:
    """Say whether a script gives the rating of an inverter."""
    return "kva" in said.of(element) and number_of(d, element, "kVA") > 0.0
