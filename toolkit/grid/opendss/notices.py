"""What the scripts of a feeder declare and the toolkit does otherwise, all said here."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.grid.opendss.controls import control_notices
from toolkit.grid.opendss.engine import Engine
from toolkit.grid.opendss.settings import setting_notices
from toolkit.grid.opendss.unit_notices import unit_notices
from toolkit.inputs.scripts import Script
from toolkit.inputs.scripts.origins import origins
from toolkit.model.feeder import DeclaredUnit
from toolkit.model.notices import Notice


def notices_of(d: Engine, read: Script, units: Sequence[DeclaredUnit]) -> tuple[Notice, ...]:
    """Return what is to be said of a compiled feeder, its scripts, and some of its units."""
    said = origins(read)
    return (
        *unit_notices(d, said, units),
        *control_notices(d, said),
        *setting_notices(d, read),
    )
