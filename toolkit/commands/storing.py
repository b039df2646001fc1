"""Whole commands as library calls: simulate, search and bound a study into a results folder."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.commands import record
from toolkit.commands.request import EXACT, Request, check_seconds, checked
from toolkit.common import caps, input_files, machine
from toolkit.common.errors import EngineError, InputError, ToolkitError
from toolkit.common.monitor import SILENT, Monitor, Progress
from toolkit.exact import polish, proof
from toolkit.model.notices import gathered
from toolkit.optimizer import enquiry
from toolkit.problem import plan_files
from toolkit.problem.problem import Problem
from toolkit.problem.setting import check_searchable, prepare
from toolkit.problem.sought import goal_of
from toolkit.results import infeasibility, store
from toolkit.results.proof_words import bound_so_far
from toolkit.results.solving import base_case, best_case, solve
from toolkit.results.store import Place, marks
from toolkit.runs import cluster, workers
from toolkit.runs.archive import Archive, resume_words

if TYPE_CHECKING:
    from toolkit.commands.record import Outcome
    from toolkit.exact.proof import Proof
    from toolkit.inputs.study import Study
    from toolkit.model.plan import Plan
    from toolkit.problem.setting import Setting
    from toolkit.results.case import Case
    from toolkit.runs.run import Run


def search_and_store(
    study: Study,
    request: Request,
    folder: Path,
    command: str,
    *,
    force: bool = False,
    monitor: Monitor = SILENT,
) -> Outcome:
    """Solve the base case, carry out every run, and write the results folder.

    After Ctrl-C what was found so far is written and the manifest says "interrupted"; whatever
    ends a command early, ``resume.resume`` goes on from there.
    """
    store.check_free(folder, force)
    with marks.preparing(folder) as prepared:

        def take() -> AbstractContextManager[Place]:
            prepared()
            return store.claimed(folder, force)

        return carry_out(study, request, folder, command, take, monitor=monitor)


def carry_out(
    study: Study,
    request: Request,
    folder: Path,
    command: str,
    take: Callable[[], AbstractContextManager[Place]],
    *,
    monitor: Monitor,
) -> Outcome:
    """Check a request, take the folder, then do all of it or what is left of it."""
    started = time.time()
    monitor.phase("preparing the study")
    study, request = checked(study, request)
    # Before anything is read, so that what the manifest says was used is what was.
    identity = store.identity(study)
    setting = prepare(study)
    check_searchable(setting)
    if request.polish:
        polish.check(setting)
    notices = _told(setting, monitor)
    enquiry.rehearse(replace(request, runs=1).tasks(), setting.space)
    with workers.Stop(monitor.should_stop) as stop:
        watched = replace(monitor, should_stop=stop.is_set)
        problem = Problem(setting)
        monitor.phase("solving the base case")
        base = base_case(problem)
        monitor.phase("choosing a solver")
        # A solver that cannot be used is refused before the folder is taken.
        monitor.detail(f"searches by {problem.search}; {len(problem.space)} variables")
        if request.bound_s is not None or request.polish:
            proof.check(problem)
        if request.scheduler is not None:
            cluster.check(request.scheduler, study)
        with take() as place:
            facts = {"command": command, **identity, "notices": notices, **request.facts()}
            facts |= record.searchers(request, problem)
            with (
                _archive(place, folder, identity["study_hash"], request) as archive,
                record.manifest(place, facts, setting, started) as ended,
            ):
                tasks = request.tasks()
                monitor.phase("evaluations")
                monitor.detail(request.told)
                runs = workers.run_all(
                    problem,
                    tasks,
                    request.workers,
                    monitor,
                    stop,
                    archive=archive,
                    scheduler=request.scheduler,
                )
                outcome = _written(problem, base, runs, request, place, watched)
                ended |= _ended(request, outcome)
            return replace(outcome, folder=place.settled())


def _told(setting: Setting, monitor: Monitor) -> list[str]:
    """Say, before anything is computed, what its figures have to be read with, and return it."""
    notices = [str(notice) for notice in setting.feeder.notices]
    for notice in gathered(notices):
        monitor.notice(notice)
    return notices


def _ended(request: Request, outcome: Outcome) -> dict[str, Any]:
    """Return what a manifest says of a search that ended: runs that left no plan, besides."""
    left = {*outcome.summary["case"]}
    without = [task.case for task in request.tasks() if task.case not in left]
    return {"status": outcome.status, **({"without_plan": without} if without else {})}


@contextmanager
def _archive(place: Place, folder: Path, study_hash: str, request: Request) -> Iterator[Archive]:
    """Keep journals and finished runs until the command is complete, longer if asked to."""
    archive = Archive.begin(place.work, study_hash, machine.versions())
    try:
        yield archive
    except ToolkitError as error:
        raise ToolkitError(f"{error}\nWhat is done is kept: {resume_words(folder)}") from error
    if not request.keep_journal and store.status(place.work) == "complete":
        archive.remove()


def _written(
    problem: Problem,
    base: Case,
    runs: Sequence[Run],
    request: Request,
    place: Place,
    monitor: Monitor,
) -> Outcome:
    """Solve what the runs found, prove a bound if asked to, and write all of it."""
    monitor.phase("solving and writing the plans found")
    found, notes = _solve_found(problem, runs)
    status = record.status_of(request, runs)
    proven = None
    if request.bound_s is not None:
        try:
            if not monitor.should_stop():
                known = request.known(problem.setting)
                proven = _proven(problem, request.bound_s, proof.GAP, monitor, known)
                found = {EXACT: _exact_case(problem, proven), **found}
            if monitor.should_stop() and status == "complete":
                status = "interrupted"
        except EngineError as error:  # costs the bound, not the runs
            notes.append(f"no bound or no exact plan: {error}")
            status = "failed"
    notes += infeasibility.told(problem, base, found)
    polished = record.polish_rows(runs)
    outcome = record.write(place, problem.setting, base, found, tuple(notes), proven, polished)
    return replace(outcome, status=status)


def bound_and_store(
    study: Study,
    seconds: float,
    gap: float,
    folder: Path,
    command: str,
    *,
    force: bool = False,
    monitor: Monitor = SILENT,
) -> Outcome:
    """Prove a bound, verify the best plan as case ``exact``, and write the results folder.

    After Ctrl-C what was proven so far is written and the manifest says "interrupted".
    """
    started = time.time()
    monitor.phase("preparing the study")
    check_seconds(seconds)
    if not 0.0 <= gap < 1.0:
        raise InputError(f"--gap: found {100.0 * gap:g}; expected 0 or more and below 100 %.")
    store.check_free(folder, force)
    identity = store.identity(study)
    setting = prepare(study)
    check_searchable(setting)
    notices = _told(setting, monitor)
    with workers.Stop() as stop:
        watched = replace(monitor, should_stop=stop.is_set)
        problem = Problem(setting)
        monitor.phase("solving the base case")
        base = base_case(problem)
        proof.check(problem)
        asked = {"seed": None, "time_s": seconds, "gap": gap}
        facts = {"command": command, **identity, "notices": notices, **asked}
        with store.claimed(folder, force) as place:
            with record.manifest(place, facts, setting, started) as ended:
                proven = _proven(problem, seconds, gap, watched)
                monitor.phase("solving and writing the plan found")
                exact = {EXACT: _exact_case(problem, proven)}
                notes = tuple(infeasibility.told(problem, base, exact))
                outcome = record.write(place, setting, base, exact, notes, proven)
                ended["status"] = "interrupted" if stop.is_set() else "complete"
            return replace(outcome, status=ended["status"], folder=place.settled())


def simulate_and_store(
    study: Study,
    plan_file: Path | None,
    folder: Path,
    command: str,
    *,
    force: bool = False,
    monitor: Monitor = SILENT,
) -> Outcome:
    """Solve the base case, and a given plan besides, and write the results folder."""
    started = time.time()
    store.check_free(folder, force)
    identity = store.identity(study)
    setting = prepare(study)
    notices = _told(setting, monitor)
    problem = Problem(setting)
    cases = []
    if plan_file is not None:
        text = input_files.text(plan_file, caps.PLAN_BYTES, "--plan")
        given = plan_files.from_json(text, setting, str(plan_file))
        monitor.phase("solving the plan")
        cases.append(solve(problem, "plan", given))
    monitor.phase("solving the base case")
    base = base_case(problem)
    facts = {"command": command, **identity, "notices": notices, "seed": None}
    with store.claimed(folder, force) as place:
        with record.manifest(place, facts, setting, started) as ended:
            monitor.phase("writing the results")
            notes = tuple(infeasibility.told(problem, base, {"plan": cases}))
            outcome = record.write(place, setting, base, {"plan": cases}, notes)
            ended["status"] = "complete"
        return replace(outcome, folder=place.settled())


def _proven(
    problem: Problem,
    seconds: float,
    gap: float,
    monitor: Monitor,
    known: Sequence[Plan] = (),
) -> Proof:
    """Prove a study's bound, its progress told in words. known: plans to begin from."""
    goal = goal_of(problem.setting.study)

    def tell(at: Progress) -> None:
        monitor.standing(bound_so_far(at.bound_kwh, at.best_kwh, goal))

    monitor.phase("proving a bound")
    telling = replace(monitor, bound=tell)
    return proof.prove_study(problem, seconds, gap, known=known, monitor=telling)


def _exact_case(problem: Problem, proven: Proof) -> list[Case]:
    """Return the plan of a proof as a case, if one was found."""
    plan = proven.exact.plan
    return [] if plan is None else [solve(problem, EXACT, plan)]


def _solve_found(problem: Problem, runs: Sequence[Run]) -> tuple[dict[str, list[Case]], list[str]]:
    """Solve each run's best plan; a run without a plan the engine can solve becomes a note."""
    found: dict[str, list[Case]] = {}
    notes = []
    for run in runs:
        if run.notice:
            notes.append(run.notice)
        if run.ending == "invalid":
            notes.append(f"{run.task.case} is invalid and counts nowhere: {run.error}.")
            continue
        if run.error:
            notes.append(f"{run.task.case} broke after {run.evaluations} evaluations: {run.error}")
        if not run.evaluations:
            notes.append(f"{run.task.case}: ended before its first evaluation; no plan.")
            continue
        try:
            found.setdefault(run.task.name, []).append(best_case(problem, run))
        except EngineError as error:
            notes.append(f"{error}; no plan of this run is kept.")
    return found, notes
