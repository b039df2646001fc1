"""Solve on the way: what controls do at it stays, and figures have to begin from there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from toolkit.inputs.scripts.canonical import Canonical
from toolkit.inputs.scripts.elements import Elements
from toolkit.inputs.scripts.remarks import Remarked

#: The controls that leave taps and states behind.
_MOVING = ("regcontrol", "capcontrol")
#: How a remark on a Solve begins at which controls would have moved.
UNSOLVED = "'solve' is passed over in mode"


@dataclass
class Passage:
    """The settings, so far, that a Solve on the way depends on."""

    mode: str = "snapshot"
    control_mode: str = "static"

    def follow(self, said: Iterable[Canonical]) -> None:
        """Hear of what is set."""
        for name, value in (pair for given in said for pair in given.properties):
            if name == "mode":
                self.mode = str(value).lower()
            elif name == "controlmode":
                self.control_mode = str(value).lower()

    def solved(self, elements: Elements, remark: Remarked) -> list[Canonical]:
        """Return the solution that a Solve stands for: a snapshot at which controls move.

        Every other Solve only reports, or, in a mode of several steps, gets a remark.
        """
        moving = any(elements.all_of(cls) for cls in _MOVING)
        if not moving or self.control_mode.startswith("o"):
            remark("passed", "'solve' is passed over.")
            return []
        if not "snapshot".startswith(self.mode):
            remark("passed", f"{UNSOLVED} {self.mode}.")
            return []
        remark("passed", "'solve' is run here: figures begin from the taps and states it leaves.")
        return [Canonical("solve")]
