"""Plans written into a live engine, value by value instead of as text."""

from __future__ import annotations

import numpy as np

from toolkit.common.errors import EngineError
from toolkit.common.types import FloatArray
from toolkit.grid.opendss.capacitors import is_capacitor, on_of, on_shape, switched
from toolkit.grid.opendss.connections import connection
from toolkit.grid.opendss.engine import (
    Engine,
    handle_of,
    words,
)
from toolkit.grid.opendss.inverters import kvar_shape, kvar_source, kvar_sources
from toolkit.grid.opendss.units import element_of, ratings, shape_element, shapes_pu
from toolkit.inputs.scripts.classes import property_names
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
        self._elements = [
            _Element(d, feeder, unit, element_of(unit, feeder, stand_ins)) for unit in feeder.units
        ]
        self._sources = [
            (u, _Element(d, feeder, unit, kvar_source(unit)))
            for u, unit in kvar_sources(feeder, operation, stand_ins)
        ]
        self._kvar = np.zeros((len(self._sources), operation.steps))
        self._none = np.zeros(operation.steps)
        for row, (u, _) in zip(self._kvar, self._sources, strict=True):
            self._share(handle_of(d, kvar_shape(feeder.units[u])), self._none, row)
        self._switched = switched(feeder)
        self._on = np.ones((len(self._switched), operation.steps))
        for row, u in zip(self._on, self._switched, strict=True):
            self._share(handle_of(d, on_shape(feeder.units[u])), row)
        self._rows = operation.fleet.planned_rows
        self._shapes = np.zeros((len(self._rows), operation.steps))
        for row, u in zip(self._shapes, self._rows, strict=True):
            self._share(handle_of(d, shape_element(feeder.units[u])), row)

    def _share(self, shape: object, row: FloatArray, kvar: FloatArray | None = None) -> None:
        """Make a load shape read its values from ``row`` whenever it is asked for one.

        kvar: those of reactive power, where they are others.
        """
        ffi, steps = self._util.ffi, len(row)
        values = ffi.cast("void*", row.ctypes.data)
        others = ffi.NULL if kvar is None else ffi.cast("void*", kvar.ctypes.data)
        self._util.lib.Alt_LoadShape_Set_Points(
            shape, steps, ffi.NULL, values, others, True, False, 1
        )
        self._util._check_for_error()

    def write(self, plan: Plan) -> None:
        """Write a plan. Raises EngineError when the engine refuses it."""
        if len(self._rows):
            self._shapes[:] = shapes_pu(plan, self._rows)
        for row, u in zip(self._on, self._switched, strict=True):
            row[:] = on_of(plan, self._operation, u)
        try:
            for u, (element, bus) in enumerate(zip(self._elements, plan.bus.tolist(), strict=True)):
                unit = self._feeder.units[u]
                element.write(bus, ratings(plan, self._operation, unit, u, self._stand_ins))
            for row, (u, source) in zip(self._kvar, self._sources, strict=True):
                assert plan.q_kvar is not None
                row[:] = plan.q_kvar[u]
                source.write(int(plan.bus[u]), {})
            self._util._check_for_error()
        except Exception as error:
            for element in (*self._elements, *(source for _, source in self._sources)):
                element.bus = -1
            raise EngineError(f"OpenDSS refused a plan: {words(error)}") from error


class _Element:
    """One unit's element in the engine, and the bus at which it stands (-1: unknown)."""

    def __init__(self, d: Engine, feeder: Feeder, unit: DeclaredUnit, full_name: str) -> None:
        self.bus = -1
        self._feeder, self._unit = feeder, unit
        self._lib = d._api_util.lib
        self._handle = handle_of(d, full_name)
        #: A capacitor has an array of the sizes of its steps, which takes no single number.
        self._in_arrays = is_capacitor(unit)
        names = property_names(full_name.split(".")[0].lower())
        self._index = {name: i for i, name in enumerate(names, start=1)}
        self._connections: dict[int, list[tuple[int, bytes]]] = {}

    def write(self, bus: int, rated: dict[str, float]) -> None:
        """Connect the element, if it moved, and set its ratings."""
        lib, handle = self._lib, self._handle
        moved = bus != self.bus
        at = self._connection(bus) if moved else []
        if not at and not rated:
            return
        lib.Obj_BeginEdit(handle)
        for index, text in at:
            lib.Obj_SetAsString(handle, index, text, 0)
        for name, value in rated.items():
            if self._in_arrays:
                lib.Obj_SetAsString(handle, self._index[name.lower()], repr(value).encode(), 0)
            else:
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
