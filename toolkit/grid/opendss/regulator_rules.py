"""What the regulators of a compiled circuit go by, read from the engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from toolkit.common.types import ComplexArray, FloatArray
from toolkit.grid.control_rules import HIGHEST, LOWEST, ONE, Regulators, turned
from toolkit.grid.network import Unfit
from toolkit.grid.opendss.engine import Engine, number_of, property_of
from toolkit.grid.opendss.readings import PortOf, admittances
from toolkit.model.branches import Branch

#: How exactly a transformer's matrix has to follow from its tap, as a share of its largest entry.
EXACT = 1e-11


def regulator_rules(
    d: Engine, names: Sequence[str], port_of: PortOf, branches: Sequence[Branch]
) -> Regulators:
    """Return the rules of some regulators. Raises Unfit for one that is not known."""
    position = {branch.name: i for i, branch in enumerate(branches)}
    rows = [_RegulatorReader(d, name, port_of).read() for name in names]
    for row in rows:
        at = position.get(row.pop("transformer"), -1)
        ratings = branches[at].terminals_a if at >= 0 else ()
        row |= {"branch": at, "rated": _shares(ratings, *row.pop("shape"))}
    return _stacked(rows)


def _shares(ratings: Sequence[float], phases: int, wires: int, conductors: int) -> FloatArray:
    """Return what of its rating 1 A in each conductor is, %, 0 where it has none."""
    shares = np.zeros(conductors)
    for k, rating in enumerate(ratings):
        shares[k * wires : k * wires + phases] = 100.0 / rating if rating > 0.0 else 0.0
    return shares


def _stacked(rows: Sequence[dict[str, Any]]) -> Regulators:
    """Return regulators as arrays, each filled up to the largest."""
    width = max((len(row["ports"]) for row in rows), default=1)
    phases = max((len(row["conductor"]) for row in rows), default=1)
    shapes: dict[str, tuple[tuple[int, ...], float, type]] = {
        "ports": ((width,), -1, np.intp),
        "admittance": ((width, width), 0, complex),
        "turns": ((2, width, width), 0, complex),
        "across": ((phases, 2), -1, np.intp),
        "conductor": ((phases,), -1, np.intp),
        "rated": ((width,), 0, float),
        "which": ((), 0, np.intp),
        "branch": ((), 0, np.intp),
        "drop": ((), 0, complex),
    }
    arrays: dict[str, Any] = {}
    for name in Regulators.__dataclass_fields__:
        shape, filler, kind = shapes.get(name, ((), 0, float))
        whole: Any = np.full((len(rows), *shape), filler, dtype=kind)
        for r, row in enumerate(rows):
            own = np.asarray(row[name])
            whole[(r, *map(slice, own.shape))] = own
        arrays[name] = whole
    # A phase that fills up is the first once more.
    filled = arrays["conductor"] < 0
    arrays["across"] = np.where(filled[..., None], arrays["across"][:, :1], arrays["across"])
    arrays["conductor"] = np.where(filled, arrays["conductor"][:, :1], arrays["conductor"])
    return Regulators(**arrays)


class _RegulatorReader:
    """Reads one regulator."""

    def __init__(self, d: Engine, name: str, port_of: PortOf) -> None:
        self._d, self._port_of = d, port_of
        self._own = f"RegControl.{name}"
        self._transformer = self._text("transformer").lower()
        self._full = f"transformer.{self._transformer}"
        self._winding, self._tapped = int(self._text("winding")), int(self._text("tapwinding"))

    def _text(self, name: str) -> str:
        return property_of(self._d, self._own, name)

    def _number(self, name: str) -> float:
        return number_of(self._d, self._own, name)

    def read(self) -> dict[str, Any]:
        """Return the fields of one regulator."""
        d, bus = self._d, self._text("bus")
        for unknown in ("reversible", "cogen", "inversetime"):
            if self._text(unknown).lower() == "yes":
                raise Unfit(f"{self._own} has {unknown}=yes")
        if int(self._text("maxtapchange")) == 0:
            raise Unfit(f"{self._own} never moves")
        d.Transformers.Name(self._transformer)
        d.Transformers.Wdg(self._tapped)
        start, least, most = d.Transformers.Tap(), d.Transformers.MinTap(), d.Transformers.MaxTap()
        increment = (most - least) / d.Transformers.NumTaps()
        admittance, turns = self._matrices(start, least, most)
        d.Circuit.SetActiveElement(self._full)
        ports = [self._port_of(node) for node in d.CktElement.NodeRef()]
        across, conductor = self._phases(ports)
        which = {"max": HIGHEST, "min": LOWEST}.get(self._text("ptphase").lower(), ONE)
        if which == ONE:
            phase = int(self._text("ptphase")) - 1
            across, conductor = across[phase : phase + 1], conductor[phase : phase + 1]
        limit = self._number("vlimit")
        if limit > 0.0 and which != ONE:
            raise Unfit(f"{self._own} has a vlimit and no phase of its own")
        if bus:
            raise Unfit(f"{self._own} regulates another bus")
        return {
            **{"ports": ports, "start": start, "admittance": admittance, "turns": turns},
            **{"least": least, "most": most, "increment": increment},
            **{"across": across, "which": which, "conductor": conductor},
            **{"ratio": self._number("ptratio"), "ct": self._number("ctprim")},
            "drop": complex(self._number("r"), self._number("x")),
            "drop_size": self._number("ldc_z"),
            **{"target": self._number("vreg"), "band": self._number("band")},
            **{"limit": limit if limit > 0.0 else np.inf, "base_v": self._base_v()},
            "direction": 1.0 if self._winding == self._tapped else -1.0,
            "delay": self._number("delay"),
            "most_at_once": float(self._text("maxtapchange")),
            "transformer": self._full,
            "shape": (*self._wires(), len(ports)),
        }

    def _wires(self) -> tuple[int, int]:
        """Return how many phases and conductors each winding has."""
        self._d.Circuit.SetActiveElement(self._full)
        return int(self._d.CktElement.NumPhases()), int(self._d.CktElement.NumConductors())

    def _base_v(self) -> float:
        """Return what 1 pu of the regulated winding is, V."""
        d = self._d
        d.Transformers.Name(self._transformer)
        d.Transformers.Wdg(self._winding)
        volts = float(d.Transformers.kV()) * 1000.0
        d.Circuit.SetActiveElement(self._full)
        several = int(d.CktElement.NumPhases()) > 1
        return volts / np.sqrt(3.0) if several and not d.Transformers.IsDelta() else volts

    def _phases(self, ports: list[int]) -> tuple[list[list[int]], list[int]]:
        """Return the ports between which each phase's voltage stands, and its conductor."""
        d = self._d
        phases, wires = int(d.CktElement.NumPhases()), int(d.CktElement.NumConductors())
        d.Transformers.Name(self._transformer)
        d.Transformers.Wdg(self._winding)
        delta, first = bool(d.Transformers.IsDelta()), (self._winding - 1) * wires
        if delta:
            raise Unfit(f"{self._own} regulates a winding in delta")
        at = [first + i for i in range(phases)]
        return [[ports[i], ports[first + phases]] for i in at], at

    def _matrices(
        self, start: float, least: float, most: float
    ) -> tuple[ComplexArray, ComplexArray]:
        """Return the transformer's matrix at its tap, and what it gains by 1 / tap and square."""
        taps = [t for t in (least, most, 0.5 * (least + most)) if t != start]
        own, first, second = (self._at(t) for t in (start, *taps[:2]))
        begin = np.array(start)
        beside = np.stack(turned(begin, np.array(taps[:2])), axis=1)
        change = np.stack([first - own, second - own])
        turns = np.tensordot(np.linalg.inv(beside), change, axes=1)
        between = least + 0.3 * (most - least)
        by_turn, by_square = turned(begin, np.array(between))
        gained = turns[0] * by_turn + turns[1] * by_square
        off = np.abs(own + gained - self._at(between)).max()
        self._at(start)
        if off > EXACT * np.abs(own).max():
            raise Unfit(f"the matrix of {self._full} does not follow from its tap")
        return own, turns

    def _at(self, tap: float) -> ComplexArray:
        """Return the transformer's matrix at a tap."""
        d = self._d
        d.Transformers.Name(self._transformer)
        d.Transformers.Wdg(self._tapped)
        d.Transformers.Tap(tap)
        d.Solution.BuildYMatrix(1, 0)
        d.Circuit.SetActiveElement(self._full)
        return admittances(d)
