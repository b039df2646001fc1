"""What of a results folder is as it was written, and what it was written with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit import machine, store
from toolkit import study as studies
from toolkit.errors import InputError
from toolkit.problem import Setting, prepare
from toolkit.study import Study


@dataclass(frozen=True)
class Integrity:
    """Files changed, missing and extra since the command ended, as paths in the folder; notes.

    ``listed``: whether the manifest has checksums at all. ``notes`` name versions, processor and
    sources that are not those of the results; they explain differences, and prove none.
    """

    listed: bool
    changed: tuple[str, ...]
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    notes: tuple[str, ...]


def examine(folder: Path, manifest: Mapping[str, Any], sources: str) -> Integrity:
    """Compare a folder with its manifest; ``sources`` is what is to be said of the study's."""
    listed, there = manifest.get("files"), store.checksums(folder)
    notes = [*_versions(manifest), *([sources] if sources else [])]
    if not isinstance(listed, Mapping):
        said = "manifest.json lists no checksums (an unfinished command, or an older version)."
        return Integrity(False, (), (), (), (said, *notes))
    return Integrity(
        listed=True,
        changed=tuple(n for n in there if n in listed and there[n] != listed[n]),
        missing=tuple(n for n in sorted(listed) if n not in there),
        extra=tuple(n for n in there if n not in listed),
        notes=tuple(notes),
    )


def _versions(manifest: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each version, and for the processor, that is not the same here."""
    then, now = manifest.get("versions", {}), machine.versions()
    differ = [
        f"{name} is {now[name]} here; the results were made with {then.get(name, 'none')}."
        for name in now
        if then.get(name) != now[name]
    ]
    made_on = manifest.get("processor")
    if made_on not in (None, machine.processor()):
        differ.append(f"this processor is {machine.processor()}; the results: {made_on}.")
    return differ


def sources(study: Study, manifest: Mapping[str, Any]) -> tuple[Setting | None, str]:
    """Return the study ready to use if its feeder and profiles are still those of the results.

    Otherwise None, and why: results are solved again without them all the same.
    """
    try:
        if studies.fingerprint(study) == manifest.get("study_hash"):
            return prepare(study), ""
    except (InputError, OSError) as error:
        return None, f"the study's feeder or profiles cannot be read here: {error}"
    return None, (
        "study.toml, or the feeder or profiles it names, changed since the results (study_hash)."
    )
