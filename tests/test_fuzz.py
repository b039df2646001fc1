"""A small share of the cases of ``tests/fuzz/run.py``, and that its judge sees what it must."""

import importlib
import shutil
from pathlib import Path

import pytest
from helpers import forks

from toolkit.results import figures

FOLDER = Path(__file__).parent / "fuzz"
#: Kinds of which a hundred cases take a few seconds.
QUICK = ("study", "profile", "plan", "words", "python")


#: Carries out cases as ``run.py`` does, but in a fork of a process that has imported what it needs,
#: and has the processes that cases start begin as forks as well.
FORKED = f"""
import multiprocessing, sys
sys.path[:0] = [{str(FOLDER.parent)!r}, {str(FOLDER)!r}]
import run
from helpers import forks

def work(*given, plain=run.work):
    forks.of_itself([])
    plain(*given)

if forks.POSSIBLE:
    run.work = work
multiprocessing.set_start_method("fork" if forks.POSSIBLE else "spawn")
run.main()
"""


@pytest.fixture(scope="module")
def stock_laid(tmp_path_factory):
    """A folder with good material that cases are made of; not to be written to."""
    folder = tmp_path_factory.mktemp("fuzz")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FOLDER))
        patch.setattr(figures, "draw_folder", lambda folder: None)
        importlib.import_module("stock").lay_in(folder / "stock")
    return folder / "stock"


def test_bad_input_ends_in_one_message(tmp_path, stock_laid):
    shutil.copytree(stock_laid, tmp_path / "fuzz" / "stock")
    words = ["--kind", *QUICK, "--count", 120, "--seed", 1, "--folder", tmp_path / "fuzz"]
    running = forks.command(FORKED, words, tmp_path)
    out, err = running.communicate(timeout=600)
    assert running.returncode == 0, out[-3000:] + err[-1000:]
    assert "120 cases, 0 found wrong" in out


@pytest.fixture
def part(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    return importlib.import_module


def test_a_case_is_made_of_its_number_and_the_seed_alone(part, stock_laid, tmp_path):
    kinds = part("kinds")
    made = {}
    for time in ("first", "again"):
        told = []
        for number in range(60):
            folder = tmp_path / time / str(number)
            folder.mkdir(parents=True)
            case = kinds.make(number, 3, stock_laid, folder)
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
