"""The feeder of a case against the feeder that its plan and the study's scripts give."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

from toolkit.commands.reproduce.difference import Difference, unlike
from toolkit.common.errors import InputError
from toolkit.common.files import read_text
from toolkit.grid.backend import backend
from toolkit.model.plan import Plan, base_plan
from toolkit.problem import plan_files
from toolkit.problem.setting import Setting

#: How far two numbers in a script may be apart, as a share: a plan file's schedule is worked out
#: anew, in which the last digits may differ.
SAME = 1e-9
#: What scripts of earlier versions say of stores whose energy is wide on purpose, and how what
#: they say now begins.
EARLIER = (
    "! A Storage named bev... is a vehicle station. Its energy limits are wide on purpose;",
    "! trips and state of charge stand in plan.json and units.csv.",
)
NOW = ("! These ", "! so that it never cuts the plan short.", "! plan.json. In the plan", "!   ")


def changed_lines(case: Path, setting: Setting) -> list[str]:
    """Return the first line of each script of a case that is not as the study gives it.

    Files beside them are named, too. Master.dss is left out when the case's plan file cannot be
    read or carried out.
    """
    with TemporaryDirectory(prefix="p2p-") as scratch:
        wanted, own = Path(scratch) / "feeder", case / "feeder"
        wanted.mkdir()
        plan = _plan_of(case, setting)
        exported = base_plan(setting.operation) if plan is None else plan
        backend().export_feeder(exported, setting.operation, setting.feeder, wanted)
        files, there = _files(wanted), _files(own)
        compared = [f for f in files if plan is not None or f != Path("Master.dss")]
        lines = [_first_difference(f, wanted / f, own / f) for f in compared if f in there]
        lines += [f"feeder/{f.as_posix()} is missing" for f in files if f not in there]
        lines += [f"feeder/{f.as_posix()} is no file of it" for f in there if f not in files]
        return [text for text in lines if text]


def _plan_of(case: Path, setting: Setting) -> Plan | None:
    """Return the plan of a case; None when its plan file cannot be read or carried out."""
    if case.name == "base":
        return base_plan(setting.operation)
    try:
        text = read_text(case / "plan.json")
        return plan_files.from_json(text, setting, "plan.json")
    except InputError:
        return None


def _files(folder: Path) -> list[Path]:
    return sorted(p.relative_to(folder) for p in folder.rglob("*") if p.is_file())


def other_bases(folder: Path, names: Sequence[str]) -> list[Difference]:
    """Compare the feeders that cases stand on with that of the first: all are one study's."""
    homes = {name: folder / "cases" / name / "feeder" / "base" for name in names}
    first = homes[names[0]]
    differences = []
    for name, home in homes.items():
        for file in sorted({*_files(first), *_files(home)}):
            if not _same_bytes(home / file, first / file):
                path = f"feeder/base/{file.as_posix()}"
                expected = f"that of case {names[0]}"
                differences.append(unlike(name, path, "text", "another", expected))
    return differences


def _same_bytes(mine: Path, theirs: Path) -> bool:
    return mine.is_file() and theirs.is_file() and mine.read_bytes() == theirs.read_bytes()


def _first_difference(file: Path, wanted: Path, found: Path) -> str:
    """Return file, line and both texts where two files first differ, or nothing."""
    name = f"feeder/{file.as_posix()}"
    own, given = _lines(found), _lines(wanted)
    if file == Path("Master.dss") and EARLIER[0] in own:
        own = [line for line in own if line not in EARLIER]
        given = [line for line in given if not line.startswith(NOW)]
    pairs = zip_longest(own, given, fillvalue="nothing")
    for number, (mine, theirs) in enumerate(pairs, start=1):
        if not _alike(mine, theirs):
            return (
                f"{name}, line {number}: found {_cut(mine, theirs)}, expected {_cut(theirs, mine)}"
            )
    return ""


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def _alike(mine: str, theirs: str) -> bool:
    """Say whether two lines are the same, numbers up to rounding."""
    if mine == theirs:
        return True
    words = [line.replace("=", " ").replace("[", " ").replace("]", " ") for line in (mine, theirs)]
    left, right = (line.split() for line in words)
    return len(left) == len(right) and all(map(_same_word, left, right))


def _same_word(mine: str, theirs: str) -> bool:
    try:
        a, b = float(mine), float(theirs)
    except ValueError:
        return mine == theirs
    return abs(a - b) <= SAME * max(abs(a), abs(b), 1.0)


def _cut(text: str, other: str) -> str:
    """Return a line as far as a reader needs it: from a little before where it differs."""
    shared = min(len(text), len(other))
    at = next((i for i in range(shared) if text[i] != other[i]), shared)
    start = max(at - 25, 0)
    return f"'{'...' if start else ''}{text[start : start + 50].strip()}'"
