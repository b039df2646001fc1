"""Whether a results folder says what its own feeders solve to, and who is to blame where not.

Every case's ``feeder/Master.dss`` is solved by plain OpenDSS in a process of its own, clearing runs
again on the powers that come of it, and everything the folder says is compared with that.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from toolkit import store
from toolkit import study as studies
from toolkit.errors import InputError
from toolkit.goals import GOALS
from toolkit.problem import Setting
from toolkit.reproduce import compare, derived, integrity
from toolkit.reproduce.blame import culprits
from toolkit.reproduce.case import CaseCheck, check_case
from toolkit.reproduce.compare import Difference
from toolkit.reproduce.money import settled
from toolkit.reproduce.rerun import Repeat, repeat

__all__ = ["Difference", "Repeat", "Reproduction", "reproduce"]


@dataclass(frozen=True)
class Reproduction:
    """What came of solving a results folder again.

    culprits: sentences, each naming a file that is not what it was or should be; notes: what is not
    the same here (versions, processor, sources) or could not be checked; differences: every
    comparison made; ``repeat``: what repeating the command gave, if it was asked for.
    """

    folder: Path
    cases: tuple[str, ...]
    culprits: tuple[str, ...]
    notes: tuple[str, ...]
    differences: tuple[Difference, ...]
    repeat: Repeat | None = None

    @property
    def largest(self) -> Difference | None:
        """The difference that is most of its tolerance."""
        known = [d for d in self.differences if d.tolerance > 0.0 or not d.holds]
        return max(known, key=lambda d: d.amount / max(d.tolerance, 1e-300), default=None)

    @property
    def reproduced(self) -> bool:
        """Say whether everything is as it was written and solves to what it says."""
        again = self.repeat is None or not self.repeat.differences
        return not self.culprits and again and all(d.holds for d in self.differences)

    @property
    def verdict(self) -> str:
        """The verdict in one line, with the largest difference."""
        said = "reproduced" if self.reproduced else "NOT reproduced"
        largest = self.largest
        if self.culprits and (largest is None or largest.holds):
            return f"{said}: {self.culprits[0]}"
        return f"{said}: {'nothing to compare' if largest is None else _in_words(largest)}"

    def as_json(self) -> dict[str, Any]:
        """Return it with stable keys; an amount is null where no difference can be taken."""
        return {
            "folder": str(self.folder),
            "verdict": self.verdict,
            "reproduced": self.reproduced,
            "culprits": list(self.culprits),
            "notes": list(self.notes),
            "differences": [_plain(d) for d in self.differences],
            "rerun": None if self.repeat is None else self.repeat.as_json(),
        }


def _in_words(largest: Difference) -> str:
    where = ", ".join(part for part in (largest.path, largest.column, largest.where) if part)
    if math.isinf(largest.amount):
        return f"found {largest.found}, solved {largest.solved} ({where})"
    return f"largest difference {largest.amount:.1g} {largest.unit} ({where})"


def _plain(difference: Difference) -> dict[str, Any]:
    amount = None if math.isinf(difference.amount) else difference.amount
    return {**vars(difference), "amount": amount, "holds": difference.holds}


def reproduce(
    folder: Path,
    rerun: bool = False,
    *,
    on_phase: Callable[[str], None] = lambda phase: None,
) -> Reproduction:
    """Solve every case of a results folder again and compare; with ``rerun`` also search again.

    Raises InputError where the folder is none.
    """
    manifest, study, summary = _read(folder)
    setting, said = integrity.sources(study, manifest)
    state = integrity.examine(folder, manifest, said)
    checks = []
    for name in summary["case"]:
        on_phase(f"solving {name} again")
        driven = None if setting is None else setting.profiles.trip_energy
        checks.append(check_case(folder, name, study, driven))
    beside, histories = _beside(folder, summary, checks, study)
    if setting is not None and all(check.case is not None for check in checks):
        cases = {check.name: check.case for check in checks if check.case is not None}
        beside += settled(folder, setting, cases)
    differences = [d for check in checks for d in check.differences] + histories + beside
    blamed = culprits(folder, state, checks, [*histories, *beside], setting)
    notes = [*state.notes, *_left_out(checks, setting, state.extra)]
    again = repeat(folder, study, manifest, summary, on_phase) if rerun else None
    return Reproduction(
        folder, tuple(summary["case"]), tuple(blamed), tuple(notes), tuple(differences), again
    )


def _read(folder: Path) -> tuple[dict[str, Any], studies.Study, pd.DataFrame]:
    """Return manifest, study and summary of a results folder."""
    manifest, study = store.read_manifest(folder), store.read_study(folder)
    try:
        summary = compare.read(folder / "summary.csv")
        lacking = {*derived.FROM_DAY, "optimizer", "evaluations"} - set(summary)
    except (OSError, ValueError) as error:
        raise InputError(f"{folder}: cannot be read: {error}") from error
    if lacking:
        raise InputError(f"{folder}: summary.csv has no column {min(lacking)}.")
    _check_names(folder, summary)
    return manifest, study, summary


def _check_names(folder: Path, summary: pd.DataFrame) -> None:
    """Raise InputError for a case whose name is a path to elsewhere."""
    for name in summary["case"]:
        if not name or name in (".", "..") or "/" in name or "\\" in name:
            raise InputError(f"{folder}: summary.csv: found case '{name}'; expected a name.")


def _beside(
    folder: Path, summary: pd.DataFrame, checks: list[CaseCheck], study: studies.Study
) -> tuple[list[Difference], list[Difference]]:
    """Compare what stands beside the cases, and their histories, where all cases were solved."""
    cases = {check.name: check.case for check in checks if check.case is not None}
    objective = study.market.objective
    maximised, bound_kwh = GOALS[objective].ranked, derived.read_bound(folder)
    histories = [d for case in cases.values() for d in derived.history(folder, case, maximised)]
    rows = derived.summary(summary, list(cases.values()), bound_kwh, maximised) if cases else []
    rows += derived.evaluations(folder, summary)
    if len(cases) < len(checks):
        return rows, histories
    dt = _step_hours(folder)
    published = study.feeder == "ieee12"
    args = (folder, cases, summary, dt, objective, published, bound_kwh)
    return rows + derived.over_cases(*args), histories


def _step_hours(folder: Path) -> float:
    plan = next(path for path in sorted((folder / "cases").glob("*/plan.json")))
    return float(json.loads(plan.read_text(encoding="utf-8"))["step_h"])


def _left_out(
    checks: list[CaseCheck], setting: Setting | None, extra: tuple[str, ...]
) -> list[str]:
    """Return sentences on what was not checked, and on files that nobody listed."""
    said = [f"{name} is not part of the results." for name in extra]
    solved = [check.case for check in checks if check.case is not None]
    stations = any(np.any(case.units["kind"] == "bev") for case in solved)
    if setting is None and stations:
        said.append("soc_kwh of vehicle stations was not checked: their trips are not known here.")
    return said
