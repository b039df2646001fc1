"""What the scripts of a feeder declare and the toolkit does otherwise, all said here."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.grid.opendss.engine import Engine
from toolkit.grid.opendss.unit_notices import unit_notices
from toolkit.inputs.scripts.origins import Origins
from toolkit.model.feeder import DeclaredUnit
from toolkit.model.notices import Notice


def notices_of(d: Engine, said: Origins, units: Sequence[DeclaredUnit]) -> tuple[Notice, ...]:
    """Return what is to be said of a compiled feeder and of some of its units."""
    return unit_notices(d, said, units)
