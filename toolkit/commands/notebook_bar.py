"""Progress in a notebook: one output that changes in place, and nothing anywhere else.

The bar of the terminal needs widgets in a notebook, which are not there where one is carried out
without a window; an output that changes needs nothing.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Any

from toolkit.common.excerpts import line
from toolkit.common.monitor import SILENT, Monitor

#: Seconds between two changes: a notebook keeps up, and a file of it holds the last one alone.
EVERY_S = 0.5


@dataclass(frozen=True)
class Progressed:
    """What a notebook shows of a search: a bar while it runs, a sentence at its end."""

    phase: str
    done: int
    total: int
    seconds: float
    ended: str = ""

    def __repr__(self) -> str:
        """Return it in words."""
        if self.ended:
            return f"{self.ended} {self.done:,} evaluations, {self.seconds:.1f} s"
        rate = self.done / self.seconds if self.seconds > 0.0 else 0.0
        left = f", {(self.total - self.done) / rate:,.0f} s left" if rate > 0.0 else ""
        return f"{line(self.phase)}: {self.done:,} of {self.total:,} evaluations{left}"

    def _repr_html_(self) -> str:
        bar = f'<progress max="{self.total}" value="{self.done}"></progress> '
        return f"<div>{'' if self.ended else bar}{escape(repr(self))}</div>"


@contextmanager
def notebook_bar(total: int, quiet: bool) -> Iterator[Monitor]:
    """Show evaluations done of so many in a notebook, unless asked to be quiet."""
    started = time.monotonic()
    state = Progressed("evaluations", 0, total, 0.0)
    change = None if quiet else _output(state)
    if change is None:
        yield SILENT
        return
    held = _Held(state, started, change)
    try:
        yield Monitor(phase=held.show_phase, spent=held.show_spent)
    except BaseException:
        held.end("stopped after")
        raise
    held.end("done:")


class _Held:
    """The state of a bar, which tells the notebook now and then."""

    def __init__(self, state: Progressed, started: float, change: Callable[[Any], None]) -> None:
        self.phase, self.done, self.total = state.phase, state.done, state.total
        self.started, self.told, self.change = started, started, change

    def show_phase(self, phase: str) -> None:
        self.phase = phase
        self._tell()

    def show_spent(self, spent: Sequence[int]) -> None:
        self.done = sum(spent)
        self._tell()

    def end(self, how: str) -> None:
        self._tell(how)

    def _tell(self, ended: str = "") -> None:
        now = time.monotonic()
        if ended or now - self.told >= EVERY_S:
            self.told = now
            seconds = now - self.started
            self.change(Progressed(self.phase, self.done, self.total, seconds, ended))


def _output(first: Progressed) -> Callable[[Any], None] | None:
    """Put up an output in a notebook and return what changes it; None outside of notebooks."""
    inside = sys.modules.get("IPython")
    shell = None if inside is None else inside.get_ipython()
    if getattr(shell, "kernel", None) is None:
        return None
    handle = importlib.import_module("IPython.display").display(first, display_id=True)
    return None if handle is None else handle.update
