"""The checks of the shipped suite by name, and the optimizers there are."""

from toolkit.optimizer import registry

NAMES = registry.names()


CHECKS = {
    "declares itself",
    "unknown option refused",
    "exact budget",
    "stays in bounds",
    "whole numbers solved",
    "one variable",
    "frozen variable",
    "flat objective",
    "NaN objective",
    "all infeasible",
    "inputs not written to",
    "same seed, same history",
    "same history in another process",
    "stop signal not swallowed",
    "quiet",
    "different seeds differ",
    "beats random on a sphere",
}
