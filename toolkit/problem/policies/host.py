"""Policies in processes of their own, which are told what is known and nothing else.

A policy's process holds no study and no scenario: what it has not been told it cannot look up. A
process into which plug-ins are let anyway follows policies itself, which is quicker, see
``toolkit.common.plugins.letting``; what it says of them is proven by one that is not.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from toolkit.common.plugins import letting
from toolkit.common.plugins.hosts import Host, Hosts, key_of
from toolkit.common.types import FloatArray, IndexArray
from toolkit.model.operation import Operation
from toolkit.problem.policies.contract import Policy
from toolkit.problem.policies.dispatch import Dispatch
from toolkit.problem.policies.following import followed
from toolkit.problem.policies.known import Beginning, News
from toolkit.problem.policies.registry import POLICIES
from toolkit.problem.policies.session import Session, at_step, checked

#: Seconds that a policy may take for one step.
STEP_S = 120.0
_followers: Hosts[Follower] = Hosts()
_sessions: dict[str, type[Policy]] = {}


class Follower:
    """A policy in a process of its own, see ``session.Decider``; begun when it is first asked.

    lock: held for as long as it is followed, for it knows one beginning at a time.
    """

    def __init__(self, name: str, options: Mapping[str, Any]) -> None:
        self._name = name
        self._host = Host(f"policy '{name}'", _policy, name, dict(options))
        self._shape = (0, 0)
        self.lock = threading.Lock()

    def begin(self, beginning: Beginning) -> None:
        """Have the policy made anew, see ``Decider``."""
        self._shape = beginning.bus.shape
        self._host.ask(beginning, 0, STEP_S)

    def power(self, news: News) -> FloatArray:
        """Return the power wanted, see ``Decider``."""
        count = self._shape[0] * self._shape[1]
        said = self._host.ask(news, 8 * count, STEP_S, at_step(self._name, news.step))
        # Checked again here: what a process says of itself is not believed.
        values = np.frombuffer(said, dtype=float) if len(said) == 8 * count else None
        power = values if values is None else values.reshape(self._shape)
        return checked(power, self._shape, self._name, news.step)

    def close(self) -> None:
        """End the process, if it has begun."""
        self._host.close()


def _policy(name: str, options: Mapping[str, Any]) -> Callable[[Any], bytes]:
    """Return what answers in a policy's process: it begins anew, or tells the power of a step."""
    kind = POLICIES.load(name)
    POLICIES.configure(kind, options, name)
    session: list[Session] = []

    def answer(request: Any) -> bytes:
        if isinstance(request, Beginning):
            session[:] = [Session(POLICIES.configure(kind, options, name), name)]
            session[0].begin(request)
            return b""
        return session[0].power(request).tobytes()

    return answer


def _session(dispatch: Dispatch) -> Session:
    """Return a policy made anew in this process."""
    name = dispatch.policy
    if name not in _sessions:
        _sessions[name] = POLICIES.load(name)
    return Session(POLICIES.configure(_sessions[name], dispatch.options, name), name)


def wanted_by(
    dispatch: Dispatch,
    operation: Operation,
    bus: IndexArray,
    size: FloatArray,
    values: FloatArray,
) -> FloatArray:
    """Return what a study's policy wants of stores, see ``following.followed``."""
    if letting.here():
        own = _session(dispatch)
        return followed(own, dispatch, operation, bus, size, values)
    made = partial(Follower, dispatch.policy, dispatch.options)
    follower = _followers.get(key_of(dispatch.policy, dispatch.options), made)
    with follower.lock:
        return followed(follower, dispatch, operation, bus, size, values)
