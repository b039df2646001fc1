"""The section of a study about what is written."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from toolkit.inputs.sections import Section

#: How tables of every step are written.
Series = Literal["compact", "full"]


class Output(Section):
    """What a results folder holds."""

    series: Series = Field(
        "compact",
        description="how buses, units and lines are written: compact packs a table of more than "
        "100,000 rows as .csv.bz2 with fewer digits; full writes every digit as plain CSV",
    )
