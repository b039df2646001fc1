"""An OpenDSS engine of our own: compiled from a script nobody here wrote, read in whole arrays."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from opendssdirect import dss as _shared

from toolkit.errors import EngineError, InputError
from toolkit.scripts import CONTINUING, Remark, Statement, read_script

Number = TypeVar("Number", np.float64, np.complex128)
#: An engine context of opendssdirect (it ships no types).
Engine = Any


def compile_feeder(script: Path) -> Engine:
    """Compile a script in a fresh engine that opens no window or editor and runs no program.

    The toolkit reads the scripts and gives the engine one judged statement after the other; the
    engine opens none of them. Raises InputError with file and line when it fails.
    """
    read = read_script(script, vocabulary())
    if read.faults:
        raise InputError(f"feeder {_where(read.faults[0])}")
    d = new_engine()
    for statement, message in run_statements(d, read.statements):
        where = f"feeder {statement.file}, line {statement.line}"
        raise InputError(f"{where}: '{statement.text[:60]}': OpenDSS says: {message}")
    if not d.Basic.NumCircuits():
        raise InputError(f"feeder {script}: the script defines no circuit.")
    try:
        d.Text.Command("MakeBusList")
    except Exception as error:
        raise InputError(f"feeder {script}: OpenDSS says: {words(error)}") from error
    return d


def _where(fault: Remark) -> str:
    return f"{fault.file}, line {fault.line}: {fault.text}"


def new_engine() -> Engine:
    """Return a fresh engine that cannot reach outside itself."""
    here = os.getcwd()
    d = _shared.NewContext()
    d.Basic.AllowForms(False)
    d.Basic.AllowEditor(False)
    d.Basic.AllowChangeDir(False)
    d.Basic.AllowDOScmd(False)
    # The first context of a process takes it back to the folder it was started in.
    os.chdir(here)
    return d


def run_statements(d: Engine, statements: Iterable[Statement]) -> Iterator[tuple[Statement, str]]:
    """Run statements; yield each one that fails, with the engine's words, and go on after it.

    What the engine would write goes to a folder that is removed afterwards. Lines that continue a
    failed one are left out.
    """
    here = os.getcwd()
    failed = False
    with TemporaryDirectory(prefix="p2p-") as scratch:
        d.Text.Command(f'Set DataPath="{scratch}"')
        try:
            for statement in statements:
                if failed and statement.command in CONTINUING:
                    continue
                try:
                    d.Text.Command(statement.text)
                    failed = False
                except Exception as error:
                    failed = True
                    yield statement, words(error)
        finally:
            os.chdir(here)


@cache
def vocabulary() -> dict[str, tuple[str, ...]]:
    """Return the property names of each of the engine's classes, in its order, in lower case."""
    d = new_engine()
    d.Text.Command("New Circuit.names")
    util = d._api_util
    names: dict[str, tuple[str, ...]] = {}
    for index, cls in enumerate(d.Basic.Classes(), start=1):
        util.lib.Obj_New(util.ctx, index, b"names", True, True)
        names[str(cls).lower()] = tuple(str(n).lower() for n in d.Element.AllPropertyNames())
    return names


def words(error: Exception) -> str:
    """Return the engine's message on one line, of a caught exception only what it was about."""
    return " ".join(str(error).split()).rpartition("Error Description: ")[2]


def bus_of(d: Engine, terminal: int) -> str:
    """Return the bus of a terminal of the active element, without its nodes."""
    return str(d.CktElement.BusNames()[terminal]).split(".")[0].lower()


def nodes_of(d: Engine) -> list[str]:
    """Return the nodes the active element is connected to, such as "650.1", ground left out."""
    buses = [str(b).split(".")[0].lower() for b in d.CktElement.BusNames()]
    order = list(d.CktElement.NodeOrder())
    wires = len(order) // max(len(buses), 1)
    return [f"{buses[i // wires]}.{node}" for i, node in enumerate(order) if node]


class Reader:
    """Solves steps and reads whole arrays through the engine's C interface.

    The classic interface wraps each call and copies each array into a list, which at 24 steps a day
    costs more than half as much as the power flow. Arrays come as raw bytes, which :func:`rows`
    puts together once a day.
    """

    def __init__(self, d: Engine, elements: Sequence[str]) -> None:
        """Prepare to read the power into ``elements``, full names such as "load.5"."""
        self._util = d._api_util
        self._ffi, self._lib = self._util.ffi, self._util.lib
        self._shared = self._util.gr_float64_pointers[0]
        handles = [self._handle(d, name) for name in elements]
        self.elements = len(handles)
        self.nodes = int(d.Circuit.NumNodes())
        self.branches = len(d.PDElements.AllNames())
        self._handles = self._ffi.new("void*[]", handles)
        # The engine allocates this array on first use and uses it again from then on.
        self._power = self._ffi.gc(self._ffi.new("double**"), self._lib.DSS_Dispose_PDouble)
        self._power_count = self._ffi.new("int32_t[4]")
        self._vector = self._ffi.new("double**")
        self._buffer = self._ffi.buffer

    def _handle(self, d: Engine, full_name: str) -> Any:
        cls, name = full_name.lower().split(".", 1)
        index = [c.lower() for c in d.Basic.Classes()].index(cls) + 1
        handle = self._lib.Obj_GetHandleByName(self._util.ctx, index, name.encode())
        if not handle:
            raise EngineError(f"the circuit holds no {full_name}; were its scripts changed?")
        return handle

    def solve(self) -> bool:
        """Solve the next step; say whether it converged. Raises the engine's own exception."""
        self._lib.Solution_Solve()
        self._util._check_for_error()
        return bool(self._lib.Solution_Get_Converged())

    def voltages(self) -> bytes:
        """Return the complex node voltages, V, as raw doubles; shape (nodes,)."""
        self._lib.YMatrix_getVpointer(self._vector)
        # The engine counts nodes from 1; what stands at 0 is ground.
        return bytes(self._buffer(self._vector[0] + 2, 16 * self.nodes))

    def powers(self) -> bytes:
        """Return kW + j kvar into each element as raw doubles; shape (elements,)."""
        if not self.elements:
            return b""
        self._lib.Alt_CEBatch_Get_TotalPowers(
            self._power, self._power_count, self._handles, self.elements
        )
        return bytes(self._buffer(self._power[0], 16 * self.elements))

    def loading(self) -> bytes:
        """Return the largest phase current over the rating, %, as raw doubles; (branches,)."""
        self._lib.PDElements_Get_AllPctNorm_GR(0)
        return bytes(self._buffer(self._shared[0], 8 * self.branches))

    def loss_kw(self) -> float:
        """Return the active losses of the circuit."""
        self._lib.Circuit_Get_Losses_GR()
        return float(self._shared[0][0]) / 1000.0


def rows(parts: Sequence[bytes], steps: int, count: int, dtype: type[Number]) -> NDArray[Number]:
    """Return raw rows as an array of shape (steps, count), NaN where a row is missing."""
    found = np.frombuffer(b"".join(parts), dtype=dtype).reshape(len(parts), count)
    if len(parts) == steps:
        return found
    return np.concatenate([found, np.full((steps - len(parts), count), np.nan, dtype=dtype)])
