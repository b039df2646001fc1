"""Plug-ins that answer in processes of their own, each begun when it is first asked."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable, Mapping
from typing import Any, Generic, Protocol, TypeVar

from toolkit.common.errors import InputError, ToolkitError
from toolkit.common.processes import Broke
from toolkit.common.processes.dialogue import ANSWER, MISTAKE, Dialogue


class Host:
    """A plug-in in a process of its own.

    called: what messages call it; answering: what ``answering(*given)`` gives there answers.
    """

    def __init__(
        self, called: str, answering: Callable[..., Callable[[Any], bytes]], *given: Any
    ) -> None:
        self._called, self._answering, self._given = called, answering, given
        self._dialogue: Dialogue | None = None
        self._lock = threading.Lock()

    def ask(self, request: Any, most: int, seconds: float, called: str = "") -> bytes:
        """Return its answer to a request, of ``most`` bytes at most, within so many seconds.

        called: what a message calls it this once. Raises ToolkitError, which names it, where it
        says why not or its process ends.
        """
        with self._lock:
            if self._dialogue is None:
                self._dialogue = Dialogue(self._answering, *self._given)
            try:
                said = self._dialogue.ask(request, most, seconds)
            except Broke as error:
                self._dialogue = None
                raise ToolkitError(f"{called or self._called}: {error}") from None
        if said[:1] == ANSWER:
            return said[1:]
        text = said[1:].decode("utf-8", "replace")
        raise InputError(text) if said[:1] == MISTAKE else ToolkitError(text)

    def close(self) -> None:
        """End the process, if it has begun."""
        if self._dialogue is not None:
            self._dialogue.close()
            self._dialogue = None


class Closable(Protocol):
    """What is closed in the end."""

    def close(self) -> None:
        """End its process, if it has begun."""


H = TypeVar("H", bound=Closable)


def key_of(name: str, options: Mapping[str, Any]) -> str:
    """Return what tells a plug-in with its options from others; it calls nothing of anybody's."""
    return repr((name, sorted(options.items())))


class Hosts(Generic[H]):
    """The hosts of one kind of plug-in, by plug-in and options; their processes end with ours."""

    def __init__(self) -> None:
        self._held: dict[str, H] = {}
        self._opening = threading.Lock()
        atexit.register(self.close)

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: str, make: Callable[[], H]) -> H:
        """Return the host of a key, made once."""
        with self._opening:
            if key not in self._held:
                self._held[key] = make()
            return self._held[key]

    def close(self) -> None:
        """End their processes and forget them."""
        for host in self._held.values():
            host.close()
        self._held.clear()
