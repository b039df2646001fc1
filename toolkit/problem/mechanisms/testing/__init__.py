"""The conformance suite every mechanism has to pass, for use in a plug-in's own tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from toolkit.common.plugins.checking import CheckResult, Suite
from toolkit.problem.mechanisms.contract import Mechanism
from toolkit.problem.mechanisms.registry import MECHANISMS
from toolkit.problem.mechanisms.testing.checks import CHECKS
from toolkit.problem.mechanisms.testing.scenes import Subject

__all__ = ["check_mechanism"]


def _checks(subject: Subject) -> Mapping[str, Callable[[Subject], None]]:
    return CHECKS


#: Its checks; the number is the seconds that one of them may take.
SUITE = Suite(MECHANISMS, Subject, _checks, 300.0)


def check_mechanism(
    mechanism: str | type[Mechanism], options: Mapping[str, Any] | None = None
) -> list[CheckResult]:
    """Carry out every check on a mechanism of settlement.

    Parameters
    ----------
    mechanism : str or type of Mechanism
        A name is tested in a process of its own, which may crash; a class is tested in this one.
    options : mapping, optional
        Options of the mechanism.

    Returns
    -------
    list of CheckResult
        One result per check.

    Raises
    ------
    InputError
        For an unknown mechanism or option, or a library that is missing.

    Examples
    --------
    >>> from toolkit.testing import check_mechanism
    >>> [check for check in check_mechanism("mid-market") if not check.passed]
    []
    """
    return SUITE.results(mechanism, options)
