"""What a search is asked to do, checked before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

from toolkit.common import caps
from toolkit.common.arguments import (
    Budget,
    Flag,
    Runs,
    Seconds,
    Seed,
    Word,
    Workers,
)
from toolkit.common.errors import InputError
from toolkit.common.excerpts import excerpt
from toolkit.inputs.study import Study
from toolkit.optimizer import enquiry, labels
from toolkit.runs.run import Polish, Task

#: How many of what may be asked for.
MOST = {"budget": caps.BUDGET, "runs": caps.RUNS, "workers": caps.WORKERS}


@dataclass(frozen=True)
class Request:
    """What a compare or optimize is asked to do.

    ``optimizers`` are names or labels, ``options`` goes by them; see ``labels``. ``bound_s``: with
    a number, a bound is proven besides, in about so many seconds; ``polish``: see ``run.Task``;
    ``scheduler``: the address of a Dask cluster whose workers do the work instead of ``workers``
    processes; ``keep_journal``: keep journals and finished runs when all is done.
    """

    optimizers: tuple[str, ...]
    budget: int = 10_000
    runs: int = 5
    seed: int = 1
    workers: int = 1
    options: Mapping[str, Mapping[str, Any]] | None = None
    bound_s: float | None = None
    polish: Polish | None = None
    scheduler: str | None = None
    keep_journal: bool = False

    def facts(self) -> dict[str, Any]:
        """Return what a manifest says of the request; options are the study's by then."""
        facts = asdict(self)
        del facts["options"]
        return {**facts, "optimizers": list(self.optimizers)}

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any]) -> Request:
        """Return what a results folder's manifest says was asked; options stand in its study.

        Raises InputError where it does not say so: of a command that searched for nothing, or with
        values that nobody can ask for.
        """
        named = {field.name for field in fields(cls)} - {"options"}
        missing = sorted(named - manifest.keys())
        if missing:
            raise InputError(
                f"manifest.json: '{missing[0]}' is missing; it was written by "
                f"'{str(manifest.get('command', ''))[:60]}', which cannot be resumed or repeated; "
                "compare and optimize can."
            )
        asked = {name: manifest[name] for name in named}
        try:
            return cls(**TypeAdapter(_Asked).validate_python(asked))
        except ValidationError as error:
            found = error.errors()[0]
            field, says = found["loc"][0], found["msg"].removeprefix("Value error, ")
            raise InputError(
                f"manifest.json: '{field}': found {excerpt(found['input'])}; {says}."
            ) from error

    @property
    def evaluations(self) -> int:
        """Evaluations that all runs together may spend."""
        return len(self.optimizers) * self.runs * self.budget

    def tasks(self) -> list[Task]:
        """Return the runs: every optimizer with every seed, so that runs are paired by seed.

        Raises InputError for numbers that are out of their limits, before there are too many runs.
        """
        check_numbers(self)
        chosen = {
            label: labels.split(label, (self.options or {}).get(label)) for label in self.optimizers
        }
        return [
            Task(optimizer, seed, self.budget, options, label, self.polish)
            for seed in range(self.seed, self.seed + self.runs)
            for label, (optimizer, options) in chosen.items()
        ]


class _Asked(TypedDict):
    """What a manifest says of a request."""

    optimizers: tuple[Word, ...]
    budget: Budget
    runs: Runs
    seed: Seed
    workers: Workers
    bound_s: Seconds | None
    polish: Polish | None
    scheduler: str | None
    keep_journal: Flag


def checked(study: Study, request: Request) -> tuple[Study, Request]:
    """Check optimizers, options and numbers; return study and request with the options merged.

    An option given with the request wins over the study's. Raises InputError.
    """
    check_numbers(request)
    labels.check_distinct(request.optimizers)
    merged = enquiry.resolved(request.optimizers, study.optimizers, request.options or {})
    kept = {label: entry for label, entry in merged.items() if entry}
    return study.model_copy(update={"optimizers": kept}), replace(request, options=merged)


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
