"""What of a results folder is as it was written, and what it was written with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.commands.reproduce.difference import Difference, same, unlike
from toolkit.common import machine
from toolkit.common.errors import ToolkitError
from toolkit.inputs import study_files
from toolkit.inputs.study import Study
from toolkit.problem.setting import Setting, prepare
from toolkit.results.store.compact import form_of
from toolkit.results.store.names import TOP as LISTED
from toolkit.results.store.names import UNLISTED
from toolkit.results.store.sums import checksums

#: Files that every results folder has, and every case of it.
TOP = ("study.toml", "network.json", "summary.csv", "community.csv", "tables.csv", "tables.md")
OF_CASE = (
    *("plan.json", "hourly.csv", "buses.csv", "units.csv", "lines.csv", "bills.csv", "trades.csv"),
    "feeder/Master.dss",
)

#: How everything that may be of the results begins.
OURS = {*LISTED, *UNLISTED, "cases"}


@dataclass(frozen=True)
class Integrity:
    """Files changed, missing and extra since the command ended, as paths in the folder; notes.

    bare: the manifest has no checksums; unlisted: files of the results that have none in it; alien:
    files that are made out to be of the results and are not; extra: somebody's own. ``notes`` name
    versions and processor that are not those of the results; they explain differences, and prove
    none.
    """

    bare: bool
    changed: tuple[str, ...]
    missing: tuple[str, ...]
    unlisted: tuple[str, ...]
    alien: tuple[str, ...]
    extra: tuple[str, ...]
    notes: tuple[str, ...]


def files(cases: Sequence[str], searched: Sequence[str], beside: Sequence[str]) -> set[str]:
    """Return the files that results have, as paths in the folder.

    searched: cases that have a history; beside: files of their comparison, bound and polishing.
    """
    of_cases = {f"cases/{name}/{file}" for name in cases for file in OF_CASE}
    return {*TOP, *beside, *of_cases, *(f"cases/{name}/history.csv" for name in searched)}


def examine(
    folder: Path, manifest: Mapping[str, Any], expected: set[str], cases: Sequence[str]
) -> Integrity:
    """Compare a folder with its manifest and with the files that its results have.

    Whatever lies in the feeder of a case is the feeder's.
    """
    named, there = manifest.get("files"), checksums(folder)
    # A large table is packed beside its name.
    expected = {form_of(folder / name).relative_to(folder).as_posix() for name in expected}
    listed: Mapping[str, Any] = named if isinstance(named, Mapping) else {}
    feeders = tuple(f"cases/{name}/feeder/" for name in cases)
    own = {name for name in there if name in expected or name.startswith(feeders)}
    others = [name for name in there if name not in own]
    claimed = {name for name in others if name in listed or name.split("/")[0] in OURS}
    return Integrity(
        bare=not listed,
        changed=tuple(n for n in there if n in listed and there[n] != listed[n]),
        missing=tuple(sorted({*expected, *map(str, listed)} - there.keys())),
        unlisted=tuple(sorted(own - listed.keys())),
        alien=tuple(sorted(claimed)),
        extra=tuple(name for name in others if name not in claimed),
        notes=tuple(_versions(manifest)),
    )


def _versions(manifest: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each version, and for the processor, that is not the same here."""
    said, now = manifest.get("versions"), machine.versions()
    then = said if isinstance(said, Mapping) else {}
    differ = [
        f"{name} is {now[name]} here; the results were made with {then.get(name, 'none')}."
        for name in now
        if then.get(name) != now[name]
    ]
    made_on = manifest.get("processor")
    if made_on not in (None, machine.processor()):
        differ.append(f"this processor is {machine.processor()}; the results: {made_on}.")
    return differ


@dataclass(frozen=True)
class Sources:
    """The study ready to use, if its feeder and profiles are here; why not; what is wrong of it."""

    setting: Setting | None
    absent: str
    differences: tuple[Difference, ...]


def sources(study: Study, manifest: Mapping[str, Any]) -> Sources:
    """Return the study of results with its feeder and profiles, whatever its hash is by now."""
    name = same("", "manifest.json", "study", manifest.get("study"), study.name)
    try:
        now = study_files.fingerprint(study)
    except (ToolkitError, OSError, ValueError) as error:
        return Sources(
            None, f"the study's feeder or profiles cannot be read here: {error}", (name,)
        )
    hashed = same("", "manifest.json", "study_hash", manifest.get("study_hash"), now)
    try:
        setting = prepare(study)
        notices = list(map(str, setting.feeder.notices))
        noticed = same("", "manifest.json", "notices", manifest.get("notices", notices), notices)
        return Sources(setting, "", (name, hashed, noticed))
    except (ToolkitError, OSError, ValueError) as error:
        odd = unlike("", "study.toml", "study", str(error)[:160], "one that can be solved")
        return Sources(None, f"the study cannot be prepared: {error}", (name, hashed, odd))
