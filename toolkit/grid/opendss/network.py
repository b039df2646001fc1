"""A compiled circuit taken apart: its matrices, and the legs of its loads and units."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from toolkit.common.lean_imports import without
from toolkit.common.types import ComplexArray, FloatArray, IndexArray
from toolkit.grid.batch.currents import MIX, MODELS
from toolkit.grid.network import LoadLegs, Network, Series, Unfit
from toolkit.grid.opendss.capacitors import capacitors
from toolkit.grid.opendss.connections import legs_of, nodes_of_unit
from toolkit.grid.opendss.control_rules import begin_day, control_rules
from toolkit.grid.opendss.day import Grid
from toolkit.grid.opendss.engine import Engine, enabled_elements, property_of
from toolkit.grid.opendss.loading import Loadings
from toolkit.grid.opendss.readings import admittances
from toolkit.model.feeder import DeclaredUnit, Feeder
from toolkit.model.operation import Operation
from toolkit.model.plan import schedule
from toolkit.model.scenario import LoadDay

with without("charset_normalizer"):
    from scipy.sparse import csc_matrix, csr_matrix

#: What draws or injects power, and is not part of the network's admittances.
POWERS = ("load", "generator", "pvsystem", "storage")
#: What a network may be made of, besides: admittances, sources, and what neither carries current
#: nor acts within a day.
KNOWN = (
    *POWERS,
    *("vsource", "line", "transformer", "capacitor", "reactor", "autotrans", "energymeter"),
    *("monitor", "sensor", "swtcontrol", "relay", "recloser", "fuse", "regcontrol", "capcontrol"),
)


#: A reactive power, kvar per kW, that is only rounding.
NOTHING = 1e-9
#: Voltage, V, below which nothing feeds a leg.
DEAD_V = 1.0


class _Ports:
    """Pairs of nodes, each entered once."""

    def __init__(self) -> None:
        self.all: dict[tuple[int, int], int] = {}

    def of(self, start: int, end: int) -> int:
        """Return the number of a pair; -1 is ground."""
        return self.all.setdefault((start, end), len(self.all))


def _refuse_units(feeder: Feeder) -> None:
    """Raise Unfit for units and limits of a feeder that are not known here."""
    steered = [unit.name for unit in feeder.units if unit.follows_voltage]
    if steered:
        raise Unfit(f"the inverter of {steered[0]} follows the voltage through the day")
    added = [feeder.units[u].name for u in capacitors(feeder)]
    if added:
        raise Unfit(f"capacitor {added[0]} changes its admittances with the plan")
    if feeder.voltages.unbalance:
        raise Unfit("it does not say how unbalanced voltages are, which is a limit")


def network_of(feeder: Feeder, operation: Operation) -> Network:
    """Return the network of a feeder with the units of an operation.

    Raises Unfit when something is not known here.
    """
    _refuse_units(feeder)
    grid = Grid(feeder, operation, stand_ins=True)
    circuit = grid.engine
    for cls, name in enabled_elements(circuit):
        if cls.lower() not in KNOWN:
            raise Unfit(f"{cls}.{name} is of a class it does not know")
    kvar = _unit_kvar(grid)
    begin_day(circuit, feeder)
    rated, begins = Loadings(circuit, feeder.branches).per_volt()
    nodes = tuple(str(n).lower() for n in circuit.Circuit.YNodeOrder())
    ports = _Ports()
    loads = _load_legs(circuit, feeder, operation, ports)
    units = _unit_ports(feeder, operation, nodes, ports)
    control = control_rules(
        circuit, feeder, operation.dt, lambda node: ports.of(node - 1, -1) if node else -1
    )
    moved = {f"transformer.{name}" for name, _ in feeder.controls.taps}
    sources, series = _source_nodes(circuit), _series(circuit, moved)
    admittance, no_load = _bare(circuit, nodes)
    pairs: IndexArray = np.array(list(ports.all), dtype=np.intp).reshape(-1, 2)
    _refuse_dead(feeder, units, pairs, no_load)
    return Network(
        nodes=nodes,
        admittance=admittance,
        no_load=no_load,
        ports=pairs,
        loads=loads,
        unit_ports=units,
        unit_kvar=kvar,
        available=operation.generation if operation.fleet.curtails else None,
        source_nodes=sources,
        series=series,
        rated=rated,
        branch_begins=begins,
        held=grid.held,
        unit_nodes=_held_with_units(feeder, operation),
        control=control,
    )


def _load_legs(d: Engine, feeder: Feeder, operation: Operation, ports: _Ports) -> LoadLegs:
    day, rows = operation.scenario.loads, []
    for k, _ in enumerate(d.Loads):
        element = f"Load.{d.Loads.Name()}"
        if d.Loads.Model() not in MODELS:
            raise Unfit(f"{element} is of model {d.Loads.Model()}")
        d.Circuit.SetActiveElement(element)
        if d.CktElement.Enabled():
            rows += list(_legs(d, element, k, ports, feeder, day))
    columns = list(zip(*rows, strict=True))
    port, bus, power, base, low, least, most, model, exponents, mix = columns
    return LoadLegs(
        port=np.array(port, dtype=np.intp),
        bus=np.array(bus, dtype=np.intp),
        power=np.array(power, dtype=complex),
        base_v=np.array(base, dtype=float),
        low=np.array(low, dtype=float),
        least=np.array(least, dtype=float),
        most=np.array(most, dtype=float),
        model=np.array(model, dtype=np.intp),
        by_voltage=np.array(exponents, dtype=float),
        mix=np.array(mix, dtype=float),
    )


def _legs(
    d: Engine, element: str, k: int, ports: _Ports, feeder: Feeder, day: LoadDay
) -> Iterator[tuple[object, ...]]:
    """Yield the fields of each leg of the active load, number ``k`` of the feeder."""
    phases, delta, declared = int(d.CktElement.NumPhases()), d.Loads.IsDelta(), feeder.loads[k]
    nodes = [int(node) - 1 for node in d.CktElement.NodeRef()]
    across_phases = phases > 1 and not delta
    base = float(d.Loads.kV()) * 1000.0 / (np.sqrt(3.0) if across_phases else 1.0)
    p, q = (1.0, 1.0) if declared.fixed else (day.p[day.of[k]], day.q[day.of[k]])
    power = (declared.kw * p + 1j * declared.kvar * q) * np.ones(day.p.shape[1])
    least, most, model = d.Loads.Vminpu(), d.Loads.Vmaxpu(), d.Loads.Model()
    exponents = d.Loads.CVRwatts(), d.Loads.CVRvars()
    mix = list(d.Loads.ZipV()) if model == MIX else [0.0] * 7
    low = float(property_of(d, element, "vlowpu"))
    bus = feeder.bus_index[declared.bus]
    for i in range(phases):
        end = nodes[(i + 1) % len(nodes)] if delta else nodes[phases]
        start = nodes[i]
        yield (
            *(ports.of(start, end), bus, power * (1000.0 / phases), base),
            *(low, least, most, model, exponents, mix),
        )


def _unit_ports(
    feeder: Feeder, operation: Operation, nodes: Sequence[str], ports: _Ports
) -> dict[tuple[int, int], IndexArray]:
    """Return the ports that a unit's legs take at each bus where it may stand."""
    index = {name: i for i, name in enumerate(nodes)}
    found: dict[tuple[int, int], IndexArray] = {}
    for u, declared, bus in _places(feeder, operation):
        legs = legs_of(declared, feeder, bus)
        pairs = [ports.of(*(index.get(node, -1) for node in leg)) for leg in legs]
        found[u, bus] = np.array(pairs, dtype=np.intp)
    return found


def _places(feeder: Feeder, operation: Operation) -> Iterator[tuple[int, DeclaredUnit, int]]:
    """Yield the position of each unit, what is declared of it, and each bus where it may stand."""
    for u, (unit, declared) in enumerate(zip(operation.fleet.units, feeder.units, strict=True)):
        for bus in {*unit.candidates, unit.base_bus}:
            yield u, declared, bus


def _refuse_dead(
    feeder: Feeder,
    unit_ports: dict[tuple[int, int], IndexArray],
    pairs: IndexArray,
    no_load: ComplexArray,
) -> None:
    """Raise Unfit where a unit may stand at a bus that no source feeds.

    It gives nothing there, whatever its schedule says, and plans of idle units would not show it.
    """
    volts = np.append(no_load, 0.0)  # -1 is ground
    across = np.abs(volts[pairs[:, 0]] - volts[pairs[:, 1]])
    for (u, bus), ports in unit_ports.items():
        if (across[ports] < DEAD_V).any():
            name = feeder.units[u].name
            raise Unfit(f"{name} may stand at bus {feeder.buses[bus]}, which has no voltage")


def _held_with_units(
    feeder: Feeder, operation: Operation
) -> dict[tuple[int, int], tuple[str, ...]]:
    """Return the nodes that are held to limits because a unit stands at a bus, if any are."""
    if not feeder.voltages.between:
        return {}
    return {
        (u, bus): tuple(nodes_of_unit(declared, feeder, bus))
        for u, declared, bus in _places(feeder, operation)
    }


def _unit_kvar(grid: Grid) -> FloatArray:
    """Return the reactive power of units per kW of rating, kvar, (U, T), as the engine has it."""
    operation = grid.operation
    size = np.array([max(unit.base_size, 1.0) for unit in operation.fleet.units])
    bus = np.array([unit.base_bus for unit in operation.fleet.units], dtype=np.intp)
    idle = np.zeros((len(operation.fleet.storage_rows), operation.steps))
    plan = schedule(bus, size, idle, operation, relieved=False)
    day = grid.day(plan, losses=False)
    if day.reason:
        raise Unfit(f"the declared day fails: {day.reason}")
    kvar = day.unit_kva.imag.T / plan.kw[:, None]
    # What a study decides is in each plan.
    kvar[operation.fleet.inverters.decided] = 0.0
    return np.where(np.abs(kvar) > NOTHING, kvar, 0.0)


def _bare(d: Engine, nodes: tuple[str, ...]) -> tuple[csc_matrix, ComplexArray]:
    """Return admittances, S, and voltages, V, without loads and units, in the order of nodes."""
    for cls, _ in enabled_elements(d):
        if cls.lower() in POWERS:
            d.CktElement.Enabled(False)
    d.Solution.Solve()
    place = {str(n).lower(): i for i, n in enumerate(d.Circuit.YNodeOrder())}
    if set(place) != set(nodes):
        raise Unfit("some nodes belong to loads alone")
    order = np.array([place[n] for n in nodes], dtype=np.intp)
    data, row, begins = d.YMatrix.getYsparse()
    count = len(nodes)
    matrix = csc_matrix((np.array(data), np.array(row), np.array(begins)), (count, count))
    volts = np.array(d.Circuit.YNodeVArray(), dtype=float).view(np.complex128)
    return csc_matrix(matrix[order][:, order]), volts[order]


def _source_nodes(d: Engine) -> IndexArray:
    """Return the nodes at which sources stand."""
    stands: set[int] = set()
    for name in d.Vsources.AllNames():
        d.Circuit.SetActiveElement(f"Vsource.{name}")
        if d.CktElement.Enabled():
            stands |= {node - 1 for node in d.CktElement.NodeRef() if node}
    return np.array(sorted(stands), dtype=np.intp)


def _series(d: Engine, moved: Collection[str]) -> Series:
    """Return what carries current but those that controls move, by their full names."""
    rows: list[list[tuple[int, complex]]] = []
    nodes: list[int] = []
    begins: list[int] = []
    for name in map(str, d.PDElements.AllNames()):
        d.Circuit.SetActiveElement(name)
        if d.PDElements.IsShunt() or not d.CktElement.Enabled() or name.lower() in moved:
            continue
        at = [node - 1 for node in d.CktElement.NodeRef()]
        begins.append(len(rows))
        for node, row in zip(at, admittances(d).tolist(), strict=True):
            if node >= 0:
                rows.append([(j, y) for j, y in zip(at, row, strict=True) if j >= 0 and y])
                nodes.append(node)
    entries = [(r, j, y) for r, row in enumerate(rows) for j, y in row]
    row, column, value = zip(*entries, strict=True)
    shape = len(rows), int(d.Circuit.NumNodes())
    matrix = csr_matrix((np.array(value, dtype=complex), (row, column)), shape)
    return Series(matrix, np.array(nodes, dtype=np.intp), np.array(begins, dtype=np.intp))
