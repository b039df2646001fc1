"""The branches of a compiled circuit, and what OpenDSS knows of their ratings."""

from __future__ import annotations

import json

import numpy as np

from toolkit.grid.opendss.engine import Engine, bus_of, handle_of, numbers_of, property_of
from toolkit.inputs.scripts.writing import statement
from toolkit.model.branches import Branch, Ratings

#: The property that rates a transformer, kVA of its first winding, and a line, A.
#: Without the first OpenDSS takes 110 % of kVA.
NORMAL_KVA, NORMAL_A = "normhkVA", "normamps"


def branches_of(d: Engine) -> list[Branch]:
    """Return the enabled lines and transformers, each at its declared rating."""
    branches = []
    for full_name in d.PDElements.AllNames():
        d.Circuit.SetActiveElement(full_name)
        cls, _, name = full_name.partition(".")
        if cls in ("Line", "Transformer") and d.CktElement.Enabled():
            buses = bus_of(d, 0), bus_of(d, 1)
            known = _of_transformer(d, name) if cls == "Transformer" else line_ratings(d)
            branch = Branch(full_name.lower(), *buses, np.nan, known)
            branches.append(branch.rated("declared", "normal"))
    return branches


def line_ratings(d: Engine) -> Ratings:
    """Return what is known of the rating of the active element, as of a line."""
    return Ratings(_amps(d.CktElement.NormalAmps()), _amps(d.CktElement.EmergAmps()))


def _amps(value: float) -> float:
    return float(value) or np.nan


def _of_transformer(d: Engine, name: str) -> Ratings:
    """Return what is known of the active element, a transformer."""
    engine = line_ratings(d)
    phases = int(d.CktElement.NumPhases())
    kva, amps = zip(*_windings(d, f"Transformer.{name}", phases), strict=True)
    shares = tuple(float(a / amps[0]) if amps[0] else 1.0 for a in amps)
    stated = _states_normal(d, name)
    return Ratings(engine.normal_a, engine.emergency_a, _amps(amps[0]), kva[0], stated, shares)


def _windings(d: Engine, element: str, phases: int) -> list[tuple[float, float]]:
    """Return (kVA, A of each phase at that) of every winding; kV is line to line beyond a phase."""
    kvas, kvs = (numbers_of(d, element, name).tolist() for name in ("kVAs", "kVs"))
    line = np.sqrt(3.0) if phases > 1 else 1.0
    return [
        (kva, kva / phases / (kv / line) if kv else 0.0) for kva, kv in zip(kvas, kvs, strict=True)
    ]


def _states_normal(d: Engine, name: str) -> bool:
    """Say whether the scripts give a transformer's normal rating, or its code does."""
    code = property_of(d, f"Transformer.{name}", "XfmrCode")
    elements = [f"Transformer.{name}", *([f"XfmrCode.{code}"] if code else [])]
    return any(NORMAL_KVA.lower() in _given(d, element) for element in elements)


def _given(d: Engine, element: str) -> set[str]:
    """Return the properties, in lower case, that were set for an element."""
    util = d._api_util
    found = util.lib.Obj_ToJSON(handle_of(d, element), 0)
    text = found if isinstance(found, str) else util.ffi.string(found).decode()
    return {str(name).lower() for name in json.loads(text)}


def rating_lines(branches: tuple[Branch, ...]) -> list[str]:
    """Return the lines after which OpenDSS rates branches as is asked for."""
    lines = []
    for branch in branches:
        if np.isfinite(branch.rating_a) and branch.rating_a != branch.known.normal_a:
            kva = {NORMAL_KVA: repr(float(branch.rated_kva))}
            rating = kva if branch.is_transformer else {NORMAL_A: repr(branch.rating_a)}
            lines.append(statement("Edit", branch.name, rating))
    return lines


def unused_seasons(d: Engine, branches: tuple[Branch, ...]) -> list[str]:
    """Return the lines that leave a line the one rating it is held to.

    Of a line with ratings for seasons, none selected, the engine calls the loading infinite.
    """
    lines = [branch.name for branch in branches if not branch.is_transformer]
    seasonal = [name for name in lines if float(property_of(d, name, "seasons")) > 1.0]
    return [statement("Edit", name, {"seasons": "1"}) for name in seasonal]
