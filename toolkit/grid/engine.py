"""An OpenDSS engine of our own: compiled from a script nobody here wrote, read in whole arrays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from opendssdirect import dss as _shared

from toolkit.errors import InputError

ComplexArray = NDArray[np.complex128]
#: An engine context of opendssdirect (it ships no types).
Engine = Any


def compile_feeder(script: Path) -> Engine:
    """Compile a script in a fresh engine that opens no window or editor and runs no program.

    Raises InputError with the engine's own words (they name file and line) when it fails.
    """
    d = _shared.NewContext()
    d.Basic.AllowForms(False)
    d.Basic.AllowEditor(False)
    d.Basic.AllowChangeDir(False)
    d.Basic.AllowDOScmd(False)
    try:
        d.Text.Command(f'Redirect "{script}"')
        circuits = d.Basic.NumCircuits()
    except Exception as error:
        raise InputError(f"feeder {script}: OpenDSS says: {words(error)}") from error
    if not circuits:
        raise InputError(f"feeder {script}: the script defines no circuit.")
    return d


def words(error: Exception) -> str:
    """Return the engine's message on one line."""
    return " ".join(str(error).split())


def bus_of(d: Engine, terminal: int) -> str:
    """Return the bus of a terminal of the active element, without its nodes."""
    return str(d.CktElement.BusNames()[terminal]).split(".")[0].lower()


class PowerReader:
    """Reads the total complex power into many elements of any class in one call.

    The engine's batch call takes an array of element handles; the per-element interface would cost
    two calls an element.
    """

    def __init__(self, d: Engine, elements: Sequence[str]) -> None:
        self._util = d._api_util
        self._lib = self._util.lib
        classes = {name.lower(): i + 1 for i, name in enumerate(d.Basic.Classes())}
        handles = []
        for full_name in elements:
            cls, name = full_name.lower().split(".", 1)
            handle = self._lib.Obj_GetHandleByName(self._util.ctx, classes[cls], name.encode())
            handles.append(handle)
        self.count = len(handles)
        self._handles = self._util.ffi.new("void*[]", handles)

    def read(self) -> ComplexArray:
        """Return kW + j kvar into each element, shape (count,); its first terminal only."""
        if not self.count:
            return np.empty(0, dtype=complex)
        powers: ComplexArray = self._util.get_fcomplex128_array(
            self._lib.Alt_CEBatch_Get_TotalPowers, self._handles, self.count
        )
        return powers


def voltage_view(d: Engine, count: int) -> ComplexArray:
    """Return the engine's live node voltages, V, shape (count,): copy what is to be kept.

    Valid until the engine next rebuilds its admittance matrix, which it does at most in the first
    step after an edit.
    """
    buffer = d._api_util.ffi.buffer(d.YMatrix.VVector(), 16 * (count + 1))
    return np.frombuffer(buffer, dtype=complex)[1:]
