"""What a manifest says was asked, held against the summary that came of it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from toolkit.commands.reproduce import compare
from toolkit.commands.reproduce.difference import Difference, same, unlike
from toolkit.exact.polish import reserve

FILE = "manifest.json"
STATUSES = ("complete", "interrupted", "failed")
#: Cases that no search gave.
GIVEN = ("base", "plan", "exact")
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


@dataclass(frozen=True)
class Asked:
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


def read(manifest: Mapping[str, Any]) -> tuple[Asked, list[Difference]]:
    """Return what was asked, and what of it a manifest does not say as it should."""
    status = manifest.get("status")
    found = [_among("status", status, STATUSES)]
    if "optimizers" not in manifest:
        asked = Asked(str(status), bound="gap" in manifest)
        return asked, [*found, *_command(manifest, asked)]
    labels, left = manifest["optimizers"], manifest.get("without_plan", [])
    lowest = {"budget": 1, "runs": 1, "seed": 0}
    found += [_whole(name, manifest.get(name), least) for name, least in lowest.items()]
    found += [_names("optimizers", labels), _names("without_plan", left)]
    found += [_among("polish", manifest.get("polish", ""), (None, "dispatch", "sites"))]
    found += [_seconds(manifest.get("bound_s", ""))]
    if not all(one.holds for one in found):
        return Asked(str(status), sound=False), found
    asked = Asked(
        status=str(status),
        optimizers=tuple(labels),
        polish=manifest["polish"] is not None,
        bound=manifest["bound_s"] is not None,
        without_plan=tuple(left),
        budget=manifest["budget"],
        runs=manifest["runs"],
        seed=manifest["seed"],
    )
    return asked, [*found, *_command(manifest, asked)]


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


def _command(manifest: Mapping[str, Any], asked: Asked) -> list[Difference]:
    """Compare what a command line says with the other entries; words of other forms say nothing."""
    try:
        words = shlex.split(str(manifest.get("command", "")))
    except ValueError:
        return []
    if not words or words[0] != "toolkit" or len(words) < 2:
        return []
    searches = words[1] in ("compare", "optimize")
    if words[1] in ("compare", "optimize", "bound", "simulate") and searches != bool(
        asked.optimizers
    ):
        wanted = "a search" if asked.optimizers else "no search"
        return [unlike("", FILE, "command", f"toolkit {words[1]}", wanted)]
    said = _flags(words)
    return [
        unlike("", FILE, "command", f"--{name} {value}", str(getattr(asked, name)))
        for name, value in said.items()
        if searches and value != str(getattr(asked, name))
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


def summary(asked: Asked, found: pd.DataFrame, polished: Mapping[str, int]) -> list[Difference]:
    """Compare the rows of summary.csv with what was asked: cases, their order, seeds and endings.

    polished: evaluations that polishing took of each run, from the ends of histories.
    """
    names = list(found["case"])
    differences = _cases(asked, names)
    runs = [RUN.fullmatch(name) if name not in GIVEN else None for name in names]
    solved = {
        "optimizer": pd.Series(
            ["" if run is None else run["optimizer"] for run in runs], dtype=object
        ),
        "seed": pd.Series(["" if run is None else run["seed"] for run in runs], dtype=object),
    }
    labels = [f"case {name}" for name in names]
    differences += [
        compare.column("", "summary.csv", name, "", found[name], values, labels)
        for name, values in solved.items()
    ]
    if not asked.sound:
        return differences
    return [*differences, *_endings(asked, found, polished)]


def _cases(asked: Asked, names: list[str]) -> list[Difference]:
    """Compare the cases there are with those that were asked for."""
    if names[:1] != ["base"] or len(set(names)) < len(names):
        return [unlike("", "summary.csv", "case", "no base case, or one twice", "each once")]
    if not asked.sound:
        return []
    places = {name: asked.place(name) for name in names[1:] if name not in GIVEN}
    alien = [name for name, place in places.items() if place is None]
    given = [name for name in names[1:] if name in GIVEN]
    allowed = ["exact"] if asked.bound else [] if asked.optimizers else ["plan"]
    alien += [name for name in given if name not in allowed]
    if alien:
        return [unlike("", "summary.csv", "case", alien[0], "one that was asked for")]
    lacking = asked.first_missing({*places, *asked.without_plan})
    if lacking is not None:
        return [unlike("", "summary.csv", "case", f"no {lacking}", "one, as was asked for")]
    twofold = [name for name in asked.without_plan if name in places or asked.place(name) is None]
    if twofold:
        return [unlike("", FILE, "without_plan", twofold[0], "runs that left no plan")]
    wanted = ["base", *given, *_grouped(places)]
    if names != wanted:
        at = next(i for i, name in enumerate(names) if name != wanted[i])
        return [unlike("", "summary.csv", "case", names[at], wanted[at], f"row {at + 1}")]
    return [same("", "summary.csv", "case", "", "")]


def _grouped(places: Mapping[str, tuple[int, int] | None]) -> list[str]:
    """Return runs by optimizer, in the order in which the first of each was carried out."""
    ordered = sorted((place, name) for name, place in places.items() if place is not None)
    first: dict[int, int] = {}
    for i, ((_, label), _) in enumerate(ordered):
        first.setdefault(label, i)
    return [
        name for (_, label), name in sorted(ordered, key=lambda one: (first[one[0][1]], one[0]))
    ]


def _endings(asked: Asked, found: pd.DataFrame, polished: Mapping[str, int]) -> list[Difference]:
    """Compare how runs ended with the evaluations they spent, and with how the command ended."""
    differences, allowed = [], []
    budget = asked.budget - asked.kept_back
    evaluations = compare.numbers(found["evaluations"])
    for name, spent in zip(found["case"], evaluations, strict=True):
        searched, where = spent - polished.get(name, 0), f"case {name}"
        if searched > budget or spent > asked.budget:
            most = f"at most {asked.budget}"
            differences.append(_odd("evaluations", f"{spent:g}", most, where))
        own = "spent" if searched == budget else "returned"
        allowed.append(("",) if name in GIVEN else (own, "stopped", "failed"))
    odd = [i for i, ending in enumerate(found["ending"]) if ending not in allowed[i]]
    for i in odd[:1]:
        where, ending = f"case {found['case'].iloc[i]}", found["ending"].iloc[i] or "blank"
        differences.append(_odd("ending", ending[:40], allowed[i][0] or "blank", where))
    if not odd:
        differences.append(same("", "summary.csv", "ending", "", ""))
    return [*differences, _status(asked, set(found["ending"]))]


def _odd(column: str, found: str, expected: str, where: str) -> Difference:
    return unlike("", "summary.csv", column, found, expected, where)


def _status(asked: Asked, endings: set[str]) -> Difference:
    """Compare how a command ended with how its runs did."""
    wanted = asked.status
    if "failed" in endings:
        wanted = "failed"
    elif "stopped" in endings and asked.status == "complete":
        wanted = "interrupted"
    return same("", FILE, "status", asked.status, wanted)
