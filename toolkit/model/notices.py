"""What a feeder's scripts declare and the toolkit does otherwise, said by name, file and line."""

from __future__ import annotations

import re
from collections.abc import Sequence
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


#: How many of a list are shown where it is said in one sentence.
SHOWN = 3
_LINE = re.compile(
    r"(?:(?P<file>[^:]*), line (?P<line>\d+): )?(?P<about>[^:;]+): (?P<text>.*)", re.S
)
#: What may differ between notices of one sort: names of elements and fields, and figures.
_OWN = re.compile(r"\b[A-Za-z]\w*\.[^\s,;:]+|\d+(?:\.\d+)?")


def shortlist(names: Sequence[str]) -> str:
    """Return the first names of a list, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def gathered(lines: Sequence[str]) -> list[str]:
    """Return notices as a reader wants them: what is said of many elements is said once.

    Those of one file with the same words become one line; of more than three that differ in names
    and figures alone the first is shown, and the others are named. The order is that of the first.
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        groups.setdefault(_sort(line), []).append(line)
    return [line for group in groups.values() for line in _as_one(group)]


def _sort(line: str) -> tuple[str, str]:
    """Return the file of a notice, and its words without names and figures."""
    hit = _LINE.fullmatch(line)
    if hit is None:
        return "", line
    name = hit["about"].partition(".")[2]
    text = hit["text"].replace(name, "#") if name else hit["text"]
    return hit["file"] or "", _OWN.sub("#", text)


def _as_one(group: Sequence[str]) -> list[str]:
    """Return the notices of one sort in as few lines as say them all."""
    hits = [hit for hit in map(_LINE.fullmatch, group) if hit is not None]
    if len(group) == 1 or not hits:
        return list(group[:1])
    about = [hit["about"] for hit in hits]
    if len({hit["text"] for hit in hits}) == 1:
        at = list(dict.fromkeys(hit["line"] for hit in hits if hit["line"]))
        where = f"{hits[0]['file']}, line{'s' if len(at) > 1 else ''} {shortlist(at)}: "
        return [f"{where if at else ''}{shortlist(about)}: {hits[0]['text']}"]
    if len(group) <= SHOWN:
        return list(group)
    said = f"The like is true, with figures of their own, of {shortlist(about[1:])}."
    return [f"{group[0]} {said}"]
