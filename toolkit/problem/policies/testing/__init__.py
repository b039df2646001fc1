"""The conformance suite every policy has to pass, for use in a plug-in's own tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toolkit.common.plugins.checking import CheckResult, Suite
from toolkit.problem.policies.contract import Policy
from toolkit.problem.policies.registry import POLICIES
from toolkit.problem.policies.testing.checks import checks_of
from toolkit.problem.policies.testing.scenes import Subject

__all__ = ["check_policy"]

#: Its checks; the number is the seconds that one of them may take.
SUITE = Suite(POLICIES, Subject, checks_of, 600.0)


def check_policy(
    policy: str | type[Policy], options: Mapping[str, Any] | None = None
) -> list[CheckResult]:
    """Carry out every check on a dispatch policy.

    Parameters
    ----------
    policy : str or type of Policy
        A name is tested in a process of its own, which may crash; a class is tested in this one.
    options : mapping, optional
        Options of the policy.

    Returns
    -------
    list of CheckResult
        One result per check.

    Raises
    ------
    InputError
        For an unknown policy or option, or a library that is missing.

    Notes
    -----
    Causality is proven by changing what a policy cannot know: load, sun and wind of later steps,
    and trips beyond the 24 h for which they are announced. A policy that asks for the future itself
    is exempt, and the list says so.

    Examples
    --------
    >>> from toolkit.testing import check_policy
    >>> [check for check in check_policy("surplus") if not check.passed]
    []
    """
    return SUITE.results(policy, options)
