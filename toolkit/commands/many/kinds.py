"""The kinds of folders that hold the results folders of many points."""

from __future__ import annotations

from pathlib import Path

from toolkit.commands.front.folder import FRONT
from toolkit.commands.many.folder import Kind
from toolkit.commands.sweep.folder import SWEEP

KINDS = (SWEEP, FRONT)


def kind_of(folder: Path) -> Kind | None:
    """Return of which kind a folder is, None where it is of none."""
    return next((kind for kind in KINDS if kind.is_one(folder)), None)
