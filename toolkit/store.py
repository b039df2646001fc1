"""Results folders: written whole or not at all, and read back as plain values."""

from __future__ import annotations

import hashlib
import json
import math
import os
import platform
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit import bills, locks, planfile
from toolkit import study as studies
from toolkit.bills import Account
from toolkit.cases import Case
from toolkit.errors import InputError, ToolkitError
from toolkit.feeders import Feeder
from toolkit.grid import export_feeder
from toolkit.problem import Setting
from toolkit.schema import columns
from toolkit.statistics import Comparison
from toolkit.study import Study

#: The files of a comparison by the attribute they are read back as.
STATISTICS = tuple(field.name for field in fields(Comparison))
#: What a results folder may hold at its top; only these are removed when it is overwritten.
OWN = (
    "manifest.json",
    "study.toml",
    "summary.csv",
    "tables.md",
    "tables.csv",
    "bound.csv",
    "polish.csv",
    "community.csv",
    *(f"{name}.csv" for name in STATISTICS),
    "network.json",
    "cases",
    "figures",
    "report.html",
    "explain.csv",
    "journal",
)
#: The folder of journals and finished runs, there until a command is complete.
JOURNAL = "journal"
#: What is left out of the checksums: the file that holds them, what later commands write, and the
#: journals.
UNLISTED = ("manifest.json", "figures", "report.html", "explain.csv", JOURNAL)
#: Columns that results of earlier versions lack; they are read as blank.
ADDED = {
    "summary.csv": (
        *("pct_of_bound", "broken", "voltage_deviation_pu", "community_cost"),
        *("self_sufficiency_pct", "score"),
    ),
    "statistics.csv": ("median_pct_of_bound",),
}
#: Columns of names that may look like numbers.
NAMES = (
    *("case", "bus", "unit", "line", "seller", "buyer", "worse_off_buses"),
    *("optimizer", "optimizer_a", "optimizer_b"),
)
#: Packages whose versions decide the figures.
RECORDED = (
    "p2p-der-toolkit",
    "opendssdirect.py",
    "dss-python",
    "dss-python-backend",
    "numpy",
    "pandas",
    "scipy",
    "scikit-posthocs",
    "highspy",
    "pydantic",
    "pygad",
    "mealpy",
    "cma",
)


def prepare(folder: Path, force: bool) -> None:
    """Make an empty results folder; refuse one that holds anything unless ``force``.

    ``force`` removes earlier results only, never files the toolkit did not write.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"--out {folder}: is a file; expected a folder.")
    held = sorted(p.name for p in folder.iterdir()) if folder.exists() else []
    foreign = [name for name in held if name.removesuffix(".partial") not in OWN]
    if held and (foreign or not force):
        raise InputError(
            f"--out {folder}: already holds {'other files' if foreign else 'results'} "
            f"({', '.join((foreign or held)[:3])}). Choose another folder"
            f"{'' if foreign else ', or overwrite it with --force'}"
            f"{f', or go on with toolkit resume {folder}' if JOURNAL in held else ''}."
        )
    locks.check_free(lock_file(folder), folder)
    try:
        for name in held:
            path = folder / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise InputError(f"--out {folder}: a part of this path is a file.") from error
    except OSError as error:
        raise ToolkitError(f"--out {folder}: cannot be written: {error}") from error


def lock_file(folder: Path) -> Path:
    """Return the file that the command working in a results folder holds locked."""
    return folder / JOURNAL / "lock"


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read manifest.json. Raises InputError when the folder has none."""
    path = folder / "manifest.json"
    if not path.is_file():
        raise InputError(f"{folder}: no results folder (it has no manifest.json).")
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error
    return manifest


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all: write aside, then rename."""
    aside = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(text, encoding="utf-8", newline="\n")
        os.replace(aside, path)
    except OSError as error:
        with suppress(OSError):
            aside.unlink()
        raise ToolkitError(f"{path}: cannot be written: {error.strerror or error}") from error


def write_csv(path: Path, frame: pd.DataFrame) -> None:
    """Write a frame as CSV; numbers read back to the same doubles."""
    write_text(path, frame.to_csv(index=False, lineterminator="\n"))


def versions() -> dict[str, str]:
    """Return the versions of everything the figures depend on."""
    found = {}
    for name in RECORDED:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def processor() -> str:
    """Return what kind of processor this is, on which the last digits of NumPy depend."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return f"{platform.machine()}, {next(models, platform.processor()) or 'unknown'}"


def checksums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a results folder but those in ``UNLISTED``, by path."""
    files = (p for p in folder.rglob("*") if p.is_file())
    paths = {p.relative_to(folder).as_posix(): p for p in files}
    return {
        name: hashlib.sha256(paths[name].read_bytes()).hexdigest()
        for name in sorted(paths)
        if name.split("/")[0] not in UNLISTED
    }


def write_manifest(folder: Path, facts: Mapping[str, Any], study: Study) -> None:
    """Write manifest.json: what was asked, of what, with which versions, and how it ended."""
    data = {**facts, "study": study.name, "study_hash": studies.fingerprint(study)}
    data |= {"processor": processor(), "versions": versions()}
    write_text(folder / "manifest.json", json.dumps(data, indent=1) + "\n")


def write_study(folder: Path, setting: Setting) -> None:
    """Write the resolved study and the network it is about."""
    write_text(folder / "study.toml", studies.to_toml(setting.study))
    write_text(folder / "network.json", json.dumps(network(setting.feeder), indent=1) + "\n")


def network(feeder: Feeder) -> dict[str, Any]:
    """Return buses, branches and head of a feeder as plain data, for drawing."""
    buses = [
        {
            "name": bus,
            "base_kv": _known(feeder.base_kv[i]),
            "x": _known(feeder.xy[i, 0]),
            "y": _known(feeder.xy[i, 1]),
            "load_kw": float(feeder.load_kw[i]),
        }
        for i, bus in enumerate(feeder.buses)
    ]
    branches = [{"name": b.name, "bus1": b.bus1, "bus2": b.bus2} for b in feeder.branches]
    return {"feeder": feeder.name, "head": feeder.head, "buses": buses, "branches": branches}


def _known(value: float) -> float | None:
    """Return a number, or None (null in JSON) where it is NaN."""
    return None if math.isnan(value) else float(value)


def write_case(folder: Path, setting: Setting, case: Case) -> Account:
    """Write one case's folder, its runnable feeder included; return what trading meant in money."""
    to = folder / "cases" / case.name
    write_text(to / "plan.json", planfile.to_json(case.plan, setting.fleet))
    for name in ("hourly", "buses", "units", "lines", "history"):
        frame = getattr(case, name)
        if frame is not None:
            write_csv(to / f"{name}.csv", frame)
    account = bills.account(setting, case)
    write_csv(to / "bills.csv", account.bills)
    write_csv(to / "trades.csv", account.trades)
    aside = to / "feeder.partial"
    try:
        shutil.rmtree(aside, ignore_errors=True)
        export_feeder(case.plan, setting.fleet, setting.feeder, setting.loads, aside)
        # Results of an interrupted command may be there.
        shutil.rmtree(to / "feeder", ignore_errors=True)
        os.replace(aside, to / "feeder")
    except OSError as error:
        shutil.rmtree(aside, ignore_errors=True)
        raise ToolkitError(f"{to}: cannot be written: {error.strerror or error}") from error
    return account


def write_comparison(folder: Path, comparison: Comparison) -> None:
    """Write the statistics of a comparison, those files that have anything to say."""
    for name, frame in comparison.files().items():
        write_csv(folder / name, frame)


@dataclass(frozen=True)
class CaseFiles:
    """One case as read back from a results folder; ``history`` is None for a case not searched.

    ``bills`` and ``trades`` are empty where an old folder lacks the file.
    """

    name: str
    plan: dict[str, Any]
    hourly: pd.DataFrame
    buses: pd.DataFrame
    units: pd.DataFrame
    lines: pd.DataFrame
    history: pd.DataFrame | None
    bills: pd.DataFrame
    trades: pd.DataFrame


@dataclass(frozen=True)
class Results:
    """A results folder as plain values.

    ``bound``, ``polish``, ``statistics``, ``pairs``, ``friedman``, ``targets`` and ``community``
    are empty where the folder lacks the file: nothing was proven, polished, compared or settled.
    """

    folder: Path
    manifest: dict[str, Any]
    study: Study
    network: dict[str, Any]
    summary: pd.DataFrame
    tables: pd.DataFrame
    cases: dict[str, CaseFiles]
    bound: pd.DataFrame
    polish: pd.DataFrame
    statistics: pd.DataFrame
    pairs: pd.DataFrame
    friedman: pd.DataFrame
    targets: pd.DataFrame
    community: pd.DataFrame

    @property
    def bound_kwh(self) -> float | None:
        """The proven bound on the energy maximised, kWh; None without one."""
        return None if self.bound.empty else float(self.bound["bound_kwh"].iloc[0])


def read_results(folder: Path | str) -> Results:
    """Read a results folder. Raises InputError when it is none or lacks a file."""
    folder = Path(folder)
    manifest = read_manifest(folder)
    try:
        summary = _read(folder / "summary.csv", {"case": str, "optimizer": str})
        return Results(
            folder=folder,
            manifest=manifest,
            study=studies.parse((folder / "study.toml").read_bytes(), str(folder / "study.toml")),
            network=json.loads((folder / "network.json").read_text(encoding="utf-8")),
            summary=summary,
            tables=pd.read_csv(folder / "tables.csv").fillna({"item": ""}),
            cases={name: _read_case(folder / "cases" / name) for name in summary["case"]},
            **{
                name: _read_if_there(folder / f"{name}.csv")
                for name in ("bound", "polish", "community", *STATISTICS)
            },
        )
    except (OSError, ValueError) as error:
        raise InputError(f"{folder}: cannot be read: {error}") from error


def _read_if_there(path: Path) -> pd.DataFrame:
    """Read a file that not every folder has; an empty frame where there is none."""
    if not path.is_file():
        return pd.DataFrame(columns=columns(path.name))
    return _read(path, dict.fromkeys(NAMES, str))


def _read(path: Path, types: Mapping[str, type]) -> pd.DataFrame:
    """Read a file, with the columns it lacks where it is an old one."""
    frame = pd.read_csv(path, dtype=dict(types))
    lacking = [name for name in ADDED.get(path.name, ()) if name not in frame]
    return frame.assign(**dict.fromkeys(lacking, math.nan))


def _read_case(folder: Path) -> CaseFiles:
    frames = {
        name: pd.read_csv(folder / f"{name}.csv", dtype=dict.fromkeys(NAMES, str))
        for name in ("hourly", "buses", "units", "lines")
    }
    history = folder / "history.csv"
    return CaseFiles(
        name=folder.name,
        plan=json.loads((folder / "plan.json").read_text(encoding="utf-8")),
        history=pd.read_csv(history) if history.is_file() else None,
        bills=_read_if_there(folder / "bills.csv"),
        trades=_read_if_there(folder / "trades.csv"),
        **frames,
    )
