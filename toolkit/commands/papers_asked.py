"""How figures for print are asked for; the command line reads it without drawing anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figures:
    """How figures for print are asked for.

    kinds: pdf, svg or png; width: inches, the house's where it is left out; style: a style file of
    matplotlib, or the name of a style it has; only: names of figures, all where there are none;
    titles: whether they say above them what they are about.
    """

    kinds: Sequence[str]
    width: float | None = None
    style: str | None = None
    only: Sequence[str] = ()
    titles: bool = True
