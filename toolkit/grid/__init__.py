"""The only package that speaks OpenDSS: compile a feeder, write plans into it, solve days.

What leaves it are plain values: a :class:`~toolkit.feeders.Feeder`, the arrays of a :class:`Day`,
or lines of OpenDSS script.
"""

from toolkit.grid.checkup import Attached, Circuit, Link, Trouble, check_compile
from toolkit.grid.day import Day, Flows, Grid
from toolkit.grid.feeder import read_feeder
from toolkit.grid.impedance import branch_impedances
from toolkit.grid.replay import Replayed, replay
from toolkit.grid.script import export_feeder

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
