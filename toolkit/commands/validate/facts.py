"""What a validation was asked for: validation.json, from which the same can be done again."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from toolkit.common import files
from toolkit.common.errors import InputError
from toolkit.common.validation import explain
from toolkit.inputs import profiles
from toolkit.model.goal_names import EnergyGoal
from toolkit.model.risk import LEVEL, RiskName
from toolkit.results.store.names import RUNS_FACTS, VALIDATION_FACTS


class RunsFacts(BaseModel):
    """The days that all runs were tried on, and who decided on them.

    profiles: name or path, of the content with this hash.
    """

    model_config = ConfigDict(frozen=True, strict=True)
    FILE: ClassVar[str] = RUNS_FACTS

    profiles: str
    profiles_sha256: str
    policy: str
    options: dict[str, Any]

    def write(self, folder: Path) -> None:
        """Write them into a results folder."""
        text = json.dumps(self.model_dump(), indent=1) + "\n"
        files.write_text(folder / self.FILE, text)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read them back. Raises InputError naming the file and what is wrong with it."""
        path = folder / cls.FILE
        try:
            return cls.model_validate(files.read_json(path))
        except ValidationError as error:
            raise InputError(explain(error, cls, str(path))) from error


class Facts(RunsFacts):
    """The same of one plan, and whether each day got a bound.

    goal: the energy whose bound is told; no_bound: why there is none, blank where there is one;
    objective, risk, risk_level: what the study seeks, and of which days.
    """

    FILE: ClassVar[str] = VALIDATION_FACTS

    case: str
    bound: bool
    goal: EnergyGoal
    no_bound: str
    objective: str = "traded"
    risk: RiskName = "mean"
    risk_level: float = LEVEL


def hash_of(profile: str) -> str:
    """Return the hash of profiles by name or path. Raises InputError where they are not there."""
    return hashlib.sha256(profiles.content(profiles.locate(profile))).hexdigest()
