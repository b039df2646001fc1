"""A policy at work: it is told each step's news, and what it answers is checked."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from toolkit.common.errors import InputError, ToolkitError
from toolkit.common.processes import words
from toolkit.common.types import FloatArray
from toolkit.problem.policies.contract import Policy
from toolkit.problem.policies.known import Beginning, Memory, News


class Decider(Protocol):
    """Who decides while plans are followed: a policy in this process or in one of its own."""

    def begin(self, beginning: Beginning) -> None:
        """Make ready to follow n plans from the first step on."""

    def power(self, news: News) -> FloatArray:
        """Return the power wanted of each store in a step, kW, (n, S), finite.

        Raises ToolkitError, which names policy and step, where there is none.
        """


class Session:
    """A policy in this process; ``name`` is what messages call it."""

    def __init__(self, policy: Policy, name: str) -> None:
        self._policy, self._name = policy, name

    def begin(self, beginning: Beginning) -> None:
        """Make ready, see ``Decider``."""
        self._memory = Memory(beginning)

    def power(self, news: News) -> FloatArray:
        """Return the power wanted, see ``Decider``."""
        now = self._memory.known(news)
        try:
            wanted = self._policy.power(now)
        except ToolkitError as error:
            raise InputError(f"{at_step(self._name, news.step)}: {error}") from error
        except (Exception, SystemExit) as error:
            raise ToolkitError(f"{at_step(self._name, news.step)}: {words(error)}") from error
        return checked(wanted, now.stored.shape, self._name, news.step)


def at_step(name: str, step: int) -> str:
    """Name a policy and a step, which people count from 1."""
    return f"policy '{name}', step {step + 1}"


def checked(wanted: object, shape: tuple[int, ...], name: str, step: int) -> FloatArray:
    """Return what a policy wants as an array. Raises ToolkitError for what is none of its shape."""
    here = at_step(name, step)
    try:
        power = np.asarray(wanted, dtype=float)
    except (TypeError, ValueError):
        raise ToolkitError(
            f"{here}: found {type(wanted).__name__}; expected powers in kW, an array of shape "
            f"{shape}."
        ) from None
    if power.shape != shape:
        raise ToolkitError(
            f"{here}: found an array of shape {power.shape}; expected {shape}, a power for each "
            "plan and store."
        )
    wrong = np.argwhere(~np.isfinite(power))
    if len(wrong):
        i, s = wrong[0]
        raise ToolkitError(
            f"{here}: found {power[i, s]} for store {s + 1} of plan {i + 1}; expected finite kW."
        )
    return power
