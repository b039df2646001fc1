"""PV and wind whose power of each step is a plan's own, since they may be curtailed, as script."""

from __future__ import annotations

from toolkit.model.feeder import DeclaredUnit, Feeder
from toolkit.model.operation import Operation

#: The curve of what is 1 whatever it follows: an inverter without losses, see fates.csv.
FLAT = "p2p_flat"


def follows(declared: DeclaredUnit, shape: str) -> dict[str, str]:
    """Return the properties by which a unit gives its rating times a shape, and nothing less.

    What panels and inverter make of the sun is in the shape already.
    """
    if declared.kind != "pv":
        return {"daily": shape}
    plain = {"daily": shape, "irradiance": "1"}
    return plain if declared.panels is None else {**plain, "EffCurve": FLAT, "P-TCurve": FLAT}


def wants_flat(feeder: Feeder, operation: Operation) -> bool:
    """Say whether a script has to have the curve."""
    units = zip(operation.fleet.units, feeder.units, strict=True)
    curtailed = any(unit.curtail and declared.panels is not None for unit, declared in units)
    return curtailed or any(FLAT in dict(unit.resets).values() for unit in feeder.units)
