"""The section of a study about its switches: which lines may be opened and closed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from toolkit.common import caps
from toolkit.common.validation import Name
from toolkit.inputs.sections import Section

OPTIMISED: Literal["optimised"] = "optimised"
#: Names or patterns of lines.
Lines = Annotated[tuple[Name, ...], Field(max_length=caps.ENTRIES)]


def _optimised_or_names(value: Any) -> Any:
    """Refuse a text that is no list of names."""
    if isinstance(value, str) and value != OPTIMISED:
        raise ValueError(f'found "{value[:60]}"; expected "optimised" or a list of names of lines')
    return value


class SwitchFields(Section):
    """Lines that are open or closed by choice, so that the network stays radial."""

    candidates: Lines = Field(
        (),
        description="lines that may be open or closed: names or patterns, 'line.' left out or not; "
        "those that the scripts leave open as well",
    )
    open: Annotated[Literal["optimised"] | Lines, BeforeValidator(_optimised_or_names)] = Field(
        OPTIMISED,
        description="'optimised': the search decides which candidates are open, all vectors giving "
        "a radial, connected network; or the lines that are open in every plan and in the base "
        "case, the other candidates being closed",
    )

    @property
    def any(self) -> bool:
        """Say whether the study has switches."""
        return bool(self.candidates) or self.open != OPTIMISED
