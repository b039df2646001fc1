"""Which lines are open in the cases of a study with switches, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from toolkit.results.case import Case

#: More lines than these are counted, not named.
MANY = 24


def open_line_sentences(cases: Sequence[Case], names: Sequence[str], best: str) -> tuple[str, ...]:
    """Return which switches are open in the base case and in the best one; nothing without any.

    names: the switches, in the order of what plans decide.
    """
    told = [case for case in cases if case.name in ("base", best)]
    found = []
    for case in told if names else []:
        is_open = case.plan.further.open
        if is_open is not None:
            lines = [n for n, off in zip(names, is_open.tolist(), strict=True) if off]
            found.append(f"Open in {_case(case.name)}: {in_words(lines)}.")
    return tuple(found)


def of_plan(plan: Mapping[str, object]) -> str:
    """Return the open lines of a plan file in words, empty where it names none."""
    named = plan.get("open")
    return "" if not isinstance(named, list) else in_words([str(name) for name in named])


def in_words(lines: Sequence[str]) -> str:
    """Return the names of lines, or how many there are."""
    bare = [name.removeprefix("line.") for name in lines]
    return ", ".join(bare) if 0 < len(bare) <= MANY else f"{len(bare)} lines" if bare else "none"


def _case(name: str) -> str:
    return "the base case" if name == "base" else name
