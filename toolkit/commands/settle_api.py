"""``toolkit settle`` as a Python function."""

from __future__ import annotations

from pathlib import Path

from toolkit.commands.settling import Settlements
from toolkit.commands.settling import settle as settled
from toolkit.common.arguments import PathLike, Word, checked


@checked
def settle(
    folder: PathLike, *, case: Word | None = None, csv: PathLike | None = None
) -> Settlements:
    """Settle one plan by every mechanism, side by side.

    Nothing is solved again: the net positions are those of the results folder.

    Parameters
    ----------
    folder : str or path
        A results folder.
    case : str, optional
        The plan; the best feasible one when left out.
    csv : str or path, optional
        A file to write, with a row per mechanism and prosumer.

    Returns
    -------
    Settlements
        ``community``: a row per mechanism; ``bills``: a row per mechanism and prosumer;
        ``sentences``: what came of it, in words.

    Raises
    ------
    InputError
        For a folder that holds no results, an unknown case, no plan that keeps every limit where
        none is named, and a feeder that has changed since.

    Examples
    --------
    >>> import toolkit
    >>> folder = toolkit.simulate("ieee12", out="results/base").folder
    >>> found = toolkit.settle(folder, case="base")
    >>> found.community.set_index("mechanism").loc["bill-sharing", "worse_off"].item()
    4
    """
    return settled(Path(folder), case, None if csv is None else Path(csv))
