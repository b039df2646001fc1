"""An OpenDSS engine of our own: compiled from a script nobody here wrote, read in whole arrays."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import chdir, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from toolkit.common.errors import EngineError, InputError
from toolkit.common.lean_imports import without
from toolkit.common.names import lowered
from toolkit.common.types import FloatArray
from toolkit.grid.opendss.freeing import free_due, free_later
from toolkit.inputs.scripts import Remark, Script, Statement, read_script
from toolkit.inputs.scripts.canonical import Canonical
from toolkit.inputs.scripts.classes import PASSED_CLASSES, classes, property_names
from toolkit.inputs.scripts.writing import statement

#: An engine context of opendssdirect (it ships no types).
Engine = Any
#: The version of the engine whose classes and properties are known, see ``inputs.scripts.classes``.
KNOWN = "0.14.5"
#: The engine's numbers of its classes, by their names in lower case.
_class_numbers: dict[str, int] = {}
#: Most iterations of the power flow, and of controls, of a Solve that a script has on the way.
MOST_ROUNDS = 100


# As it starts the engine reads its texts from a folder ``locale`` of the current folder, which may
# be a stranger's. The binding takes pandas, half a second, for two functions that are not used.
with chdir(Path(__file__).parent), without("pandas"):
    from dss_python_backend import __version__ as _version
    from dss_python_backend.events import EventCallbackManager
    from opendssdirect import dss as _shared

    from toolkit.grid.opendss.lazy_library import binding_lazily


def compile_feeder(script: Path, root: Path | None = None) -> Engine:
    """Compile a script in a fresh engine that opens no window or editor and runs no program.

    The toolkit reads the scripts and gives the engine one judged statement after the other; the
    engine opens none of them. ``root``: the folder below which they may read files. Raises
    InputError with file and line when it fails.
    """
    return compile_read(read_script(script, root))


def compile_read(read: Script) -> Engine:
    """Compile a script that has been read, see :func:`compile_feeder`."""
    check_engine()
    if read.faults:
        raise InputError(f"feeder {_where(read.faults[0])}")
    d = new_engine()
    for failed, message in run_statements(d, read.statements):
        where = f"feeder {failed.file}, line {failed.line}"
        raise InputError(f"{where}: '{failed.said.brief}': OpenDSS says: {message}")
    if not d.Basic.NumCircuits():
        raise InputError(f"feeder {read.path}: the script defines no circuit.")
    try:
        d.Text.Command("MakeBusList")
    except Exception as error:
        raise InputError(f"feeder {read.path}: OpenDSS says: {words(error)}") from error
    return d


def _where(fault: Remark) -> str:
    return f"{fault.file}, line {fault.line}: {fault.text}"


def new_engine() -> Engine:
    """Return a fresh engine that cannot reach outside itself."""
    free_due()
    here = os.getcwd()
    with binding_lazily():
        d = _shared.NewContext()
    basic = d.Basic
    for allow in (basic.AllowForms, basic.AllowEditor, basic.AllowChangeDir, basic.AllowDOScmd):
        allow(False)
    # The first context of a process takes it back to the folder it was started in.
    os.chdir(here)
    _let_go(d._api_util)
    return d


def _let_go(util: Any) -> None:
    """Let an engine die with its last user, and not call back into Python.

    The binding keeps each context in tables whose values hold on to their keys, so that none of
    them would ever be freed. It also has the engine hand over the names of all buses whenever an
    element moves, to mend Python objects that stand for buses; the toolkit makes none.
    """
    util.unregister_callbacks()
    # Called again when it dies, this would enter the context into a table once more.
    util.unregister_callbacks = lambda: None
    tables = (type(util)._ctx_to_util, type(_shared)._ctx_to_dss)
    for table in (*tables, EventCallbackManager._ctx_to_manager):
        table.pop(util.ctx, None)
    util.ffi.gc(util.ctx, None)
    address = int(util.ffi.cast("uintptr_t", util.ctx))
    free_later(util, _dispose, util.ffi, util.lib_unpatched, address)


def _dispose(ffi: Any, lib: Any, address: int) -> None:
    lib.ctx_Dispose(ffi.cast("void*", address))


def run_statements(d: Engine, statements: Iterable[Statement]) -> Iterator[tuple[Statement, str]]:
    """Run statements; yield each one that fails, with the engine's words, and go on after it.

    What the engine would write goes to a folder that is removed afterwards. What follows on an
    element that could not be made is left out.
    """
    here = os.getcwd()
    lost: set[str | None] = set()
    made: dict[str, Statement] = {}
    with TemporaryDirectory(prefix="p2p-") as scratch:
        d.Text.Command(statement("Set", None, {"DataPath": scratch}))
        try:
            for given in statements:
                said = given.said
                if said.command in ("edit", "enable", "disable") and said.element in lost:
                    continue
                try:
                    _run(d, said)
                except Exception as error:
                    lost |= {said.element} if said.command == "new" else set()
                    yield given, _twice(said, made) or words(error)
                if said.command == "new":
                    made.setdefault(lowered(str(said.element)), given)
        finally:
            os.chdir(here)


def _twice(said: Canonical, made: Mapping[str, Statement]) -> str:
    """Say where an element was made before that a statement makes once more; letter case apart."""
    before = made.get(lowered(str(said.element))) if said.command == "new" else None
    if before is None:
        return ""
    return (
        f"{before.said.element} is there from {before.file.name}, line {before.line}, and one of "
        "the two would not count; rename one, or write 'Edit' to change it."
    )


def _run(d: Engine, said: Canonical) -> None:
    """Give the engine one statement."""
    for bus, x, y in said.coordinates:
        _place(d, bus, x, y)
    if said.command in ("open", "close"):
        _check_terminal(d, said)
    if said.command == "solve":
        _solve_on_the_way(d)
    elif not said.coordinates:
        d.Text.Command(said.text)


def _solve_on_the_way(d: Engine) -> None:
    """Solve where a script does, for what controls leave, within limits of iterations.

    What they have reached counts where that fails, as in plain OpenDSS, which goes on as well.
    """
    rounds, controls = int(d.Solution.MaxIterations()), int(d.Solution.MaxControlIterations())
    d.Solution.MaxIterations(min(rounds, MOST_ROUNDS))
    d.Solution.MaxControlIterations(min(controls, MOST_ROUNDS))
    with suppress(Exception):
        d.Solution.Solve()
    d.Solution.MaxIterations(rounds)
    d.Solution.MaxControlIterations(controls)


def _place(d: Engine, bus: str, x: float, y: float) -> None:
    """Give a bus its coordinates if it is there; files of coordinates name others as well."""
    if d.Circuit.SetActiveBus(bus) >= 0:
        d.Bus.X(x)
        d.Bus.Y(y)


def _check_terminal(d: Engine, said: Canonical) -> None:
    """Raise EngineError for a terminal or conductor the element lacks: the engine does not look."""
    d.Circuit.SetActiveElement(str(said.element))
    there = {"term": int(d.CktElement.NumTerminals()), "cond": int(d.CktElement.NumConductors())}
    for key, value in said.properties:
        if int(str(value)) > there[key]:
            raise EngineError(f"{said.element} has {there[key]} of {key}; found {value}")


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


@cache
def check_engine() -> None:
    """Raise EngineError when this engine has other properties than scripts are judged by."""
    if _version == KNOWN:
        return
    passed = {cls: names for cls, names in vocabulary().items() if cls not in PASSED_CLASSES}
    if passed != {cls: property_names(cls) for cls in classes()}:
        raise EngineError(
            "the OpenDSS engine that is installed has other classes or properties than this "
            "version of the toolkit knows; install the version of opendssdirect.py that it names."
        )


def words(error: Exception) -> str:
    """Return the engine's message on one line, of a caught exception only what it was about."""
    return " ".join(str(error).split()).rpartition("Error Description: ")[2]


def enabled_elements(d: Engine) -> Iterator[tuple[str, str]]:
    """Yield class and name of every enabled element, in the engine's order, each made active."""
    for full_name in map(str, d.Circuit.AllElementNames()):
        d.Circuit.SetActiveElement(full_name)
        if d.CktElement.Enabled():
            cls, _, name = full_name.partition(".")
            yield cls, name


def connections_of(d: Engine) -> list[str]:
    """Return what each terminal of the active element is connected to, such as "650.1.2".

    The binding takes a list of nothing but the word none for an empty one.
    """
    return list(map(str, d.CktElement.BusNames())) or ["none"]


def bus_of(d: Engine, terminal: int) -> str:
    """Return the bus of a terminal of the active element, without its nodes."""
    return lowered(connections_of(d)[terminal].split(".")[0])


def nodes_of(d: Engine) -> list[str]:
    """Return the nodes the active element is connected to, such as "650.1", ground left out."""
    buses = [lowered(bus.split(".")[0]) for bus in connections_of(d)]
    order = list(d.CktElement.NodeOrder())
    wires = len(order) // max(len(buses), 1)
    return [f"{buses[i // wires]}.{node}" for i, node in enumerate(order) if node]


def handle_of(d: Engine, full_name: str) -> Any:
    """Return the engine's pointer to an element, such as "load.5"."""
    cls, name = full_name.lower().split(".", 1)
    util = d._api_util
    if not _class_numbers:
        _class_numbers.update({str(c).lower(): i for i, c in enumerate(d.Basic.Classes(), start=1)})
    handle = util.lib.Obj_GetHandleByName(util.ctx, _class_numbers[cls], name.encode())
    if not handle:
        raise EngineError(f"the circuit holds no {full_name}; were its scripts changed?")
    return handle


def property_of(d: Engine, full_name: str, name: str) -> str:
    """Return a property of an element as text, whatever the element is called."""
    cls = full_name.partition(".")[0].lower()
    util = d._api_util
    index = property_names(cls).index(name.lower()) + 1
    found = util.lib.Obj_GetAsString(handle_of(d, full_name), index)
    return str(found if isinstance(found, str) else util.ffi.string(found).decode())


def words_of(d: Engine, full_name: str, name: str) -> list[str]:
    """Return the words of a property that is an array."""
    return property_of(d, full_name, name).strip("[]() ").replace(",", " ").split()


def numbers_of(d: Engine, full_name: str, name: str) -> FloatArray:
    """Return the numbers of a property that is an array."""
    return np.array(words_of(d, full_name, name), dtype=float)


def number_of(d: Engine, full_name: str, name: str) -> float:
    """Return a property of an element as the number the engine holds, to its last digit."""
    index = property_names(full_name.partition(".")[0].lower()).index(name.lower()) + 1
    return float(d._api_util.lib.Obj_GetFloat64(handle_of(d, full_name), index))
