"""How many variables a search had, by what they decide."""

from __future__ import annotations

from collections import Counter

from toolkit.common.errors import ToolkitError
from toolkit.inputs import study_files
from toolkit.problem.setting import prepare
from toolkit.results.store.contents import Results

#: What variables decide, by the last part of their names.
WORDS = {
    "site": "sites",
    "size": "sizes",
    "angle": "angles of reactive power",
    "kvar": "reactive powers of a step",
    "given": "shares of curtailment",
    "on": "states of capacitors",
    "key": "keys of switches",
}
#: All others are those of the dispatch policy; a schedule has one for each step.
DISPATCH = "values of dispatch"


def variables(results: Results) -> str:
    """Return how many variables were decided, in words.

    They follow from study, scripts and profiles, where these are still those of the run.
    """
    try:
        if study_files.fingerprint(results.study) != results.manifest["study_hash"]:
            return "not known: study, scripts or profiles have changed since"
        space = prepare(results.study).space
    except (ToolkitError, OSError):
        return "not known: scripts or profiles are not there any more"
    free = [v.name for v, is_free in zip(space.variables, space.free, strict=True) if is_free]
    counted = Counter(_what(name) for name in free)
    parts = ", ".join(f"{n:,} {what}" for what, n in counted.items())
    return f"{len(free):,} ({parts})" if free else "none"


def _what(name: str) -> str:
    return WORDS.get(name.rpartition(".")[2].partition("[")[0], DISPATCH)
