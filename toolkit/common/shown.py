"""What a value shows of itself: a short text at a prompt, HTML in a notebook."""

from __future__ import annotations

import importlib
from typing import Any, ClassVar

from toolkit.common.excerpts import excerpt


class Shown:
    """A value that shows what the module ``_told_by`` tells of it.

    ``told`` in that module returns what has ``text()`` and ``html()``. The module may stand above
    the value, so it is loaded by its name when somebody looks. Looking at a value never fails.
    """

    _told_by: ClassVar[str]

    def _told(self) -> Any:
        return importlib.import_module(self._told_by).told(self)

    def __repr__(self) -> str:
        """Return the answer in a few lines."""
        try:
            return str(self._told().text())
        except Exception as error:
            return f"{type(self).__name__}, of which nothing can be told: {excerpt(str(error))}"

    def _repr_html_(self) -> str | None:
        """Return the answer for a notebook, or nothing: a notebook then shows the text."""
        try:
            return str(self._told().html())
        except Exception:
            return None
