"""The public door to the conformance suite: what the tests of plug-ins import."""

from toolkit.optimizer.testing import CheckResult, check_optimizer

__all__ = ["CheckResult", "check_optimizer"]
