"""The feeder of a case against the feeder that its plan and the study's scripts give."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

from toolkit import planfile
from toolkit.errors import InputError
from toolkit.grid import export_feeder
from toolkit.plan import base_plan
from toolkit.problem import Setting

#: How far two numbers in a script may be apart, as a share: a plan file's schedule is worked out
#: anew, in which the last digits may differ.
SAME = 1e-9


def changed_lines(case: Path, setting: Setting) -> list[str]:
    """Return the first line of each script of a case that is not as the study gives it.

    Master.dss is left out when the case's plan file cannot be read or carried out.
    """
    try:
        text = (case / "plan.json").read_text(encoding="utf-8")
        plan, with_master = planfile.from_json(text, setting.fleet, "plan.json"), True
    except (InputError, OSError, ValueError):
        plan, with_master = base_plan(setting.fleet), False
    with TemporaryDirectory(prefix="p2p-") as scratch:
        wanted = Path(scratch) / "feeder"
        wanted.mkdir()
        export_feeder(plan, setting.fleet, setting.feeder, setting.loads, wanted)
        files = sorted(p.relative_to(wanted) for p in wanted.rglob("*") if p.is_file())
        pairs = [(f, wanted / f, case / "feeder" / f) for f in files]
        return [
            said
            for file, mine, theirs in pairs
            if (with_master or file.name != "Master.dss" or len(file.parts) > 1)
            and (said := _first_difference(f"feeder/{file.as_posix()}", mine, theirs))
        ]


def _first_difference(name: str, wanted: Path, found: Path) -> str:
    """Return file, line and both texts where two files first differ, or nothing."""
    if not found.is_file():
        return f"{name} is missing"
    pairs = zip_longest(_lines(found), _lines(wanted), fillvalue="nothing")
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
