"""What list and show commands print with --json; docs/reference/json.md has the keys."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from toolkit.commands.check_feeder import Shown
    from toolkit.commands.profile_facts import ColumnFacts
    from toolkit.commands.settling import Settlements
    from toolkit.common.plugins.groups import PluginInfo
    from toolkit.common.plugins.options import OptionRow
    from toolkit.inputs.profiles import Profiles

#: What the numbers of a unit of a feeder are called.
OF_UNIT = ("name", "kind", "bus", "size_kw", "size_kwh", "vehicles")


def plugin(info: PluginInfo) -> dict[str, Any]:
    """Return what a list says of a plug-in."""
    return {
        "name": info.name,
        "description": info.description,
        "reference": info.reference,
        "distribution": info.distribution,
        "target": info.target,
        "usable": not info.reason,
        "reason": info.reason,
    }


def portrait(shown: Any) -> dict[str, Any]:
    """Return what a plug-in says of itself, whichever group it is of."""
    told = {field.name: getattr(shown, field.name) for field in fields(shown)}
    lacking = told.pop("lacking")
    options = [_option(row) for row in told.pop("options")]
    declared = told.pop("declared", None)
    of_figure = {} if declared is None else vars(declared)
    return {**of_figure, **told, "usable": not lacking, "reason": lacking, "options": options}


def _option(row: OptionRow) -> dict[str, Any]:
    """Return an option of a plug-in; its default as a number where it is one."""
    return {
        "name": row.name,
        "kind": row.kind,
        "range": row.range,
        "required": row.default == "required",
        "default": None if row.default in ("None", "required") else _default(row),
        "description": row.description,
    }


def _default(row: OptionRow) -> Any:
    if row.kind == "true or false":
        return row.default == "True"
    reader = float if row.kind.startswith("number") else int
    if reader is int and not row.kind.startswith("whole number"):
        return row.default
    try:
        return reader(row.default)
    except ValueError:
        return row.default


def feeder(shown: Shown) -> dict[str, Any]:
    """Return what a feeder holds."""
    held = shown.feeder
    return {
        "feeder": held.name,
        "script": held.script,
        "buses": len(held.buses),
        "branches": len(held.branches),
        "prosumers": len(held.prosumers),
        "load_kw": held.load_kw.sum(),
        "load_kvar": held.load_kvar.sum(),
        "units_of": shown.of,
        "units": [dict(zip(OF_UNIT, unit, strict=True)) for unit in shown.units],
        "refused": shown.refused,
    }


def profiles(path: Path, found: Profiles, facts: list[ColumnFacts]) -> dict[str, Any]:
    """Return what profiles hold."""
    return {
        "file": path,
        "steps": found.steps,
        "step_h": found.dt,
        "start": None if found.start is None else found.start.isoformat(),
        "remark": found.remark,
        "columns": facts,
    }


def settlements(found: Settlements) -> dict[str, Any]:
    """Return one plan settled by every mechanism; money is in ``currency``."""
    told = {field.name: getattr(found, field.name) for field in fields(found)}
    return {**told, "sentences": found.sentences}
