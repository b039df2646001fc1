"""The benchmarks run and their arms agree; times are never judged here."""

import importlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parent / "benchmarks"


def script(name, *arguments):
    command = [sys.executable, str(FOLDER / name), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def test_all_arms_find_the_same_answers():
    run = script("speed.py", "--check", "--population", "2")
    assert run.returncode == 0, run.stderr
    for arm in ("engine, same calls", "engine, text", "script, recompiles", "script, text edits"):
        assert any(line.startswith(arm) and "agrees" in line for line in run.stdout.splitlines())
    assert max(map(len, run.stdout.splitlines())) <= 80


def test_an_arm_that_disagrees_is_named(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    answers = importlib.import_module("answers")
    right = answers.Answer(100.0, 5.0, np.ones((2, 3)))
    assert answers.check("one", [right], [right], 0.0) == 0.0
    wrong = {
        "traded energy": answers.Answer(100.1, 5.0, np.ones((2, 3))),
        "losses": answers.Answer(100.0, float("nan"), np.ones((2, 3))),
        "voltage": answers.Answer(100.0, 5.0, np.full((2, 3), 1.01)),
    }
    for what, answer in wrong.items():
        with pytest.raises(AssertionError, match=f"one, plan 0: {what}"):
            answers.check("one", [answer], [right], 1e-6)


def test_help_fits_the_screen():
    for name in ("speed.py", "endurance.py"):
        run = script(name, "--help")
        assert run.returncode == 0
        assert max(map(len, run.stdout.splitlines())) <= 80


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads Linux's own account")
@pytest.mark.slow
def test_memory_stays_level():
    run = script("endurance.py", "--evaluations", "10000", "--circuits", "500")
    assert run.returncode == 0, run.stdout + run.stderr
