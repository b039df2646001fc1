"""What a validation was asked for: validation.json, from which the same can be done again."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from toolkit.common import files
from toolkit.common.errors import InputError
from toolkit.common.validation import explain
from toolkit.inputs import profiles
from toolkit.model.goal_names import EnergyGoal
from toolkit.results.store.names import VALIDATION_FACTS


class Facts(BaseModel):
    """The plan, the days, who decided on them, and whether each day got a bound.

    profiles: name or path, of the content with this hash; goal: the energy whose bound is told;
    no_bound: why there is none, blank where there is one.
    """

    model_config = ConfigDict(frozen=True, strict=True)

    case: str
    profiles: str
    profiles_sha256: str
    policy: str
    options: dict[str, Any]
    bound: bool
    goal: EnergyGoal
    no_bound: str

    def write(self, folder: Path) -> None:
        """Write validation.json."""
        text = json.dumps(self.model_dump(), indent=1) + "\n"
        files.write_text(folder / VALIDATION_FACTS, text)


def read(folder: Path) -> Facts:
    """Read validation.json. Raises InputError naming the file and what is wrong with it."""
    path = folder / VALIDATION_FACTS
    try:
        return Facts.model_validate(files.read_json(path))
    except ValidationError as error:
        raise InputError(explain(error, Facts, str(path))) from error


def hash_of(profile: str) -> str:
    """Return the hash of profiles by name or path. Raises InputError where they are not there."""
    return hashlib.sha256(profiles.content(profiles.locate(profile))).hexdigest()
