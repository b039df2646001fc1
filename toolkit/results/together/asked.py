"""What was asked for results, as plain values by name, so that two folders can be compared.

A field of a study is called by its dotted path; what has a name is told by it: fleet.add.pv9.bus.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from toolkit.common.errors import ToolkitError
from toolkit.inputs import profiles, study_files
from toolkit.inputs.study import Study
from toolkit.results.store.contents import Results
from toolkit.results.store.sums import plain_files, sha256

#: What a manifest says of a search.
SEARCH = ("optimizers", "budget", "runs", "seed", "polish", "bound_s", "time_s", "gap", "solver")
#: Digits of a checksum that are shown.
DIGITS = 12
#: What stands where a folder has nothing of the name.
NOTHING = "-"


def fields(study: Study) -> dict[str, Any]:
    """Return every field of a study by its dotted path, defaults included."""
    return dict(_flat(study.model_dump(mode="json", exclude_none=True), ""))


def _flat(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield the plain values below a path."""
    inside = value if isinstance(value, Mapping) else _by_name(value)
    if inside is None:
        yield path, value
        return
    for key, held in inside.items():
        yield from _flat(held, f"{path}.{key}" if path else str(key))


def _by_name(value: Any) -> Mapping[str, Any] | None:
    """Return the sections of a list by their names, None where it is a list of anything else."""
    sections = isinstance(value, list) and value and all(isinstance(v, Mapping) for v in value)
    if not sections:
        return None
    names = [held.get("name") for held in value]
    if None in names or len({*names}) < len(names):
        return {str(place): held for place, held in enumerate(value, start=1)}
    return {
        str(held["name"]): {key: inner for key, inner in held.items() if key != "name"}
        for held in value
    }


def search(results: Results) -> dict[str, Any]:
    """Return what was asked of a search: optimizers, budget, seeds, bound and polishing."""
    asked = {name: results.manifest.get(name) for name in SEARCH}
    return {name: value for name, value in asked.items() if value is not None}


def files(results: Results) -> dict[str, str]:
    """Return what the study read, each file by its name with the first digits of its SHA-256.

    The scripts of the feeder are those that the folder keeps. Of profiles it keeps none: their
    file is told by what it holds today, where study, scripts and profiles are still those of then.
    """
    home = results.folder / "cases" / "base" / "feeder" / "base"
    scripts = plain_files(home) if home.is_dir() else {}
    held = {f"script {name}": sha256(scripts[name])[:DIGITS] for name in sorted(scripts)}
    return {**held, "profiles": _profiles(results)}


def _profiles(results: Results) -> str:
    study, said = results.study, results.manifest["study_hash"]
    try:
        if study_files.fingerprint(study) != said:
            return "not known: study, scripts or profiles have changed since"
        content = profiles.content(profiles.locate(study.profiles))
    except (ToolkitError, OSError):
        return "not known: scripts or profiles are not there any more"
    return hashlib.sha256(content).hexdigest()[:DIGITS]


def versions(results: Results) -> dict[str, str]:
    """Return the versions that results were made with, Python's, platform and processor."""
    made, under = results.manifest.get("processor", ""), results.manifest.get("runtime", {})
    processor = {"processor": str(made)} if made else {}
    return {**results.manifest["versions"], **under, **processor}


def text_of(value: Any) -> str:
    """Return a value as a study file has it, words without quotes."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, list) and value and all(isinstance(held, str) for held in value):
        return ", ".join(value)
    return NOTHING if value is None else json.dumps(value)


def differing(each: list[dict[str, Any]]) -> list[str]:
    """Return the names under which not all have the same, in the order in which they come."""
    names = dict.fromkeys(name for one in each for name in one)
    missing = object()
    return [n for n in names if any(one.get(n, missing) != each[0].get(n, missing) for one in each)]
