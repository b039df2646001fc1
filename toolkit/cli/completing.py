"""What a shell offers when somebody presses Tab: names and files, found without anything heavy.

A name that cannot be found is not offered; nothing is ever said.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

#: Files by which folders of results are known.
RESULTS = ("manifest.json", "sweep.json", "front.json")
#: How deep results are looked for, how many folders on the way, and how many are offered.
DEPTH, LOOKED_AT, OFFERED = 3, 2_000, 200
#: What the toolkit lets a plug-in be called.
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
#: The fields of a study, held true by a test: to ask the study itself takes a second.
FIELDS = Path(__file__).parent / "study_fields.txt"

Offer = Callable[[str], list[str]]


def _offers(find: Callable[[str], Iterator[str]]) -> Offer:
    """Return what completes a word: what is found that begins with it, sorted."""

    def offer(incomplete: str) -> list[str]:
        try:
            found = {word for word in find(incomplete) if word.startswith(incomplete)}
        except (OSError, ValueError):
            return []
        return sorted(found)[:OFFERED]

    return offer


def _bundled(packaged: str, in_repository: str) -> Path:
    package = Path(__file__).parents[1]
    there = package / packaged
    return there if there.is_dir() else package.parent / in_repository


def _feeder_folders() -> Iterator[Path]:
    for folder in (Path("dss"), _bundled("dss", "dss")):
        yield from (path for path in folder.glob("*") if path.is_dir())


def _files(incomplete: str, *endings: str) -> Iterator[str]:
    """Yield the files with such endings in the folder that a word begins to name."""
    head = incomplete[: incomplete.rfind("/") + 1]
    with os.scandir(head or ".") as found:
        for entry in found:
            if entry.is_dir() and entry.name.startswith(incomplete[len(head) :] or "\0"):
                yield f"{head}{entry.name}/"
            elif entry.name.lower().endswith(endings):
                yield f"{head}{entry.name}"


@_offers
def studies(incomplete: str) -> Iterator[str]:
    """Offer bundled studies, those in ./dss, and .toml files."""
    yield from (path.name for path in _feeder_folders() if (path / "study.toml").is_file())
    yield from _files(incomplete, ".toml")


@_offers
def feeders(incomplete: str) -> Iterator[str]:
    """Offer the feeders in ./dss, the bundled ones, and .dss files."""
    yield from (path.name for path in _feeder_folders() if any(path.glob("*.[dD][sS][sS]")))
    yield from _files(incomplete, ".dss")


@_offers
def profiles(incomplete: str) -> Iterator[str]:
    """Offer the profiles in ./profiles, the bundled ones, and files of them."""
    for folder in (Path("profiles"), _bundled("profiles_data", "profiles")):
        yield from (path.stem for path in folder.glob("*.csv"))
    yield from _files(incomplete, ".csv", ".parquet")


@_offers
def results(incomplete: str) -> Iterator[str]:
    """Offer the results folders below the folder that a word names, three levels deep."""
    head = incomplete[: incomplete.rfind("/") + 1]
    left = [(head, 0)]
    looked_at = 0
    while left and looked_at < LOOKED_AT:
        here, depth = left.pop(0)
        looked_at += 1
        with os.scandir(here or ".") as found:
            inside = [entry for entry in found if entry.is_dir() and entry.name[:1] != "."]
        for entry in inside:
            path = f"{here}{entry.name}"
            if any(os.path.isfile(f"{path}/{name}") for name in RESULTS):
                yield path
            elif depth + 1 < DEPTH:
                left.append((f"{path}/", depth + 1))


def _plugins(group: str) -> Offer:
    @_offers
    def plugins(incomplete: str) -> Iterator[str]:
        from toolkit.common.plugins.declared import declared

        label, equals, _ = incomplete.rpartition("=")
        for entry in declared(group):
            if NAME.fullmatch(entry.name):
                yield f"{label}{equals}{entry.name}"

    return plugins


optimizers = _plugins("toolkit.optimizers")
goals = _plugins("toolkit.goals")
mechanisms = _plugins("toolkit.mechanisms")
policies = _plugins("toolkit.policies")


@_offers
def fields(incomplete: str) -> Iterator[str]:
    """Offer the fields of a study by their dotted paths, as --set has them."""
    yield "feeder="
    yield from (f"{field}=" for field in FIELDS.read_text(encoding="utf-8").split())
