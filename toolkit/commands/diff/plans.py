"""Two plans beside each other: units by bus and kind, and how many of each kind there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from toolkit.model.kinds import KINDS, KindOfUnit, UnitKind
from toolkit.results.report.plan import there

#: Bus and kind; number of units, their size and what they store.
Place = tuple[str, UnitKind]
Units = tuple[int, float, float]
NONE: Units = (0, 0.0, 0.0)
COLUMNS = ("bus", "kind", "unit", "units_a", "size_a", "kwh_a", "units_b", "size_b", "kwh_b")
#: Sizes that differ by no more are the same: what was written has as many digits.
SAME = 1e-9
#: Energies of a schedule that differ by no more are the same, kWh.
LEAST_KWH = 1e-6


def side_by_side(a: Mapping[str, Any], b: Mapping[str, Any]) -> pd.DataFrame:
    """Return a row for each bus and kind of unit of two plans, as in ``plan.json``.

    units_a and units_b: how many stand there; size_a and size_b: how large they are together, in
    ``unit``; kwh_a and kwh_b: what they store together. same: whether both have the same there.
    """
    first, second = (_placed(plan["units"]) for plan in (a, b))
    keys = sorted({*first, *second}, key=_in_order)
    pairs = [(first.get(key, NONE), second.get(key, NONE)) for key in keys]
    rows = [
        (bus, kind, KINDS[kind].size_unit, *one, *other)
        for (bus, kind), (one, other) in zip(keys, pairs, strict=True)
    ]
    table = pd.DataFrame(rows, columns=[*COLUMNS])
    return table.assign(same=[_same(*pair) for pair in pairs])


def _placed(units: Sequence[Mapping[str, Any]]) -> dict[Place, Units]:
    """Return number, size and stored energy of the units there are, by bus and kind."""
    found: dict[Place, Units] = {}
    for unit in units:
        if not there(unit):
            continue
        size = float(unit.get(KINDS[unit["kind"]].size_field) or 0.0)
        key: Place = (str(unit["bus"]), unit["kind"])
        many, kw, kwh = found.get(key, NONE)
        found[key] = (many + 1, kw + size, kwh + float(unit.get("kwh") or 0.0))
    return found


def _in_order(key: Place) -> tuple[int, int, str]:
    """Return where a bus and kind stand: kinds as they are told elsewhere, buses by number."""
    bus, kind = key
    number = int(bus) if bus.isascii() and bus.isdigit() else 0
    return [*KINDS].index(kind), number, bus


def _same(a: Units, b: Units) -> bool:
    return a[0] == b[0] and bool(np.allclose(a[1:], b[1:], rtol=SAME, atol=SAME))


def in_words(table: pd.DataFrame) -> str:
    """Return how the units of b differ from those of a, as the end of a sentence."""
    sums = table.groupby("kind", sort=False)[["units_a", "units_b"]].sum()
    told = [_more(kind, int(row["units_b"] - row["units_a"])) for kind, row in sums.iterrows()]
    told = [text for text in told if text]
    if told:
        return f"with {_listed(told)}"
    if table["same"].all():
        return "with the same units at the same buses" if len(table) else "without any unit"
    moved = table.loc[~table["same"], ["units_a", "units_b"]]
    if (moved["units_a"] != moved["units_b"]).any():
        return "with as many units of each kind, some at other buses"
    return "with units at the same buses, some of another size"


def _more(kind: Any, more: int) -> str:
    words: KindOfUnit = KINDS[kind]
    name = words.one if abs(more) == 1 else words.many
    return "" if not more else f"{abs(more)} {name} {'more' if more > 0 else 'fewer'}"


def redispatched(a: Mapping[str, Any], b: Mapping[str, Any]) -> float | None:
    """Return how much energy all stores together give in other steps in b, kWh.

    None where the two have other stores or steps, so that their schedules cannot be compared.
    """
    first, second = ({u["name"]: u for u in plan["units"] if _stores(u)} for plan in (a, b))
    if first.keys() != second.keys() or a["step_h"] != b["step_h"]:
        return None
    off = 0.0
    for name, unit in first.items():
        one, other = (np.asarray(held["p_kw"], dtype=float) for held in (unit, second[name]))
        if one.shape != other.shape:
            return None
        off += float(np.abs(one - other).sum()) * float(a["step_h"]) / 2.0
    return off if off > LEAST_KWH else 0.0


def _stores(unit: Mapping[str, Any]) -> bool:
    return KINDS[unit["kind"]].stores


def _listed(texts: Sequence[str]) -> str:
    *first, last = texts
    return f"{', '.join(first)} and {last}" if first else last
