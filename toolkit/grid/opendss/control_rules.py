"""What acts within a day of a compiled circuit, and the state that a day begins in."""

from __future__ import annotations

from toolkit.grid.control_rules import ControlRules
from toolkit.grid.network import Unfit
from toolkit.grid.opendss.capacitor_rules import capacitor_rule
from toolkit.grid.opendss.engine import Engine, enabled_elements, property_of
from toolkit.grid.opendss.readings import PortOf
from toolkit.grid.opendss.regulator_rules import regulator_rules
from toolkit.grid.opendss.script import control_start
from toolkit.model.feeder import Feeder


def begin_day(d: Engine, feeder: Feeder) -> None:
    """Put a circuit where its controls begin a day, with its matrices made, and let them rest."""
    for command in (*control_start(feeder), "Set controlmode=off"):
        d.Text.Commands(command)
    d.Solution.Solve()


def control_rules(d: Engine, feeder: Feeder, step_h: float, port_of: PortOf) -> ControlRules | None:
    """Return the rules of the controls of a circuit that stands where a day begins.

    step_h: hours of a step. None where nothing is under control. Raises Unfit for a rule that is
    not known.
    """
    found = list(enabled_elements(d))
    regulators = [name for cls, name in found if cls == "RegControl"]
    controls = [name for cls, name in found if cls == "CapControl"]
    if not feeder.controls.any:
        return None
    moved = [property_of(d, f"RegControl.{n}", "transformer").lower() for n in regulators]
    moved += [property_of(d, f"CapControl.{n}", "capacitor").lower() for n in controls]
    if len({*moved}) < len(moved):
        raise Unfit("several controls act on one element")
    capacitors = tuple(capacitor_rule(d, name, port_of, moved) for name in controls)
    return ControlRules(
        regulator_rules(d, regulators, port_of, feeder.branches), capacitors, step_h
    )
