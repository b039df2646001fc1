"""What joins the buses of a feeder, whether it is closed or not."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.grid.circuit import Link
from toolkit.model.branches import Branch


@dataclass(frozen=True)
class Wiring:
    """All elements between two buses as a day begins, the buses of sources, and disabled lines.

    An element with more than two terminals is several links of one name. Disabled lines are among
    the links, and not closed.
    """

    links: tuple[Link, ...]
    sources: tuple[str, ...]
    disabled: tuple[Branch, ...]
