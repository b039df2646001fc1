"""Plug-ins that overspend, misreport, crash or hang: each costs its own run, in one line.

Every one of them runs in one compare with random search, whose results have to be those it has
alone, bit for bit.
"""

import json
import sys
from textwrap import indent

import pandas as pd
import pytest

from toolkit.commands import search_and_store
from toolkit.commands.request import Request
from toolkit.optimizer import enquiry

BUDGET = 40
#: What every plug-in here can use: a batch of points, and what is found of a kind in memory.
TOP = """
import ctypes, gc, os, signal, subprocess, sys, threading, time
import numpy as np
import toolkit.errors, toolkit.optimizer.ledger, toolkit.problem.problem, toolkit.scores
from toolkit.errors import BudgetSpent, Stopped

def points(problem, rng, n=10):
    return rng.random((n, len(problem.space)))

def held(kind):
    return [found for found in gc.get_objects() if isinstance(found, kind)]

def search(problem, rng):
    while True:
        problem.evaluate(points(problem, rng))
"""
#: name -> its minimize, what the note on it says (None: nothing to say), and the evaluations in
#: its row of summary.csv (None: it has no row).
BAD = {
    # reaching into what it is handed
    "sets-spent": ("problem._spent = -1000\nsearch(problem, rng)", "AttributeError", None),
    "forces-spent": (
        "object.__setattr__(problem, '_spent', -1000)\nsearch(problem, rng)",
        "AttributeError",
        None,
    ),
    "edits-class": (
        "type(problem).remaining = 10**9\nsearch(problem, rng)",
        None,
        BUDGET,
    ),
    "calls-evaluator": (
        "for ledger in held(toolkit.optimizer.ledger.Ledger):\n"
        "    while True:\n"
        "        ledger._evaluate(points(problem, rng))",
        "more evaluations than its budget",
        None,
    ),
    "resets-count": (
        "ledger, = held(toolkit.optimizer.ledger.Ledger)\n"
        "for i in range(20):\n"
        "    ledger._spent = 0\n"
        "    problem.evaluate(points(problem, rng))",
        "more evaluations than its budget",
        None,
    ),
    "edits-cells": (
        "for cell in type(problem).remaining.fget.__closure__:\n"
        "    cell.cell_contents._spent = -10**6\n"
        "search(problem, rng)",
        "it counts -",
        None,
    ),
    "solves-aside": (
        "x = points(problem, rng, 200)\n"
        "best = x[[held(toolkit.problem.problem.Problem)[0].evaluate(x).order()[0]]]\n"
        "while True:\n"
        "    problem.evaluate(best)",
        "plans solved beside its budget",
        None,
    ),
    # patching what would count or score it
    "patches-ledger": (
        "toolkit.optimizer.ledger.Ledger._spend = lambda self, x, i: self._evaluate(x)\n"
        "toolkit.optimizer.ledger.Ledger.evaluate = toolkit.optimizer.ledger.Ledger._spend\n"
        "search(problem, rng)",
        None,
        BUDGET,
    ),
    "patches-record": (
        "toolkit.optimizer.ledger.Ledger._record = lambda self, rows, scores: None\n"
        "search(problem, rng)",
        "more evaluations than its budget",
        None,
    ),
    "patches-scores": (
        "import toolkit.problem.objectives as objectives\n"
        "plain = objectives.score\n"
        "def better(days, plans, aim):\n"
        "    found = plain(days, plans, aim)\n"
        "    return toolkit.scores.Scores(found.objective - 5000.0, 0.0 * found.violation)\n"
        "objectives.score = better\n"
        "search(problem, rng)",
        "solved anew it is",
        None,
    ),
    "patches-sanitised": (
        "import toolkit.runs.recorder as recorder, toolkit.runs.referee as referee\n"
        "plain = recorder.sanitised\n"
        "recorder.sanitised = lambda o, v, *more: plain(o * 2.0, v * 0.0, *more)\n"
        "referee.sanitised = recorder.sanitised\n"
        "search(problem, rng)",
        "solved anew it is",
        None,
    ),
    "patches-journal": (
        "import toolkit.runs.journal as journal\n"
        "journal.Journal.append = lambda self, x, scores, by: None\n"
        "search(problem, rng)",
        f"it counts {BUDGET} evaluations, its journal holds 0",
        None,
    ),
    "patches-numpy": (
        "np.where = lambda *a: np.zeros(1)\n"
        "np.isfinite = lambda a: np.ones(np.shape(a), dtype=bool)\n"
        "np.lexsort = lambda keys: np.zeros(len(keys[0]), dtype=int)\n"
        "search(problem, rng)",
        "",
        None,
    ),
    "scribbles-space": (
        "problem.space.upper[:] = 10.0\nproblem.space.lower[:] = -10.0\nsearch(problem, rng)",
        None,
        BUDGET,
    ),
    # ending in its own way
    "exits-at-once": ("os._exit(0)", "ended by itself with exit code 0", None),
    "exits-later": (
        "problem.evaluate(points(problem, rng))\nos._exit(0)",
        "broke after 10 evaluations: its process ended by itself with exit code 0",
        10,
    ),
    "sys-exits": (
        "problem.evaluate(points(problem, rng))\nsys.exit(3)",
        "broke after 10 evaluations: SystemExit: 3",
        10,
    ),
    "crashes-in-thread": (
        "problem.evaluate(points(problem, rng))\n"
        "threading.Thread(target=lambda: ctypes.string_at(0)).start()\n"
        "time.sleep(60)",
        "broke after 10 evaluations: its process was ended by SIGSEGV",
        10,
    ),
    "kills-itself": (
        "problem.evaluate(points(problem, rng))\nos.kill(os.getpid(), signal.SIGKILL)",
        "ended by SIGKILL 3 times",
        10,
    ),
    "interrupts": (
        "problem.evaluate(points(problem, rng))\nraise KeyboardInterrupt",
        "broke after 10 evaluations: KeyboardInterrupt",
        10,
    ),
    "own-exception": (
        "problem.evaluate(points(problem, rng))\n"
        "class Own(BaseException):\n"
        "    def __str__(self):\n"
        "        raise RuntimeError\n"
        "raise Own",
        "broke after 10 evaluations: Own",
        10,
    ),
    "forges-signal": (
        "problem.evaluate(points(problem, rng))\nraise Stopped",
        None,
        10,
    ),
    "swallows": (
        "while True:\n"
        "    try:\n"
        "        problem.evaluate(points(problem, rng))\n"
        "    except BaseException:\n"
        "        pass",
        "it swallows the signal to stop",
        BUDGET,
    ),
    "hangs": (
        "try:\n    search(problem, rng)\nexcept BudgetSpent:\n    threading.Event().wait()",
        "it did not end within",
        BUDGET,
    ),
    "lives-on": (
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "threading.Thread(target=lambda: time.sleep(600)).start()\n"
        "search(problem, rng)",
        None,
        BUDGET,
    ),
    "patches-clock": (
        "problem.evaluate(points(problem, rng))\ntime.perf_counter = None\nsearch(problem, rng)",
        "TypeError",
        10,
    ),
    "patches-json": (
        "import json\n"
        "def dumps(*a, **k):\n"
        "    raise ValueError('a\\nb')\n"
        "json.dumps = dumps\n"
        "search(problem, rng)",
        "ended by itself",
        BUDGET,
    ),
    "many-words": (
        "problem.evaluate(points(problem, rng))\nraise RuntimeError('line\\n' * 10**6)",
        "broke after 10 evaluations: RuntimeError: line line",
        10,
    ),
    "limits-files": (
        "import resource\n"
        "problem.evaluate(points(problem, rng))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "search(problem, rng)",
        "its journal cannot be written any more",
        10,
    ),
    "forks": (
        "problem.evaluate(points(problem, rng))\nos.fork()\nsearch(problem, rng)",
        "",
        None,
    ),
    # disturbing others
    "links-journal": (
        "problem.evaluate(points(problem, rng))\n"
        "for fd in os.listdir('/proc/self/fd'):\n"
        "    path = os.path.realpath(f'/proc/self/fd/{fd}')\n"
        "    if path.endswith('.journal'):\n"
        "        os.unlink(path)\n"
        "        os.symlink('/nowhere', path)\n"
        "search(problem, rng)",
        "its journal holds 0",
        None,
    ),
    "moves-away": ("os.chdir('/')\nos.environ.clear()\nsearch(problem, rng)", None, BUDGET),
    "closes-files": (
        "problem.evaluate(points(problem, rng))\nos.closerange(0, 256)\nsearch(problem, rng)",
        "its journal cannot be written any more",
        10,
    ),
    "prints": (
        "print('x' * 3_000_000)\nos.write(2, b'y' * 3_000_000)\nsys.stderr.write('[/x]')\n"
        "search(problem, rng)",
        None,
        BUDGET,
    ),
    "handles-signals": (
        "for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):\n"
        "    signal.signal(number, lambda *a: None)\n"
        "search(problem, rng)",
        None,
        BUDGET,
    ),
    "reads-input": ("sys.stdin.read()\nsearch(problem, rng)", None, BUDGET),
    "many-threads": (
        "x = points(problem, rng)\n"
        "def work():\n"
        "    try:\n"
        "        problem.evaluate(x)\n"
        "    except BudgetSpent:\n"
        "        pass\n"
        "threads = [threading.Thread(target=work) for _ in range(8)]\n"
        "[t.start() for t in threads]\n"
        "[t.join() for t in threads]",
        None,
        BUDGET,
    ),
}


@pytest.fixture(scope="module")
def alone(asked, tmp_path_factory):
    """The results of random search by itself."""
    folder = tmp_path_factory.mktemp("alone") / "out"
    search_and_store(asked, Request(("random",), BUDGET, 1), folder, "toolkit compare")
    return folder


@pytest.fixture(scope="module", params=[pytest.param(1, marks=pytest.mark.slow), 2])
def beside(request, asked, install_all, tmp_path_factory):
    """The outcome of random search with all of the bad ones beside it, on so many workers."""
    folder = tmp_path_factory.mktemp("beside") / "out"
    install_all({name: body for name, (body, _, _) in BAD.items()})
    names = (*BAD, "random")
    asked_for = Request(names, BUDGET, 1, workers=request.param)
    with pytest.MonkeyPatch.context() as patch:
        # Two evaluate for ever when they are rehearsed, and would have a core to themselves for
        # 30 s each. One that takes longer for another reason is searched with all the same.
        patch.setattr(enquiry, "REHEARSAL_S", 2.0)
        return search_and_store(asked, asked_for, folder, "toolkit compare")


@pytest.fixture(scope="module")
def install_all(tmp_path_factory):
    """Return a function that puts plug-ins on the import path by name and body of minimize."""
    folder = tmp_path_factory.mktemp("bad")

    def add(bodies):
        entries = []
        for name, body in bodies.items():
            module = "bad_" + name.replace("-", "_")
            text = f"{TOP}\nfrom toolkit.optimizer import Optimizer\n\nclass Bad(Optimizer):\n"
            text += "    description = 'bad'\n    def minimize(self, problem, rng):\n"
            (folder / f"{module}.py").write_text(text + indent(body, " " * 8) + "\n", "utf-8")
            entries.append(f"{name} = {module}:Bad\n")
        info = folder / "bad_ones-1.0.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bad-ones\nVersion: 1\n")
        (info / "entry_points.txt").write_text("[toolkit.optimizers]\n" + "".join(entries))

    sys.path.insert(0, str(folder))
    yield add
    sys.path.remove(str(folder))


def notes_on(outcome, name):
    return [note for note in outcome.notes if f"{name}-seed1" in note]


@pytest.mark.parametrize("name", BAD)
def test_results_are_honest_or_the_run_is_told_of_in_one_line(name, beside):
    _, told, evaluations = BAD[name]
    notes = [n for n in notes_on(beside, name) if "breaks limits" not in n and "broken" not in n]
    if told is None:
        assert notes == []
    else:
        assert told in notes[0]
        assert "\n" not in notes[0]
    rows = beside.summary[beside.summary["optimizer"] == name]
    made = rows["evaluations"].tolist()
    if name not in ("patches-numpy", "forks"):
        assert made == ([] if evaluations is None else [evaluations])
    assert all(n <= BUDGET for n in made)
    history = beside.folder / "cases" / f"{name}-seed1" / "history.csv"
    assert history.is_file() == bool(made)


def test_the_others_keep_their_results_bit_for_bit(beside, alone):
    for name in ("history.csv", "plan.json", "hourly.csv"):
        path = f"cases/random-seed1/{name}"
        assert (beside.folder / path).read_bytes() == (alone / path).read_bytes()
    ours, theirs = (pd.read_csv(f / "summary.csv", dtype=str) for f in (beside.folder, alone))
    ours, theirs = (f[f["case"] == "random-seed1"].reset_index(drop=True) for f in (ours, theirs))
    assert ours.equals(theirs)


def test_the_command_ends_as_failed_and_nothing_is_built_on_what_is_invalid(beside):
    assert beside.status == "failed"
    invalid = {note.split("-seed1")[0] for note in beside.notes if "is invalid" in note}
    assert len(invalid) >= 8
    for path in beside.folder.glob("*.csv"):
        assert not [name for name in invalid if name in path.read_text("utf-8")], path
    manifest = json.loads((beside.folder / "manifest.json").read_text("utf-8"))
    assert manifest["status"] == "failed"
