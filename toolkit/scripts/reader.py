"""Reading a script and all scripts it redirects to, one statement at a time."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from toolkit.errors import nearest
from toolkit.scripts import commands, properties
from toolkit.scripts.files import FileTrouble, named_file, text_of
from toolkit.scripts.lexer import Parameter, parameters, quoted, replaced

Kind = Literal["missing", "case", "outside", "refused", "syntax", "passed", "changed"]
#: Property names of each class of the engine, both in lower case, in the engine's order.
Vocabulary = Mapping[str, Sequence[str]]
#: Scripts nested or lines read beyond this are no feeder but a loop.
DEEPEST, LONGEST = 50, 5_000_000
#: Commands that continue the definition before them.
CONTINUING = ("more", "m", "~")


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


@dataclass(frozen=True)
class Statement:
    """One command for the engine; ``command`` is its full name in lower case."""

    file: Path
    line: int
    command: str
    text: str


@dataclass
class Script:
    """A script with everything it redirects to.

    files: every file it reads that exists; skipped: (file, line) of the commands passed over;
    spelt: the file that each path stands for which the scripts spell with other letter cases.
    """

    path: Path
    statements: list[Statement] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    files: set[Path] = field(default_factory=set)
    skipped: set[tuple[Path, int]] = field(default_factory=set)
    spelt: dict[Path, Path] = field(default_factory=dict)

    def file_at(self, path: Path) -> Path:
        """Return the file that a path of the scripts stands for."""
        return self.spelt.get(path, path)

    @property
    def faults(self) -> list[Remark]:
        """The remarks that keep the feeder from being compiled."""
        return [remark for remark in self.remarks if remark.is_fault]


def read_script(path: Path, vocabulary: Vocabulary | None = None) -> Script:
    """Read a script; without a vocabulary the properties of elements are not judged."""
    path = path.resolve()
    reader = _Reader(Script(path), vocabulary)
    try:
        reader.script_file(path, ())
    except FileTrouble as trouble:
        reader.remark("missing", str(trouble))
    return reader.script


def referenced_files(script: Path) -> list[Path]:
    """Return the script and every file that it reads, directly or not, that exists; sorted."""
    return sorted(read_script(script).files)


def common_folder(files: list[Path]) -> Path:
    """Return the deepest folder that holds all files."""
    return Path(os.path.commonpath([file.parent for file in files]))


def defines_circuit(script: Path) -> bool:
    """Say whether a script itself, not one that it redirects to, has a ``New Circuit``."""
    try:
        lines = text_of(script)
    except FileTrouble:
        return False
    words = (parameters(line)[:2] for line in lines if "circuit" in line.lower())
    return any(
        len(w) == 2
        and commands.resolve(w[0].value, commands.COMMANDS) == "new"
        and w[1].value.lower().startswith("circuit.")
        for w in words
    )


class _Reader:
    """Walks through the scripts; holds where it is and of which class the last element was."""

    def __init__(self, script: Script, vocabulary: Vocabulary | None) -> None:
        self.script = script
        self._vocabulary = vocabulary
        self._home = script.path.parent
        self._file, self._line, self._base = script.path, 0, self._home
        self._class: str | None = None
        self._read = 0

    def remark(self, kind: Kind, text: str) -> None:
        self.script.remarks.append(Remark(self._file, self._line, kind, text))

    def script_file(self, path: Path, outer: tuple[Path, ...]) -> None:
        """Read one file; ``outer`` are the scripts it is redirected to from.

        What it names is looked for beside its path as spelt, so that copies keep their places.
        """
        base, path = path.parent, self.script.file_at(path)
        if path in outer or len(outer) > DEEPEST:
            raise FileTrouble("missing", f"'{path.name}' redirects to itself without end.")
        lines = text_of(path)
        self._read += len(lines)
        if self._read > LONGEST:
            raise FileTrouble("missing", f"'{path.name}' is read again and again.")
        self.script.files.add(path)
        back = self._file, self._line, self._base
        self._file, self._base = path, base
        self._lines(lines, (*outer, path))
        self._file, self._line, self._base = back

    def _lines(self, lines: list[str], outer: tuple[Path, ...]) -> None:
        comment = False
        for number, line in enumerate(lines, start=1):
            comment = comment or line.startswith("/*")
            if not comment and (words := parameters(line)):
                self._line = number
                self._statement(line, words, outer)
            comment = comment and "*/" not in line

    def _statement(self, line: str, words: list[Parameter], outer: tuple[Path, ...]) -> None:
        first = words[0]
        if first.name:
            self._implicit_edit(line, words)
            return
        command = commands.resolve(first.value, commands.COMMANDS)
        if command is None:
            if first.value.startswith("?"):
                return
            self.remark(
                "syntax",
                f"unknown command '{first.value}'.{nearest(first.value, commands.COMMANDS)}",
            )
        elif command in ("redirect", "compile"):
            self._follow(command, words, outer)
        elif commands.fate(command) == "run":
            self._run(command, line, words)
        else:
            self._not_run(command, words)

    def _not_run(self, command: str, words: list[Parameter]) -> None:
        """Refuse a command, or pass it over."""
        reason = commands.REFUSED.get(command)
        paths = [w.value for w in words[1:] if any(c in w.value for c in "/\\:~@")]
        if reason is None and command in commands.WRITERS and (paths or _climbs(words)):
            reason = "writes to a folder of its own choice"
        if reason is not None:
            self.remark("refused", f"'{command}' is refused: it {reason}. Remove the line.")
            return
        self.script.skipped.add((self._file, self._line))
        changes = command in commands.CHANGING
        self.remark("changed" if changes else "passed", f"'{command}' is passed over.")

    def _follow(self, command: str, words: list[Parameter], outer: tuple[Path, ...]) -> None:
        """Read the script that redirect or compile names."""
        path = self._path(words[1].value if len(words) > 1 else "")
        if path is None:
            return
        try:
            self.script_file(path, outer)
        except FileTrouble as trouble:
            self.remark("missing", str(trouble))
        if command == "compile":
            # OpenDSS stays in the folder of what it compiled.
            self._base = path.parent

    def _path(self, text: str, needed: bool = True) -> Path | None:
        """Return the path meant, as spelt; remark on it when it cannot be read."""
        try:
            if not text.strip() or "@" in text:
                raise FileTrouble("missing", f"found '{text}'; expected a file name.")
            # Not the base: Compile moves it to wherever the script likes.
            own = (self._home, self._file.resolve().parent)
            path, file = named_file(text, self._base, own)
        except FileTrouble as trouble:
            kind: Kind = trouble.kind if needed or trouble.kind == "outside" else "changed"
            self.remark(kind, str(trouble))
            return None
        self.script.files.add(file)
        if file != path:
            self.script.spelt[path] = file
            there = os.path.relpath(file, path.parent)
            self.remark("case", f"no file '{text.strip()}'; '{there}' is read in its place.")
        return path

    def _give(self, command: str, line: str, changes: list[tuple[Parameter, str]]) -> None:
        text = replaced(line, changes).strip()
        self.script.statements.append(Statement(self._file, self._line, command, text))

    def _run(self, command: str, line: str, words: list[Parameter]) -> None:
        if command in ("buscoords", "latlongcoords", "giscoords"):
            self._coordinates(command, line, words)
        elif command == "set":
            self._set(line, words)
        elif command in ("new", "edit", "batchedit"):
            self._define(command, line, words)
        elif command in CONTINUING:
            self._properties(command, line, words[1:])
        else:
            if command not in ("var", "?"):
                named = words[1].value.partition(".") if len(words) > 1 else ("", "", "")
                self._class = named[0] if named[1] else None
            if command == "setloadandgenkv":
                # Without a list of buses the engine ends the process here.
                self._give("makebuslist", "MakeBusList", [])
            self._give(command, line, [])

    def _coordinates(self, command: str, line: str, words: list[Parameter]) -> None:
        """Pass on a file of bus coordinates, or do without."""
        path = self._path(words[1].value if len(words) > 1 else "", needed=False)
        if path is not None and (name := quoted(self.script.file_at(path).as_posix())):
            self._give(command, line, [(words[1], name)])

    def _set(self, line: str, words: list[Parameter]) -> None:
        """Pass on the options that describe the circuit."""
        kept: list[str] = []
        pointer = 0
        names = [name.lower() for name in commands.OPTIONS]
        for word in words[1:]:
            option = commands.resolve(word.name, commands.OPTIONS)
            if word.name and option is None:
                close = nearest(word.name, commands.OPTIONS)
                self.remark("syntax", f"unknown option '{word.name}' of Set.{close}")
                return
            pointer = names.index(option) + 1 if option else pointer + 1
            option = names[min(pointer, len(names)) - 1]
            if self._option_runs(option):
                kept.append(f"{option}={line[word.start : word.stop]}")
                if option in ("class", "object", "element", "type"):
                    self._class = None
        if kept:
            self._give("set", "Set " + " ".join(kept), [])
        elif len(words) > 1:
            self.script.skipped.add((self._file, self._line))

    def _option_runs(self, option: str) -> bool:
        fate = commands.option_fate(option)
        if fate == "refuse":
            reason = commands.OPTION_REFUSED[option]
            self.remark("refused", f"'set {option}' is refused: it {reason}. Remove the line.")
        elif fate == "pass":
            self.remark("passed", f"'set {option}' is passed over.")
        return fate == "run"

    def _define(self, command: str, line: str, words: list[Parameter]) -> None:
        """Judge New, Edit and BatchEdit: the class, then the properties."""
        named = words[1].value if len(words) > 1 else ""
        self._class = named.partition(".")[0]
        self._properties(command, line, words[2:])

    def _implicit_edit(self, line: str, words: list[Parameter]) -> None:
        """Judge ``class.name.property=value`` and what follows it."""
        parts = words[0].name.split(".")
        if len(parts) < 3:
            self.remark("syntax", f"found '{words[0].name}=...'; expected a command.")
            return
        self._class = parts[0]
        first = words[0]
        bare = Parameter(parts[-1], first.value, first.quote, first.start, first.stop)
        self._properties("edit", line, [bare, *words[1:]])

    def _properties(self, command: str, line: str, words: list[Parameter]) -> None:
        """Judge the properties of an element, and pass them on."""
        try:
            judged = properties.judge(self._class, words, self._vocabulary)
        except properties.Refused as refused:
            self.remark(refused.kind, str(refused))
            return
        changes: list[tuple[Parameter, str]] = []
        for change in judged:
            if change.path is None:
                self.remark("passed", change.reason)
                changes.append((change.parameter, change.value))
            elif (path := self._path(change.path)) is not None:
                if (text := change.with_path(self.script.file_at(path))) is None:
                    self.remark("syntax", f"OpenDSS cannot take the path '{path}'.")
                    return
                changes.append((change.parameter, text))
            else:
                return
        self._give(command, line, changes)


def _climbs(words: list[Parameter]) -> bool:
    return any(".." in word.value for word in words)
