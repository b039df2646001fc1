"""The power flow: compile a feeder, write plans into it, solve days.

What leaves it are plain values: a feeder, the arrays of a :class:`Day`, or lines of script.
"""

from toolkit.grid.opendss.checkup import (
    Attached,
    Circuit,
    Link,
    Trouble,
    check_compile,
)
from toolkit.grid.opendss.day import Day, Flows, Grid
from toolkit.grid.opendss.feeder import read_feeder
from toolkit.grid.opendss.impedance import branch_impedances
from toolkit.grid.opendss.replay import Replayed, replay
from toolkit.grid.opendss.script import export_feeder

__all__ = [
    "Attached",
    "Circuit",
    "Day",
    "Flows",
    "Grid",
    "Link",
    "Replayed",
    "Trouble",
    "branch_impedances",
    "check_compile",
    "export_feeder",
    "read_feeder",
    "replay",
]
