"""One page over several results folders, as a Python function."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from toolkit.commands.joint import write_joint_report as written
from toolkit.common.arguments import PathLike, checked


@checked
def write_joint_report(folders: Sequence[PathLike], output: PathLike) -> Path:
    """Write one page over several results folders.

    Parameters
    ----------
    folders : sequence of str or path
        Two results folders and more. Of a sweep or a front every complete point is taken.
    output : str or path
        Folder for ``report.html``, the page, and ``cases.csv``, the figures of all.

    Returns
    -------
    pathlib.Path
        Where the page lies.

    Raises
    ------
    InputError
        For a folder that holds no results, and an ``output`` that holds some.

    Examples
    --------
    >>> import toolkit
    >>> folders = ["results/12", "results/33"]
    >>> results = [toolkit.simulate("ieee12", out=folders[0])]
    >>> results += [toolkit.simulate("ieee33", out=folders[1])]
    >>> toolkit.write_joint_report(folders, "results/both").name
    'report.html'
    """
    page, _ = written([Path(folder) for folder in folders], Path(output))
    return page
