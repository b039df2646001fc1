"""The names of the solvers of power flows."""

from __future__ import annotations

from typing import Literal

#: What solves the power flows of a search.
Solver = Literal["opendss", "batch", "compiled"]
#: What a study may ask for; "auto": the batch solver wherever it agrees with OpenDSS.
Asked = Literal["auto", "batch", "opendss", "compiled"]
OPENDSS: Solver = "opendss"
BATCH: Solver = "batch"
COMPILED: Solver = "compiled"
#: What each is called in a sentence.
NAMES: dict[Solver, str] = {
    OPENDSS: "OpenDSS",
    BATCH: "the batch solver",
    COMPILED: "the compiled batch solver",
}
