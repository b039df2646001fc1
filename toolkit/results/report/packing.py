"""Series of many things packed for the page: whole numbers, their changes, in deflate and base64.

``templates/unpacking.js`` reads them back. A value keeps five digits of the largest at least.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from toolkit.common.types import FloatArray

#: Digits that the largest value of a series keeps, and the most decimals of any.
DIGITS, MOST_DECIMALS = 5, 4


@dataclass(frozen=True)
class Packed:
    """Series as the page holds them: text of base64, and what each part of it is."""

    data: str
    parts: list[dict[str, Any]]


def packed(series: Mapping[str, FloatArray]) -> Packed:
    """Pack series by name, each of shape (T, N); NaN stays NaN."""
    parts, planes = [], []
    for name, values in series.items():
        part, content = _planes(values)
        parts.append({"name": name, **part})
        planes.append(content)
    data = zlib.compress(b"".join(planes), 9)
    return Packed(base64.b64encode(data).decode("ascii"), parts)


def decimals(values: FloatArray) -> int:
    """Return how many decimals values keep."""
    largest = float(np.nanmax(np.abs(values), initial=0.0))
    if largest <= 0.0:
        return 0
    return int(np.clip(DIGITS - 1 - np.floor(np.log10(largest)), 0, MOST_DECIMALS))


def _planes(values: FloatArray) -> tuple[dict[str, Any], bytes]:
    """Return what one series is, and its bytes: the lowest of all numbers first.

    Things one after the other; of each its first value, then by how much it changes, with the sign
    in the lowest bit. What is blank has the number below the least.
    """
    steps, things = values.shape
    kept = decimals(values)
    known = np.isfinite(values)
    whole = np.round(np.where(known, values, 0.0) * 10.0**kept).astype(np.int64)
    blank = int(whole.min(initial=0)) - 1
    whole = np.where(known, whole, blank).T
    change = np.diff(whole, axis=1, prepend=0).reshape(-1)
    folded = np.where(change < 0, -2 * change - 1, 2 * change)
    width = max(1, -(-int(folded.max(initial=0)).bit_length() // 8))
    content = folded.astype("<u8").view(np.uint8).reshape(-1, 8)[:, :width].T.tobytes()
    about = {"things": things, "steps": steps, "decimals": kept, "blank": blank, "width": width}
    return about, content
