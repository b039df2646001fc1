"""Names as OpenDSS compares them, and as people call what has another name here."""

from __future__ import annotations

from collections.abc import Collection

#: What people call the kinds of units that a study has short names for.
_CALLED = {
    "pv": "solar photovoltaic photovoltaics",
    "wt": "wind turbine turbines windturbine",
    "bess": "battery batteries storage store accumulator",
    "bev": "ev evs vehicle vehicles car cars charger chargers",
    "generator": "genset chp diesel gas",
    "capacitor": "kvar",
}
_NAMES = {word: name for name, words in _CALLED.items() for word in words.split()}


def also_called(word: str, known: Collection[str]) -> str:
    """Return the known name of what a word means, the word itself where it means none of them."""
    name = _NAMES.get(word.lower(), word)
    return name if name in known else word


def lowered(name: str) -> str:
    """Return a name in lower case, letter by letter, as OpenDSS has it.

    Python makes two characters of a capital I with a dot and looks at what follows a sigma.
    """
    return name.lower() if name.isascii() else "".join(c.lower()[0] for c in name)
