"""Lines that a study opens and closes: what there is of them, and how their state is written.

An open line is open at both ends, so that it carries nothing, its charging current included. A line
that the scripts disable is enabled and opened instead: that changes no order of nodes. What the
engine lets through an open end, some 1e-9 A by the conductance it puts there, counts as nothing.
"""

from __future__ import annotations

import numpy as np

from toolkit.common.types import BoolArray
from toolkit.grid.opendss.engine import Engine
from toolkit.inputs.scripts.writing import statement
from toolkit.model.feeder import Feeder
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan
from toolkit.model.switching import Switches


def switch_preamble(operation: Operation) -> list[str]:
    """Return the lines that enable what a study switches and the scripts disable."""
    switches = operation.fleet.switches
    names = () if switches is None else switches.disabled
    return [statement("Edit", name, {"enabled": "yes"}) for name in names]


def switch_plan(plan: Plan, operation: Operation) -> list[str]:
    """Return the lines that open and close what a study switches, as a plan has it."""
    switches = operation.fleet.switches
    return [] if switches is None else _commands(switches, _state(plan, switches))


def _commands(switches: Switches, is_open: BoolArray) -> list[str]:
    pairs = zip(switches.names, is_open.tolist(), strict=True)
    return [line for name, is_off in pairs for line in _both_ends(name, is_off)]


def _both_ends(name: str, is_open: bool) -> list[str]:
    return [statement("Open" if is_open else "Close", name, {"term": t}) for t in ("1", "2")]


def _state(plan: Plan, switches: Switches) -> BoolArray:
    """Return which switches are open in a plan, (K,)."""
    return switches.base if plan.further.open is None else plan.further.open


class SwitchWriter:
    """Opens and closes lines of a live circuit; only those that are not as they should be."""

    def __init__(self, d: Engine, feeder: Feeder, operation: Operation) -> None:
        self._d, self._switches = d, operation.fleet.switches
        names = () if self._switches is None else self._switches.names
        at = {branch.name: k for k, branch in enumerate(feeder.branches)}
        #: Position of each switch among the feeder's branches, (K,).
        self.rows = np.array([at[name] for name in names], dtype=np.intp)
        #: What closes and what opens each.
        self._commands = [(_both_ends(name, False), _both_ends(name, True)) for name in names]
        #: Which are open now, (K,).
        self.is_open = np.zeros(len(names), dtype=bool)
        self._known = False

    def write(self, plan: Plan) -> None:
        """Bring all switches into the state of a plan."""
        if self._switches is None:
            return
        wanted = _state(plan, self._switches)
        moved = np.flatnonzero(wanted != self.is_open) if self._known else range(len(wanted))
        for k in moved:
            for command in self._commands[k][int(wanted[k])]:
                self._d.Text.Command(command)
        self.is_open, self._known = wanted.copy(), True

    @property
    def open_rows(self) -> list[int]:
        """The positions of the open ones among the feeder's branches."""
        return [int(row) for row in self.rows[self.is_open]]
