"""``toolkit feeders import``: a public grid into a feeder, its profiles and a study."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from toolkit.commands.importing import Imported
from toolkit.common import caps, files
from toolkit.common.arguments import PathLike, Word, checked
from toolkit.common.errors import InputError
from toolkit.inputs.imports import store
from toolkit.inputs.imports.simbench import library, papers, reading, scripts, series
from toolkit.inputs.imports.simbench.grid import Grid
from toolkit.inputs.imports.store import Columns

#: Bytes of a value in a profile file, about.
_CELL = 9


@checked
def import_feeder(source: Word, *, out: PathLike | None = None) -> Imported:
    """Turn a grid of SimBench into a feeder's folder with profiles of a year and a study.

    Parameters
    ----------
    source : str
        ``"simbench:CODE"``, such as ``"simbench:1-LV-rural1--0-sw"``.
    out : str or path, optional
        The folder to write, which must not exist; ``dss/CODE`` when left out, where the study is
        found by its name.

    Returns
    -------
    Imported
        The study, and in sentences what was read, and what is left out.

    Raises
    ------
    InputError
        For a grid that SimBench does not have or that is no distribution grid, and a folder that
        exists. The package simbench has to be installed.

    Notes
    -----
    The data are SimBench's [1], under the Open Database License 1.0. The README in the folder says
    what that asks of those who pass it on.

    References
    ----------
    [1] S. Meinecke et al., Energies 13 (12), 3290, 2020, doi:10.3390/en13123290.

    Examples
    --------
    >>> import toolkit
    >>> toolkit.import_feeder("simbech:1-LV-rural1--0-sw")
    Traceback (most recent call last):
    ...
    toolkit.common.errors.InputError: ...
    """
    code = library.code_of(source)
    folder = Path("dss") / code if out is None else Path(out)
    if os.path.lexists(folder):
        raise files.exists_already(folder)
    net = library.net_of(code)
    grid = reading.grid_of(net, code)
    axis = series.axis_of(net, code)
    _check_size(grid, axis.steps)
    shapes = series.shapes_of(net)
    columns = series.columns_of(net, library.series_of(net), axis)
    texts = {
        **scripts.written(grid, shapes, series.HOURS),
        "README.md": papers.readme(grid, axis, library.version()),
        "study.toml": papers.study(grid, axis),
    }
    _write(folder, texts, columns)
    return Imported(folder / "study.toml", (_told(grid, columns), *grid.remarks, _LICENCE))


#: What the README of a folder says at length.
_LICENCE = (
    "the data are SimBench's, under the Open Database License 1.0: README.md says what that asks."
)


def _check_size(grid: Grid, steps: int) -> None:
    """Raise InputError for profiles larger than those that can be read."""
    size = _CELL * steps * (2 * len(grid.loads) + sum(plant.sun for plant in grid.plants))
    if size > caps.PROFILE_BYTES:
        raise InputError(
            f"grid {grid.code}: found {len(grid.loads):,} loads, whose year takes some "
            f"{size / 1e6:,.0f} MB; expected at most {caps.PROFILE_BYTES / 1e6:,.0f} MB, such as a "
            "grid of one voltage level."
        )


def _told(grid: Grid, columns: Columns) -> str:
    return f"{grid.code}: {papers.counts_told(grid)}; {columns.axis.told()}."


def _write(folder: Path, texts: Mapping[str, str], columns: Columns) -> None:
    """Write a folder whole or not at all."""
    aside = folder.with_name(f".{os.urandom(8).hex()}.partial")
    try:
        for name, text in texts.items():
            files.write_text(aside / name, text)
        store.write(columns, aside / "profiles.csv")
        os.rename(aside, folder)
    except OSError as error:
        raise files.unwritable(folder, error) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
