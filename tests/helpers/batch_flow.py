"""The batch solver of a feeder, whatever solves its searches."""

from toolkit.grid.choice import batch_solver, network_of


def batch_flow(feeder, operation, compiled=False):
    """Return the batch power flow of a feeder. Raises Unfit where it has none."""
    return batch_solver(network_of(feeder, operation), len(feeder.buses), compiled)
