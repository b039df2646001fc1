"""The power flow: what a solver gives for plans, and the functions that pick one.

OpenDSS stands behind it in ``toolkit/grid/opendss``; all that is reported is its own. A search may
use the batch solver of ``toolkit/grid/batch``, see ``toolkit/grid/choice``.
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
