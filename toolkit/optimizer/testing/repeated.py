"""The check that a run is the same in another process, and what that process does."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from operator import attrgetter

from toolkit.common.plugins.checking import require
from toolkit.optimizer.testing.trial import PATIENCE, Subject, reals, run, sphere


def same_history_in_another_process(subject: Subject) -> None:
    """Require a run to have the same history in another process."""
    here = run(subject, reals(3), sphere, 300, seed=5).digest()
    order = {
        "module": subject.kind.__module__,
        "name": subject.kind.__qualname__,
        "options": dict(subject.options),
        "path": sys.path,
    }
    code = "from toolkit.optimizer.testing.repeated import digest_for; digest_for()"
    start = f"import json, sys; sys.path[:] = json.loads(sys.argv[1]); {code}"
    done = subprocess.run(
        [sys.executable, "-c", start, json.dumps(order["path"])],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    require(done.returncode == 0, f"the other process failed: {done.stderr.strip()[-300:]}")
    require(done.stdout.strip() == here, "another process gave another history")


def digest_for() -> None:
    """Print the fingerprint of the run that standard input describes."""
    order = json.load(sys.stdin)
    kind = attrgetter(order["name"])(import_module(order["module"]))
    print(run(Subject(kind, order["options"]), reals(3), sphere, 300, seed=5).digest())
