"""Where a script says what: the last statement about each element and each of its properties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from toolkit.common.names import lowered
from toolkit.inputs.scripts.script import Script, Statement
from toolkit.inputs.scripts.writing import Value


@dataclass(frozen=True)
class Place:
    """A line of a script, from 1, and what a property is set to there."""

    file: Path
    line: int
    value: Value = ""


@dataclass(frozen=True)
class Origins:
    """Places by full names in lower case: of elements, and of each property a script sets.

    What an element is ``like`` counts as said of it, where it is made.
    """

    elements: Mapping[str, Place] = field(default_factory=dict)
    properties: Mapping[str, Mapping[str, Place]] = field(default_factory=dict)

    def of(self, element: str) -> Mapping[str, Place]:
        """Return the properties that scripts set of an element, in lower case."""
        return self.properties.get(lowered(element), {})

    def place(self, element: str, name: str = "") -> Place | None:
        """Return where a property of an element, or the element itself, is declared."""
        own = self.of(element).get(name.lower())
        return own or self.elements.get(lowered(element))

    def first(self, element: str, names: Iterable[str]) -> Place | None:
        """Return where the first of some properties is declared that a script sets, or the element.

        The element itself stands in for all of them.
        """
        own = self.of(element)
        return self.place(element, next((name for name in names if name in own), ""))

    def at(self, element: str, *names: str) -> tuple[str, int]:
        """Return file and line of what :meth:`first` finds, blank and 0 where no script says it."""
        place = self.first(element, names)
        return (str(place.file), place.line) if place else ("", 0)

    def located(self, element: str, *names: str) -> str:
        """Return how a message about an element, or a property of it, begins."""
        place = self.first(element, names)
        return f"feeder {place.file}, line {place.line}" if place else "feeder"


def origins(script: Script) -> Origins:
    """Return where a script makes its elements and sets their properties."""
    return _found(script.statements)


def _found(statements: Iterable[Statement]) -> Origins:
    elements: dict[str, Place] = {}
    properties: dict[str, dict[str, Place]] = {}
    for given in statements:
        said = given.said
        if said.command in ("clear", "clearall"):
            elements.clear()
            properties.clear()
        if said.element is None or said.command not in ("new", "edit"):
            continue
        name = lowered(said.element)
        if said.command == "new":
            elements[name] = Place(given.file, given.line)
            properties[name] = {}
        own = properties.setdefault(name, {})
        for key, value in said.properties:
            place = Place(given.file, given.line, value)
            if key.lower() == "like":
                model = f"{name.partition('.')[0]}.{lowered(str(value))}"
                own.update(properties.get(model, {}))
            # What is said last stands last.
            own.pop(key.lower(), None)
            own[key.lower()] = place
    return Origins(elements, properties)
