"""What came of a command, written into its results folder."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from toolkit.common.errors import ToolkitError
from toolkit.common.files import write_text
from toolkit.exact import proof
from toolkit.problem.goals import GOALS
from toolkit.results import bills, store
from toolkit.results import paper_tables as tables
from toolkit.results.columns import columns
from toolkit.results.statistics import comparison as statistics
from toolkit.results.statistics import targets

if TYPE_CHECKING:
    from toolkit.exact.proof import Proof
    from toolkit.problem.setting import Setting
    from toolkit.results.case import Case
    from toolkit.results.store import Place
    from toolkit.runs.run import Run

NOTE = (
    "Each optimizer's figures come from one plan: its run with the median energy maximised, "
    "of an even number the lower of the middle two. "
    "tables.csv has the lowest and highest over the seeds, docs/reproduction.md says why ours and "
    "the paper's differ."
)
POLISHED = " Plans were polished by the exact model after the search (polish.csv)."


@dataclass(frozen=True)
class Outcome:
    """What came of a command.

    ``money`` says what trading meant in the best case, ``objective`` what was sought.
    """

    folder: Path
    status: str
    summary: pd.DataFrame
    tables: pd.DataFrame
    notes: tuple[str, ...]
    comparison: statistics.Comparison
    proof: Proof | None = None
    polished: pd.DataFrame | None = None
    money: str = ""
    objective: str = "traded"


@contextmanager
def manifest(
    place: Place, facts: Mapping[str, Any], setting: Setting, started: float
) -> Iterator[dict[str, Any]]:
    """Keep the manifest true: "running" inside the block, then how it ended, whatever happens.

    At the end of the block what was written, whole then, takes the place of earlier results.
    """
    ended: dict[str, Any] = {"status": "failed"}
    place.begin(facts, setting)

    def whole() -> dict[str, Any]:
        return {**facts, **ended, "wall_time_s": round(time.time() - started, 3)}

    try:
        yield ended
        place.publish(whole())
    except BaseException as error:
        ended["status"] = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
        with suppress(ToolkitError):  # what went wrong first is the one to tell
            place.state(whole())
        raise


def write(
    place: Place,
    setting: Setting,
    base: Case,
    found: Mapping[str, Sequence[Case]],
    notes: tuple[str, ...],
    proven: Proof | None = None,
    polished: pd.DataFrame | None = None,
) -> Outcome:
    """Write everything but the manifest, where it is not the results of the folder yet."""
    folder = place.staging
    groups = {"base": [base], **{name: cases for name, cases in found.items() if cases}}
    everything = [case for cases in groups.values() for case in cases]
    published = setting.study.feeder == "ieee12"
    objective = setting.study.market.objective
    ranked = GOALS[objective].ranked
    tidy = tables.build(groups, setting.scenario.dt, objective, with_published=published)
    store.write_study(folder, setting)
    accounts = {case.name: store.write_case(folder, setting, case) for case in everything}
    community = bills.community(accounts)
    store.write_csv(folder / "community.csv", community)
    bound_kwh = None if proven is None else proven.bound.kwh
    summary = _summary(everything, ranked, bound_kwh)
    store.write_csv(folder / "summary.csv", summary)
    courses = {c.name: targets.course(c.history) for c in everything if c.history is not None}
    comparison = statistics.compare(summary, courses, ranked, bound_kwh)
    store.write_comparison(folder, comparison)
    if proven is not None:
        rows = pd.DataFrame([proven.row()], columns=columns("bound.csv"))
        store.write_csv(folder / "bound.csv", rows)
    note = NOTE
    if polished is not None and len(polished):
        store.write_csv(folder / "polish.csv", polished)
        note += POLISHED
    store.write_csv(folder / "tables.csv", tidy)
    write_text(folder / "tables.md", tables.to_markdown(tidy, note))
    best = _of_best(community, summary, ranked)
    base_cost = float(community["cost_trading"].iloc[0]) if best["case"] != "base" else None
    money = bills.sentence(best, base_cost)
    written = (summary, tidy, notes, comparison, proven, polished, money, objective)
    return Outcome(place.work, "complete", *written)


def _of_best(community: pd.DataFrame, summary: pd.DataFrame, maximised: str) -> dict[str, Any]:
    """Return the row of community.csv of the best case, the base case only where it is alone."""
    searched = summary[summary["case"] != "base"]
    ranked = (searched if len(searched) else summary).sort_values(
        ["violation", maximised], ascending=[True, False], kind="stable"
    )
    row = community[community["case"] == ranked["case"].iloc[0]].iloc[0]
    return {str(name): value for name, value in row.items()}


def _summary(cases: Sequence[Case], maximised: str, bound_kwh: float | None) -> pd.DataFrame:
    """Return summary.csv; a plan that breaks a limit has no share of the bound."""
    summary = pd.DataFrame([c.summary for c in cases], columns=columns("summary.csv"))
    if bound_kwh is not None:
        share = [proof.pct(kwh, bound_kwh) for kwh in summary[maximised]]
        summary["pct_of_bound"] = pd.Series(share).where(summary["feasible"].astype(bool))
    return summary


def polish_rows(runs: Sequence[Run]) -> pd.DataFrame:
    """Return polish.csv: a row a run that was polished."""
    rows = [
        {
            "case": run.task.case,
            "searched_kwh": run.polishing.searched_kwh,
            "polished_kwh": -run.best_objective[-1],
            "kept": run.polishing.kept,
            "moved_units": run.polishing.moved,
            "evaluations": run.polishing.evaluations,
            "seconds": round(run.polishing.seconds, 1),
        }
        for run in runs
        if run.polishing is not None
    ]
    return pd.DataFrame(rows, columns=columns("polish.csv"))
