"""Calls of the Python API with arguments that a caller may hand over."""

import math
import tomllib
from decimal import Decimal
from pathlib import Path

import mutate
import numpy as np
import pandas as pd
from case import Case


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


def _optimizer(rng):
    return rng.choice(("random", "a=random", np.str_("random"), "cheetah"))


#: Of each public function arguments that do.
GOOD = {
    "load_study": lambda rng, stock: {"source": str(stock / "small.toml")},
    "optimize": lambda rng, stock: {
        "study": str(stock / "small.toml"),
        "optimizer": _optimizer(rng),
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
    if call == "minimize" and any(given.get("function") is known for known in (int, len)):
        given["function"] = math.fsum  # what the others raise is the caller's own
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
