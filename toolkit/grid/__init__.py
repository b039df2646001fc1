"""The power flow: what a solver gives for plans, and the function that picks one.

OpenDSS stands behind it in ``toolkit/grid/opendss``. Nothing outside knows which backend answered.
"""

from toolkit.grid.backend import Backend, PowerFlow, backend
from toolkit.grid.circuit import Attached, Circuit, Link, Trouble
from toolkit.grid.solution import Day, Flows, Replayed

__all__ = [
    "Attached",
    "Backend",
    "Circuit",
    "Day",
    "Flows",
    "Link",
    "PowerFlow",
    "Replayed",
    "Trouble",
    "backend",
]
