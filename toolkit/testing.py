"""The public door to the conformance suite: what the tests of plug-ins import."""

from toolkit.common.plugins.checking import CheckResult
from toolkit.optimizer.testing import check_optimizer
from toolkit.problem.goal_plugins.testing import check_goal
from toolkit.problem.mechanisms.testing import check_mechanism
from toolkit.problem.policies.testing import check_policy

__all__ = ["CheckResult", "check_goal", "check_mechanism", "check_optimizer", "check_policy"]
