"""The power flow of a whole population at once, from a network's matrices; no engine in it."""

from toolkit.grid.batch.compiled import CompiledPowerFlow
from toolkit.grid.batch.power_flow import BatchPowerFlow

__all__ = ["BatchPowerFlow", "CompiledPowerFlow"]
