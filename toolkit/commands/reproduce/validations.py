"""validation.csv against the same plan tried again on the same days."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from toolkit.commands.reproduce import compare
from toolkit.commands.reproduce.difference import Difference, unlike
from toolkit.commands.validate import asked_again, hash_of, tried
from toolkit.common import files
from toolkit.common.errors import InputError, ToolkitError
from toolkit.common.monitor import Monitor
from toolkit.inputs.study import Study
from toolkit.model import plan_json
from toolkit.results.store.names import VALIDATION_FACTS

FILE = "validation.csv"


class Facts(BaseModel):
    """What validation.json says."""

    model_config = ConfigDict(frozen=True, strict=True)

    case: str
    profiles: str
    profiles_sha256: str
    policy: str
    options: dict[str, Any]
    bound: bool


def check(folder: Path, study: Study, monitor: Monitor) -> tuple[list[Difference], str]:
    """Compare the validation of a folder, if it has one; say why it cannot be made again."""
    if not (folder / FILE).is_file():
        return [], ""
    try:
        facts = Facts.model_validate(json.loads(files.read_text(folder / VALIDATION_FACTS)))
    except (ToolkitError, ValueError, ValidationError, RecursionError) as error:
        return [
            unlike("", VALIDATION_FACTS, "file", " ".join(str(error).split())[:60], "facts")
        ], ""
    try:
        if hash_of(facts.profiles) != facts.profiles_sha256:
            return [], f"{FILE}: profiles '{facts.profiles}' have changed since it was made."
    except InputError:
        return [], f"{FILE}: profiles '{facts.profiles}' are not here, so it is not made again."
    monitor.phase(f"trying {facts.case} again on the days of {facts.profiles}")
    try:
        given = plan_json.parsed(files.read_text(folder / "cases" / facts.case / "plan.json"))
        asked = asked_again(study, facts.profiles, facts.policy, facts.options)
        again = tried(folder, facts.case, asked, given, facts.bound, monitor)
    except (ToolkitError, ValueError, KeyError, TypeError) as error:
        return [unlike("", FILE, "file", "one", " ".join(str(error).split())[:60])], ""
    return compare.table(folder, "", FILE, again.days, ("case", "policy", "day")), ""
