"""The optimizers: their contract, their registry, and the referee that counts evaluations."""

from toolkit.optimizer.contract import Optimizer, OptimizerOptions, ProblemView, SkippingView

__all__ = ["Optimizer", "OptimizerOptions", "ProblemView", "SkippingView"]
