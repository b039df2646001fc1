"""The names of the solvers of power flows."""

from __future__ import annotations

from typing import Literal

#: What solves the power flows of a search.
Solver = Literal["opendss", "batch"]
#: What a study may ask for; "auto": the batch solver wherever it agrees with OpenDSS.
Asked = Literal["auto", "batch", "opendss"]
OPENDSS: Solver = "opendss"
BATCH: Solver = "batch"
