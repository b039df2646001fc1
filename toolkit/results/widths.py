"""How wide things in print may be, inches: figures and tables alike."""

from __future__ import annotations

from typing import Any

from toolkit.common.arguments import plain
from toolkit.common.errors import InputError
from toolkit.common.excerpts import excerpt

#: From the narrowest column in which texts of 7 points fit.
NARROWEST, WIDEST = 3.0, 20.0
#: Up to this width a column is one of two on a page.
ONE_COLUMN = 5.0
#: A column and a page of most journals.
COLUMN, PAGE = 3.5, 7.16


def checked_width(width: Any) -> float | None:
    """Return a width asked for, None where it is left out. Raises InputError."""
    width = plain(width)
    number = isinstance(width, int | float) and not isinstance(width, bool)
    if width is not None and not (number and NARROWEST <= width <= WIDEST):
        found = f"{width:g} in" if number else excerpt(width)
        raise InputError(
            f"width: found {found}; expected from {NARROWEST:g} to {WIDEST:g} inches (one column "
            "is about 3.5, a page 7)."
        )
    return None if width is None else float(width)
