"""What of a results folder was not compared, column by column, and why.

Whatever is not among the comparisons made is named, so that nothing goes by in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit.commands.reproduce.difference import Difference
from toolkit.commands.reproduce.plan_checks import FIELDS
from toolkit.results.columns import FILES, columns
from toolkit.results.store.compact import form_of

RERUN = "only --rerun shows it"
TIME = "a time, which nothing shows again"
FOUND = "that it found the plan, with this seed; only --rerun shows it"
MOVED = "the plan before polishing is not kept; only --rerun shows it"
BOUND = "that no plan found is beyond it is checked, not that none can be; 'toolkit bound' proves"
MODEL = "that it lies between those of exact and bound is checked"
FOUND_BY = "what searched; figures are OpenDSS's with any, and checked"
WORDS = "free words; checked where they give budget, runs or seed"
MACHINE = "what it was made with; what differs here is named"
LATER = "made from the rest at any time and not looked at"
ROUNDING = "0 but for rounding, of which no figure tells"
SOURCES = "the study's feeder or profiles are not here"
UNSOLVED = "its case was not solved again"
TAKEN = "taken as the question: figures are held to it, so read it"
#: Why a column of a file is not compared, or not in full. Every other one is.
REASONS: Mapping[str, Mapping[str, str]] = {
    "summary.csv": {"optimizer": FOUND, "seed": FOUND},
    "history.csv": {"objective": RERUN, "violation": RERUN},
    "bound.csv": {
        "bound_kwh": BOUND,
        "bound": BOUND,
        "without_limits_kwh": MODEL,
        "without_limits": MODEL,
        "bound_s": TIME,
        "seconds": TIME,
        "ended": "a word of the solver's",
    },
    "polish.csv": {"moved_units": MOVED, "seconds": TIME},
    "explain.csv": dict.fromkeys(columns("explain.csv"), LATER),
    "reinforce.csv": dict.fromkeys(columns("reinforce.csv"), LATER),
    "validation.json": {"all of it": TAKEN},
    "validation_runs.json": {"all of it": TAKEN},
    "validation_runs.csv": {"optimizer": FOUND, "seed": FOUND},
    "manifest.json": {
        "command": WORDS,
        "workers": "results are the same with any number",
        "scheduler": "results are the same with any",
        "solver": FOUND_BY,
        "starts": FOUND_BY,
        "searched_by": FOUND_BY,
        "searched_why": FOUND_BY,
        "keep_journal": "says what is kept",
        "origins": MACHINE,
        "versions": MACHINE,
        "processor": MACHINE,
        "runtime": "what it was made under",
        "wall_time_s": TIME,
        "bound_s": "how long a bound was given",
        "time_s": "how long a bound was given",
        "gap": "what a bound was asked for",
        "without_plan": RERUN,
    },
    "study.toml": {"all of it": TAKEN},
    "report.html": {"all of it": LATER},
    "figures": {"all of it": LATER},
    "print": {"all of it": LATER},
    "methods.md": {"all of it": LATER},
    "references.bib": {"all of it": LATER},
    "journal": {"all of it": LATER},
}
#: The same where the study's sources are not here.
WITHOUT_SOURCES: Mapping[str, Mapping[str, str]] = {
    "units.csv": {"soc_kwh": "of vehicle stations, whose trips are not known here"},
}
#: Files that are no tables, with the parts of them that are compared.
PARTS: Mapping[str, Sequence[str]] = {
    "plan.json": (*FIELDS, "kind"),
    "network.json": ("feeder", "head", "buses", "branches"),
}


@dataclass(frozen=True)
class Unchecked:
    """Columns of a file, or parts of it, that were not compared, and why.

    file: as a path in the folder; ``*`` stands for every case.
    """

    file: str
    columns: tuple[str, ...]
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {', '.join(self.columns)} ({self.reason})"


def unchecked(
    folder: Path,
    cases: Sequence[str],
    manifest: Iterable[str],
    differences: Iterable[Difference],
    absent: str,
    repeated: Iterable[str],
) -> tuple[Unchecked, ...]:
    """Return what no comparison was made of.

    manifest: its entries; absent: why the study's sources are not here, if so; repeated: files
    that a repeated command gave again, path by path.
    """
    made = {(one.path, one.column): one.telling for one in differences}
    made["manifest.json", "files"] = True
    manifest = tuple(manifest)
    searched = "optimizers" in manifest
    again, reason = set(repeated), SOURCES if absent else UNSOLVED
    parts_by_reason: dict[tuple[str, str], list[str]] = {}
    for path, shown, part in _parts(folder, cases, manifest):
        why = _reason(path, part, absent)
        if why in (RERUN, FOUND, MOVED) and path in again:
            continue
        if why == FOUND and not searched:
            why = None
        if why is None and (path, part) not in made:
            why = reason if path != "manifest.json" else "not known to this version"
        elif why is None and not made[path, part]:
            why = ROUNDING
        if why is not None:
            parts = parts_by_reason.setdefault((shown, why), [])
            parts += [part] if part not in parts else []
    return tuple(
        Unchecked(file, tuple(parts), why) for (file, why), parts in parts_by_reason.items()
    )


def _reason(path: str, part: str, absent: str) -> str | None:
    """Return why a part of a file is not compared, or not in full, if that is known beforehand."""
    file = path.rpartition("/")[2]
    without = WITHOUT_SOURCES.get(file, {}).get(part) if absent else None
    return REASONS.get(file, {}).get(part, without)


def _parts(
    folder: Path, cases: Sequence[str], manifest: Iterable[str]
) -> Iterable[tuple[str, str, str]]:
    """Yield path, path as shown and part of all that a results folder says."""
    yield from (("manifest.json", "manifest.json", name) for name in manifest)
    for name in sorted(path.name for path in folder.iterdir()):
        for part in _of(name):
            yield name, name, part
    for case in cases:
        for file in (*FILES, "plan.json"):
            if form_of(folder / "cases" / case / file).is_file():
                for part in _of(file):
                    yield f"cases/{case}/{file}", f"cases/*/{file}", part
        yield f"cases/{case}/feeder", "cases/*/feeder", "scripts"


def _of(file: str) -> Sequence[str]:
    """Return the columns or parts of a file; none of one that is nobody's here."""
    if file in FILES:
        return columns(file)
    if file == "manifest.json":
        return ()
    return PARTS.get(file, tuple(REASONS.get(file, ())))
