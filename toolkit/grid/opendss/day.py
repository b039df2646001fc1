"""Solving days: plans in, arrays out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from toolkit.common.errors import EngineError
from toolkit.common.types import FloatArray, IndexArray
from toolkit.grid.held_voltages import HeldVoltages
from toolkit.grid.opendss.branches import unused_seasons
from toolkit.grid.opendss.connections import connection, nodes_of_unit
from toolkit.grid.opendss.engine import Engine, bus_of, compile_feeder, nodes_of, words
from toolkit.grid.opendss.inverters import kvar_source, kvar_sources
from toolkit.grid.opendss.loading import Loadings, WindingLoadings
from toolkit.grid.opendss.readings import Reader
from toolkit.grid.opendss.script import control_start, day_settings, preamble, units_start
from toolkit.grid.opendss.stored_energy import own_energy
from toolkit.grid.opendss.switched_lines import SwitchWriter, switch_preamble
from toolkit.grid.opendss.unit_readings import UnitReadings
from toolkit.grid.opendss.units import element_of
from toolkit.grid.opendss.writer import Writer
from toolkit.grid.solution import Day, Days, Flows, stacked
from toolkit.inputs.scripts.writing import statement
from toolkit.model.feeder import Feeder, sum_at_buses
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan


class Grid:
    """A feeder compiled once that solves days; what changes lives in the engine alone.

    Solving plans A, B, A gives A's arrays twice, bit for bit: each day begins from the same cold
    start, and every value a plan may change is written anew.
    """

    def __init__(
        self,
        feeder: Feeder,
        operation: Operation,
        stand_ins: bool = False,
        without: Sequence[str] = (),
    ) -> None:
        """Compile ``feeder`` for the steps of a scenario and the units of a fleet.

        With ``stand_ins`` generators inject what storage is planned to: same power flow, about half
        the time, but no stored energy in the engine, so only for :meth:`day`.
        """
        self.feeder = feeder
        self.operation = operation
        # A control of inverters works on storage itself, and rests within a tolerance of its own.
        stand_ins = stand_ins and not any(unit.follows_voltage for unit in feeder.units)
        self._stand_ins = stand_ins
        self._control_start = "\n".join(control_start(feeder))
        self._units_start = "\n".join(units_start(feeder))
        self._hours = [(t + 1) * operation.dt for t in range(operation.steps)]
        self._d: Engine = compile_feeder(feeder.script, feeder.root)
        self._make_ready(feeder, operation, without)
        self._stable = self._units_come_last()
        self.node_bus, self.held = self._read_nodes()
        # Iterating passes over disabled loads, AllNames does not: one pass gives both.
        found = [(str(self._d.Loads.Name()), bus_of(self._d, 0)) for _ in self._d.Loads]
        self._load_bus = np.array([feeder.bus_index[bus] for _, bus in found], dtype=np.intp)
        loads = [f"load.{name}" for name, _ in found]
        self._units = UnitReadings(feeder, operation, stand_ins)
        self._switches = SwitchWriter(self._d, feeder, operation)
        self._read_rows, self._winding_rows, self._derived_rows = self._by_reading()
        read = [feeder.branches[k] for k in self._read_rows]
        wound = [feeder.branches[k] for k in self._winding_rows]
        self._windings = WindingLoadings(self._d, wound)
        self._reader = Reader(
            self._d,
            loads + self._units.elements,
            [branch.name for branch in read],
            operation.steps,
            [branch.name for branch in wound],
            self._windings.count,
            self._units.shunts,
        )
        self._writer = Writer(self._d, feeder, operation, stand_ins)

    def _make_ready(self, feeder: Feeder, operation: Operation, without: Sequence[str]) -> None:
        """Give the compiled feeder what holds for every plan, ``without`` some elements."""
        settings = [*day_settings(operation, feeder), "Set number=1"]
        off = [statement("Edit", element, {"enabled": "no"}) for element in without]
        listed = ["MakeBusList"] if off or switch_preamble(operation) else []
        for command in [*off, *preamble(feeder, operation, self._stand_ins), *listed, *settings]:
            self._run(command)
        for command in [] if self._has_seasons() else unused_seasons(self._d, feeder.branches):
            self._run(command)
        self._connect_units()

    @property
    def engine(self) -> Engine:
        """The engine it is compiled in."""
        return self._d

    def _run(self, command: str) -> None:
        try:
            self._d.Text.Commands(command)
        except Exception as error:
            raise EngineError(
                f"feeder {self.feeder.name}: OpenDSS refused '{command[:60]}': {words(error)}"
            ) from error

    def _connect_units(self) -> None:
        """Connect each unit where it is declared, to phases that are there.

        As declared a unit may name a phase that its bus lacks, a node that nothing feeds.
        """
        if self.feeder.three_phase and all(u.phases == (1, 2, 3) for u in self.feeder.units):
            return
        for unit in self.feeder.units:
            at = connection(unit, self.feeder, self.feeder.bus_index[unit.bus])
            self._run(statement("Edit", element_of(unit, self.feeder, self._stand_ins), at))
        for _, unit in kvar_sources(self.feeder, self.operation, self._stand_ins):
            at = connection(unit, self.feeder, self.feeder.bus_index[unit.bus])
            self._run(statement("Edit", kvar_source(unit), at))
        self._run("MakeBusList")

    def _units_come_last(self) -> bool:
        """Say whether moving units cannot reorder the nodes.

        The engine numbers nodes in the order in which elements first name them, so the order is
        fixed when the elements before the first unit already name every node.
        """
        units = {element_of(u, self.feeder, self._stand_ins).lower() for u in self.feeder.units}
        units |= {u.element.lower() for u in self.feeder.units}
        units |= {kvar_source(u).lower() for u in self.feeder.units}
        named: set[str] = set()
        for full_name in self._d.Circuit.AllElementNames():
            if full_name.lower() in units:
                break
            self._d.Circuit.SetActiveElement(full_name)
            if self._d.CktElement.Enabled():
                named |= set(nodes_of(self._d))
        return named >= {str(n).lower() for n in self._d.Circuit.AllNodeNames()}

    def _by_reading(self) -> tuple[IndexArray, IndexArray, IndexArray]:
        """Return the branches whose loading the engine says, and those where it is derived.

        Between the two come transformers of whose windings the engine is asked the currents: it
        rates the first winding alone. What is reported is the engine's own. In the search that is
        so for transformers whose taps move through the day, and for all branches where nodes may
        be reordered or ratings change with the season.
        """
        fixed = self._stand_ins and self._stable and not self._has_seasons()
        regulated = {f"transformer.{name}" for name, _ in self.feeder.controls.taps}
        names = [branch.name for branch in self.feeder.branches]
        derived = np.array([fixed and name not in regulated for name in names], dtype=bool)
        derived[self._switches.rows] = False
        wound = np.array([b.is_transformer for b in self.feeder.branches], dtype=bool) & ~derived
        rows = ~derived & ~wound, wound, derived
        return np.flatnonzero(rows[0]), np.flatnonzero(rows[1]), np.flatnonzero(rows[2])

    def _has_seasons(self) -> bool:
        """Say whether the engine picks a line's rating by the hour."""
        self._run("Get SeasonRating")
        return str(self._d.Text.Result()).lower() in ("yes", "true")

    @cached_property
    def loadings(self) -> Loadings:
        """How loading follows from voltages; its matrices are there once a step is solved."""
        return Loadings(self._d, [self.feeder.branches[k] for k in self._derived_rows])

    def _loading(self, solved: int) -> FloatArray:
        """Return the loading of every branch, %, (T, L), at the solved steps."""
        loading = np.full((self.operation.steps, len(self.feeder.branches)), np.nan)
        loading[:, self._read_rows] = self._reader.loading
        if len(self._winding_rows):
            loading[:, self._winding_rows] = self._windings.of(self._reader.amps)
        if solved and len(self._derived_rows):
            loading[:, self._derived_rows] = self.loadings.of(self._reader.volts)
        loading[:solved, self._switches.open_rows] = 0.0
        return loading

    def _read_nodes(self) -> tuple[IndexArray, HeldVoltages]:
        """Return the bus index of each voltage held to limits, (V,), and how they follow."""
        # The order has them in capitals, which not every letter comes back from.
        spelt = {str(n).casefold(): str(n).lower() for n in self._d.Circuit.AllNodeNames()}
        order = map(str, self._d.Circuit.YNodeOrder())
        nodes = [spelt.get(name.casefold(), name.lower()) for name in order]
        base_kv = dict(zip(self.feeder.buses, self.feeder.base_kv.tolist(), strict=True))
        held = HeldVoltages(self.feeder.voltages, base_kv, nodes)
        bus = [self.feeder.bus_index[name.rpartition(".")[0]] for name in held.names]
        return np.array(bus, dtype=np.intp), held

    @property
    def nodes(self) -> tuple[str, ...]:
        """Names of the voltages of the day solved last, such as "611.3" or "701.1-2"."""
        return self.held.names

    def day(self, plan: Plan, losses: bool = True) -> Day:
        """Solve one plan's day; without ``losses`` they are NaN, which saves reading them."""
        return self._solve(plan, None, losses)

    def days(self, plans: Plan, losses: bool = True) -> Days:
        """Solve n plans, one after the other."""
        return stacked([self.day(plans.row(i), losses) for i in range(len(plans.bus))])

    def day_with_flows(self, plan: Plan) -> tuple[Day, Flows]:
        """Solve one plan's day and read branch flows and stored energy besides."""
        details: list[tuple[list[float], list[tuple[float, float]]]] = []
        day = self._solve(plan, details)
        solved, branches = len(details), len(self.feeder.branches)
        stored = np.array([s for s, _ in details]).reshape(
            solved, len(self.operation.fleet.storage_rows)
        )
        flow = np.array([f for _, f in details]).reshape(solved, branches, 2)
        flow[:, self._switches.open_rows] = 0.0
        return day, Flows(own_energy(stored, plan, self.operation), flow[..., 0], flow[..., 1])

    def _solve(
        self,
        plan: Plan,
        details: list[tuple[list[float], list[tuple[float, float]]]] | None,
        losses: bool = True,
    ) -> Day:
        """Write a plan, solve its steps and read arrays; append to ``details`` when given."""
        self._write(plan)
        read = self._reader.read
        for t in range(self.operation.steps):
            reason = self._step(t)
            if reason:
                return self._as_day(t, reason, plan)
            read(t, losses)
            if details is not None:
                details.append((self._engine_stored(), self._branch_flows()))
        return self._as_day(self.operation.steps, "", plan)

    def _write(self, plan: Plan) -> None:
        if self._control_start:
            self._run(self._control_start)
        self._writer.write(plan)
        if self._units_start:
            self._run(self._units_start)
        self._switches.write(plan)
        self._reader.start_day()

    def _step(self, t: int) -> str:
        """Solve the next step; return in words what went wrong, or nothing."""
        try:
            # The first step is where the admittance matrix is new, and a whole solve catches what a
            # matrix that cannot be factorised throws. Storage needs one for its stored energy.
            whole = t == 0 or not self._stand_ins
            converged = self._reader.solve() if whole else self._reader.solve_at(self._hours[t])
        except Exception as error:
            return f"step {t + 1} was not solved: {words(error)}"
        if t == 0 and not self._stable:
            self.node_bus, self.held = self._read_nodes()
        return "" if converged else f"step {t + 1} did not converge"

    def _as_day(self, solved: int, reason: str, plan: Plan) -> Day:
        """Return what was read of the first ``solved`` steps; NaN stands for the others."""
        reader, loads = self._reader, len(self._load_bus)
        for array in (
            *(reader.volts, reader.power, reader.loading, reader.amps, reader.loss),
            reader.shunts,
        ):
            array[solved:] = np.nan
        return Day(
            v_pu=self.held.pu(reader.volts, self._nodes_of_units(plan)),
            loss_kw=reader.loss / 1000.0,
            loading=self._loading(solved),
            load_kva=sum_at_buses(reader.power[:, :loads], self._load_bus, len(self.feeder.buses)),
            unit_kva=self._units.injected(reader.power[:, loads:], reader.shunts),
            reason=reason,
            unbalance=self.held.unbalance(reader.volts),
        )

    def _nodes_of_units(self, plan: Plan) -> list[str]:
        """Return the nodes that are held to limits because a unit stands there, if any."""
        feeder, found = self.feeder, list[str]()
        if not feeder.voltages.between:
            return found
        for unit, bus, kw in zip(feeder.units, plan.bus.tolist(), plan.kw.tolist(), strict=True):
            if kw > 0.0:
                found += nodes_of_unit(unit, feeder, bus)
        return found

    def _engine_stored(self) -> list[float]:
        """Return the engine's stored energy as a share of each storage's kWhrated."""
        stored = []
        for u in self.operation.fleet.storage_rows:
            self._d.Storages.Name(self.feeder.units[u].name)
            stored.append(float(self._d.Storages.puSOC()))
        return stored

    def _branch_flows(self) -> list[tuple[float, float]]:
        """Return (kW into the first terminal, largest phase current A) of each branch."""
        flows = []
        for branch in self.feeder.branches:
            self._d.Circuit.SetActiveElement(branch.name)
            phases = self._d.CktElement.NumPhases()
            kw = sum(self._d.CktElement.Powers()[0 : 2 * phases : 2])
            amps = max(self._d.CktElement.CurrentsMagAng()[0 : 2 * phases : 2])
            flows.append((float(kw), float(amps)))
        return flows
