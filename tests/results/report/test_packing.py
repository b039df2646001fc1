"""Series packed for the page: read back by the rules of templates/unpacking.js."""

import base64
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from toolkit.results.report.packing import DIGITS, decimals, packed


def read_back(held):
    """The series of a page by name, as its script reads them."""
    data, at, found = zlib.decompress(base64.b64decode(held.data)), 0, {}
    for part in held.parts:
        count, width = part["things"] * part["steps"], part["width"]
        planes = np.frombuffer(data[at : at + count * width], dtype=np.uint8)
        at += count * width
        folded = sum(
            plane.astype(int) << (8 * i) for i, plane in enumerate(planes.reshape(width, -1))
        )
        change = np.where(folded % 2, -(folded + 1) // 2, folded // 2)
        whole = change.reshape(part["things"], part["steps"]).cumsum(axis=1)
        blank = whole == part["blank"]
        found[part["name"]] = np.where(blank, np.nan, whole / 10.0 ** part["decimals"]).T
    assert at == len(data)
    return found


def test_values_and_blanks_come_back_by_name():
    volts = np.array([[1.0, 0.95804], [0.98, np.nan], [-1.25, 0.0]])
    powers = np.array([[123456.7], [0.04], [-99.0]])
    found = read_back(packed({"volts": volts, "powers": powers}))
    assert found["volts"].tolist()[0] == [1.0, 0.958]
    assert np.isnan(found["volts"][1, 1])
    assert found["volts"][2].tolist() == [-1.25, 0.0]
    assert found["powers"][:, 0].tolist() == [123457.0, 0.0, -99.0]


SHAPES = arrays.array_shapes(min_dims=2, max_dims=2, max_side=6)
NUMBERS = st.floats(-1e7, 1e7) | st.just(float("nan"))


@given(arrays.arrays(np.float64, SHAPES, elements=NUMBERS))
def test_no_value_is_further_off_than_half_its_last_digit(values):
    found = read_back(packed({"x": values}))["x"]
    assert (np.isnan(found) == np.isnan(values)).all()
    half = 0.5 * 10.0 ** -decimals(values)
    assert np.nanmax(np.abs(found - values), initial=0.0) <= half * (1.0 + 1e-6)
    largest = np.nanmax(np.abs(values), initial=0.0)
    assert largest == 0.0 or half <= max(0.5 * 10.0 ** (1 - DIGITS) * largest, 0.5 * 1e-4)


@pytest.mark.parametrize(("largest", "kept"), [(0.0, 0), (0.5, 4), (1.02, 4), (500.0, 2), (5e6, 0)])
def test_five_digits_of_the_largest_are_kept(largest, kept):
    assert decimals(np.array([[0.0, -largest]])) == kept
