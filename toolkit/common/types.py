"""The array types of the toolkit, each named once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]
IntArray = NDArray[np.int_]
ByteArray = NDArray[np.uint8]
BoolArray = NDArray[np.bool_]
ComplexArray = NDArray[np.complex128]
