"""What is said about a line of a script, and the exception by which a line is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["missing", "case", "outside", "refused", "syntax", "passed", "changed"]
#: Hears of what is done without: "passed" or "changed", and a sentence.
Remarked = Callable[[Literal["passed", "changed"], str], None]


@dataclass(frozen=True)
class Remark:
    """What is wrong with a line, or what is done without.

    ``passed``: a command that only reports; ``changed``: one that the circuit would differ by;
    ``case``: a file whose name has other upper and lower case letters.
    """

    file: Path
    line: int
    kind: Kind
    text: str

    @property
    def is_fault(self) -> bool:
        """Say whether the feeder cannot be compiled because of it."""
        return self.kind not in ("passed", "changed", "case")

    def __str__(self) -> str:
        return f"{self.file.name}, line {self.line}: {self.text}"


class Refused(Exception):
    """A statement, or a part of one, that is not passed on to the engine."""

    def __init__(self, kind: Literal["refused", "syntax"], text: str) -> None:
        super().__init__(text)
        self.kind = kind
