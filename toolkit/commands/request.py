"""What a search is asked to do, checked before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from toolkit import enquiry, labels
from toolkit.errors import InputError
from toolkit.runs.run import Polish, Task
from toolkit.study import Study

#: The least and the most that can be asked for: what a machine, or a table of results, can hold.
LIMITS = {
    "budget": (1, 10_000_000),
    "runs": (1, 10_000),
    "workers": (1, 1_000),
    "seed": (0, 2**62),
}


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

        Raises InputError where it does not say so: of a command that searched for nothing.
        """
        named = {field.name for field in fields(cls)} - {"options"}
        missing = sorted(named - manifest.keys())
        if missing:
            raise InputError(
                f"manifest.json: '{missing[0]}' is missing; it was written by "
                f"'{str(manifest.get('command', ''))[:60]}', which cannot be resumed or repeated; "
                "compare and optimize can."
            )
        if manifest["seed"] is None:
            raise InputError("manifest.json: 'seed': found null; expected a whole number.")
        asked = {name: manifest[name] for name in named}
        return cls(**{**asked, "optimizers": tuple(asked["optimizers"])})

    @property
    def evaluations(self) -> int:
        """Evaluations that all runs together may spend."""
        return len(self.optimizers) * self.runs * self.budget

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


def checked(study: Study, request: Request) -> tuple[Study, Request]:
    """Check optimizers, options and numbers; return study and request with the options merged.

    An option given with the request wins over the study's. Raises InputError.
    """
    for what, (least, most) in LIMITS.items():
        value = getattr(request, what)
        if value < least:
            raise InputError(
                f"--{what}: found {value}; expected a whole number of at least {least}."
            )
        if value > most:
            raise InputError(f"--{what}: found {value}; expected at most {most:,}.")
    if request.bound_s is not None:
        check_seconds(request.bound_s)
    labels.check_distinct(request.optimizers)
    merged = enquiry.resolved(request.optimizers, study.optimizers, request.options or {})
    kept = {label: entry for label, entry in merged.items() if entry}
    return study.model_copy(update={"optimizers": kept}), replace(request, options=merged)


def check_seconds(seconds: float) -> None:
    """Raise InputError unless a time for a bound is one."""
    if not 0.0 < seconds < float("inf"):
        raise InputError(f"--time: found {seconds:g}; expected a number of seconds above 0.")
