"""What becomes of each option of Set: one table, ``options.csv``, in the engine's order.

honoured: figures follow it; announced: they do not, and a notice says so; harmless: it cannot
change a figure, for the reason given; refused: the script is not used with it. An option with a
``kind`` is passed on to the engine, every other one is passed over.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, cast

from toolkit.inputs.scripts.classes import PropertyKind

OptionFate = Literal["honoured", "announced", "harmless", "refused"]


class SetOption(NamedTuple):
    """An option, its name in lower case; at its ``neutral`` values it says nothing new."""

    name: str
    kind: PropertyKind | None
    fate: OptionFate
    neutral: tuple[str, ...]
    reason: str

    def is_neutral(self, value: str) -> bool:
        """Say whether a value, a number or the beginning of a word, changes nothing."""
        return any(_same(value, known) for known in self.neutral)


def _same(value: str, known: str) -> bool:
    try:
        return float(value) == float(known)
    except ValueError:
        return bool(value) and known.startswith(value.lower())


@cache
def options() -> Mapping[str, SetOption]:
    """Return all options of Set by name, in the engine's order."""
    with (Path(__file__).parent / "options.csv").open(encoding="utf-8", newline="") as file:
        return {row["option"]: _option(row) for row in csv.DictReader(file)}


def _option(row: Mapping[str, str]) -> SetOption:
    kind = cast(PropertyKind, row["kind"]) if row["kind"] else None
    fate = cast(OptionFate, row["fate"])
    return SetOption(row["option"], kind, fate, tuple(row["neutral"].split()), row["reason"])
