"""What a feeder's scripts declare and the toolkit does otherwise, said by name, file and line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Topic = Literal["units", "loads", "controls", "settings", "islands", "ratings", "study"]
Level = Literal["warning", "note"]


@dataclass(frozen=True)
class Notice:
    """One fact that is announced: it makes figures differ from what the scripts say alone.

    about: the element, or the setting, meant; file and line: where it is declared, blank and 0
    where no script says it; level: "note" for what is used as declared and yet worth knowing.
    """

    about: str
    text: str
    file: str = ""
    line: int = 0
    topic: Topic = "units"
    level: Level = "warning"

    def __str__(self) -> str:
        where = f"{self.file.replace(chr(92), '/').rpartition('/')[2]}, line {self.line}: "
        return f"{where if self.file and self.line else ''}{self.about}: {self.text}"
