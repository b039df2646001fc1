"""What a search is asked to do: the one table of its names, types, defaults and limits.

The command line (``request_flags``) and the Python functions (``toolkit.commands.api``) derive
their parameters from it. It is light to import, so that ``--help`` is quick.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, TypedDict, get_type_hints

from toolkit.common import caps
from toolkit.common.errors import InputError
from toolkit.common.excerpts import excerpt
from toolkit.common.phrases import in_words
from toolkit.model.solver import Asked

if TYPE_CHECKING:
    from toolkit.common.arguments import (
        Budget,
        Flag,
        Polishing,
        Runs,
        Seconds,
        Seed,
        Starts,
        Word,
        Workers,
    )
    from toolkit.inputs.study import Study
    from toolkit.model.plan import Plan
    from toolkit.problem.setting import Setting
    from toolkit.runs.run import Task

#: How many of what may be asked for.
MOST = {"budget": caps.BUDGET, "runs": caps.RUNS, "workers": caps.WORKERS}
#: Fields that the manifests of earlier versions lack.
ADDED = {"solver", "starts"}
#: The case of the exact model's plan.
EXACT = "exact"
#: Seconds a bound may take unless told otherwise.
BOUND_S = 120.0


@dataclass(frozen=True)
class Request:
    """What a compare or optimize is asked to do.

    ``optimizers`` are names or labels, ``options`` goes by them; see ``labels``. ``bound_s``: with
    a number, a bound is proven besides, in about so many seconds; ``polish``: see ``run.Task``;
    ``scheduler``: the address of a Dask cluster whose workers do the work instead of ``workers``
    processes; ``keep_journal``: keep journals and finished runs when all is done; ``solver``: of
    the search's power flows, the study's unless told otherwise; ``starts``: points of the unit cube
    that runs begin from, by the case; those of ``exact`` the exact model does.
    """

    optimizers: tuple[Word, ...]
    budget: Budget = 10_000
    runs: Runs = 5
    seed: Seed = 1
    workers: Workers = 1
    options: Mapping[str, Mapping[str, Any]] | None = None
    bound_s: Seconds | None = None
    polish: Polishing | None = None
    scheduler: str | None = None
    keep_journal: Flag = False
    solver: Asked | None = None
    starts: Starts | None = None

    def facts(self) -> dict[str, Any]:
        """Return what a manifest says of the request; options are the study's by then."""
        facts = asdict(self)
        del facts["options"]
        if facts["starts"] is None:
            del facts["starts"]
        return {**facts, "optimizers": list(self.optimizers)}

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any]) -> Request:
        """Return what a results folder's manifest says was asked; options stand in its study.

        Raises InputError where it does not say so: of a command that searched for nothing, or with
        values that nobody can ask for.
        """
        missing = sorted({*_fields_of_manifest()} - manifest.keys() - ADDED)
        if missing:
            raise InputError(
                f"manifest.json: '{missing[0]}' is missing; it was written by "
                f"'{str(manifest.get('command', ''))[:60]}', which cannot be resumed or repeated; "
                "compare and optimize can."
            )
        there = [name for name in _fields_of_manifest() if name in manifest]
        return cls(**{name: _valid(name, manifest[name]) for name in there})

    @property
    def evaluations(self) -> int:
        """Evaluations that all runs together may spend."""
        return len(self.optimizers) * self.runs * self.budget

    @property
    def told(self) -> str:
        """How many runs there are, and who does the work, in words."""
        runs = len(self.optimizers) * self.runs
        by = f"{self.workers} worker {'process' if self.workers == 1 else 'processes'}"
        by = f"the workers of {self.scheduler}" if self.scheduler else by
        return f"{runs} {'run' if runs == 1 else 'runs'} of {self.budget:,} evaluations, by {by}"

    def tasks(self) -> list[Task]:
        """Return the runs: every optimizer with every seed, so that runs are paired by seed.

        Raises InputError for numbers that are out of their limits, before there are too many runs.
        """
        from toolkit.optimizer import labels
        from toolkit.runs.run import Task

        check_numbers(self)
        chosen = {
            label: labels.split(label, (self.options or {}).get(label)) for label in self.optimizers
        }
        return [
            self._beginning(Task(optimizer, seed, self.budget, options, label, self.polish))
            for seed in range(self.seed, self.seed + self.runs)
            for label, (optimizer, options) in chosen.items()
        ]

    def known(self, setting: Setting) -> list[Plan]:
        """Return the plans that the exact model begins from. Raises InputError for alien points."""
        from toolkit.runs.run import points_of

        starts = (self.starts or {}).get(EXACT, ())
        points = points_of(EXACT, starts, setting.space)
        return [setting.decode(points).row(i) for i in range(len(points))]

    def _beginning(self, task: Task) -> Task:
        """Return a task with the points that it begins from."""
        starts = (self.starts or {}).get(task.case, ())
        return replace(task, starts=tuple(map(tuple, starts))) if starts else task


class Keywords(TypedDict, total=False):
    """The fields of a request that the Python functions take by keyword, by their names there."""

    budget: Budget
    runs: Runs
    seed: Seed
    workers: Workers
    bound: Seconds | None
    polish: Polishing | None
    solver: Asked | None


#: Name of a keyword by the field of a request, where they differ.
KEYWORD = {"bound_s": "bound"}
#: What each command that searches does unless told otherwise.
DEFAULTS = {
    "compare": Request(("pygad", "cheetah")),
    "optimize": Request(("cheetah",), runs=1),
    "sweep": Request(("cheetah",), runs=1),
    "front": Request(("cheetah-plus",), budget=2_000, runs=1),
}


def field_types() -> dict[str, Any]:
    """Return the type of each field of a request, with what checks it."""
    from toolkit.common import arguments

    return get_type_hints(Request, {**globals(), **vars(arguments)}, include_extras=True)


def _fields_of_manifest() -> list[str]:
    """Return the fields that a manifest has; the options stand in the study."""
    return [field.name for field in fields(Request) if field.name != "options"]


def _valid(name: str, value: Any) -> Any:
    """Return a manifest's value of a field, checked. Raises InputError naming it."""
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(field_types()[name]).validate_python(value)
    except ValidationError as error:
        flaw = error.errors()[0]
        says = in_words(flaw["msg"])
        raise InputError(
            f"manifest.json: '{name}': found {excerpt(flaw['input'])}; {says}."
        ) from error


def checked(study: Study, request: Request) -> tuple[Study, Request]:
    """Check optimizers, options and numbers; return study and request with the options merged.

    An option given with the request wins over the study's. Raises InputError.
    """
    from toolkit.inputs.sections import PowerFlow
    from toolkit.optimizer import enquiry, labels

    check_numbers(request)
    labels.check_distinct(request.optimizers)
    merged = enquiry.resolved(request.optimizers, study.optimizers, request.options or {})
    kept = {label: entry for label, entry in merged.items() if entry}
    flow = study.power_flow if request.solver is None else PowerFlow(solver=request.solver)
    study = study.model_copy(update={"optimizers": kept, "power_flow": flow})
    return study, replace(request, options=merged)


def check_numbers(request: Request) -> None:
    """Raise InputError unless every number of a request is within its limits."""
    for what, most in MOST.items():
        value = getattr(request, what)
        if value < 1:
            raise InputError(f"--{what}: found {value}; expected a whole number of at least 1.")
        if value > most:
            found = excerpt(value)
            raise InputError(f"--{what}: found {found}; expected a whole number up to {most:,}.")
    if request.seed < 0 or request.seed + request.runs - 1 > caps.SEED:
        raise InputError(
            f"--seed: found {excerpt(request.seed)}; expected a whole number, 0 or more, and no "
            f"run's seed above {caps.SEED}."
        )
    if request.bound_s is not None:
        check_seconds(request.bound_s)
    if len(request.optimizers) * request.runs > caps.RUNS:
        raise InputError(
            f"--runs: found {request.runs:,} of {len(request.optimizers):,} optimizers; expected "
            f"at most {caps.RUNS:,} in all."
        )


def check_seconds(seconds: float) -> None:
    """Raise InputError unless a time for a bound is one."""
    if not 0.0 < seconds <= caps.SECONDS:
        raise InputError(
            f"--time: found {seconds:g}; expected a number of seconds above 0, at most "
            f"{caps.SECONDS:,.0f}."
        )
