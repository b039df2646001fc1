"""Which solver a search uses, decided by what both say of some plans."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from toolkit.common.errors import InputError
from toolkit.grid.agreement import agreement, worst
from toolkit.grid.backend import PowerFlow, backend
from toolkit.grid.network import Network, Unfit
from toolkit.grid.solution import Days
from toolkit.model.feeder import Feeder
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan
from toolkit.model.solver import BATCH, COMPILED, NAMES, OPENDSS, Asked, Solver

#: Share of steps, on trial plans, in which controls may act: where they act in more, OpenDSS takes
#: as long for a population, and a tenth of the time for one plan (docs/decisions/0023).
ACTING = 0.1
#: Steps up to which plans are solved beside each other.
FEW = 1000


class SearchFlow(Protocol):
    """What a search asks of a power flow."""

    def days(self, plans: Plan, losses: bool = True) -> Days:
        """Solve n plans; without ``losses`` they are NaN."""


class BatchFlow(SearchFlow, Protocol):
    """What choosing asks of the batch solver besides."""

    def acting(self, plans: Plan) -> float:
        """Return the share of the steps of plans in which a control acts."""


@dataclass(frozen=True, eq=False)
class Chosen:
    """The solver of a search, why it is that one, and the network that it solves if not OpenDSS.

    Another process that is given it takes it as it is.
    """

    solver: Solver
    why: str
    network: Network | None = None

    def __str__(self) -> str:
        return f"{NAMES[self.solver]}: {self.why}"


@dataclass(frozen=True, eq=False)
class Choice:
    """The power flow of a search, and what was chosen."""

    chosen: Chosen
    flow: SearchFlow

    @property
    def solver(self) -> Solver:
        """What solves."""
        return self.chosen.solver

    @property
    def why(self) -> str:
        """Why it is that one."""
        return self.chosen.why

    def __str__(self) -> str:
        return str(self.chosen)


def as_chosen(chosen: Chosen, engine: Callable[[], PowerFlow], buses: int) -> Choice:
    """Return the power flow of a search on so many buses whose solver was chosen before."""
    if chosen.network is None:
        return Choice(chosen, engine())
    return Choice(chosen, batch_solver(chosen.network, buses, chosen.solver == COMPILED))


def choose(asked: Asked, engine: Callable[[], PowerFlow], trials: Callable[[], Plan]) -> Choice:
    """Return the power flow of a search.

    The batch solver is used where the network is one that it knows, and it agrees with the engine
    on every trial plan. Raises InputError where it was asked for and cannot be used.
    """
    if asked == OPENDSS:
        return Choice(Chosen(OPENDSS, "asked for"), engine())
    grid = engine()
    try:
        network = network_of(grid.feeder, grid.operation)
        batch, plans = batch_solver(network, len(grid.feeder.buses), asked == COMPILED), trials()
        acting = batch.acting(plans)
        if asked == "auto" and acting > ACTING:
            raise Unfit(f"controls act in {acting:.0%} of the steps of trial plans")
        why = _agrees(batch, grid, plans)
    except Unfit as unfit:
        if asked != "auto":
            raise InputError(
                f"--solver: found '{asked}', which cannot solve feeder {grid.feeder.name}: "
                f"{unfit}; expected 'auto' or 'opendss'."
            ) from unfit
        return Choice(Chosen(OPENDSS, str(unfit)), grid)
    return Choice(Chosen(COMPILED if asked == COMPILED else BATCH, why, network), batch)


def network_of(feeder: Feeder, operation: Operation) -> Network:
    """Return what the batch solver solves of a feeder. Raises Unfit where it cannot."""
    switches = operation.fleet.switches
    if switches is not None and switches.searched:
        raise Unfit("switches are decided, so its admittances change with the plan")
    return backend().network_of(feeder, operation)


def batch_solver(network: Network, buses: int, compiled: bool) -> BatchFlow:
    """Return what solves many plans on a network of so many buses at once."""
    from toolkit.grid.batch import BatchPowerFlow, CompiledPowerFlow

    return (CompiledPowerFlow if compiled else BatchPowerFlow)(network, buses)


def _agrees(batch: SearchFlow, grid: PowerFlow, trials: Plan) -> str:
    """Say how well two solvers agree. Raises Unfit where they do not."""
    count = len(trials.bus)
    together = batch.days(trials) if trials.p_kw.shape[2] <= FEW else None
    apart, alike = [], True
    # One after the other: the days of a year take much memory.
    for rows in (slice(i, i + 1) for i in range(count)):
        alone = batch.days(trials.row(rows))
        apart.append(agreement(alone, grid.days(trials.row(rows))))
        alike = alike and (together is None or _same_bits(alone, together.rows(rows)))
    found = worst(apart)
    if not found.holds:
        raise Unfit(f"on {count} trial plans it does not agree with OpenDSS: {found}")
    if not alike:
        raise Unfit("on this machine a plan's last digits depend on those beside it")
    return f"on {count} trial plans it agrees with OpenDSS: {found}"


def _same_bits(one: Days, other: Days) -> bool:
    """Say whether days are the same to the last bit."""
    names = ("v_pu", "loading", "load_kva")
    pairs = ((getattr(one, name), getattr(other, name)) for name in names)
    return all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)
