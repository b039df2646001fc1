"""What the scripts of a feeder declare and the toolkit does otherwise, all said here."""

from __future__ import annotations

from toolkit.grid.opendss.engine import Engine
from toolkit.inputs.scripts import Script
from toolkit.model.notices import Notice


def notices_of(d: Engine, read: Script, units: bool) -> tuple[Notice, ...]:
    """Return what is to be said of a compiled feeder and its scripts, if asked of its units too."""
    return ()
