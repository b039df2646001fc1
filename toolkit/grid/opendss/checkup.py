"""What a compiled circuit looks like to someone who checks it, as plain values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from toolkit.grid.circuit import Attached, Circuit, Link, Snapshot, Trouble
from toolkit.grid.opendss.controls import IDLE_CONTROLS
from toolkit.grid.opendss.declared import UNIT_CLASSES, unit_kind
from toolkit.grid.opendss.engine import (
    Engine,
    check_engine,
    compile_read,
    connections_of,
    new_engine,
    run_statements,
    words,
)
from toolkit.grid.opendss.links import bus_name, links_of
from toolkit.grid.opendss.switches import switch_commands, switch_positions
from toolkit.inputs.scripts import (
    Remark,
    Script,
    Statement,
    read_script,
)


def check_compile(
    script: Path, tell: Callable[[str], None], root: Path | None = None
) -> tuple[list[Remark], list[Trouble], Circuit | None]:
    """Compile a script as far as it goes: remarks, up to ten troubles, and the circuit if sound.

    ``tell`` hears of every statement before the engine does, which may not survive it.
    """
    check_engine()
    read = read_script(script, root)
    if read.faults:
        return read.remarks, [], None
    d = new_engine()
    failed = islice(run_statements(d, _told(read.statements, tell)), 10)
    troubles = [Trouble(s.file, s.line, f"'{s.said.brief}': {said}") for s, said in failed]
    if not troubles:
        troubles = _no_circuit(d, read)
    return read.remarks, troubles, None if troubles else _examined(d, read)


def _examined(d: Engine, read: Script) -> Circuit:
    """Return what a circuit holds in a day, and a snapshot with its controls as they are."""
    positions = switch_positions(d, read)
    shown = compile_read(read) if positions else d
    for command in switch_commands(positions):
        d.Text.Command(command)
    return examine(d, shown)


def _told(statements: Iterable[Statement], tell: Callable[[str], None]) -> Iterator[Statement]:
    for statement in statements:
        tell(f"compiling {statement.file.name}, line {statement.line}: {statement.said.brief}")
        yield statement


def _no_circuit(d: Engine, read: Script) -> list[Trouble]:
    """Return what keeps a compiled script from being a circuit."""
    if not d.Basic.NumCircuits():
        return [Trouble(read.path, 0, "the script defines no circuit (no 'New Circuit.NAME').")]
    try:
        d.Text.Command("MakeBusList")
    except Exception as error:
        return [Trouble(read.path, 0, words(error))]
    return []


def examine(d: Engine, shown: Engine) -> Circuit:
    """Return what a compiled circuit holds, and a snapshot of ``shown``, which may be the same."""
    links: list[Link] = []
    found: dict[str, list[Attached]] = {}
    for full_name in map(str, d.Circuit.AllElementNames()):
        d.Circuit.SetActiveElement(full_name)
        if not d.CktElement.Enabled():
            continue
        cls, at = full_name.split(".", 1)[0], [bus_name(b) for b in connections_of(d)]
        links += links_of(d, full_name)
        bus = at[0] if at else ""
        found.setdefault(cls, []).append(Attached(full_name, bus, int(d.CktElement.NumPhases())))
    units = [element for cls in UNIT_CLASSES for element in found.get(cls, [])]
    return Circuit(
        buses=tuple(str(b).lower() for b in d.Circuit.AllBusNames()),
        without_base=_without_base(d),
        sources=tuple(source.bus for source in found.get("Vsource", [])),
        links=tuple(links),
        loads=tuple(found.get("Load", [])),
        units=tuple(units),
        unit_kinds=tuple(unit_kind(*unit.name.split(".", 1)) for unit in units),
        regulators=len(found.get("RegControl", [])),
        capacitor_controls=len(found.get("CapControl", [])),
        idle_controls=tuple(e.name for cls in sorted(IDLE_CONTROLS) for e in found.get(cls, [])),
        snapshot=_snapshot(shown),
    )


def _snapshot(d: Engine) -> Snapshot | None:
    """Return what plain OpenDSS says to ``Solve mode=snapshot``; it comes last, for it moves taps.

    None where it does not converge.
    """
    try:
        d.Text.Command("Set mode=snapshot number=1")
        d.Solution.Solve()
    except Exception:
        return None
    volts = _phase_volts(d)
    if not d.Solution.Converged() or not volts:
        return None
    return Snapshot(float(d.Circuit.Losses()[0]) / 1000.0, min(volts), max(volts))


def _phase_volts(d: Engine) -> list[float]:
    """Return the voltages of all phases with a base, pu; a node beyond three is a neutral wire."""
    based = {str(bus).lower() for bus in d.Circuit.AllBusNames()} - set(_without_base(d))
    return [
        float(value)
        for name, value in zip(d.Circuit.AllNodeNames(), d.Circuit.AllBusMagPu(), strict=True)
        for bus, _, node in [str(name).lower().rpartition(".")]
        if bus in based and int(node) <= 3 and value > 0.0
    ]


def _without_base(d: Engine) -> tuple[str, ...]:
    without = []
    for bus in d.Circuit.AllBusNames():
        d.Circuit.SetActiveBus(bus)
        if not d.Bus.kVBase():
            without.append(str(bus).lower())
    return tuple(without)
