"""Lines and transformers as values, and what 100 % of each is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

#: What 100 % of a transformer is, and of a line.
TransformerRating = Literal["declared", "nameplate", "normal", "emergency"]
LineRating = Literal["normal", "emergency"]


@dataclass(frozen=True)
class Ratings:
    """What is known of a branch's rating, A at its first terminal, NaN where nothing is.

    normal_a, emergency_a: as the engine has them, given or assumed. Of a transformer besides:
    nameplate_a, from its kVA; kva: of its first winding; stated: whether the scripts give its
    normal rating; shares: the nameplate of each winding, A, as a share of that of the first.
    """

    normal_a: float
    emergency_a: float
    nameplate_a: float = float("nan")
    kva: float = float("nan")
    stated: bool = False
    shares: tuple[float, ...] = (1.0,)


@dataclass(frozen=True)
class Branch:
    """A closed line or transformer between two buses; rating in A, NaN where none is known.

    The rating is that of the first terminal, and is what 100 % of its loading is.
    """

    name: str
    bus1: str
    bus2: str
    rating_a: float
    known: Ratings = Ratings(float("nan"), float("nan"))

    @property
    def is_transformer(self) -> bool:
        """Say whether it is a transformer."""
        return self.name.startswith("transformer.")

    @property
    def terminals_a(self) -> tuple[float, ...]:
        """The rating of each terminal whose current is held to one, A."""
        return tuple(self.rating_a * share for share in self.known.shares)

    @property
    def rated_kva(self) -> float:
        """What a transformer's first winding may carry, kVA."""
        return self.known.kva * self.rating_a / self.known.nameplate_a

    def rated(self, transformer: TransformerRating, line: LineRating) -> Branch:
        """Return the branch with the rating that is asked for."""
        known = self.known
        chosen = transformer if self.is_transformer else line
        if chosen == "declared":
            chosen = "normal" if known.stated else "nameplate"
        amps = {"normal": known.normal_a, "emergency": known.emergency_a}
        return replace(self, rating_a=amps.get(chosen, known.nameplate_a))
