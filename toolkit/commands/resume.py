"""Going on with a compare or optimize that ended early, however it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.commands.request import Request
from toolkit.commands.storing import carry_out
from toolkit.common import machine
from toolkit.common.errors import InputError, ToolkitError
from toolkit.common.monitor import SILENT, Monitor
from toolkit.inputs import study_files
from toolkit.results import store
from toolkit.runs.archive import Archive, origins
from toolkit.runs.journal_files import JOURNAL

if TYPE_CHECKING:
    from toolkit.commands.record import Outcome
    from toolkit.inputs.study import Study


def left_to_do(folder: Path, count: int, scheduler: str | None) -> tuple[Study, Request] | None:
    """Read what a folder's command was asked; None if it is complete.

    ``count`` workers, or those of a Dask ``scheduler``, are to do the rest. Raises InputError for a
    folder that cannot be resumed, and when the study's files or the versions have changed;
    ToolkitError where another command works in it.
    """
    home = store.home(folder)
    folder = store.unfinished(home)
    manifest = store.read_manifest(folder)
    # Said at once, not when all is prepared.
    store.check_idle(home)
    if manifest["status"] == "complete":
        return None
    request = replace(Request.from_manifest(manifest), workers=count, scheduler=scheduler)
    study = store.read_study(folder)
    _check_study(folder, manifest, study)
    now = {**machine.versions(), **origins(manifest.get("origins", {}))}
    _check_versions(folder, {**manifest["versions"], **manifest.get("origins", {})}, now)
    return study, request


def resume(
    study: Study,
    request: Request,
    folder: Path,
    *,
    monitor: Monitor = SILENT,
) -> Outcome:
    """Go on with what ``left_to_do`` returned, to the results of an uninterrupted command."""
    folder = store.home(folder)
    command = str(store.read_manifest(store.unfinished(folder))["command"])
    return carry_out(
        study,
        request,
        folder,
        command,
        lambda: store.reclaimed(folder),
        monitor=monitor,
    )


def clear(folder: Path) -> None:
    """Remove journals that a complete command was kept from removing."""
    if not store.read_manifest(folder).get("keep_journal"):
        Archive(folder / JOURNAL, "", "", {}).remove()


def _check_study(folder: Path, manifest: Mapping[str, Any], study: Study) -> None:
    """Raise InputError when the study is not what it was, its feeder and profiles included."""
    if study_files.fingerprint(study) != manifest["study_hash"]:
        raise InputError(
            f"{folder}: study.toml, the scripts of feeder '{study.script}' or the profiles "
            f"'{study.profiles}' have changed since; what was found so far is of another study. "
            "Put them back, or start anew."
        )


def _check_versions(folder: Path, then: Mapping[str, str], now: Mapping[str, str]) -> None:
    """Raise ToolkitError when a version that decides figures is another than it was."""
    differ = [
        f"{name} {now.get(name, 'not recorded')}, was {then.get(name, 'not recorded')}"
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    ]
    if differ:
        raise ToolkitError(
            f"{folder}: was begun with other versions: {'; '.join(differ)}. Results would be of "
            "neither; install the versions of manifest.json, or start anew."
        )
