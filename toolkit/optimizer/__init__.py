"""The optimizers: their contract, their registry, and the referee that counts evaluations."""

from toolkit.optimizer.contract import Optimizer, OptimizerOptions, ProblemView, SkippingView
from toolkit.optimizer.several import FrontOptimizer, FrontScores, FrontView

__all__ = [
    "FrontOptimizer",
    "FrontScores",
    "FrontView",
    "Optimizer",
    "OptimizerOptions",
    "ProblemView",
    "SkippingView",
]
