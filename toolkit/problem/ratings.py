"""Which rating the loading limit holds branches to, said as notices of the feeder."""

from __future__ import annotations

from dataclasses import replace

from toolkit.inputs.limit_sections import Limits
from toolkit.model.feeder import Feeder
from toolkit.model.notices import Notice, shortlist

_TRANSFORMERS = {
    "declared": "its nameplate, kVA",
    "nameplate": "its nameplate, kVA",
    "normal": "its normhkVA, where none is given 110 % of its kVA",
    "emergency": "its emerghkVA",
}


def rated(feeder: Feeder, limits: Limits) -> Feeder:
    """Return a feeder with the ratings that a study asks for, and a notice for each kind.

    With them it knows whether unbalance of voltages is to be watched.
    """
    chosen = limits.transformer_rating
    branches = tuple(b.rated(chosen, limits.line_rating) for b in feeder.branches)
    watched = replace(feeder.voltages, unbalance=limits.unbalance_max is not None)
    rated_feeder = replace(feeder, branches=branches, voltages=watched)
    return replace(rated_feeder, notices=(*feeder.notices, *_notices(rated_feeder, limits)))


def _notices(feeder: Feeder, limits: Limits) -> list[Notice]:
    chosen = limits.transformer_rating
    transformers = [branch for branch in feeder.branches if branch.is_transformer]
    stated = [b.name for b in transformers if b.known.stated and chosen == "declared"]
    others = [b.name for b in transformers if b.name not in stated]
    notices = []
    if others:
        text = f"100 % of a transformer is {_TRANSFORMERS[chosen]}"
        own = "; 'normal' takes OpenDSS's own, 110 % of it" if chosen == "declared" else ""
        notices.append(_notice(others, f"{text} ([limits] transformer_rating = '{chosen}'{own})."))
    if stated:
        text = "100 % of a transformer is the normhkVA that the scripts give"
        notices.append(_notice(stated, f"{text} ([limits] transformer_rating = '{chosen}')."))
    if limits.line_rating != "normal":
        lines = [branch.name for branch in feeder.branches if not branch.is_transformer]
        text = "100 % of a line is its emergamps ([limits] line_rating = 'emergency')."
        notices += [_notice(lines, text)] if lines else []
    return notices


def _notice(names: list[str], text: str) -> Notice:
    return Notice(shortlist(names), text, topic="ratings", level="note")
