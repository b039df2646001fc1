"""Plans written into a live engine, value by value instead of as text."""

from __future__ import annotations

import numpy as np

from toolkit.common.errors import EngineError
from toolkit.grid.opendss.engine import (
    Engine,
    handle_of,
    vocabulary,
    words,
)
from toolkit.grid.opendss.units import (
    connection,
    element_of,
    ratings,
    shape_element,
    shapes_pu,
)
from toolkit.model.feeder import DeclaredUnit, Feeder
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan


class Writer:
    """Writes what :func:`.script.plan_commands` says, without the text between.

    The engine reads schedules in place, from an array of the writer's. What connects a unit to a
    bus is written only when the unit moves: each such edit makes the engine list all nodes anew.
    """

    def __init__(self, d: Engine, feeder: Feeder, operation: Operation, stand_ins: bool) -> None:
        self._feeder, self._operation, self._stand_ins = feeder, operation, stand_ins
        self._util = d._api_util
        self._elements = [_Element(d, feeder, unit, stand_ins) for unit in feeder.units]
        self._rows = operation.fleet.planned_rows
        self._shapes = np.zeros((len(self._rows), operation.steps))
        for row, u in zip(self._shapes, self._rows, strict=True):
            self._share(handle_of(d, shape_element(feeder.units[u])), row)

    def _share(self, shape: object, row: np.ndarray) -> None:
        """Make a load shape read its values from ``row`` whenever it is asked for one."""
        ffi, steps = self._util.ffi, len(row)
        values = ffi.cast("void*", row.ctypes.data)
        self._util.lib.Alt_LoadShape_Set_Points(
            shape, steps, ffi.NULL, values, ffi.NULL, True, False, 1
        )
        self._util._check_for_error()

    def write(self, plan: Plan) -> None:
        """Write a plan. Raises EngineError when the engine refuses it."""
        if len(self._rows):
            self._shapes[:] = shapes_pu(plan, self._rows)
        try:
            for u, (element, bus) in enumerate(zip(self._elements, plan.bus.tolist(), strict=True)):
                unit = self._feeder.units[u]
                element.write(bus, ratings(plan, self._operation, unit, u, self._stand_ins))
            self._util._check_for_error()
        except Exception as error:
            for element in self._elements:
                element.bus = -1
            raise EngineError(f"OpenDSS refused a plan: {words(error)}") from error


class _Element:
    """One unit's element in the engine, and the bus at which it stands (-1: unknown)."""

    def __init__(self, d: Engine, feeder: Feeder, unit: DeclaredUnit, stand_ins: bool) -> None:
        full_name = element_of(unit, feeder, stand_ins)
        self.bus = -1
        self._feeder, self._unit = feeder, unit
        self._lib = d._api_util.lib
        self._handle = handle_of(d, full_name)
        names = vocabulary()[full_name.split(".")[0].lower()]
        self._index = {name: i for i, name in enumerate(names, start=1)}
        self._connections: dict[int, list[tuple[int, bytes]]] = {}

    def write(self, bus: int, rated: dict[str, float]) -> None:
        """Connect the element, if it moved, and set its ratings."""
        lib, handle = self._lib, self._handle
        lib.Obj_BeginEdit(handle)
        moved = bus != self.bus
        at = self._connection(bus) if moved else []
        for index, text in at:
            lib.Obj_SetAsString(handle, index, text, 0)
        for name, value in rated.items():
            lib.Obj_SetFloat64(handle, self._index[name.lower()], value, 0)
        lib.Obj_EndEdit(handle, len(at) + len(rated))
        self.bus = bus

    def _connection(self, bus: int) -> list[tuple[int, bytes]]:
        """Return (number of the property, value) of what connects the element at a bus."""
        found = self._connections.get(bus)
        if found is None:
            pairs = connection(self._unit, self._feeder, bus).items()
            found = [(self._index[name.lower()], value.encode()) for name, value in pairs]
            self._connections[bus] = found
        return found
