"""The conformance suite every optimizer has to pass, for use in a plug-in's own tests.

    from toolkit.testing import check_optimizer

    def test_conformance():
        failed = [c for c in check_optimizer("mine") if not c.passed]
        assert not failed, failed

What is asked of an optimizer follows from flags on its class, never from its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from toolkit.errors import InputError
from toolkit.optimizer import Optimizer
from toolkit.plugins import load, missing
from toolkit.testing.checks import checks_of
from toolkit.testing.trial import Hung, Subject

__all__ = ["CheckResult", "check_optimizer"]


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check; ``reason`` says why it failed."""

    name: str
    passed: bool
    reason: str = ""


def check_optimizer(
    optimizer: str | type[Optimizer], options: Mapping[str, Any] | None = None
) -> list[CheckResult]:
    """Put an optimizer, by name or class, through every check that its flags ask for.

    A run that goes on for ever fails its check with the reason and does not hold up the suite: one
    that swallows the stop signal is caught in the act, any other after ``trial.PATIENCE`` seconds,
    and what would come after that is not run. Raises InputError for a library that is missing.
    """
    kind = load(optimizer) if isinstance(optimizer, str) else optimizer
    if lacking := missing(kind):
        raise InputError(f"optimizer '{optimizer}' cannot be tested: {lacking}")
    subject = Subject(kind, dict(options or {}))
    results: list[CheckResult] = []
    hung = ""
    for name, check in checks_of(kind).items():
        if hung:
            results.append(CheckResult(name, False, f"not run: in '{hung}' it never came back"))
            continue
        result, came_back = _outcome(name, check, subject)
        results.append(result)
        hung = "" if came_back else name
    return results


def _outcome(
    name: str, check: Callable[[Subject], None], subject: Subject
) -> tuple[CheckResult, bool]:
    """Carry out a check; say how it went, and whether its runs came to an end."""
    try:
        check(subject)
    except Hung as error:
        return CheckResult(name, False, str(error)), False
    # Whatever goes wrong in a plug-in is what the suite has to tell, its own signals included.
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        told = isinstance(error, AssertionError)
        reason = str(error) if told else f"{type(error).__name__}: {error}"
        return CheckResult(name, False, reason), True
    return CheckResult(name, True), True
