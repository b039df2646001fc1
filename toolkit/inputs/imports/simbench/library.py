"""The library that holds SimBench's grids: how a grid is named, and how it is loaded."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from toolkit.common import extras
from toolkit.common.errors import InputError, nearest, unknown_name
from toolkit.common.excerpts import excerpt

#: What a source begins with.
PREFIX = "simbench:"
EXAMPLE = f"{PREFIX}1-LV-rural1--0-sw"


def code_of(source: str) -> str:
    """Return the code of a grid from ``simbench:CODE``. Raises InputError for anything else."""
    prefix, colon, code = source.partition(":")
    if colon and f"{prefix}:" == PREFIX and code:
        return code
    meant = nearest(f"{prefix}:", [PREFIX]) if colon else ""
    raise InputError(
        f"SOURCE: found {excerpt(source)}; expected {PREFIX}CODE.{meant} Such as {EXAMPLE}."
    )


@contextmanager
def quiet() -> Iterator[None]:
    """Keep what the library and pandapower say of themselves from users."""
    with extras.quiet():
        before = logging.root.manager.disable
        logging.disable(logging.WARNING)
        try:
            yield
        finally:
            logging.disable(before)


def library() -> Any:
    """Return the package simbench. Raises InputError that names how to install it."""
    with quiet():
        use = "grids of SimBench are in the package simbench"
        return extras.library("simbench", use, "simbench")


def version() -> str:
    """Return the version of the package."""
    return str(library().__version__)


def net_of(code: str) -> Any:
    """Return a grid as pandapower has it, with SimBench's profiles.

    Raises InputError for a code that SimBench does not have.
    """
    simbench = library()
    with quiet():
        known = simbench.collect_all_simbench_codes()
        if code not in known:
            raise unknown_name("grid of SimBench", code, known)
        return simbench.get_simbench_net(code)


def series_of(net: Any) -> dict[tuple[str, str], Any]:
    """Return the year of every load and generator, MW and Mvar: by table and column, a frame."""
    with quiet():
        found: dict[tuple[str, str], Any] = library().get_absolute_values(net, True)
    return found
