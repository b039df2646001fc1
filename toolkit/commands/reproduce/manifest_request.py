"""What a command was asked, as the manifest of its results says."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.commands.reproduce.difference import Difference, same, unlike
from toolkit.exact.shares import reserve

FILE = "manifest.json"
STATUSES = ("complete", "interrupted", "failed")
#: Cases that no search gave.
GIVEN = ("base", "plan", "exact")
#: What the plans begin with that a search for several goals found for the points of a front.
AT = "at-"
RUN = re.compile(r"(?P<optimizer>.+)-seed(?P<seed>0|[1-9][0-9]*)", re.DOTALL)
#: Flags of a command line whose value a manifest has as a number of its own.
FLAGS = {
    "--budget": "budget",
    "-b": "budget",
    "--runs": "runs",
    "-n": "runs",
    "--seed": "seed",
    "-s": "seed",
}


def is_given(case: str) -> bool:
    """Say whether a case is of no run: base, plan, exact, or a plan of a point, at-POINT."""
    return case in GIVEN or (case.startswith(AT) and RUN.fullmatch(case) is None)


@dataclass(frozen=True)
class ManifestRequest:
    """What a command was asked, as its manifest has it.

    optimizers: their labels; empty: nothing was searched. polish, bound: whether that was asked
    for; without_plan: runs that left none; sound: False where the manifest does not say it.
    """

    status: str
    optimizers: tuple[str, ...] = ()
    budget: int = 0
    runs: int = 0
    seed: int = 0
    polish: bool = False
    bound: bool = False
    without_plan: tuple[str, ...] = ()
    sound: bool = True

    @property
    def kept_back(self) -> int:
        """Evaluations of a run's budget that are kept for polishing."""
        return reserve(self.budget) if self.polish else 0

    def place(self, case: str) -> tuple[int, int] | None:
        """Return seed and place of a run among those asked for; None if it is none of them."""
        run = RUN.fullmatch(case)
        # Far more digits than any seed has are no seed, and no number to be read.
        if run is None or run["optimizer"] not in self.optimizers or len(run["seed"]) > 30:
            return None
        seed = int(run["seed"])
        if not self.seed <= seed < self.seed + self.runs:
            return None
        return seed, self.optimizers.index(run["optimizer"])

    def first_missing(self, there: set[str]) -> str | None:
        """Return the first run asked for that is not there; no more are looked at than needed."""
        names = (
            f"{label}-seed{seed}"
            for seed in range(self.seed, self.seed + self.runs)
            for label in self.optimizers
        )
        return next((name for name in names if name not in there), None)


def read_request(manifest: Mapping[str, Any]) -> tuple[ManifestRequest, list[Difference]]:
    """Return what was asked, and what of it a manifest does not say as it should."""
    status = manifest.get("status")
    checks = [_among("status", status, STATUSES)]
    if "optimizers" not in manifest:
        request = ManifestRequest(str(status), bound="gap" in manifest)
        return request, [*checks, *_command(manifest, request)]
    labels, left = manifest["optimizers"], manifest.get("without_plan", [])
    lowest = {"budget": 1, "runs": 1, "seed": 0}
    checks += [_whole(name, manifest.get(name), least) for name, least in lowest.items()]
    checks += [_names("optimizers", labels), _names("without_plan", left)]
    checks += [_among("polish", manifest.get("polish", ""), (None, "dispatch", "sites"))]
    checks += [_seconds(manifest.get("bound_s", ""))]
    if not all(one.holds for one in checks):
        return ManifestRequest(str(status), sound=False), checks
    request = ManifestRequest(
        status=str(status),
        optimizers=tuple(labels),
        polish=manifest["polish"] is not None,
        bound=manifest["bound_s"] is not None,
        without_plan=tuple(left),
        budget=manifest["budget"],
        runs=manifest["runs"],
        seed=manifest["seed"],
    )
    return request, [*checks, *_command(manifest, request)]


def _among(name: str, value: object, allowed: Sequence[object]) -> Difference:
    if value in allowed and not isinstance(value, bool):
        return same("", FILE, name, value, value)
    return unlike("", FILE, name, str(value)[:40], " or ".join(map(str, allowed)))


def _whole(name: str, value: object, lowest: int) -> Difference:
    if isinstance(value, int) and not isinstance(value, bool) and lowest <= value < 10**18:
        return same("", FILE, name, value, value)
    return unlike("", FILE, name, str(value)[:40], f"a whole number, {lowest} or more")


def _seconds(value: object) -> Difference:
    number = isinstance(value, int | float) and not isinstance(value, bool) and value > 0
    if value is None or number:
        return same("", FILE, "bound_s", value, value)
    return unlike("", FILE, "bound_s", str(value)[:40], "null or seconds")


def _names(name: str, value: object) -> Difference:
    texts = isinstance(value, list) and all(isinstance(one, str) for one in value)
    if isinstance(value, list) and texts and len(set(value)) == len(value):
        return same("", FILE, name, value, value)
    return unlike("", FILE, name, str(value)[:40], "a list of different names")


def _command(manifest: Mapping[str, Any], request: ManifestRequest) -> list[Difference]:
    """Compare what a command line says with the other entries; words of other forms say nothing."""
    try:
        words = shlex.split(str(manifest.get("command", "")))
    except ValueError:
        return []
    if not words or words[0] != "toolkit" or len(words) < 2:
        return []
    searches = words[1] in ("compare", "optimize")
    if words[1] in ("compare", "optimize", "bound", "simulate") and searches != bool(
        request.optimizers
    ):
        wanted = "a search" if request.optimizers else "no search"
        return [unlike("", FILE, "command", f"toolkit {words[1]}", wanted)]
    numbers = _flags(words)
    return [
        unlike("", FILE, "command", f"--{name} {value}", str(getattr(request, name)))
        for name, value in numbers.items()
        if searches and value != str(getattr(request, name))
    ]


def _flags(words: Sequence[str]) -> dict[str, str]:
    """Return the numbers that flags of a command line give, as text."""
    given = {}
    for word, following in zip(words, [*words[1:], ""], strict=True):
        flag, equals, value = word.partition("=")
        text = value if equals else following
        if flag in FLAGS and text.isdigit():
            given[FLAGS[flag]] = str(int(text[:30]))
    return given
