"""Reading a script and all scripts it redirects to, one statement at a time."""

from __future__ import annotations

import os
from pathlib import Path

from toolkit.common.errors import nearest
from toolkit.inputs.scripts import commands, remembered
from toolkit.inputs.scripts.canonical import Canonical
from toolkit.inputs.scripts.effort import Exhausted
from toolkit.inputs.scripts.files import FileTrouble, named_file, text_of
from toolkit.inputs.scripts.interpreter import Interpreter
from toolkit.inputs.scripts.lexer import Parameter, parameters
from toolkit.inputs.scripts.remarks import Kind, Refused, Remark
from toolkit.inputs.scripts.script import Script, Statement

#: Scripts nested beyond this are no feeder but a loop.
DEEPEST = 50
#: Values on one line, an array counting as one.
MOST_WORDS = 10_000
#: So many faults are told; after more of them the rest is not read.
MOST_FAULTS = 1000


def read_script(path: Path, root: Path | None = None) -> Script:
    """Read a script and all that it redirects to into canonical form.

    ``root``: a folder below which scripts may read files of any name, besides their own.
    """
    path = path.resolve()
    if known := remembered.recall(path, root):
        return known
    reader = _Reader(Script(path), () if root is None else (root,))
    try:
        reader.script_file(path, ())
    except (FileTrouble, Refused) as trouble:
        reader.astray = True
        reader.remark(trouble.kind, str(trouble))
    if not reader.astray:
        remembered.remember(path, root, reader.script, reader.looked_up)
    return reader.script


def referenced_files(script: Path, root: Path | None = None) -> list[Path]:
    """Return the script and every file that it reads, directly or not, that exists; sorted."""
    return sorted(read_script(script, root).files)


def common_folder(files: list[Path]) -> Path:
    """Return the deepest folder that holds all files."""
    return Path(os.path.commonpath([file.parent for file in files]))


class _Reader:
    """Walks through the scripts; holds where it is.

    looked_up: each name of a file that led to one; astray: whether any did not.
    """

    def __init__(self, script: Script, roots: tuple[Path, ...]) -> None:
        self.script = script
        self._roots = roots
        self._home = script.path.parent
        self._file, self._line, self._base = script.path, 0, self._home
        self._interpreter = Interpreter(self._path, self.remark)
        self._faults, self._over = 0, False
        self.looked_up: dict[remembered.Asked, remembered.Found] = {}
        self.astray = False

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
        effort = self._interpreter.effort
        effort.spend("lines", len(lines))
        effort.spend("characters", sum(map(len, lines)))
        self.script.files.add(path)
        back = self._file, self._line, self._base
        self._file, self._base = path, base
        self._lines(lines, (*outer, path))
        self._file, self._line, self._base = back

    def _lines(self, lines: list[str], outer: tuple[Path, ...]) -> None:
        comment = False
        for number, line in enumerate(lines, start=1):
            comment = comment or line.startswith("/*")
            if self._over:
                return
            if not comment and (words := parameters(line)):
                self._line = number
                self._try(words, outer)
            comment = comment and "*/" not in line

    def _try(self, words: list[Parameter], outer: tuple[Path, ...]) -> None:
        """Read one statement; what is wrong with it becomes a remark."""
        try:
            self._interpreter.effort.spend("statements", 1)
            if len(words) > MOST_WORDS:
                said = f"found {len(words):,} values; expected at most {MOST_WORDS:,} in a line."
                raise Refused("syntax", said)
            self._statement(words, outer)
        except (Refused, FileTrouble) as wrong:
            self.astray = self.astray or isinstance(wrong, FileTrouble)
            self.remark(wrong.kind, str(wrong))
            self._over = self._over or isinstance(wrong, Exhausted) or self._too_many_faults()

    def _too_many_faults(self) -> bool:
        self._faults += self.script.remarks[-1].is_fault
        return self._faults >= MOST_FAULTS

    def _statement(self, words: list[Parameter], outer: tuple[Path, ...]) -> None:
        first, interpreter = words[0], self._interpreter
        if first.name:
            self._give(interpreter.implied(words))
            return
        command = commands.resolve(first.value, commands.COMMANDS)
        if command is None:
            close = nearest(first.value, commands.COMMANDS)
            if not first.value.startswith("?"):
                raise Refused("syntax", f"unknown command '{first.value}'.{close}")
            command = "?"
        if command in ("redirect", "compile"):
            self._follow(command, words, outer)
        elif commands.fate(command) == "run":
            given = interpreter.read(command, words[1:])
            self._give(given)
            if command in commands.TELLING:
                self.remark("changed", commands.TELLING[command])
            if command == "set" and not given and len(words) > 1:
                self.script.skipped.add((self._file, self._line))
        elif command == "solve":
            self._solve(words)
        else:
            self._not_run(command, words)

    def _give(self, said: list[Canonical]) -> None:
        found = (Statement(self._file, self._line, canonical) for canonical in said)
        self.script.statements.extend(found)

    def _solve(self, words: list[Parameter]) -> None:
        """Keep the settings on the line of a Solve; the solution itself where controls move."""
        given = self._interpreter.read("solve", words[1:])
        self._give(given)
        place = self._file, self._line
        self.script.skipped.add(place)
        if settings := [said.text for said in given if said.command == "set"]:
            self.script.rewritten[place] = " ".join(settings)

    def _not_run(self, command: str, words: list[Parameter]) -> None:
        """Refuse a command, or pass it over."""
        reason = commands.REFUSED.get(command)
        paths = [w.value for w in words[1:] if any(c in w.value for c in "/\\:~@")]
        if reason is None and command in commands.WRITERS and (paths or _climbs(words)):
            reason = "writes to a folder of its own choice"
        if reason is not None:
            raise Refused("refused", f"'{command}' is refused: it {reason}. Remove the line.")
        self.script.skipped.add((self._file, self._line))
        changes = command in commands.CHANGING
        self.remark("changed" if changes else "passed", f"'{command}' is passed over.")

    def _follow(self, command: str, words: list[Parameter], outer: tuple[Path, ...]) -> None:
        """Read the script that redirect or compile names."""
        named = words[1].value if len(words) > 1 else ""
        path = self._path(self._interpreter.valued(named), True, script=True)
        self.script_file(path, outer)
        if command == "compile":
            # OpenDSS stays in the folder of what it compiled.
            self._base = path.parent

    def _path(self, text: str, needed: bool, script: bool = False) -> Path:
        """Return the file meant, a ``script`` as spelt. Raises FileTrouble.

        What is not ``needed`` is done without where it is missing.
        """
        if not text.strip():
            raise FileTrouble("missing", f"found '{text}'; expected a file name.")
        # Not the base: Compile moves it to wherever the script likes.
        own = (self._home, self._file.resolve().parent, *self._roots)
        asked = text, self._base, own
        try:
            path, file = self.looked_up[asked] = named_file(*asked)
        except FileTrouble as trouble:
            self.astray = True
            if needed or trouble.kind == "outside":
                raise
            raise FileTrouble("changed", str(trouble)) from trouble
        self.script.files.add(file)
        if file != path:
            self.script.spelt[path] = file
            there = os.path.relpath(file, path.parent)
            self.remark("case", f"no file '{text.strip()}'; '{there}' is read in its place.")
        return path if script else file


def _climbs(words: list[Parameter]) -> bool:
    return any(".." in word.value for word in words)
