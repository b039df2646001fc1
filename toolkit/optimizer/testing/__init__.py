"""The conformance suite every optimizer has to pass, for use in a plug-in's own tests.

Which checks an optimizer has to pass follows from flags on its class, never from its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from toolkit.common.errors import InputError
from toolkit.common.plugins.checking import CheckResult, checked_apart, noted, outcome
from toolkit.common.plugins.groups import missing
from toolkit.common.processes import Pen
from toolkit.optimizer.contract import Optimizer
from toolkit.optimizer.registry import load
from toolkit.optimizer.testing.checks import checks_of
from toolkit.optimizer.testing.trial import PATIENCE, Hung, Subject

__all__ = ["CheckResult", "check_optimizer"]

#: Seconds that one check may take in all; it makes several runs.
SILENCE_S = 5 * PATIENCE


def check_optimizer(
    optimizer: str | type[Optimizer], options: Mapping[str, Any] | None = None
) -> list[CheckResult]:
    """Carry out every check that an optimizer's flags ask for.

    Parameters
    ----------
    optimizer : str or type of Optimizer
        A name is tested in a process of its own, which may crash; a class is tested in this one.
    options : mapping, optional
        Options of the optimizer.

    Returns
    -------
    list of CheckResult
        One result per check.

    Raises
    ------
    InputError
        For a library that is missing.

    Notes
    -----
    A run without end fails its check with the reason: at once when it swallows the stop signal,
    else after two minutes. The checks that follow are then not run.

    Examples
    --------
    >>> from toolkit.testing import check_optimizer
    >>> [check for check in check_optimizer("random") if not check.passed]
    []
    """
    if isinstance(optimizer, str):
        return checked_apart(_tested, SILENCE_S, optimizer, dict(options or {}))
    return list(_results(optimizer, dict(options or {})))


def _results(kind: type[Optimizer], options: dict[str, Any]) -> Iterator[CheckResult]:
    """Yield the outcome of each check."""
    if lacking := missing(kind):
        raise InputError(f"optimizer '{kind.__name__}' cannot be tested: {lacking}")
    subject = Subject(kind, options)
    hung = ""
    for name, check in checks_of(kind).items():
        if hung:
            yield CheckResult(name, False, f"not run: in '{hung}' it never came back")
            continue
        result, came_back = _outcome(name, check, subject)
        yield result
        hung = "" if came_back else name


def _tested(pen: Pen, name: str, options: dict[str, Any]) -> Any:
    kind = load(name)
    return noted(pen, list(checks_of(kind)), _results(kind, options))


def _outcome(
    name: str, check: Callable[[Subject], None], subject: Subject
) -> tuple[CheckResult, bool]:
    """Carry out a check; say how it went, and whether its runs came to an end."""
    hung: list[Hung] = []

    def watched(subject: Subject) -> None:
        try:
            check(subject)
        except Hung as error:
            hung.append(error)
            raise

    return outcome(name, watched, subject), not hung
