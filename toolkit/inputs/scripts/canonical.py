"""The form in which the engine is told what a script says: one element in one statement."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.inputs.scripts import commands
from toolkit.inputs.scripts.writing import Value, written

#: A property set to a value.
Setting = tuple[str, Value]
#: Bus, x and y of each line of a file of coordinates.
Coordinates = tuple[tuple[str, float, float], ...]


@dataclass(frozen=True)
class Canonical:
    """A statement for the engine: a command in lower case, an element, its properties in order.

    coordinates: bus, x and y, of a file of coordinates, which is no command of the engine here.
    """

    command: str
    element: str | None = None
    properties: tuple[Setting, ...] = ()
    coordinates: Coordinates = ()

    @property
    def text(self) -> str:
        """The statement as OpenDSS reads it; nothing for coordinates."""
        if self.coordinates:
            return ""
        word = commands.BARE.get(self.command, self.command.capitalize())
        return written(word, self.element, self.properties)

    @property
    def brief(self) -> str:
        """The beginning of the statement, for a message."""
        shown = [p for p in self.properties if isinstance(p[1], str)][:4]
        return written(self.command.capitalize(), self.element, shown)[:60]
