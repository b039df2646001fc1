"""What switch controls, relays, reclosers and fuses stand for: which conductors are open.

As a day begins OpenDSS puts each of them, and what it switches, into its normal state; see
docs/decisions/0015-settings-and-switches.md. A circuit of the same script without load finds it
out, so that no overcurrent opens anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from toolkit.grid.opendss.controls import SWITCHING
from toolkit.grid.opendss.engine import Engine, compile_read, enabled_elements, property_of
from toolkit.inputs.scripts import Script
from toolkit.inputs.scripts.origins import Origins
from toolkit.inputs.scripts.writing import statement
from toolkit.model.feeder import Switching
from toolkit.model.notices import Notice

#: Whatever could carry a current that opens something.
_DRAWING = ("Load", "Generator", "PVSystem", "Storage", "IndMach012", "Isource", "VCCS", "Fault")
_CONNECTED = (
    "opens {0} within the day in plain OpenDSS; here it stays connected, since OpenDSS goes on "
    "computing with the current of an open load or unit. Write 'Disable {0}' for one that is out "
    "of service."
)
_DAY = "Set mode=daily number=1 stepsize=1h hour=0"
#: Hours in which plain OpenDSS is watched for trips.
_WATCHED = 24
#: An element, one of its terminals and a conductor of that.
_Wire = tuple[str, int, int]


def switch_positions(d: Engine, read: Script) -> tuple[Switching, ...]:
    """Return the conductors that the controls of a circuit open or close as a day begins."""
    switched, customers = _switched(d)
    if not (switched or customers):
        return ()
    now = _open(d, switched)
    begun = _open(_without_load(read, _DAY), switched) if switched else set()
    # Loads and units stay connected: the engine computes with the current of open ones.
    closed = _open(d, customers)
    return tuple(Switching(*wire, wire in begun) for wire in sorted(now ^ begun | closed))


def switch_commands(positions: Iterable[Switching]) -> list[str]:
    """Return the lines that bring a circuit into these positions, its controls being off."""
    return [
        statement(
            "Open" if p.open else "Close",
            p.element,
            {"term": str(p.terminal), "cond": str(p.conductor)},
        )
        for p in positions
    ]


def switch_notices(d: Engine, read: Script, said: Origins) -> tuple[Notice, ...]:
    """Return which controls hold a state that changes as a day begins, or trip in plain OpenDSS."""
    switched, customers = _switched(d)
    if not (switched or customers):
        return ()
    begun = _open(_without_load(read, _DAY), switched)
    shown = _open(_without_load(read, ""), switched)
    tripped = _watched(read, {**switched, **customers}) - begun
    texts = [
        (control, text)
        for element, control in switched.items()
        for text in _texts(element, begun ^ shown, begun, tripped)
    ]
    texts += [
        (control, _CONNECTED.format(element))
        for element, control in customers.items()
        if any(wire[0] == element for wire in tripped)
    ]
    return tuple(_notice(said, control, text) for control, text in texts)


def _notice(said: Origins, control: str, text: str) -> Notice:
    return Notice(control, text, *said.at(control), "controls")


def _texts(
    element: str, differing: set[_Wire], begun: set[_Wire], tripped: set[_Wire]
) -> list[str]:
    """Return what is to be said of one control and the element that it switches."""
    texts = []
    if any(wire[0] == element for wire in differing):
        state = "open" if any(wire[0] == element for wire in begun) else "closed"
        texts.append(
            f"{element} is {state} all day: as a day begins OpenDSS puts it into its normal state, "
            "which is another than the present one."
        )
    if any(wire[0] == element for wire in tripped):
        texts.append(
            f"opens {element} within the day in plain OpenDSS; here it stays closed, since "
            "protection is no part of figures."
        )
    return texts


def _switched(d: Engine) -> tuple[dict[str, str], dict[str, str]]:
    """Return what the enabled controls of switches act on, and the control; loads and units apart.

    Branches and what else is part of the network come first.
    """
    switched: dict[str, str] = {}
    customers: dict[str, str] = {}
    for cls, name in enabled_elements(d):
        if cls in SWITCHING:
            named = property_of(d, f"{cls}.{name}", "switchedobj").lower()
            drawing = named.partition(".")[0] in map(str.lower, _DRAWING)
            found = customers if drawing else switched
            # Of several, one that trips is named: it is what opens the element within a day.
            if named and not (cls == "SwtControl" and named in found):
                found[named] = f"{cls}.{name}"
    return switched, customers


def _without_load(read: Script, settings: str) -> Engine:
    """Return a circuit of the script, solved once without anything that draws a current."""
    d = compile_read(read)
    for cls, name in enabled_elements(d):
        if cls in _DRAWING:
            d.Text.Command(statement("Edit", f"{cls}.{name}", {"enabled": "no"}))
    _solve(d, settings)
    return d


def _watched(read: Script, switched: Iterable[str]) -> set[_Wire]:
    """Return what plain OpenDSS opens within the day of a script."""
    d = compile_read(read)
    found: set[_Wire] = set()
    _solve(d, _DAY)
    for _ in range(_WATCHED):
        found |= _open(d, switched)
        _solve(d, "")
    return found


def _solve(d: Engine, settings: str) -> None:
    """Solve once; where that fails the state that controls have reached counts."""
    with suppress(Exception):
        if settings:
            d.Text.Command(settings)
        d.Solution.Solve()


def _open(d: Engine, elements: Iterable[str]) -> set[_Wire]:
    """Return the open conductors of some elements."""
    found = set()
    for element in elements:
        if d.Circuit.SetActiveElement(element) < 0:
            continue
        terminals, wires = int(d.CktElement.NumTerminals()), int(d.CktElement.NumPhases())
        found |= {
            (element, terminal, wire)
            for terminal in range(1, terminals + 1)
            for wire in range(1, wires + 1)
            if d.CktElement.IsOpen(terminal, wire)
        }
    return found
