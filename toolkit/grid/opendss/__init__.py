"""The power flow by OpenDSS: the only place that speaks to the engine."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.grid.opendss.checkup import check_compile
from toolkit.grid.opendss.day import Grid
from toolkit.grid.opendss.declared import element_of
from toolkit.grid.opendss.feeder import read_feeder
from toolkit.grid.opendss.impedance import branch_impedances
from toolkit.grid.opendss.network import network_of
from toolkit.grid.opendss.replay import replay
from toolkit.grid.opendss.script import export_feeder
from toolkit.grid.opendss.wiring import read_wiring
from toolkit.model.feeder import Feeder
from toolkit.model.operation import Operation

__all__ = [
    "Grid",
    "branch_impedances",
    "check_compile",
    "element_of",
    "export_feeder",
    "network_of",
    "power_flow",
    "read_feeder",
    "read_wiring",
    "replay",
]


def power_flow(
    feeder: Feeder, operation: Operation, stand_ins: bool = False, without: Sequence[str] = ()
) -> Grid:
    """Compile a feeder for an operation, see :class:`~toolkit.grid.backend.Backend`."""
    return Grid(feeder, operation, stand_ins, without)
