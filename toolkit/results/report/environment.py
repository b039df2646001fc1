"""How pages and pieces of pages are made from templates: every text is escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from toolkit.common.excerpts import line

TEMPLATES = Path(__file__).parent / "templates"


@cache
def environment() -> Environment:
    """Return the maker of pages."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        finalize=_written_out,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _written_out(value: Any) -> Any:
    """Write out what a screen would obey: a name may hold a mark of writing direction."""
    return line(value) if isinstance(value, str) and not isinstance(value, Markup) else value
