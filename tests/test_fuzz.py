"""A small share of the cases of ``tests/fuzz/run.py``, and that its judge sees what it must."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "fuzz"
#: Kinds of which a hundred cases take a few seconds.
QUICK = ("study", "profile", "plan", "words", "python")


def test_bad_input_ends_in_one_message(tmp_path):
    command = [sys.executable, str(FOLDER / "run.py"), "--kind", *QUICK]
    command += ["--count", "120", "--seed", "1", "--folder", str(tmp_path / "fuzz")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert "120 cases, 0 found wrong" in done.stdout


@pytest.fixture
def part(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    return importlib.import_module


def test_a_case_is_made_of_its_number_and_the_seed_alone(part, tmp_path):
    kinds, stock = part("kinds"), part("stock")
    stock.lay_in(tmp_path / "stock")
    made = {}
    for time in ("first", "again"):
        told = []
        for number in range(60):
            folder = tmp_path / time / str(number)
            folder.mkdir(parents=True)
            case = kinds.make(number, 3, tmp_path / "stock", folder)
            held = [p.read_bytes() for p in sorted(folder.glob("*")) if p.is_file()]
            told.append((case.kind, [w for w in case.words if "0x" not in w], held))
        made[time] = told
    assert made["first"] == made["again"]
    assert {kind for kind, _, _ in made["first"]} == set(kinds.SHARES)


@pytest.mark.parametrize(
    ("code", "out", "err", "seen"),
    [
        (0, "fine\n", "", ""),
        (2, "", "Error: x\n", ""),
        (1, "Verdict: not ready\n", "", ""),
        (3, "", "Error: x\n", "exit code 3"),
        (2, "", "", "without a message"),
        (1, "", "", "without a message"),
        (1, "", "Traceback (most recent call last)\n", "Traceback"),
        (0, "", "x.py:3: RuntimeWarning: overflow\n", "Warning:"),
        (1, "", "Error: a fault of the toolkit\n", "fault of the toolkit"),
        (2, "", "Error\n" * 100, "100 lines"),
        (0, "\x1b[31m", "", "a terminal obeys"),
    ],
)
def test_the_judge_sees_what_is_wrong(code, out, err, seen, part):
    found = "; ".join(part("judge").wrong_with(code, out, err))
    assert seen in found
    assert bool(found) == bool(seen)
