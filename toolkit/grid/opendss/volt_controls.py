"""Inverters that follow the voltage at their terminals, by OpenDSS's InvControl."""

from __future__ import annotations

import numpy as np

from toolkit.inputs.scripts.writing import Value, statement
from toolkit.model.feeder import DeclaredUnit, Feeder, Points

#: What the names of controls and curves of a study begin with.
PREFIX = "p2p_volt_"
#: How near to its curve each inverter comes: reactive power as a share of its rating, voltage, pu.
NEAR = {
    "VarChangeTolerance": "1e-06",
    "VoltageChangeTolerance": "1e-07",
    "ActivePChangeTolerance": "1e-06",
}
#: Times that controls act in a step at most; curves are followed step by step until all rest.
ITERATIONS = 1000


def volt_preamble(declared: DeclaredUnit) -> list[str]:
    """Return the lines that make the control by which a unit follows its study's curves."""
    volt = declared.volt
    if volt is None:
        return []
    name = f"{PREFIX}{declared.name}"
    properties: dict[str, Value] = {"DERList": (declared.element,)}
    lines = []
    if volt.var:
        lines.append(_curve(f"{name}_var", volt.var))
        properties |= {"vvc_curve1": f"{name}_var", "RefReactivePower": "VARMAX"}
    if volt.watt:
        lines.append(_curve(f"{name}_watt", volt.watt))
        properties |= {"voltwatt_curve": f"{name}_watt", "VoltwattYAxis": "PMPPPU"}
    if volt.var and volt.watt:
        mode: dict[str, Value] = {"CombiMode": "VV_VW"}
    else:
        mode = {"mode": "VOLTVAR" if volt.var else "VOLTWATT"}
    return [*lines, statement("New", f"InvControl.{name}", {**mode, **properties, **NEAR})]


def _curve(name: str, points: Points) -> str:
    volts, shares = np.array(points).T
    values: dict[str, Value] = {"npts": str(len(points)), "xarray": volts, "yarray": shares}
    return statement("New", f"XYCurve.{name}", values)


def volt_start(feeder: Feeder) -> list[str]:
    """Return the lines that make the controls of inverters forget what was before a day.

    Listing what is under a control makes it anew; its elements have begun anew by then.
    """
    own = ((f"InvControl.{PREFIX}{u.name}", (u.element,)) for u in feeder.units if u.volt)
    under = (*own, *feeder.controls.inverters)
    return [statement("Edit", name, {"DERList": elements}) for name, elements in under]
