"""What the capacitor controls of a compiled circuit go by, read from the engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from toolkit.common.types import ComplexArray
from toolkit.grid.control_rules import CapacitorControl, Sensor
from toolkit.grid.network import Unfit
from toolkit.grid.opendss.engine import Engine, number_of, property_of
from toolkit.grid.opendss.readings import PortOf, admittances

#: Elements whose admittance stays, and which a capacitor control may watch.
WATCHED = ("line", "transformer", "reactor", "capacitor", "autotrans")
KINDS = ("current", "voltage", "kvar", "powerfactor", "time")


def capacitor_rule(d: Engine, name: str, port_of: PortOf, moved: Sequence[str]) -> CapacitorControl:
    """Return the rule of a capacitor control; moved: names of what controls change.

    Raises Unfit for a rule that is not known.
    """
    return _CapacitorReader(d, name, port_of, moved).read()


class _CapacitorReader:
    """Reads the control of one capacitor."""

    def __init__(self, d: Engine, name: str, port_of: PortOf, moved: Sequence[str]) -> None:
        self._d, self._port_of, self._moved = d, port_of, moved
        self._own = f"CapControl.{name}"
        self._capacitor = self._text("capacitor").lower()
        self._full = f"capacitor.{self._capacitor}"

    def _text(self, name: str) -> str:
        return property_of(self._d, self._own, name)

    def _number(self, name: str) -> float:
        return number_of(self._d, self._own, name)

    def read(self) -> CapacitorControl:
        """Return the control."""
        d, kind = self._d, self._text("type").lower()
        if kind not in KINDS or self._text("vbus"):
            raise Unfit(f"{self._own} is of type {kind}, or watches the voltage of another bus")
        steps, start = self._steps()
        d.PDElements.Name(self._full)
        if not d.PDElements.IsShunt():
            raise Unfit(f"{self._own} switches a capacitor in series")
        d.Circuit.SetActiveElement(self._full)
        ports = [self._port_of(node) for node in d.CktElement.NodeRef()]
        phases, delta = int(d.CktElement.NumPhases()), bool(d.Capacitors.IsDelta())
        overrides = self._text("voltoverride").lower() == "yes" and kind != "voltage"
        on, off = self._settings(kind)
        kvar = float(d.Capacitors.kvar())
        monitored = self._monitored(kind, phases, delta)
        return CapacitorControl(
            ports=np.array(ports, dtype=np.intp),
            steps=steps,
            start=start,
            kind=kind,
            on=on,
            off=off,
            **monitored,
            least_v=self._number("vmin") if overrides else -np.inf,
            most_v=self._number("vmax") if overrides else np.inf,
            on_kvar=kvar * self._number("pctminkvar") / 100.0,
            more_kvar=kvar / len(steps) * 0.5,
            on_delay=self._number("delay"),
            off_delay=self._number("delayoff"),
            dead=self._number("deadtime"),
        )

    def _settings(self, kind: str) -> tuple[float, float]:
        on, off = self._number("onsetting"), self._number("offsetting")
        if kind != "powerfactor":
            return on, off
        # Beyond 1 the engine counts on as leading; settings it has not been given are its own.
        if abs(on) > 1.0 or abs(off) > 1.0:
            raise Unfit(f"{self._own} has no power factors of its own")
        return (2.0 + on if on < 0.0 else on), (2.0 + off if off < 0.0 else off)

    def _steps(self) -> tuple[ComplexArray, int]:
        """Return the admittance of each step, and how many are in service."""
        d = self._d
        d.Capacitors.Name(self._capacitor)
        states = [int(state) for state in d.Capacitors.States()]
        d.Circuit.SetActiveElement(self._full)
        count, closed = sum(states), not d.CktElement.IsOpen(1, 0)
        if states != sorted(states, reverse=True) or closed != bool(count):
            raise Unfit(f"the steps of {self._full} are not in service one after the other")
        own = [self._with([int(i == k) for i in range(len(states))]) for k in range(len(states))]
        self._with(states)
        return np.stack(own), count

    def _with(self, states: Sequence[int]) -> ComplexArray:
        """Return the capacitor's matrix with some steps in service."""
        d = self._d
        d.Capacitors.Name(self._capacitor)
        d.Capacitors.States(list(states))
        d.Circuit.SetActiveElement(self._full)
        if any(states):
            d.CktElement.Close(1, 0)
        else:
            d.CktElement.Open(1, 0)
        d.Solution.BuildYMatrix(1, 0)
        d.Circuit.SetActiveElement(self._full)
        return admittances(d)

    def _monitored(self, kind: str, phases: int, delta: bool) -> dict[str, Any]:
        """Return what it sees of the element that it watches."""
        d = self._d
        element = self._text("element").lower()
        cls, _, name = element.partition(".")
        if not element and kind == "time":
            element = self._full
        elif cls not in WATCHED or name in self._moved:
            raise Unfit(f"{self._own} watches {element}")
        d.Circuit.SetActiveElement(element)
        wires, count = int(d.CktElement.NumConductors()), int(d.CktElement.NumPhases())
        begin = (int(self._text("terminal")) - 1) * wires
        ports = [self._port_of(node) for node in d.CktElement.NodeRef()]
        at = [begin + i for i in range(wires)]
        amps_of, amps_at = self._picked("ctphase", [begin + i for i in range(phases)], lambda k: k)
        volts_of, volts_at = self._picked(
            "ptphase", at[:count], lambda k: (begin + (k + 1) % phases) if delta else -1
        )
        ends = [[ports[i], ports[j] if j >= 0 else -1] for i, j in volts_at]
        return {
            "monitored": np.array(ports, dtype=np.intp),
            "admittance": admittances(d),
            "terminal": np.array(at, dtype=np.intp),
            "amps": Sensor(amps_of, np.array([i for i, _ in amps_at]), self._number("ctratio")),
            "volts": Sensor(volts_of, np.array(ends, dtype=np.intp), self._number("ptratio")),
        }

    def _picked(
        self, name: str, all_of: Sequence[int], other: Callable[[int], int]
    ) -> tuple[str, list[tuple[int, int]]]:
        """Return how phases are put together, and the conductors of each."""
        said = self._text(name).lower()
        if said in ("avg", "max", "min"):
            return said, [(i, -1) for i in all_of]
        phase = int(said) - 1
        # The engine takes the current of one phase at the first terminal, whichever it watches.
        first = all_of[phase] if name == "ptphase" else phase
        return "one", [(first, other(phase))]
