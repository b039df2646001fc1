"""validation.csv against the same plan tried again on the same days."""

from __future__ import annotations

from pathlib import Path

from toolkit.commands.reproduce import compare
from toolkit.commands.reproduce.difference import Difference, unlike
from toolkit.commands.validate import asked_again, plan_of, tried
from toolkit.commands.validate.facts import hash_of, read
from toolkit.common.errors import InputError, ToolkitError
from toolkit.common.monitor import Monitor
from toolkit.inputs.study import Study
from toolkit.results.store.names import VALIDATION_FACTS

FILE = "validation.csv"


def check(folder: Path, study: Study, monitor: Monitor) -> tuple[list[Difference], str]:
    """Compare the validation of a folder, if it has one; say why it cannot be made again."""
    if not (folder / FILE).is_file():
        return [], ""
    try:
        facts = read(folder)
    except ToolkitError as error:
        return [
            unlike("", VALIDATION_FACTS, "file", " ".join(str(error).split())[:60], "facts")
        ], ""
    try:
        if hash_of(facts.profiles) != facts.profiles_sha256:
            return [], f"{FILE}: profiles '{facts.profiles}' have changed since it was made."
    except InputError:
        return [], f"{FILE}: profiles '{facts.profiles}' are not here, so it is not made again."
    monitor.phase(f"trying {facts.case} again on the days of {facts.profiles}")
    try:
        given = plan_of(folder, facts.case)
        asked = asked_again(study, facts.profiles, facts.policy, facts.options)
        again = tried(folder, facts.case, asked, given, facts.bound, monitor)
    except (ToolkitError, ValueError, KeyError, TypeError) as error:
        return [unlike("", FILE, "file", "one", " ".join(str(error).split())[:60])], ""
    return compare.table(folder, "", FILE, again.days, ("case", "policy", "day")), ""
