"""The conformance suite every mechanism has to pass, for use in a plug-in's own tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from toolkit.common.errors import InputError
from toolkit.common.plugins.checking import CheckResult, checked_apart, noted, outcome
from toolkit.common.plugins.groups import missing
from toolkit.common.processes import Pen
from toolkit.problem.mechanisms.contract import Mechanism
from toolkit.problem.mechanisms.registry import MECHANISMS
from toolkit.problem.mechanisms.testing.checks import CHECKS
from toolkit.problem.mechanisms.testing.scenes import Subject

__all__ = ["check_mechanism"]

#: Seconds that one check may take.
SILENCE_S = 300.0


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
    if isinstance(mechanism, str):
        return checked_apart(_tested, SILENCE_S, mechanism, dict(options or {}))
    return list(_results(mechanism, dict(options or {})))


def _results(kind: type[Mechanism], options: dict[str, Any]) -> Iterator[CheckResult]:
    if lacking := missing(kind):
        raise InputError(f"mechanism '{kind.__name__}' cannot be tested: {lacking}")
    subject = Subject(kind, options)
    for name, check in CHECKS.items():
        yield outcome(name, check, subject)


def _tested(pen: Pen, name: str, options: dict[str, Any]) -> Any:
    kind = MECHANISMS.load(name)
    MECHANISMS.configure(kind, options, name)
    return noted(pen, list(CHECKS), _results(kind, options))
