"""How wide text is in Computer Modern, the widest of the faces that papers are set in."""

from __future__ import annotations

import unicodedata

#: Size of type in tables, points of TeX, and how many of those an inch has.
SIZE, INCH = 8.0, 72.27
#: Signs by their width, thousandths of the size of cmr10. Those that are no letters of it are
#: taken from mathematics or, as braces, as wide as they are at most.
SIGNS = {
    278: "!',.:;il[]`|",
    306: "fj",
    333: " -",
    361: "I_",
    389: "()",
    392: "rt",
    395: "s",
    445: "cez",
    473: "?",
    500: '0123456789"$*/\\^{}ago~',
    514: "J",
    528: "kqvxy",
    556: "bdhnpuS",
    612: "Z",
    625: "L",
    653: "F",
    681: "EP",
    709: "B",
    723: "CTw",
    737: "R",
    750: "AHNUVXY",
    764: "D",
    778: "&+<=>@KOQ",
    785: "G",
    834: "#%m",
    917: "M",
    1028: "W",
}
WIDTHS = {sign: width for width, signs in SIGNS.items() for sign in signs}
#: Minus of mathematics, and the dash that stands for nothing.
MINUS, DASH = 778, 500
#: Other letters, as those of Chinese.
OTHER = 1000
#: Smaller type is wider in proportion: cmr8 at 8 points is 17/16 of cmr10 set as small.
SMALL = 17.0 / 16.0


def width_of(text: str, number: bool = False) -> float:
    """Return how wide a text is in a table, points of TeX; as a number it has another minus."""
    if text == "-":
        return DASH * SIZE / 1000.0
    bare = unicodedata.normalize("NFD", text)
    each = (_thousandths(sign) for sign in bare if not unicodedata.combining(sign))
    minus = text.count("-") * (MINUS - WIDTHS["-"]) if number else 0
    return (sum(each) + minus) * SMALL * SIZE / 1000.0


def _thousandths(sign: str) -> int:
    return WIDTHS.get(sign, OTHER)
