"""Cases by kind: each is made of good material and a seeded random, in a folder of its own.

A case is a list of words for the command line, or a function of the Python API with its arguments.
"""

import csv
import io
import json
import random
import shutil
import tomllib

import calls
import mutate
import tomli_w
from case import Case

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
FLAGS = (
    "--json",
    "-q",
    "-v",
    "--force",
    "--bound",
    "--polish",
    "--keep-sites",
    "--keep-journal",
    "--rerun",
    "--debg",
)
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
    commands = (
        ["explain"],
        ["explain", "--case", "base"],
        ["reproduce"],
        ["resume"],
        ["simulate"],
        ["watch", "--once"],
    )
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
    "python": calls.python,
    "folder": folder_,
    "script": script,
}
