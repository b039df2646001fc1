"""Products of small matrices by one thread.

Where two processes share two cores, a product that is shared out over threads as well waits for
them: 8 times as long at 33 x 33, measured. NumPy has no switch for it, so its library is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any


@cache
def _libraries() -> tuple[Any, ...]:
    """Return the libraries behind NumPy's and SciPy's products that have threads."""
    from threadpoolctl import ThreadpoolController

    return tuple(ThreadpoolController().select(user_api="blas").lib_controllers)


@contextmanager
def one_thread() -> Iterator[None]:
    """Have products made by one thread in the block; afterwards by as many as before."""
    before = [(library, library.num_threads) for library in _libraries()]
    for library, threads in before:
        if threads != 1:
            library.set_num_threads(1)
    try:
        yield
    finally:
        for library, threads in before:
            if threads != 1:
                library.set_num_threads(threads)
