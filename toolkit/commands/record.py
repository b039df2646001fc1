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
from toolkit.exact.relaxed import left_out, relaxations
from toolkit.exact.shares import pct
from toolkit.model.notices import gathered
from toolkit.problem.goals import GOALS, Goal
from toolkit.problem.sought import goal_of
from toolkit.results import bills
from toolkit.results import paper_tables as tables
from toolkit.results.columns import columns
from toolkit.results.money_words import money_sentences
from toolkit.results.open_lines import open_line_sentences
from toolkit.results.proof_words import contradiction
from toolkit.results.ranking import best_row
from toolkit.results.spans import span_of
from toolkit.results.statistics import comparison as statistics
from toolkit.results.statistics import targets
from toolkit.results.store.sheets import PACKED, write_csv
from toolkit.results.store.writing import write_case, write_comparison, write_study
from toolkit.runs.archive import origins

if TYPE_CHECKING:
    from toolkit.commands.request import Request
    from toolkit.exact.proof import Proof
    from toolkit.problem.problem import Problem
    from toolkit.problem.setting import Setting
    from toolkit.results.case import Case
    from toolkit.results.store.place import Place
    from toolkit.runs.run import Run


@dataclass(frozen=True)
class Outcome:
    """What came of a command.

    ``money`` says what trading meant in the best case, ``goal`` what was sought, ``notices``
    what figures have to be read with, ``span`` what the time of the study is called, ``policy`` who
    decides its dispatch, ``open_lines`` which switches are open, in words; ``left_out`` which
    limits of goals a bound leaves out, ``relaxed`` what it counts as less than it is, in words.
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
    goal: Goal = GOALS["traded"]
    notices: tuple[str, ...] = ()
    span: str = "day"
    policy: str = "schedule"
    open_lines: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    relaxed: tuple[str, ...] = ()


def searchers(request: Request, problem: Problem) -> dict[str, Any]:
    """Return what a manifest says of who searches, and which solver."""
    return {
        "searched_by": problem.search.solver,
        "searched_why": problem.search.why,
        "origins": origins(task.optimizer for task in request.tasks()),
    }


def status_of(request: Request, runs: Sequence[Run]) -> str:
    """Return how a whole command ended."""
    if any(run.ending in ("failed", "invalid") for run in runs):
        return "failed"
    whole = len(runs) == len(request.tasks()) and all(r.ending != "stopped" for r in runs)
    return "complete" if whole else "interrupted"


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
    folder, goal = place.staging, goal_of(setting.study)
    over = span_of(setting.scenario)
    groups = {"base": [base], **{name: cases for name, cases in found.items() if cases}}
    cases = [case for group in groups.values() for case in group]
    write_study(folder, setting)
    community = _written_cases(folder, setting, cases)
    bound_kwh = None if proven is None else proven.bound.kwh
    summary = _summary(cases, goal.ranked, bound_kwh)
    write_csv(folder / "summary.csv", summary)
    comparison = _compared(cases, summary, goal.ranked, bound_kwh)
    write_comparison(folder, comparison)
    if proven is not None:
        row = proven.row()
        rows = pd.DataFrame([row], columns=columns("bound.csv", row))
        write_csv(folder / "bound.csv", rows)
    if polished is not None and len(polished):
        write_csv(folder / "polish.csv", polished)
    tidy = _written_tables(folder, setting, groups, polished is not None and len(polished) > 0)
    return Outcome(
        folder=place.work,
        status="complete",
        summary=summary,
        tables=tidy,
        notes=(*filter(None, [contradiction(summary)]), *notes, *_rounded(folder)),
        comparison=comparison,
        proof=proven,
        polished=polished,
        money=_money(setting, community, summary, goal.ranked, over, cases),
        goal=goal,
        notices=tuple(gathered([str(notice) for notice in setting.feeder.notices])),
        span=over,
        policy=setting.dispatch.policy,
        open_lines=_open_lines(setting, cases, summary, goal.ranked),
        left_out=left_out(setting.study) if proven is not None else (),
        relaxed=relaxations(setting.study) if proven is not None else (),
    )


def _rounded(folder: Path) -> list[str]:
    """Say which tables have fewer digits than were computed."""
    names = sorted({path.name for path in folder.glob(f"cases/*/*{PACKED}")})
    if not names:
        return []
    return [
        f"{', '.join(names)} are packed: voltages have 4 decimals, powers and currents 1 or 2; "
        'every digit is there with [output] series = "full" in the study.'
    ]


def _written_cases(folder: Path, setting: Setting, cases: Sequence[Case]) -> pd.DataFrame:
    """Write every case, and community.csv over them; return the latter."""
    accounts = {case.name: write_case(folder, setting, case) for case in cases}
    community = bills.community(accounts)
    write_csv(folder / "community.csv", community)
    return community


def _written_tables(
    folder: Path, setting: Setting, groups: Mapping[str, Sequence[Case]], polished: bool
) -> pd.DataFrame:
    """Write the paper's tables of the cases, and return them."""
    study, goal = setting.study, goal_of(setting.study)
    tidy = tables.build(groups, setting.scenario.dt, goal.ranked, tables.is_papers(study))
    write_csv(folder / "tables.csv", tidy)
    write_text(folder / "tables.md", tables.to_markdown(tidy, polished, goal))
    return tidy


def _compared(
    cases: Sequence[Case], summary: pd.DataFrame, ranked: str, bound_kwh: float | None
) -> statistics.Comparison:
    """Return the statistics of the runs among the cases."""
    courses = {c.name: targets.course(c.history) for c in cases if c.history is not None}
    return statistics.compare(summary, courses, ranked, bound_kwh)


def _money(
    setting: Setting,
    community: pd.DataFrame,
    summary: pd.DataFrame,
    ranked: str,
    over: str,
    cases: Sequence[Case],
) -> str:
    """Return what trading meant in the best case, in words."""
    best = str(best_of(summary, ranked)["case"])
    costs = next(case.costs for case in cases if case.name == best)
    owners = None if costs is None else costs.owners
    hours, outsiders = setting.scenario.hours, not bool(setting.market.trades.all())
    return " ".join(money_sentences(community, best, over, hours, owners, outsiders))


def _open_lines(
    setting: Setting, cases: Sequence[Case], summary: pd.DataFrame, ranked: str
) -> tuple[str, ...]:
    """Return which switches are open in the base case and the best one, in words."""
    switches = setting.fleet.switches
    if switches is None:
        return ()
    return open_line_sentences(cases, switches.names, str(best_of(summary, ranked)["case"]))


def best_of(summary: pd.DataFrame, ranked: str) -> pd.Series:
    """Return the row of the best case, the base case only where it is alone."""
    searched = summary[summary["case"] != "base"]
    return best_row(searched if len(searched) else summary, ranked)


def _summary(cases: Sequence[Case], maximised: str, bound_kwh: float | None) -> pd.DataFrame:
    """Return summary.csv; a plan that breaks a limit has no share of the bound."""
    summary = pd.DataFrame(
        [c.summary for c in cases], columns=columns("summary.csv", cases[0].summary)
    )
    if bound_kwh is not None:
        share = [pct(kwh, bound_kwh) for kwh in summary[maximised]]
        summary["pct_of_bound"] = pd.Series(share).where(summary["feasible"].astype(bool))
    return summary


def polish_rows(runs: Sequence[Run]) -> pd.DataFrame:
    """Return polish.csv: one row per run that was polished."""
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
