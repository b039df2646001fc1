"""``toolkit diff`` as a Python function."""

from __future__ import annotations

from pathlib import Path

from toolkit.commands.diff import Diff, written
from toolkit.commands.diff import diff as compared
from toolkit.common.arguments import PathLike, checked


@checked
def diff(a: PathLike, b: PathLike, *, output: PathLike | None = None) -> Diff:
    """Compare two results folders: the study, the best plan, and what it gives.

    Nothing is solved again. Folders of ``simulate``, ``optimize``, ``compare`` and ``bound`` are
    compared, those of different commands as well.

    Parameters
    ----------
    a, b : str or path
        Two results folders. Differences are those of ``b`` against ``a``.
    output : str or path, optional
        Folder to write ``diff.md`` and ``diff.csv`` into.

    Returns
    -------
    Diff
        ``sentences``: what differs, in words; ``asked``, ``plan``, ``figures``: as tables;
        ``table()``: all of it as in ``diff.csv``.

    Raises
    ------
    InputError
        For a folder that holds no results, or is that of a sweep or a front; a damaged file.

    Examples
    --------
    >>> import toolkit
    >>> a = toolkit.simulate("ieee12", out="results/a").folder
    >>> b = toolkit.simulate("ieee33", out="results/b").folder
    >>> found = toolkit.diff(a, b)
    >>> found.asked.set_index("name").loc["feeder", "b"]
    'ieee33'
    """
    if output is not None:
        written.check_place(Path(output))
    found = compared(Path(a), Path(b))
    if output is not None:
        written.write(found, Path(output))
    return found
