"""A table as text, ready to print."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TextTable:
    """One table ready to print: a title, a header and rows of text."""

    title: str
    header: list[str]
    rows: list[list[str]]
