"""Which properties of which class a script may set: the engine's own list, judged one by one.

``classes.csv`` holds every property of every class in the engine's order, by which it resolves
abbreviations and values without a name; a test compares it with the engine. A property is of one of
these kinds:

number, integer, word, text, bus: one value; numbers, words, buses: an array; file: a file of
numbers; action: something to be done at once; idle: nothing that matters here depends on it, so it
is passed over; code: loads a library, so it is refused.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, cast

PropertyKind = Literal[
    "number",
    "integer",
    "word",
    "text",
    "bus",
    "numbers",
    "words",
    "buses",
    "file",
    "action",
    "idle",
    "code",
]


class Property(NamedTuple):
    """A property of a class, its name in lower case."""

    name: str
    kind: PropertyKind


@cache
def classes() -> Mapping[str, tuple[Property, ...]]:
    """Return the properties of every class, by its name in lower case, in the engine's order."""
    found: dict[str, list[Property]] = {}
    with (Path(__file__).parent / "classes.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            kind = cast(PropertyKind, row["kind"])
            found.setdefault(row["class"], []).append(Property(row["property"], kind))
    return {cls: tuple(properties) for cls, properties in found.items()}


@cache
def property_names(cls: str) -> tuple[str, ...]:
    """Return the names of the properties of a class, in the engine's order."""
    return tuple(p.name for p in classes()[cls])


#: Classes that only matter in dynamics, of which the toolkit solves none.
PASSED_CLASSES = frozenset(("dynamicexp",))
#: Classes of newer releases of OpenDSS that the engine in use lacks, and what does their work.
LATER_CLASSES = {"windgen": "declare wind as a Generator"}
#: Elements that are there before a script says anything, in a bare engine and in a new circuit, and
#: how many values their tables have. A script may edit them.
BUILT_IN: Mapping[str, Mapping[str, int]] = {
    "loadshape": {"default": 24},
    "growthshape": {"default": 2},
    "tcc_curve": {
        **{"a": 5, "d": 5, "tlink": 7, "klink": 6, "uv1547": 2, "ov1547": 2},
        **{"mod_inv": 15, "very_inv": 15, "ext_inv": 15, "definite": 3},
    },
    "spectrum": {
        **{"default": 7, "defaultload": 7, "defaultgen": 7, "defaultvsource": 1},
        **{"linear": 1, "pwm6": 13, "dc6": 10},
    },
}
#: Of a property ``action``, what stays in memory and changes nothing else.
MEMORY_ACTIONS = {
    "loadshape": ("normalize",),
    "tshape": ("normalize",),
    "priceshape": ("normalize",),
}
#: Those passed over: they report, or change loads by meters that have read nothing.
IDLE_ACTIONS = {
    "energymeter": ("clear", "take", "takesample", "allocate", "reduce"),
    "monitor": ("clear", "take", "takesample", "process", "reset"),
}
#: Properties at which the engine stops reading a line without a word. They set nothing, and it is
#: never given them, so that what follows on the line counts.
STOPPING = {"storage": "%idlingkvar", "indmach012": "pf"}
#: States the engine holds for all phases at once: a list of them ends it, or is dropped; and an
#: action of fuses after which its memory is spoilt.
STATES = {
    **dict.fromkeys(("swtcontrol", "relay", "recloser"), ("action", "normal", "state")),
    "fuse": ("action",),
}
#: The largest whole numbers of properties by which the engine sizes arrays.
LARGEST = {
    **dict.fromkeys(("phases", "nphases", "nconds", "windings", "ndc", "k"), 50),
    **dict.fromkeys(("wdg", "winding", "tapwinding", "cond", "neutral", "terminal"), 50),
    **dict.fromkeys(("monitoredterm", "switchedterm"), 50),
    **dict.fromkeys(("numsteps", "numtaps", "seasons", "shots", "numfast"), 1000),
    **dict.fromkeys(("maxiterations", "maxcontroliter", "miniterations"), 1000),
    "numharm": 10_000,
    "npts": 10_000_000,
}
