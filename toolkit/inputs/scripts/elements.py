"""The elements that scripts have defined so far, by class."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from toolkit.common.errors import nearest
from toolkit.common.names import lowered
from toolkit.inputs.scripts.classes import BUILT_IN
from toolkit.inputs.scripts.effort import Effort
from toolkit.inputs.scripts.remarks import Refused

#: What a pattern of BatchEdit may hold: enough for patterns in use, too little to run for hours.
_PATTERN = re.compile(r"\^?(?:[\w\-:/~%# ]|\.|\[[\w\-]+\])(?:[\w\-:/~%# .*+?]|\[[\w\-]+\])*\$?")
_MOST_REPEATS = 4


@dataclass
class Element:
    """An element: its full name, and of a table of numbers what decides how its files are read.

    rows: the number of its values so far (npts, numharm); timed: whether values have hours of their
    own (interval=0); held: the number of values of each of its arrays; sizes: of those that its
    matrices follow from (phases, windings, ...).
    """

    name: str
    cls: str
    rows: int = 0
    timed: bool = False
    held: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    @property
    def entries(self) -> int:
        """How many entries its matrices hold, about."""
        wires = max(self.sizes.get(name, 3) for name in ("phases", "nphases", "nconds"))
        order = self.sizes.get("windings", 2) * (wires + 1)
        return self.sizes.get("numsteps", 1) * order**2

    @property
    def spelt(self) -> str:
        """Its class as the script spells it."""
        return self.name.partition(".")[0]


@dataclass
class Elements:
    """Every element by class and name, in lower case, in the order of their definition."""

    by_class: dict[str, dict[str, Element]] = field(default_factory=dict)
    has_circuit: bool = False
    effort: Effort = field(default_factory=Effort)

    def __post_init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin again with what a bare engine holds."""
        self.has_circuit = False
        self.by_class = {}
        for cls, names in BUILT_IN.items():
            for name, rows in names.items():
                self.add(cls, f"{cls}.{name}").rows = rows

    def add(self, cls: str, full_name: str) -> Element:
        """Return an element, made if there is none of the name."""
        name = lowered(full_name.partition(".")[2])
        known = self.by_class.setdefault(cls, {})
        return known.setdefault(name, Element(full_name, cls))

    def find(self, cls: str, full_name: str) -> Element | None:
        """Return an element, or None."""
        return self.by_class.get(cls, {}).get(lowered(full_name.partition(".")[2]))

    def known(self, cls: str, full_name: str, purpose: str) -> Element:
        """Return an element that is there. Raises Refused that names the nearest one."""
        found = self.find(cls, full_name)
        if found is None:
            raise Refused("syntax", self.no_such(cls, full_name, purpose))
        return found

    def no_such(self, cls: str, full_name: str, purpose: str) -> str:
        """Return in words that there is no such element, with the nearest name."""
        close = nearest(lowered(full_name.partition(".")[2]), self.names(cls))
        return f"there is no {full_name} to {purpose}.{close}"

    def names(self, cls: str) -> list[str]:
        """Return the names of the elements of a class, in lower case."""
        return list(self.by_class.get(cls, {}))

    def __len__(self) -> int:
        """Count the elements of all classes."""
        return sum(map(len, self.by_class.values()))

    def all_of(self, cls: str) -> list[Element]:
        """Return all elements of a class."""
        return list(self.by_class.get(cls, {}).values())

    def matching(self, cls: str, pattern: str) -> list[Element]:
        """Return the elements of a class in whose name a regular expression is found.

        Letter case counts for nothing. Raises Refused for one that is not plain.
        """
        repeats = sum(pattern.count(sign) for sign in "*+?")
        if not _PATTERN.fullmatch(pattern) or repeats > _MOST_REPEATS or len(pattern) > 100:
            said = "expected letters, digits, '.', '[...]' and a few of '*', '+' and '?'."
            raise Refused("syntax", f"found the pattern {pattern[:60]!r}; {said}")
        try:
            wanted = re.compile(pattern, re.IGNORECASE)
        except re.error as error:
            raise Refused("syntax", f"found the pattern {pattern!r}: {error}.") from error
        names = self.names(cls)
        self.effort.spend("letters", sum(len(name) ** (repeats + 1) for name in names))
        return [
            element for element in self.all_of(cls) if wanted.search(element.name.partition(".")[2])
        ]
