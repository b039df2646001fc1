"""What of a circuit is held to no loading limit although it carries a current."""

from __future__ import annotations

import numpy as np

from toolkit.grid.opendss.branches import NORMAL_A, NORMAL_KVA, branches_of
from toolkit.grid.opendss.engine import Engine, enabled_elements, number_of
from toolkit.inputs.scripts.origins import Origins
from toolkit.model.notices import Notice

#: Classes in series that are no branch here: always, and where a script rates them.
_ALWAYS, _WHERE_RATED = ("AutoTrans",), ("Reactor", "Capacitor")


def unrated_notices(d: Engine, said: Origins) -> tuple[Notice, ...]:
    """Return the elements that no loading limit is held at, and why."""
    found = []
    for branch in branches_of(d):
        if np.isnan(branch.known.normal_a):
            name = NORMAL_KVA if branch.is_transformer else NORMAL_A
            text = f"{name}={number_of(d, branch.name, name):g}: it is held to no loading limit."
            found.append(_notice(said, branch.name, name.lower(), text))
    for cls, name in enabled_elements(d):
        element = f"{cls}.{name}"
        rated = cls in _WHERE_RATED and NORMAL_A in said.of(element)
        if cls in _ALWAYS or rated:
            text = "it is held to no loading limit: those are held at lines and transformers."
            found.append(_notice(said, element, NORMAL_A, text))
    return tuple(found)


def _notice(said: Origins, element: str, name: str, text: str) -> Notice:
    return Notice(element, text, *said.at(element, name), "ratings")
