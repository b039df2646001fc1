"""Where a text on methods says that bundled feeders and profiles come from, and what is assumed."""

from __future__ import annotations

import re
from pathlib import Path

from toolkit.common.errors import ToolkitError
from toolkit.inputs import feeder_files, profiles
from toolkit.results.store.contents import Results
from toolkit.results.store.sums import plain_files, sha256

README = "README.md"
#: The first entry on sources, what the README of a feeder says of ratings, and a link.
SOURCE = re.compile(r"^## Sources\n\n- (.*?)(?=\n- |\n\n)", re.DOTALL | re.MULTILINE)
UNRATED = "**no ampere ratings**"
LINK = re.compile(r"\[([^]]*)\]\([^)]*\)")
#: Bundled profiles that nobody measured.
SYNTHETIC = ("typical_day.csv",)


def origins(results: Results) -> list[str]:
    """Return what says where bundled scripts and profiles come from, none for those of others."""
    told = []
    home = feeder_files.bundled_folder() / results.study.script
    if (home / README).is_file() and _is_that_of(home, results):
        told.append(f"feeder: dss/{home.name}/{README} of the toolkit")
        told += of_feeder((home / README).read_text(encoding="utf-8"))
    if (file := _bundled(results.study.profiles)) is not None:
        told.append(f"profiles: profiles/{README} of the toolkit")
        told += [f"{file}: synthetic, no series was measured"] * (file in SYNTHETIC)
    return told


def of_feeder(said: str) -> list[str]:
    """Return what the README of a feeder says of the system it is, and of ratings it assumes."""
    found = SOURCE.search(said)
    told = [] if found is None else [f"network: {' '.join(found[1].split()).rstrip('.')}"]
    if UNRATED in said:
        told.append("ratings of lines: assumed, since the public data have none")
    return [LINK.sub(r"\1", text).replace("`", "") for text in told]


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


def _bundled(name: str) -> str | None:
    """Return the file of bundled profiles, also as a copy; None where they are of somebody else."""
    try:
        path = profiles.locate(name)
        same = sha256(path) == sha256(profiles.bundled_folder() / path.name)
    except (ToolkitError, OSError):
        return None
    return path.name if same else None
