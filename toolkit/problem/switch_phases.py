"""Whether every choice of switches feeds all phases, and not only all buses."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.common.errors import InputError
from toolkit.grid.circuit import Link
from toolkit.model.forest import Forest

PHASES = (1, 2, 3)


def check_phases(
    where: str, sources: Sequence[str], fixed: Sequence[Link], switched: Sequence[Link]
) -> None:
    """Raise InputError where a line of fewer phases could be closed for one of more.

    A choice of switches is a spanning tree of buses. It feeds a phase everywhere exactly if it
    always has as many lines with that phase as span the buses which have it: if closing those
    without the phase first leaves that many.
    """
    for phase in PHASES:
        _check_phase(where, phase, sources, fixed, switched)


def _check_phase(
    where: str, phase: int, sources: Sequence[str], fixed: Sequence[Link], switched: Sequence[Link]
) -> None:
    own = Forest(("", bus) for bus in sources)
    for link in fixed:
        if _has(link, phase):
            own.join(link.bus1, link.bus2)
    needed = sum(own.join(link.bus1, link.bus2) for link in switched if _has(link, phase))
    every = Forest(("", bus) for bus in sources)
    for link in fixed:
        every.join(link.bus1, link.bus2)
    lacking = [link for link in switched if not _has(link, phase)]
    closed = [link for link in lacking if every.join(link.bus1, link.bus2)]
    left = sum(every.join(link.bus1, link.bus2) for link in switched if _has(link, phase))
    if left < needed:
        short = closed or [link for link in fixed if not _has(link, phase)]
        raise InputError(
            f"{where}: {short[0].name} has no phase {phase}, which other lines of its loops have; "
            "closed in their place it would leave buses without it. Expected candidates whose "
            "loops have the same phases all around."
        )


def _has(link: Link, phase: int) -> bool:
    """Say whether an element brings a phase along; what is no line may bring any."""
    return not link.name.startswith("line.") or phase in link.nodes
