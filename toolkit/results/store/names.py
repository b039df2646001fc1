"""What the toolkit calls its files in a results folder; all others are somebody else's."""

from __future__ import annotations

import re

from toolkit.common.files import ASIDE
from toolkit.runs.journal_files import JOURNAL, KEPT

#: The files of a comparison by the attribute they are read back as.
STATISTICS = ("statistics", "pairs", "friedman", "targets")
MANIFEST = "manifest.json"
#: The folder in which results are written until they are whole.
STAGING = "results.partial"
#: The folder of a command that is to replace the results beside it, until it is complete.
REPLACEMENT = "replacement"
#: Files at the top that the manifest lists.
TOP = (
    *("study.toml", "network.json", "summary.csv", "tables.md", "tables.csv", "bound.csv"),
    *("polish.csv", "community.csv", *(f"{name}.csv" for name in STATISTICS)),
)
#: Tables of every step, which are packed where they are large.
SERIES = ("buses.csv", "units.csv", "lines.csv")
#: Files of a case; its feeder is besides.
OF_CASE = (
    *("plan.json", "hourly.csv", *SERIES, *(f"{name}.bz2" for name in SERIES), "history.csv"),
    *("bills.csv", "trades.csv", "costs.csv", "owners.csv"),
)
#: What a validation is read with: of one plan, and of every run.
VALIDATION_FACTS, RUNS_FACTS = "validation.json", "validation_runs.json"
VALIDATIONS = ("validation.csv", "validation_runs.csv")
#: The folder of what goes into a paper: figures and tables for print.
PRINT = "print"
#: The text on methods, which is written on request.
METHODS = "methods.md"
#: The works that it cites.
REFERENCES = "references.bib"
#: What is left out of the checksums: the file that holds them, what later commands write, the
#: journals, and what is not finished.
UNLISTED = (
    *(MANIFEST, "figures", PRINT, METHODS, REFERENCES, "report.html", "explain.csv"),
    "reinforce.csv",
    "map.geojson",
    *(*VALIDATIONS, VALIDATION_FACTS, RUNS_FACTS),
    *(JOURNAL, STAGING, REPLACEMENT),
)
_ASIDE = f"(figures/|{PRINT}/|{JOURNAL}/)?{ASIDE.pattern}"
_FIGURE = rf"(figures|{PRINT})/figure[0-9]+_[a-z_]+\.(png|svg|pdf)"
_LATER = r"report\.html|methods\.md|references\.bib|"
_LATER += r"explain\.csv|reinforce\.csv|map\.geojson|validation(_runs)?\.(csv|json)"
_TABLE = rf"{PRINT}/((summary|statistics|friedman|pairs|plan)\.tex|tables\.xlsx)"
_SHOWN = re.compile(f"{_LATER}|{_FIGURE}|{_TABLE}|{_ASIDE}")
_KEPT = re.compile(f"{JOURNAL}/{KEPT.pattern}")
#: What a command holds locked, and the word by which other machines know the folder.
LOCK, TOKEN = f"{JOURNAL}/lock", f"{JOURNAL}/token"
#: What says that a command prepares its study, and that it draws.
PREPARING, DRAWING = f"{JOURNAL}/preparing", "figures/drawing"


def is_result(name: str) -> bool:
    """Say whether a path in a results folder is that of a file which manifests list."""
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\\" in name or "\0" in name:
        return False
    if len(parts) == 1:
        return name in TOP
    if parts[0] != "cases" or len(parts) < 3:
        return False
    return parts[2] == "feeder" if len(parts) > 3 else parts[2] in OF_CASE


def is_shown(name: str) -> bool:
    """Say whether it is made from results by later commands, or is a file not yet whole."""
    return _SHOWN.fullmatch(name) is not None


def is_kept(name: str) -> bool:
    """Say whether it is a journal or a finished run of a command that is not complete."""
    return _KEPT.fullmatch(name) is not None


def is_beside(name: str) -> bool:
    """Say whether it is ours without being listed in a manifest."""
    ours = (MANIFEST, LOCK, TOKEN, PREPARING, DRAWING)
    return name in ours or is_shown(name) or is_kept(name)
