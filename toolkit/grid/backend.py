"""The seam of the power flow: what a solver gives, and the function that picks one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from toolkit.common.types import FloatArray, IndexArray
from toolkit.grid.circuit import Circuit, Trouble
from toolkit.grid.network import Network
from toolkit.grid.solution import Day, Days, Flows, Replayed
from toolkit.grid.wiring import Wiring
from toolkit.model.feeder import Feeder
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan

if TYPE_CHECKING:
    from toolkit.inputs.scripts.remarks import Remark


class PowerFlow(Protocol):
    """A feeder made ready to be solved for the plans of an operation, as often as asked.

    Plans A, B, A give A's arrays twice, bit for bit.
    """

    feeder: Feeder
    operation: Operation
    #: Index of the bus of each voltage held to limits, (N,).
    node_bus: IndexArray

    @property
    def nodes(self) -> tuple[str, ...]:
        """Names of the voltages of the day solved last, such as "611.3" or "701.1-2"."""

    def day(self, plan: Plan, losses: bool = True) -> Day:
        """Solve one plan; without ``losses`` they are NaN."""

    def days(self, plans: Plan, losses: bool = True) -> Days:
        """Solve n plans: voltages, powers, loading and losses of each, and why one failed."""

    def day_with_flows(self, plan: Plan) -> tuple[Day, Flows]:
        """Solve one plan, and say what flows in its branches and is stored besides."""


class Backend(Protocol):
    """What a power-flow backend offers: a module such as ``toolkit.grid.opendss``."""

    def power_flow(
        self,
        feeder: Feeder,
        operation: Operation,
        stand_ins: bool = False,
        without: Sequence[str] = (),
    ) -> PowerFlow:
        """Compile a feeder for an operation.

        With ``stand_ins`` generators inject what storage is planned to, which only ``day`` and
        ``days`` can do; ``without`` names elements that are switched off.
        """

    def network_of(self, feeder: Feeder, operation: Operation) -> Network:
        """Take a feeder with the units of an operation apart.

        Raises Unfit where it is more than fixed admittances and powers.
        """

    def read_feeder(self, script: Path, units: bool = True, root: Path | None = None) -> Feeder:
        """Read a feeder from its script; without ``units`` those it declares are left out.

        ``root``: a folder below which its scripts may read files, besides their own folders.
        """

    def read_wiring(self, feeder: Feeder) -> Wiring:
        """Return what joins the buses of a feeder, closed as a day begins or not."""

    def element_of(self, kind: str, name: str) -> str:
        """Return the full name of the element that a unit of a kind is."""

    def branch_impedances(self, feeder: Feeder) -> FloatArray:
        """Return the size of each branch's impedance, pu on 1 MVA, (K,)."""

    def export_feeder(self, plan: Plan, operation: Operation, feeder: Feeder, to: Path) -> None:
        """Write a folder whose Master.dss is the feeder with a plan, solvable in plain OpenDSS."""

    def replay(
        self, master: Path, steps: int, capacitors: Sequence[str] = (), patience: float = ...
    ) -> Replayed:
        """Solve an exported feeder again, knowing nothing of the toolkit.

        capacitors: the full names of those that are units; patience: seconds it may take.
        """

    def check_compile(
        self, script: Path, tell: Callable[[str], None], root: Path | None = None
    ) -> tuple[list[Remark], list[Trouble], Circuit | None]:
        """Compile a script as far as it goes: remarks, troubles, and the circuit if sound."""


def backend() -> Backend:
    """Return what solves power flows: OpenDSS, the only backend so far."""
    from toolkit.grid import opendss

    return opendss
