"""Names as figures show them: what a screen would obey is written out, as in every other print."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pandas as pd

from toolkit.common.excerpts import line
from toolkit.results.store.contents import CaseFiles, Results


def fit_to_draw(results: Results) -> Results:
    """Return results whose every name can be drawn: SVG cannot even hold a control character."""
    changes = {f.name: _fit(getattr(results, f.name)) for f in fields(results)}
    return replace(results, **changes)


def _fit(value: Any) -> Any:
    """Return a value with all text in it written out; studies are drawn by their numbers alone."""
    if isinstance(value, str):
        return line(value)
    if isinstance(value, dict):
        return {_fit(key): _fit(held) for key, held in value.items()}
    if isinstance(value, list):
        return [_fit(held) for held in value]
    if isinstance(value, CaseFiles):
        return replace(value, **{f.name: _fit(getattr(value, f.name)) for f in fields(value)})
    if isinstance(value, pd.DataFrame):
        odd = [name for name in value if any(_fit(cell) != cell for cell in _texts(value[name]))]
        return value.assign(**{str(name): value[name].map(_fit) for name in odd})
    return value


def _texts(column: pd.Series) -> list[str]:
    return [cell for cell in column if isinstance(cell, str)]
