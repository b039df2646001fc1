"""A table as text, ready to print."""

from __future__ import annotations

from dataclasses import dataclass

#: What the paper calls the optimizers it compares.
PAPER_NAMES = {"pygad": "GA", "cheetah": "COA"}


@dataclass(frozen=True)
class TextTable:
    """One table ready to print: a title, a header and rows of text."""

    title: str
    header: list[str]
    rows: list[list[str]]


def label(case: str) -> str:
    """Return what a row of a table is called: the optimizer, with the paper's name for it."""
    return f"{case} ({PAPER_NAMES[case]})" if case in PAPER_NAMES else case
