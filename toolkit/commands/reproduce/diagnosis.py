"""Whose fault it is that a results folder does not say what its feeders solve to."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.commands.reproduce.case_check import TABLES, CaseCheck
from toolkit.commands.reproduce.difference import Difference
from toolkit.commands.reproduce.integrity import Integrity
from toolkit.commands.reproduce.plan_checks import FIELDS

#: Files of one kind of fault that are named one by one.
SHOWN = 5
#: Columns of summary.csv that a changed plan file alone makes differ.
FROM_PLAN = ("violation", "feasible", "broken", "score")


def culprits(
    integrity: Integrity, checks: Sequence[CaseCheck], over_cases: Sequence[Difference]
) -> list[str]:
    """Name every file that is not what it was, or not what is solved, with what is wrong in it.

    What follows from a culprit is not named: tables that differ because the feeder was edited.
    """
    sentences = [_sentence(d) for d in over_cases if d.column == "study_hash" and not d.holds]
    over_cases = [d for d in over_cases if d.column != "study_hash"]
    sentences += _few([f"{name} is missing." for name in integrity.missing], "are missing")
    explained: set[str] = set(integrity.missing)
    feeder_blamed = False
    plans: set[str] = set()
    for check in checks:
        of_case, files, feeder = _of_case(integrity, check)
        sentences += of_case
        explained |= files
        feeder_blamed = feeder_blamed or feeder or check.case is None
        plans |= {check.name} if f"cases/{check.name}/plan.json" in files else set()
    beside = [d for d in over_cases if not _of_a_plan(d, plans)]
    sentences += _beside_cases(integrity, beside, explained, feeder_blamed)
    flagged = (name for name in integrity.changed if name not in explained)
    no_effect = "its SHA-256 is not the one in manifest.json, though no figure compared differs"
    sentences += [f"{name} was changed: {no_effect}." for name in flagged]
    return sentences + _unaccounted(integrity)


def _of_a_plan(difference: Difference, plans: set[str]) -> bool:
    """Say whether a difference may follow from plan files that were changed."""
    if difference.file == "history.csv":
        return difference.case in plans
    named = difference.where.removeprefix("case ") in plans
    return named and difference.file == "summary.csv" and difference.column in FROM_PLAN


def _few(sentences: list[str], what: str) -> list[str]:
    """Return the first of many sentences, and how many files more they are."""
    if len(sentences) <= SHOWN:
        return sentences
    return [*sentences[:SHOWN], f"{len(sentences) - SHOWN} more files {what}."]


def _unaccounted(integrity: Integrity) -> list[str]:
    """Return sentences on files and checksums that do not go together."""
    aliens = [f"{name} is no file of these results." for name in integrity.alien]
    if integrity.bare:
        listed = ["manifest.json lists no checksums (an unfinished command, or an older version)."]
    else:
        unlisted = [f"{name} has no checksum in manifest.json." for name in integrity.unlisted]
        listed = _few(unlisted, "have none")
    return _few(aliens, "are none") + listed


def _of_case(integrity: Integrity, check: CaseCheck) -> tuple[list[str], set[str], bool]:
    """Return sentences on a case, the files they explain, and whether its feeder is to blame."""
    here = f"cases/{check.name}/"
    if check.broken is not None:
        file, why = check.broken
        names = {n for n in integrity.changed if n.startswith(here + file)}
        known = any(n.startswith(here + file) for n in integrity.missing)
        sentences = [] if known else [f"{here}{file} cannot be solved again: {why}"]
        return sentences, names, file == "feeder"
    off = [d for d in check.differences if not d.holds and d.path not in integrity.missing]
    wrong = {d.file: d for d in reversed(off)}
    edited = {n for n in integrity.changed if n.startswith(f"{here}feeder/")}
    flagged = {file for file in wrong if here + file in integrity.changed}
    left = [file for file in wrong if file not in flagged]
    lines = [line for line in check.lines or () if not _is_missing(here, line, integrity)]
    plan = set(wrong) == {"plan.json"} and not edited
    if (edited or lines or (check.lines is None and _points_at_feeder(left))) and not plan:
        sentences = _feeder(here, edited, lines, check.differences)
        sentences += [_table(here, wrong[file]) for file in flagged]
        return sentences, edited | {here + file for file in wrong}, True
    sentences = [_table(here, wrong[file]) for file in wrong]
    sentences += [f"{here}{line} (changed)." for line in lines[:3] if not wrong]
    return sentences, {here + file for file in wrong}, bool(lines) and not wrong


def _is_missing(here: str, line: str, integrity: Integrity) -> bool:
    """Say whether a line tells of a file that is named as missing anyway."""
    return any(line == f"{name.removeprefix(here)} is missing" for name in integrity.missing)


def _points_at_feeder(wrong: Sequence[str]) -> bool:
    """Say whether so many files are off that their common cause must be the feeder."""
    return sum(file in TABLES for file in wrong) >= 2


def _feeder(
    here: str, edited: set[str], lines: list[str], differences: Sequence[Difference]
) -> list[str]:
    """Return sentences on a feeder that is not the one the tables were made from."""
    off = [d for d in differences if not d.holds]
    worst = max(off, key=_gravity) if off else None
    effect = (
        f" {here}{worst.file}, {worst}; the largest difference."
        if worst
        else " No figure of its day differs."
    )
    if lines:
        return [f"{here}{line} (changed).{effect}" for line in lines[:3]]
    if edited:
        return [f"{name} was changed.{effect}" for name in sorted(edited)]
    return [f"{here}feeder, or several tables beside it, was changed.{effect}"]


def _gravity(difference: Difference) -> float:
    """Return how many tolerances a difference is."""
    return difference.amount / max(difference.tolerance, 1e-300)


def _table(here: str, difference: Difference) -> str:
    if difference.file == "plan.json" and difference.column in (*FIELDS, "steps"):
        value = f"{difference.column} {difference.found}"
        where = f"{difference.where}, " if difference.where else ""
        solves = f"feeder/Master.dss solves {difference.solved} {difference.unit}".strip()
        return f"{here}plan.json was changed: {where}{value} ({solves})."
    return f"{here}{difference.file} was changed: {difference}."


def _beside_cases(
    integrity: Integrity, differences: Sequence[Difference], explained: set[str], feeder: bool
) -> list[str]:
    """Return sentences on files beside the cases; what follows from a changed feeder is none."""
    sentences = []
    summary_wrong = False
    for difference in differences:
        flagged = difference.path in integrity.changed
        consequence = feeder or (summary_wrong and difference.file != "summary.csv")
        if difference.file == "manifest.json":
            consequence = False
        if difference.holds or difference.path in explained or (consequence and not flagged):
            continue
        summary_wrong = summary_wrong or difference.file == "summary.csv"
        explained.add(difference.path)
        sentences.append(_sentence(difference))
    return sentences


def _sentence(difference: Difference) -> str:
    """Return a sentence on a file beside the cases; what a study hash is of is named by name."""
    if difference.column == "study_hash":
        return (
            "study.toml, or the feeder or profiles it names, changed since the results (study_hash "
            "in manifest.json)."
        )
    return f"{difference.path} was changed: {difference}."
