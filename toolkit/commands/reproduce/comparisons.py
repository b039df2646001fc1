"""The comparisons of what lies beside the cases of a results folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from toolkit.commands.reproduce import (
    aggregates,
    bounds,
    histories,
    money,
    network,
    request_checks,
)
from toolkit.commands.reproduce.aggregates import Aggregates
from toolkit.commands.reproduce.case_check import CaseCheck
from toolkit.commands.reproduce.difference import Difference, same
from toolkit.commands.reproduce.folder import ResultsFolder
from toolkit.commands.reproduce.integrity import Sources
from toolkit.commands.reproduce.sources import other_bases
from toolkit.problem.setting import Setting
from toolkit.problem.sought import goal_of
from toolkit.results.case import Case


def compared(
    results: ResultsFolder, checks: Sequence[CaseCheck], sources: Sources
) -> tuple[list[Difference], Aggregates | None]:
    """Compare what lies beside the cases, and return what the tables over them should be.

    Those are None where the summary is no ground for them.
    """
    folder, setting = results.path, sources.setting
    cases = {check.name: check.case for check in checks if check.case is not None}
    goal = goal_of(results.study)
    bound_kwh = bounds.bound_kwh(folder, goal)
    rows = [*results.faults, *sources.differences, *results.odd]
    polished = {name: history.polished for name, history in results.histories.items()}
    rows += request_checks.summary(
        results.request, results.summary, polished if results.request.polish else {}
    )
    rows += [d for n in results.searched for d in histories.check(folder, n, cases.get(n))]
    rows += aggregates.summary(
        results.summary, checks, results.histories, bound_kwh, results.ranked
    )
    whole = len(cases) == len(checks) > 0
    if whole and all(results.ranked in case.summary for case in cases.values()):
        rows += bounds.bound(folder, cases, goal, results.study.market.objective)
    rows += bounds.polishing(folder, results.request, [*results.polished], results.histories)
    rows += _of_network(results, cases if whole else {}, setting)
    rows += [
        same(check.name, "plan.json", "step_h", check.step_h, checks[0].step_h)
        for check in checks
        if check.case is not None
    ]
    if not checks or not aggregates.sound(results.summary, results.ranked):
        return rows, None
    dt = checks[0].step_h
    over = aggregates.over_cases(
        cases, results.histories, results.summary, results.study, dt, bound_kwh
    )
    return rows + aggregates.compared(folder, over), over


def _of_network(
    results: ResultsFolder, cases: Mapping[str, Case], setting: Setting | None
) -> list[Difference]:
    """Compare the network, and what trading meant in money, as far as sources are here."""
    study = results.study
    if setting is None:
        words = (study.settlement.mechanism, study.tariffs.currency)
        rows = money.named(results.path, [*results.cases], *words)
        return rows + (other_bases(results.path, results.cases) if results.cases else [])
    rows = network.check(results.path, setting.feeder)
    buses = {*setting.feeder.buses}
    fitting = all({*case.buses["bus"]} == buses for case in cases.values())
    return rows + (money.settled(results.path, setting, cases) if cases and fitting else [])


def files(results: ResultsFolder, over: Aggregates | None) -> list[str]:
    """Return the files beside the cases that not every results folder has."""
    compared = list(aggregates.KEYS) if over is None else list(over.compared)
    there = [name for name in compared if over is not None or (results.path / name).is_file()]
    # A bound that could not be proven fails its command and leaves no file.
    asked_for = results.request.bound and (
        results.request.status == "complete" or (results.path / "bound.csv").is_file()
    )
    priced = results.cases if results.study.costs.stated else ()
    owned = results.cases if results.study.ownership.stated else ()
    return [
        *there,
        *(f"cases/{name}/costs.csv" for name in priced),
        *(f"cases/{name}/owners.csv" for name in owned),
        *(["bound.csv"] if asked_for else []),
        *(["polish.csv"] if results.polished else []),
    ]
