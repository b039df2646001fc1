"""The folder of a sweep: what it was asked, in ``sweep.json``, and the folders of its points."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from toolkit.commands.many.folder import Kind, asked_facts
from toolkit.commands.request import Request
from toolkit.commands.sweep.grid import Point, Swept, points
from toolkit.common.errors import InputError
from toolkit.inputs.study import Study

POINTS, TABLE = "points", "sweep.csv"
SWEEP = Kind(
    "sweep",
    asked="fields",
    differs="study, grid, budget, runs, seed or optimizer",
    tables=(TABLE,),
    parts=(POINTS,),
)


def folder_of_point(folder: Path, name: str) -> Path:
    """Return the results folder of a point."""
    return folder / POINTS / name


def asked(base: Study, swept: Sequence[Swept], request: Request) -> dict[str, Any]:
    """Return what sweep.json says was asked: the study, its hash, the fields and the request."""
    fields = [{"field": one.field, "values": list(one.values)} for one in swept]
    return asked_facts(base, fields=fields, **request.facts())


def read_asked(folder: Path) -> tuple[Study, tuple[Swept, ...], Request]:
    """Return what a sweep was asked: its study, its fields and its request. Raises InputError."""
    content, base = SWEEP.read(folder), SWEEP.read_study(folder)
    fields = []
    for entry in content["fields"]:
        values = entry.get("values") if isinstance(entry, dict) else None
        if not isinstance(values, list) or not isinstance(entry.get("field"), str):
            raise InputError(
                f"{folder / SWEEP.manifest}: 'fields': expected fields with their values."
            )
        fields.append(Swept(entry["field"], tuple(values)))
    return base, tuple(fields), Request.from_manifest(content)


def read_points(folder: Path) -> tuple[Point, ...]:
    """Return the points of a sweep that stands in a folder. Raises InputError."""
    base, swept, _ = read_asked(folder)
    return points(base, swept)
