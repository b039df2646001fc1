"""Cases by kind: each is made of good material and a seeded random, in a folder of its own.

A case is a list of words for the command line, or a function of the Python API with its arguments.
"""

import csv
import io
import json
import random
import shutil
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import mutate
import numpy as np
import pandas as pd
import tomli_w

#: Kinds of input, with how often each comes.
SHARES = {
    "study": 24,
    "profile": 14,
    "plan": 14,
    "words": 18,
    "python": 22,
    "folder": 6,
    "script": 2,
}


@dataclass
class Case:
    """What is done: ``words`` of the command line, or ``call`` with arguments."""

    kind: str
    words: list = field(default_factory=list)
    call: str = ""
    given: dict = field(default_factory=dict)
    draws: bool = False

    def told(self) -> str:
        """Say in a line what is done."""
        if self.call:
            return f"{self.call}({', '.join(f'{k}={_told(v)}' for k, v in self.given.items())})"
        return " ".join(_told(word) for word in self.words)


def _told(value):
    try:
        return repr(value)[:120]
    except Exception as error:
        return f"<{type(value).__name__}: {type(error).__name__}>"


def make(number, seed, stock, folder):
    """Make case ``number`` of a seed in an empty folder; ``stock`` holds good material."""
    rng = random.Random(f"{seed}/{number}")
    return MAKERS[kind_of(number, seed)](rng, stock, folder)


def kind_of(number, seed):
    """Return the kind of case ``number`` of a seed."""
    rng = random.Random(f"{seed}/{number}/kind")
    return rng.choices(list(SHARES), list(SHARES.values()))[0]


def study(rng, stock, folder):
    good = tomllib.loads((stock / rng.choice(("small.toml", "rich.toml"))).read_text("utf-8"))
    bad = good
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        bad = mutate.data(rng, bad)
    try:
        written = tomli_w.dumps(bad if isinstance(bad, dict) else {"x": bad})
    except (TypeError, ValueError, AttributeError, RecursionError):
        written = tomli_w.dumps(good)
        written = mutate.text(rng, written)
    if rng.random() < 0.3:
        written = mutate.text(rng, written)
    path = folder / "x.toml"
    path.write_bytes(mutate.content(rng, written))
    if rng.random() < 0.03:
        mutate.file(rng, path)
    words = rng.choice((["simulate"], ["simulate"], ["simulate"], ["optimize"], ["bound"]))
    more = {"optimize": QUICK, "bound": ["--time", "0.5"]}.get(words[0], [])
    return Case("study", [*words, "x.toml", "--out", "out", *more])


#: A search that ends at once.
QUICK = ["--budget", "2", "--workers", "1", "--optimizer", "random"]


def profile(rng, stock, folder):
    text = (stock / "day.csv").read_text("utf-8")
    if rng.random() < 0.5:
        rows = list(csv.reader(io.StringIO(text)))
        for _ in range(rng.choice((1, 1, 3))):
            row = rng.choice(rows)
            row[rng.randrange(len(row))] = str(mutate.odd(rng))[:5000]
        written = io.StringIO()
        csv.writer(written).writerows(rows)
        text = written.getvalue()
    else:
        text = mutate.text(rng, text)
    if rng.random() < 0.05:
        text += "\n".join([text.splitlines()[-1]] * rng.choice((1000, 40_000)))
    path = folder / "d.csv"
    path.write_bytes(mutate.content(rng, text))
    if rng.random() < 0.05:
        mutate.file(rng, path)
    good = tomllib.loads((stock / "small.toml").read_text("utf-8"))
    (folder / "x.toml").write_text(tomli_w.dumps({**good, "profiles": "d.csv"}), "utf-8")
    return Case("profile", ["simulate", "x.toml", "--out", "out"])


def plan(rng, stock, folder):
    bad = json.loads((stock / "results/cases/random-seed1/plan.json").read_text("utf-8"))
    for _ in range(rng.choice((0, 1, 1, 2))):
        bad = mutate.data(rng, bad)
    text = json.dumps(bad)
    if rng.random() < 0.3:
        text = mutate.text(rng, text)
    if rng.random() < 0.05:
        text = rng.choice(("[", '{"a":', '{"units":[')) * 100_000
    path = folder / "p.json"
    path.write_bytes(mutate.content(rng, text))
    if rng.random() < 0.04:
        mutate.file(rng, path)
    return Case("plan", ["simulate", str(stock / "small.toml"), "--plan", "p.json", "--out", "out"])


#: Of each command words that do, and values that are worth trying for each of its options. None of
#: them is good and long at once.
PLACES = ("ieee12", "small.toml", "nothing.toml", "results", "", ".", "dss", *mutate.ODD_TEXT)
NUMBERS = ("0", "-1", "1.5", "x", "1e12", "99999999999", "9" * 5000, "1_0", "٣", "nan", "0x5", "")
OPTIONS = {
    "--budget": ("2", *NUMBERS),
    "--runs": ("1", "2", *NUMBERS),
    "--seed": ("7", "18446744073709551616", "9223372036854775807", *NUMBERS),
    "--workers": ("1", *NUMBERS),
    "--optimizer": ("random", "a=random", "base=random", "mealpy", "=", "a=", "=a", *PLACES),
    "--option": ("members=5", "batch=3", "x", "=", "random.batch=2", "batch=1e400", *PLACES),
    "--time": ("0.5", "0", "-1", "1e300", "nan", "inf", "x", "1e-300"),
    "--gap": ("1", "0", "-1", "100", "nan", "1e300", "x"),
    "--plan": ("p.json", "results", "/dev/null", *PLACES),
    "--out": ("out", "results", "small.toml/x", "a\x1b[31m/b", "out\u202e", "a" * 300, "/dev/null"),
    "--case": ("base", "random-seed1", "none", "../base", *PLACES),
    "--format": ("json", "text", "xml", "\x1b"),
    "--scheduler": ("x", "tcp://127.0.0.1:1", "\x1b[31m", "tcp://[/x]:1"),
}
FLAGS = ("--force", "--bound", "--polish", "--keep-sites", "--keep-journal", "--rerun", "--debg")
SEARCH = ("--budget", "--runs", "--seed", "--workers", "--optimizer", "--option", "--out", "--time")
COMMANDS = {
    "simulate": ("--plan", "--out"),
    "optimize": (*SEARCH, "--scheduler"),
    "compare": SEARCH,
    "bound": ("--time", "--gap", "--out"),
    "report": (),
    "reproduce": ("--format",),
    "explain": ("--case", "--format"),
    "resume": ("--workers", "--scheduler"),
    "feeders show": (),
    "feeders check": ("--format",),
    "feeders list": (),
    "optimizers list": (),
    "optimizers show": (),
    "init study": (),
    "init plugin": (),
    "init schema": (),
}


def words(rng, stock, folder):
    shutil.copy(stock / "small.toml", folder)
    shutil.copy(stock / "day.csv", folder)
    command = rng.choice(list(COMMANDS))
    found = command.split()
    if command not in ("feeders list", "optimizers list", "init schema") or rng.random() < 0.1:
        found.append(rng.choice(("small.toml", *PLACES)))
    if command in ("optimize", "compare"):
        found += QUICK
    if command == "bound":
        found += ["--time", "0.5"]
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        name = rng.choice(COMMANDS[command] or ("--out",))
        found += [name, rng.choice(OPTIONS[name])]
    if rng.random() < 0.2:
        found.append(rng.choice((*FLAGS, *mutate.ODD_TEXT)))
    if rng.random() < 0.05:
        rng.shuffle(found)
    return Case("words", [word for word in found if "\ud800" not in word])


class Hostile:
    """An object that fails at whatever is asked of it."""

    def __repr__(self):
        raise RuntimeError("no repr")

    def __len__(self):
        raise RuntimeError("no length")

    def __eq__(self, other):
        raise RuntimeError("no equality")

    __hash__ = None


def _loop():
    found = []
    found.append(found)
    return found


def objects(rng):
    """Return what a caller of a Python function may hand over."""
    makers = (
        lambda: mutate.odd(rng),
        lambda: rng.choice(mutate.ODD_TEXT),
        lambda: rng.choice((np.int64(3), np.float64(3.5), np.float64("nan"), np.bool_(True))),
        lambda: rng.choice((np.str_("ieee12"), np.array(3), np.array([1, 2]), np.array([]))),
        lambda: rng.choice((np.zeros((2, 2)), np.array(["a"]), np.array([None]), np.int8(-1))),
        lambda: rng.choice((b"ieee12", bytearray(b"x"), Decimal("3"), 3 + 4j, object(), int, len)),
        lambda: rng.choice((Hostile(), _loop(), iter(()), range(3), {1, 2}, {1: 2}, (), len)),
        lambda: rng.choice((pd.Series([1]), pd.DataFrame(), pd.NA, pd.Timestamp(0), np.nan)),
        lambda: rng.choice((Path("x"), Path(), Path("a" * 300), Path("\0"), Path("\udcff"))),
        lambda: rng.choice((2.5, 1e12, True, 100.0, 1e4, "100", -1, 0, 2**70, 10**400, -0.0)),
        lambda: rng.choice((lambda: 1, lambda x: x, lambda x, y: 1, lambda *a: "x", Hostile)),
    )
    return rng.choice(makers)()


def _results(rng):
    return rng.choice(("random", "a=random", np.str_("random"), "cheetah"))


#: Of each public function arguments that do.
GOOD = {
    "load_study": lambda rng, stock: {"source": str(stock / "small.toml")},
    "optimize": lambda rng, stock: {
        "study": str(stock / "small.toml"),
        "optimizer": _results(rng),
        "budget": 2,
        "runs": 1,
        "seed": 1,
        "workers": 1,
        "options": None,
        "polish": None,
        "out": "out",
        "force": False,
    },
    "compare": lambda rng, stock: {
        "study": stock / "small.toml",
        "optimizers": ["random", "b=random"],
        "budget": 2,
        "runs": 1,
        "seed": 1,
        "workers": 1,
        "options": {"b": {"batch": 2}},
        "bound": None,
        "out": Path("out"),
        "force": False,
    },
    "simulate": lambda rng, stock: {
        "study": str(stock / "small.toml"),
        "plan": stock / "results/cases/random-seed1/plan.json",
        "out": "out",
        "force": False,
    },
    "minimize": lambda rng, stock: {
        "optimizer": "random",
        "function": lambda x: float(x.sum()),
        "lower": [0.0, 0.0],
        "upper": [1.0, 2.0],
        "budget": 5,
        "seed": 1,
        "options": None,
    },
    "read_results": lambda rng, stock: {"folder": stock / "results"},
    "read_journal": lambda rng, stock: {"path": stock / "journal"},
    "write_report": lambda rng, stock: {"folder": "results"},
}


def python(rng, stock, folder):
    call = rng.choice(list(GOOD))
    given = GOOD[call](rng, stock)
    if call == "load_study":
        sections = tomllib.loads((stock / "rich.toml").read_text("utf-8"))
        name = rng.choice(list(sections))
        given[name] = mutate.data(rng, {name: sections[name]}).get(name)
    for _ in range(rng.choice((1, 1, 1, 2))):
        name = rng.choice([*given, "study"])
        if name in given and rng.random() < 0.03:
            given.pop(name)
        elif name in given and rng.random() < 0.03:
            given[name[:-1] or "x"] = given.pop(name)
        else:
            given[name] = objects(rng)
    if call == "minimize" and rng.random() < 0.2:
        result = objects(rng)
        given["function"] = lambda x: result
    return Case("python", call=call, given=_cheap(given))


def _cheap(given):
    """Return arguments without a budget that is good and long."""
    most = {"budget": 50, "runs": 3, "workers": 1, "bound": 2.0}
    for name, limit in most.items():
        value = given.get(name)
        numeric = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        if numeric and limit < value <= 1e8:
            given[name] = limit
    return given


def folder_(rng, stock, folder):
    shutil.copytree(stock / "results", folder / "results", symlinks=True)
    files = sorted(p for p in (folder / "results").rglob("*") if p.is_file())
    shallow = [p for p in files if p.parent == folder / "results"]
    for _ in range(rng.choice((1, 1, 2))):
        path = rng.choice(shallow if rng.random() < 0.6 else files)
        if not path.is_file() or path.is_symlink():
            continue
        _damage(rng, path)
    drawn = rng.randrange(8)
    if drawn < 2:
        return Case("folder", call="read_results", given={"folder": "results"})
    commands = (["explain"], ["explain", "--case", "base"], ["reproduce"], ["resume"], ["simulate"])
    found = rng.choice(commands)
    if drawn == 7:
        return Case("folder", ["report", "results"], draws=True)
    if found == ["simulate"]:
        return Case("folder", ["simulate", "results/study.toml", "--out", "results", "--force"])
    return Case("folder", [found[0], "results", *found[1:]])


def _damage(rng, path):
    if rng.random() < 0.3:
        mutate.file(rng, path)
        return
    try:
        text = path.read_text("utf-8")
        if path.suffix == ".json" and rng.random() < 0.8:
            text = json.dumps(mutate.data(rng, json.loads(text)))
        elif path.suffix == ".csv" and rng.random() < 0.7:
            rows = list(csv.reader(io.StringIO(text)))
            row = rng.choice(rows)
            row[rng.randrange(len(row))] = str(mutate.odd(rng))[:5000]
            written = io.StringIO()
            csv.writer(written).writerows(rows)
            text = written.getvalue()
        else:
            text = mutate.text(rng, text)
    except (ValueError, IndexError):
        text = ""
    path.write_bytes(mutate.content(rng, text))


def script(rng, stock, folder):
    shutil.copytree(stock / "feeder", folder / "feeder")
    files = sorted((folder / "feeder").glob("*.dss"))
    for _ in range(rng.choice((1, 1, 2))):
        path = rng.choice(files)
        if path.is_file() and not path.is_symlink():
            path.write_bytes(
                mutate.content(rng, mutate.text(rng, path.read_text("utf-8", "replace")))
            )
        if rng.random() < 0.05:
            mutate.file(rng, path)
    command = rng.choice((["feeders", "show"], ["feeders", "check"], ["simulate"]))
    if command == ["simulate"]:
        good = tomllib.loads((stock / "small.toml").read_text("utf-8"))
        text = tomli_w.dumps({**good, "feeder": "feeder/Master.dss"})
        (folder / "x.toml").write_text(text, "utf-8")
        return Case("script", ["simulate", "x.toml", "--out", "out"])
    return Case("script", [*command, "feeder/Master.dss"])


MAKERS = {
    "study": study,
    "profile": profile,
    "plan": plan,
    "words": words,
    "python": python,
    "folder": folder_,
    "script": script,
}
