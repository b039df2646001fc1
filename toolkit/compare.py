"""Whole commands as library calls: simulate, optimize, compare a study into a results folder."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit import labels, planfile, plugins, proof, statistics, store, tables, targets, workers
from toolkit.bound import Progress
from toolkit.cases import Case, base_case, found_case, solve
from toolkit.errors import EngineError, InputError, ToolkitError
from toolkit.ledger import Ledger, search
from toolkit.problem import Problem, Setting, prepare
from toolkit.proof import Proof
from toolkit.run import Polish, Run, Task
from toolkit.schema import columns
from toolkit.scores import Scores
from toolkit.study import Study
from toolkit.verdicts import bound_so_far


@dataclass(frozen=True)
class Request:
    """What a compare or optimize is asked to do.

    ``optimizers`` are names or labels, ``options`` goes by them; see ``labels``. ``bound_s``: with
    a number, a bound is proven besides, in about so many seconds; ``polish``: see ``run.Task``.
    """

    optimizers: tuple[str, ...]
    budget: int = 10_000
    runs: int = 5
    seed: int = 1
    workers: int = 1
    options: Mapping[str, Mapping[str, Any]] | None = None
    bound_s: float | None = None
    polish: Polish | None = None

    def tasks(self) -> list[Task]:
        """Return the runs: every optimizer with every seed, so that runs are paired by seed."""
        chosen = {
            label: labels.split(label, (self.options or {}).get(label)) for label in self.optimizers
        }
        return [
            Task(optimizer, seed, self.budget, options, label, self.polish)
            for seed in range(self.seed, self.seed + self.runs)
            for label, (optimizer, options) in chosen.items()
        ]


@dataclass(frozen=True)
class Outcome:
    """What came of a command."""

    folder: Path
    status: str
    summary: pd.DataFrame
    tables: pd.DataFrame
    notes: tuple[str, ...]
    comparison: statistics.Comparison
    proof: Proof | None = None
    polished: pd.DataFrame | None = None


def checked(study: Study, request: Request) -> tuple[Study, Request]:
    """Check optimizers, options and numbers; return study and request with the options merged.

    An option given with the request wins over the study's. Raises InputError.
    """
    for what, value in (("budget", request.budget), ("runs", request.runs)):
        if value < 1:
            raise InputError(f"--{what}: found {value}; expected a whole number of at least 1.")
    if request.workers < 1:
        raise InputError(f"--workers: found {request.workers}; expected at least 1.")
    if request.seed < 0:
        raise InputError(f"--seed: found {request.seed}; expected a whole number, 0 or more.")
    if request.bound_s is not None:
        check_seconds(request.bound_s)
    labels.check_distinct(request.optimizers)
    merged = dict(study.optimizers)
    for label in request.optimizers:
        merged[label] = labels.resolved(label, study.optimizers, request.options or {})
    for label in study.optimizers:
        labels.check(label, merged[label])
    kept = {label: entry for label, entry in merged.items() if entry}
    return study.model_copy(update={"optimizers": kept}), replace(request, options=merged)


def check_seconds(seconds: float) -> None:
    """Raise InputError unless a time for a bound is one."""
    if not 0.0 < seconds < float("inf"):
        raise InputError(f"--time: found {seconds:g}; expected a number of seconds above 0.")


def search_and_store(
    study: Study,
    request: Request,
    folder: Path,
    command: str,
    *,
    force: bool = False,
    on_progress: workers.Progress = lambda spent: None,
    on_phase: Callable[[str], None] = lambda phase: None,
) -> Outcome:
    """Solve the base case, carry out every run, and write the results folder.

    After Ctrl-C what was found so far is written and the manifest says "interrupted".
    """
    started = time.time()
    study, request = checked(study, request)
    setting = prepare(study)
    _rehearse(request, setting)
    facts = {
        "command": command,
        "optimizers": list(request.optimizers),
        "budget": request.budget,
        "runs": request.runs,
        "seed": request.seed,
        "workers": request.workers,
        "polish": request.polish,
        "bound_s": request.bound_s,
    }
    with workers.Stop() as stop:
        problem = Problem(setting)
        base = base_case(problem)
        if request.bound_s is not None or request.polish:
            proof.check(problem)
        store.prepare(folder, force)
        with _manifest(folder, facts, study, started) as ended:
            runs = workers.run_all(setting, request.tasks(), request.workers, on_progress, stop)
            on_phase("solving and writing the plans found")
            found, notes = _solve_found(problem, runs)
            ended["status"] = _status(request, runs)
            proven = None
            if request.bound_s is not None:
                try:
                    if not stop.is_set():
                        proven = _proven(problem, request.bound_s, proof.GAP, on_phase, stop)
                        found = {"exact": _exact_case(problem, proven), **found}
                    if stop.is_set() and ended["status"] == "complete":
                        ended["status"] = "interrupted"
                except EngineError as error:  # costs the bound, not the runs
                    notes.append(f"no bound or no exact plan: {error}")
                    ended["status"] = "failed"
            polished = _polished(runs)
            outcome = _write(folder, setting, base, found, tuple(notes), proven, polished)
            return replace(outcome, status=ended["status"])


def _proven(
    problem: Problem,
    seconds: float,
    gap: float,
    on_phase: Callable[[str], None],
    stop: workers.Stop,
) -> Proof:
    """Prove a study's bound, its progress told in words."""

    def tell(at: Progress) -> None:
        on_phase(bound_so_far(at.bound_kwh, at.best_kwh))

    on_phase("proving a bound")
    return proof.prove_study(
        problem, seconds, gap, on_progress=tell, on_phase=on_phase, should_stop=stop.is_set
    )


def _polished(runs: Sequence[Run]) -> pd.DataFrame:
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


def _exact_case(problem: Problem, proven: Proof) -> list[Case]:
    """Return the plan of a proof as a case, if one was found."""
    plan = proven.exact.plan
    return [] if plan is None else [solve(problem, "exact", plan)]


def bound_and_store(
    study: Study,
    seconds: float,
    gap: float,
    folder: Path,
    command: str,
    *,
    force: bool = False,
    on_phase: Callable[[str], None] = lambda phase: None,
) -> Outcome:
    """Prove a bound, verify the best plan as case ``exact``, and write the results folder.

    After Ctrl-C what was proven so far is written and the manifest says "interrupted".
    """
    started = time.time()
    check_seconds(seconds)
    if not 0.0 <= gap < 1.0:
        raise InputError(f"--gap: found {100.0 * gap:g}; expected 0 or more and below 100 %.")
    setting = prepare(study)
    with workers.Stop() as stop:
        problem = Problem(setting)
        base = base_case(problem)
        proof.check(problem)
        store.prepare(folder, force)
        facts = {"command": command, "seed": None, "time_s": seconds, "gap": gap}
        with _manifest(folder, facts, study, started) as ended:
            proven = _proven(problem, seconds, gap, on_phase, stop)
            exact = {"exact": _exact_case(problem, proven)}
            outcome = _write(folder, setting, base, exact, (), proven)
            ended["status"] = "interrupted" if stop.is_set() else "complete"
            return replace(outcome, status=ended["status"])


@contextmanager
def _manifest(
    folder: Path, facts: Mapping[str, Any], study: Study, started: float
) -> Iterator[dict[str, str]]:
    """Keep the manifest true: "running" inside the block, then how it ended, whatever happens."""
    ended = {"status": "failed"}
    store.write_manifest(folder, {**facts, "status": "running"}, study)
    try:
        yield ended
    except KeyboardInterrupt:
        ended["status"] = "interrupted"
        raise
    except BaseException:
        ended["status"] = "failed"
        raise
    finally:
        wall = {**ended, "wall_time_s": round(time.time() - started, 3)}
        store.write_manifest(folder, {**facts, **wall}, study)


def _rehearse(request: Request, setting: Setting) -> None:
    """Let every optimizer make one evaluation of nothing, before anything is written.

    What only an optimizer's library can refuse, such as an unknown algorithm, is refused here.
    """
    for task in replace(request, runs=1).tasks():
        optimizer = plugins.build(task.optimizer, task.options)
        ledger = Ledger(setting.space, _nothing, 1)
        try:
            search(optimizer, ledger, np.random.default_rng(0))
        except ToolkitError:
            raise
        except (Exception, SystemExit) as error:
            raise ToolkitError(
                f"optimizer {task.name} breaks at once: {type(error).__name__}: {error}"
            ) from error


def _nothing(x: NDArray[np.float64]) -> Scores:
    return Scores(np.zeros(len(x)), np.zeros(len(x)))


def _status(request: Request, runs: Sequence[Run]) -> str:
    """Return how the whole command ended."""
    if any(run.ending == "failed" for run in runs):
        return "failed"
    whole = len(runs) == len(request.tasks()) and all(r.ending != "stopped" for r in runs)
    return "complete" if whole else "interrupted"


def simulate_and_store(
    study: Study, plan_file: Path | None, folder: Path, command: str, *, force: bool = False
) -> Outcome:
    """Solve the base case, and a given plan besides, and write the results folder."""
    started = time.time()
    setting = prepare(study)
    problem = Problem(setting)
    cases = []
    if plan_file is not None:
        try:
            text = plan_file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"--plan {plan_file}: cannot be read: {error}") from error
        given = planfile.from_json(text, setting.fleet, str(plan_file))
        cases.append(solve(problem, "plan", given))
    base = base_case(problem)
    store.prepare(folder, force)
    with _manifest(folder, {"command": command, "seed": None}, study, started) as ended:
        outcome = _write(folder, setting, base, {"plan": cases}, ())
        ended["status"] = "complete"
        return outcome


def _solve_found(problem: Problem, runs: Sequence[Run]) -> tuple[dict[str, list[Case]], list[str]]:
    """Solve each run's best plan; a run without a plan the engine can solve becomes a note."""
    found: dict[str, list[Case]] = {}
    notes = []
    for run in runs:
        if run.error:
            notes.append(f"{run.task.case} broke after {run.evaluations} evaluations: {run.error}")
        if not run.evaluations:
            notes.append(f"{run.task.case}: ended before its first evaluation; no plan.")
            continue
        try:
            found.setdefault(run.task.name, []).append(found_case(problem, run))
        except EngineError as error:
            notes.append(f"{error}; no plan of this run is kept.")
    return found, notes


def _write(
    folder: Path,
    setting: Setting,
    base: Case,
    found: Mapping[str, Sequence[Case]],
    notes: tuple[str, ...],
    proven: Proof | None = None,
    polished: pd.DataFrame | None = None,
) -> Outcome:
    """Write everything but the manifest."""
    groups = {"base": [base], **{name: cases for name, cases in found.items() if cases}}
    everything = [case for cases in groups.values() for case in cases]
    published = setting.study.feeder == "ieee12"
    objective = setting.study.market.objective
    tidy = tables.build(groups, setting.fleet.dt, objective, with_published=published)
    store.write_study(folder, setting)
    for case in everything:
        store.write_case(folder, setting, case)
    bound_kwh = None if proven is None else proven.bound.kwh
    summary = _summary(everything, f"{objective}_kwh", bound_kwh)
    store.write_csv(folder / "summary.csv", summary)
    courses = {c.name: targets.course(c.history) for c in everything if c.history is not None}
    comparison = statistics.compare(summary, courses, f"{objective}_kwh", bound_kwh)
    store.write_comparison(folder, comparison)
    if proven is not None:
        rows = pd.DataFrame([proven.row()], columns=columns("bound.csv"))
        store.write_csv(folder / "bound.csv", rows)
    note = NOTE
    if polished is not None and len(polished):
        store.write_csv(folder / "polish.csv", polished)
        note += " Plans were polished by the exact model after the search (polish.csv)."
    store.write_csv(folder / "tables.csv", tidy)
    store.write_text(folder / "tables.md", tables.to_markdown(tidy, note))
    return Outcome(folder, "complete", summary, tidy, notes, comparison, proven, polished)


def _summary(cases: Sequence[Case], maximised: str, bound_kwh: float | None) -> pd.DataFrame:
    """Return summary.csv; a plan that breaks a limit has no share of the bound."""
    summary = pd.DataFrame([c.summary for c in cases], columns=columns("summary.csv"))
    if bound_kwh is not None:
        share = [proof.pct(kwh, bound_kwh) for kwh in summary[maximised]]
        summary["pct_of_bound"] = pd.Series(share).where(summary["feasible"].astype(bool))
    return summary


NOTE = (
    "Each optimizer's figures come from one plan: its run with the median energy maximised. "
    "tables.csv has the lowest and highest over the seeds, docs/reproduction.md says why ours and "
    "the paper's differ."
)
