"""A results folder as it stands: what it says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.commands.reproduce import compare
from toolkit.commands.reproduce.difference import Difference, unlike
from toolkit.commands.reproduce.histories import History, read_history
from toolkit.commands.reproduce.manifest_request import ManifestRequest, is_given, read_request
from toolkit.common.errors import InputError
from toolkit.common.files import is_name
from toolkit.inputs.study import Study
from toolkit.model.goal_names import PREFIX
from toolkit.problem.sought import asked_of, goal_of
from toolkit.results.column import is_of_others
from toolkit.results.columns import columns
from toolkit.results.store.folder import read_complete, read_study
from toolkit.results.store.sheets import read_words


@dataclass(frozen=True)
class ResultsFolder:
    """What a results folder says of itself.

    summary: summary.csv as text, columns it lacks as blanks, each case once; odd: what is wrong
    with its form; request, faults: what the manifest says was asked, and where it does not say it;
    histories: those that can be read, by case.
    """

    path: Path
    manifest: dict[str, Any]
    study: Study
    summary: pd.DataFrame
    odd: tuple[Difference, ...]
    request: ManifestRequest
    faults: tuple[Difference, ...]
    histories: Mapping[str, History]

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases, in the order of the summary."""
        return tuple(self.summary["case"])

    @property
    def searched(self) -> tuple[str, ...]:
        """The cases that come of a search, each of which has a history."""
        return tuple(name for name in self.cases if not is_given(name))

    @property
    def ranked(self) -> str:
        """The column by which runs are ranked."""
        return goal_of(self.study).ranked

    @property
    def polished(self) -> tuple[str, ...]:
        """Runs that have a row in polish.csv, in the order they were carried out."""
        if not self.request.polish:
            return ()
        stopped = dict(zip(self.cases, self.summary["ending"], strict=True))
        whole = [n for n in self.searched if stopped[n] in ("spent", "returned") or self._taken(n)]
        return tuple(sorted(whole, key=lambda name: self.request.place(name) or (0, 0)))

    def _taken(self, name: str) -> bool:
        return name in self.histories and self.histories[name].polished > 0


def read_folder(folder: Path) -> ResultsFolder:
    """Read a results folder. Raises InputError where it is none."""
    manifest = read_complete(folder)
    study = read_study(folder)
    raw = read_words(folder / "summary.csv")
    if "case" not in raw:
        raise InputError(f"{folder}: summary.csv has no column case.")
    _check_names(folder, raw)
    odd = [compare.odd_columns("", "summary.csv", raw, columns("summary.csv", _may_be(raw, study)))]
    if raw["case"].duplicated().any():
        twice = raw["case"][raw["case"].duplicated()].iloc[0]
        odd.append(unlike("", "summary.csv", "rows", f"{twice} twice", "once"))
    summary = raw.drop_duplicates("case").reset_index(drop=True)
    summary = summary.reindex(columns=columns("summary.csv", raw), fill_value="")
    request, faults = read_request(manifest)
    readable = {name: read_history(folder, name) for name in summary["case"]}
    known = {name: history for name, history in readable.items() if history is not None}
    wrong = tuple(one for one in odd if one is not None)
    return ResultsFolder(folder, manifest, study, summary, wrong, request, tuple(faults), known)


def _may_be(raw: pd.DataFrame, study: Study) -> list[str]:
    """Return the columns of a summary but those of goals of others that the study asks not for."""
    own = {PREFIX + name for name in asked_of(study)}
    return [str(name) for name in raw if not is_of_others(name) or name in own]


def _check_names(folder: Path, summary: pd.DataFrame) -> None:
    """Raise InputError for a case whose name is a path to elsewhere, or none at all."""
    for name in summary["case"]:
        if not is_name(name):
            found = f"found case '{name[:60]}'"
            raise InputError(f"{folder}: summary.csv: {found}; expected a name.")
