"""The switches of a study: which lines they are, and whether they leave a network radial."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from toolkit.common.errors import InputError, listed, nearest
from toolkit.common.names import lowered
from toolkit.grid.backend import backend
from toolkit.grid.circuit import Link
from toolkit.grid.wiring import Wiring
from toolkit.inputs.study import Study
from toolkit.inputs.switch_sections import OPTIMISED
from toolkit.model.feeder import Feeder
from toolkit.model.forest import Ends, Forest, way
from toolkit.model.notices import shortlist
from toolkit.model.switching import Switches
from toolkit.problem.switch_phases import check_phases

#: What all sources together are called among the buses: between them nothing may be closed twice.
SOURCE = ""
#: What the name of a line begins with.
LINE = "line."


def with_switches(study: Study, feeder: Feeder) -> tuple[Feeder, Switches | None]:
    """Return a feeder with all lines that a study switches, and the switches, None without any.

    Raises InputError for an unknown line, buses that no choice feeds, or loops that no choice
    opens.
    """
    if not study.switches.any:
        return feeder, None
    wiring = backend().read_wiring(feeder)
    lines = {link.name: link for link in wiring.links if link.name.startswith(LINE)}
    said = () if study.switches.open == OPTIMISED else study.switches.open
    opened = _named(study, feeder, lines, "open", said)
    named = _named(study, feeder, lines, "candidates", study.switches.candidates)
    switched = {name: lines[name] for name in dict.fromkeys((*named, *opened))}
    searched = study.switches.open == OPTIMISED
    known = {branch.name for branch in feeder.branches}
    missing = [b for b in wiring.disabled if b.name in switched and b.name not in known]
    switches = Switches(
        names=tuple(switched),
        ends=_sections(study, feeder, wiring, switched) if searched else (),
        base_open=tuple(
            not link.closed if searched else name in opened for name, link in switched.items()
        ),
        searched=searched,
        disabled=tuple(branch.name for branch in wiring.disabled if branch.name in switched),
    )
    if not searched:
        closed = [link for name, link in switched.items() if name not in opened]
        _check_fed(f"study {study.name}: 'switches.open'", feeder, wiring, switched, closed)
    return replace(feeder, branches=(*feeder.branches, *missing)), switches


def _named(
    study: Study, feeder: Feeder, lines: Mapping[str, Link], field: str, patterns: Sequence[str]
) -> list[str]:
    """Return the full names of the lines that names or patterns mean."""
    where = f"study {study.name}: 'switches.{field}'"
    found: dict[str, None] = {}
    for pattern in patterns:
        bare = lowered(pattern).removeprefix(LINE)
        hits = [name for name in lines if fnmatchcase(name.removeprefix(LINE), bare)]
        if not hits:
            raise InputError(
                f"{where}: found '{pattern}', but feeder {feeder.name} has no such line between "
                f"two buses.{nearest(bare, _bare(lines))}"
            )
        for hit in hits:
            if lacking := {lines[hit].bus1, lines[hit].bus2} - {*feeder.buses}:
                raise InputError(
                    f"{where}: {hit} ends at bus {min(lacking)}, where nothing else stands; "
                    "expected lines between buses that something else names."
                )
        found.update(dict.fromkeys(hits))
    return list(found)


def _sections(
    study: Study, feeder: Feeder, wiring: Wiring, switched: Mapping[str, Link]
) -> tuple[tuple[int, int], ...]:
    """Return the two sections that each switch may join."""
    where = f"study {study.name}: 'switches.candidates'"
    fixed = _fixed(wiring, switched)
    held = Forest((SOURCE, bus) for bus in wiring.sources)
    _check_loops(where, feeder, held, fixed, wiring.sources)
    _check_fed(where, feeder, wiring, switched, switched.values())
    check_phases(where, wiring.sources, fixed, list(switched.values()))
    numbers: dict[str, int] = {}
    roots = [(held.root(link.bus1), held.root(link.bus2)) for link in switched.values()]
    ends = [tuple(numbers.setdefault(root, len(numbers)) for root in pair) for pair in roots]
    if Forest(roots).joins == len(switched):
        raise InputError(
            f"{where}: found {shortlist(_bare(switched))}, none of which can be open: without it "
            "a bus has no supply. Expected lines of a loop, ties that are open included."
        )
    return tuple((one, other) for one, other in ends)


def _bare(names: Iterable[str]) -> list[str]:
    return [name.removeprefix(LINE) for name in names]


def _fixed(wiring: Wiring, switched: Mapping[str, Link]) -> list[Link]:
    """Return the closed links that are no switches."""
    return [link for link in wiring.links if link.closed and link.name not in switched]


def _check_loops(
    where: str, feeder: Feeder, held: Forest, fixed: Sequence[Link], sources: Sequence[str]
) -> None:
    """Join what is no switch; raise InputError where it closes a loop by itself.

    What stands parallel between the same two buses counts as one.
    """
    pairs: dict[str, Ends] = {f"{SOURCE} {i}": (SOURCE, bus) for i, bus in enumerate(sources)}
    seen: set[frozenset[str]] = set()
    for i, link in enumerate(fixed):
        pair = frozenset((link.bus1, link.bus2))
        if pair in seen:
            continue
        seen.add(pair)
        if not held.join(link.bus1, link.bus2):
            around = [name.rpartition("#")[0] for name in way(pairs, link.bus1, link.bus2)]
            loop = [name for name in (*around, link.name) if name]
            raise InputError(
                f"{where}: in feeder {feeder.name} {listed(loop)} close a loop (or join two "
                "sources) that no candidate opens; expected one of these lines among the "
                "candidates."
            )
        pairs[f"{link.name}#{i}"] = (link.bus1, link.bus2)


def _check_fed(
    where: str,
    feeder: Feeder,
    wiring: Wiring,
    switched: Mapping[str, Link],
    closed: Iterable[Link],
) -> None:
    """Raise InputError for load that no source reaches with these switches closed."""
    joined = Forest((SOURCE, bus) for bus in wiring.sources)
    for link in (*_fixed(wiring, switched), *closed):
        joined.join(link.bus1, link.bus2)
    cut = [bus for bus in feeder.prosumers if joined.root(bus) != joined.root(SOURCE)]
    if cut:
        raise InputError(
            f"{where}: no source reaches the load at bus {shortlist(cut)} of feeder {feeder.name} "
            "with the other switches closed; expected a closed line to it, or a tie that leads "
            "there among the candidates."
        )
