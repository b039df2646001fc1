"""Where a text on methods says that bundled feeders and profiles come from."""

from __future__ import annotations

from pathlib import Path

from toolkit.common.errors import ToolkitError
from toolkit.inputs import feeder_files, profiles
from toolkit.results.store.contents import Results
from toolkit.results.store.sums import plain_files, sha256

README = "README.md"


def origins(results: Results) -> list[str]:
    """Return what says where bundled scripts and profiles come from, none for those of others."""
    told = []
    home = feeder_files.bundled_folder() / results.study.script
    if (home / README).is_file() and _is_that_of(home, results):
        told.append(f"feeder: dss/{home.name}/{README} of the toolkit")
    if _is_bundled(results.study.profiles):
        told.append(f"profiles: profiles/{README} of the toolkit")
    return told


def _is_that_of(home: Path, results: Results) -> bool:
    """Say whether the scripts that a folder keeps are those of a bundled feeder."""
    kept = results.folder / "cases" / "base" / "feeder" / "base"
    if not kept.is_dir():
        return False
    there = plain_files(home)
    return all(
        name in there and sha256(path) == sha256(there[name])
        for name, path in plain_files(kept).items()
    )


def _is_bundled(name: str) -> bool:
    try:
        return profiles.locate(name).parent == profiles.bundled_folder()
    except (ToolkitError, OSError):
        return False
