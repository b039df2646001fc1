"""Libraries that come with an extra of the package: imported when they are needed, in silence."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from toolkit.common.errors import InputError


@contextmanager
def quiet() -> Iterator[None]:
    """Keep what a library warns of itself, such as names that another will drop, from users."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def library(name: str, use: str, extra: str) -> Any:
    """Return a library that the package's ``extra`` brings.

    use: what messages say it is for, such as "weather is read by pvlib". Raises InputError that
    names how to install it.
    """
    try:
        with quiet():
            return import_module(name)
    except ImportError as error:
        missing = isinstance(error, ModuleNotFoundError)
        why = "is not installed" if missing else f"cannot be imported ({error})"
        raise InputError(
            f"{use}, which {why}; install it with: pip install 'p2p-der-toolkit[{extra}]'"
        ) from error
