"""What joins the buses of a feeder, read from its scripts."""

from __future__ import annotations

import numpy as np

from toolkit.grid.circuit import Link
from toolkit.grid.opendss.branches import line_ratings
from toolkit.grid.opendss.engine import Engine, bus_of, compile_feeder
from toolkit.grid.opendss.links import links_of
from toolkit.grid.opendss.switches import switch_commands
from toolkit.grid.wiring import Wiring
from toolkit.model.branches import Branch
from toolkit.model.feeder import Feeder


def read_wiring(feeder: Feeder) -> Wiring:
    """Return what joins the buses of a feeder, in the order of its scripts."""
    d = compile_feeder(feeder.script, feeder.root)
    for command in switch_commands(feeder.controls.switched):
        d.Text.Command(command)
    links: list[Link] = []
    disabled: list[Branch] = []
    sources: list[str] = []
    for full_name in map(str, d.Circuit.AllElementNames()):
        d.Circuit.SetActiveElement(full_name)
        enabled = bool(d.CktElement.Enabled())
        if full_name.startswith("Vsource.") and enabled:
            sources.append(bus_of(d, 0))
        if not enabled and not full_name.startswith("Line."):
            continue
        links += links_of(d, full_name, closed=enabled)
        if not enabled:
            disabled.append(_disabled(d, full_name))
    return Wiring(tuple(links), tuple(sources), tuple(disabled))


def _disabled(d: Engine, full_name: str) -> Branch:
    """Return the active element, a line that is disabled."""
    branch = Branch(full_name.lower(), bus_of(d, 0), bus_of(d, 1), np.nan, line_ratings(d))
    return branch.rated("declared", "normal")
