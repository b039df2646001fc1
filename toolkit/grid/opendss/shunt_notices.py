"""What of a circuit takes power that is counted neither as load nor as losses."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from toolkit.grid.opendss.engine import Engine, enabled_elements
from toolkit.grid.opendss.readings import admittances
from toolkit.inputs.scripts.origins import Origins
from toolkit.model.notices import Notice

#: The least conductance, as a share of the admittance, that takes power: less is rounding.
LEAST = 1e-9


def shunt_notices(d: Engine, said: Origins) -> tuple[Notice, ...]:
    """Say which elements to ground take active power, which the engine's losses leave out."""
    text = (
        "the active power that it takes to ground is left out of losses, as in OpenDSS's own sum, "
        "and of what is drawn at the feeder head."
    )
    return tuple(Notice(name, text, *said.at(name), "settings") for name in _lossy(d))


def _lossy(d: Engine) -> Iterator[str]:
    """Yield the full names of elements to ground that have a conductance."""
    delivering = {str(name).lower() for name in d.PDElements.AllNames()}
    for cls, name in enabled_elements(d):
        full_name = f"{cls}.{name}"
        # Of the active element. To make one active by the name that PDElements takes looks through
        # all of them.
        if full_name.lower() in delivering and d.PDElements.IsShunt():
            own = admittances(d)
            if np.abs(own.real).max() > LEAST * np.abs(own).max():
                yield full_name
