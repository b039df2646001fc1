"""A script as values: its statements in canonical form, its files, and remarks on the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from toolkit.inputs.scripts.canonical import Canonical
from toolkit.inputs.scripts.remarks import Remark


@dataclass(frozen=True)
class Statement:
    """One statement for the engine, and where the script says it."""

    file: Path
    line: int
    said: Canonical


@dataclass
class Script:
    """A script with everything it redirects to.

    files: every file it reads that exists; skipped: (file, line) of the commands passed over;
    rewritten: what stands there instead, the settings on the line of a Solve;
    spelt: the file that each path stands for which the scripts spell with other letter cases.
    """

    path: Path
    statements: list[Statement] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    files: set[Path] = field(default_factory=set)
    skipped: set[tuple[Path, int]] = field(default_factory=set)
    rewritten: dict[tuple[Path, int], str] = field(default_factory=dict)
    spelt: dict[Path, Path] = field(default_factory=dict)

    def file_at(self, path: Path) -> Path:
        """Return the file that a path of the scripts stands for."""
        return self.spelt.get(path, path)

    @property
    def solves(self) -> bool:
        """Say whether a solution on the way is run for its controls."""
        return any(given.said.command == "solve" for given in self.statements)

    @property
    def faults(self) -> list[Remark]:
        """The remarks that keep the feeder from being compiled."""
        return [remark for remark in self.remarks if remark.is_fault]
