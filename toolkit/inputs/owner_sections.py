"""The section of a study about whose units are."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from toolkit.common import caps
from toolkit.common.names import lowered
from toolkit.common.validation import Name
from toolkit.inputs.sections import Section
from toolkit.model.kinds import KINDS

#: The owners that are not named: who lives where a unit stands, and all members.
SITE, COMMUNITY = "site", "community"
#: How an owner that is named begins.
BUS, THIRD = "bus:", "third-party:"
#: How far shares may be from 1 in sum.
ROUNDING = 1e-9
_NAMED = re.compile(rf"({BUS}|{THIRD})[^\s]+")


def _owner(text: str) -> str:
    if text in (SITE, COMMUNITY) or _NAMED.fullmatch(text):
        return text
    cure = f"'{SITE}', '{COMMUNITY}', '{BUS}NAME' or '{THIRD}NAME', names without blanks"
    raise ValueError(f"expected {cure}")


Owner = Annotated[str, Field(max_length=caps.ELEMENT), AfterValidator(_owner)]


class Owners(Section):
    """Whose units are, wherever they stand; a kind that is left out is whose bus it stands at.

    'site': who lives at the bus where it stands; 'bus:NAME': who lives at that bus; 'community':
    the members, by shares; 'third-party:NAME': somebody without load, who sells to members.
    """

    pv: Owner | None = Field(None, description="owner of PV")
    wt: Owner | None = Field(None, description="owner of wind turbines")
    bess: Owner | None = Field(None, description="owner of batteries")
    bev: Owner | None = Field(None, description="owner of vehicle stations")
    generator: Owner | None = Field(None, description="owner of generators")
    capacitor: Owner | None = Field(None, description="owner of capacitors")
    units: dict[Name, Owner] = Field(
        default_factory=dict,
        max_length=caps.ENTRIES,
        description="owners of single units, instead of what is said of their kind",
    )
    shares: dict[Name, Annotated[float, Field(gt=0.0, le=1.0)]] = Field(
        default_factory=dict,
        max_length=caps.ENTRIES,
        description="whose what the community owns is, by bus of the member; they sum to 1; left "
        "out: equal shares of the members with load",
    )

    @property
    def by_kind(self) -> dict[str, str]:
        """What is stated, by kind."""
        stated = {kind: getattr(self, kind) for kind in KINDS}
        return {str(kind): owner for kind, owner in stated.items() if owner is not None}

    @property
    def stated(self) -> bool:
        """Say whether anything is said of any owner."""
        return bool(self.by_kind or self.units)

    def of(self, name: str, kind: str) -> str:
        """Return the owner of a unit, whose name is in lower case."""
        alone = {lowered(key): owner for key, owner in self.units.items()}
        return alone.get(name) or self.by_kind.get(kind) or SITE

    @model_validator(mode="after")
    def _distinct(self) -> Owners:
        for field in ("units", "shares"):
            names: dict[str, str] = {}
            for key in getattr(self, field):
                if (other := names.setdefault(lowered(key), key)) != key:
                    raise ValueError(
                        f"{field}: found {other!r} and {key!r}; expected one of them, since letter "
                        "case does not count"
                    )
        return self

    @model_validator(mode="after")
    def _shared(self) -> Owners:
        if not self.shares:
            return self
        if COMMUNITY not in (*self.by_kind.values(), *self.units.values()):
            raise ValueError(
                "shares: found them, and no unit of the community; expected an owner "
                f"'{COMMUNITY}', such as pv = \"{COMMUNITY}\""
            )
        total = sum(self.shares.values())
        if abs(total - 1.0) > ROUNDING:
            raise ValueError(
                f"shares: found a sum of {total:.10g} over {len(self.shares)} of them; expected 1"
            )
        return self
