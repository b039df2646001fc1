"""Which PV and wind units of a study may be curtailed."""

from __future__ import annotations

from toolkit.common.errors import InputError
from toolkit.inputs.fleet_sections import UnitBounds
from toolkit.inputs.study import Study
from toolkit.model.feeder import DeclaredUnit
from toolkit.model.fleet import Curtail
from toolkit.model.kinds import GENERATORS, KINDS


def of_unit(study: Study, unit: DeclaredUnit, own: UnitBounds) -> Curtail:
    """Return how often it is decided what a unit gives at most, "" where it gives all it can.

    Raises InputError where a study says it of a store.
    """
    generates = unit.kind in GENERATORS
    if own.curtail is not None and not generates:
        where = f"fleet.{'add' if unit.added else 'units'}.{unit.name}.curtail"
        why = ", since what stores do is decided in any case" if KINDS[unit.kind].stores else ""
        raise InputError(
            f"study {study.name}: '{where}': found it of a {KINDS[unit.kind].one}; expected it of "
            f"units that generate alone{why}."
        )
    asked = study.fleet.curtail if own.curtail is None else own.curtail
    if not generates or asked is False:
        return ""
    return "once" if asked is True else "per step"
