"""network.json, from which figures are drawn, against the study's feeder."""

from __future__ import annotations

import math
from pathlib import Path

from toolkit.commands.reproduce.difference import Difference, same, unlike
from toolkit.common import files
from toolkit.common.errors import InputError
from toolkit.model.feeder import Feeder
from toolkit.results.store.writing import network

FILE = "network.json"
#: How far two numbers may be apart, as a share: the same scripts are read.
SAME = 1e-9
#: What a transformer may carry, kVA.
RATED = "rated_kva"


def check(folder: Path, feeder: Feeder) -> list[Difference]:
    """Compare every part of network.json with the feeder."""
    try:
        content = files.read_json(folder / FILE)
    except InputError as error:
        message = str(error).removeprefix(f"{folder / FILE}: ")
        return [unlike("", FILE, "file", message[:60], "a network")]
    wanted = network(feeder)
    if not isinstance(content, dict) or content.keys() != wanted.keys():
        return [unlike("", FILE, "parts", "others", ", ".join(wanted))]
    if not _rated(content["branches"]):
        # Results of earlier versions have no ratings of transformers.
        plain = [{k: v for k, v in b.items() if k != RATED} for b in wanted["branches"]]
        wanted = {**wanted, "branches": plain}
    return [_part(name, content[name], wanted[name]) for name in wanted]


def _rated(branches: object) -> bool:
    listed = branches if isinstance(branches, list) else []
    return any(isinstance(branch, dict) and RATED in branch for branch in listed)


def _part(name: str, found: object, wanted: object) -> Difference:
    where = _first_unlike(found, wanted, "")
    if where is None:
        return same("", FILE, name, "", "")
    return unlike("", FILE, name, *where[1:], where[0])


def _first_unlike(found: object, wanted: object, at: str) -> tuple[str, str, str] | None:
    """Return where two plain values first differ, and both; None where they do not."""
    if isinstance(found, dict) and isinstance(wanted, dict) and found.keys() == wanted.keys():
        pairs = [(found[key], wanted[key], f"{at} {key}") for key in wanted]
    elif isinstance(found, list) and isinstance(wanted, list) and len(found) == len(wanted):
        pairs = [
            (a, b, f"{at} {i + 1}") for i, (a, b) in enumerate(zip(found, wanted, strict=True))
        ]
    else:
        return None if _alike(found, wanted) else (at.strip(), str(found)[:60], str(wanted)[:60])
    return next((odd for a, b, where in pairs if (odd := _first_unlike(a, b, where))), None)


def _alike(found: object, wanted: object) -> bool:
    if isinstance(wanted, float) and isinstance(found, int | float) and not isinstance(found, bool):
        return math.isclose(found, wanted, rel_tol=SAME, abs_tol=SAME)
    return type(found) is type(wanted) and found == wanted
