"""Limits on units together as rows of the program: at most so many, and so many kW."""

from __future__ import annotations

from toolkit.common.types import IndexArray
from toolkit.exact.formulation import Formulation
from toolkit.exact.program import NONE, Program, Term
from toolkit.model.fleet import Fleet
from toolkit.model.fleet_caps import ROUNDING


def cap_rows(program: Program, form: Formulation, fleet: Fleet) -> None:
    """Hold the sizes of a program to a fleet's limits on units together.

    Every plan that the decoder can produce keeps them, so a bound stays one.
    """
    for cap in fleet.caps:
        members = [k for k, c in enumerate(form.classes) if c.units[0] in cap.rows]
        if cap.kw is not None:
            terms = [_kw(form, fleet, k) for k in members]
            program.rows((), terms, upper=cap.kw * (1.0 + ROUNDING))
        if cap.units is not None:
            program.rows((), [(1.0, _built(program, form, k)) for k in members], upper=cap.units)


def _kw(form: Formulation, fleet: Fleet, k: int) -> Term:
    """Return the kW of all units of a class, which one row sums."""
    return fleet.units[form.classes[k].units[0]].kw_per_size, form.size[k][form.size[k] != NONE]


def _built(program: Program, form: Formulation, k: int) -> IndexArray:
    """Return the variables that are 1 where a unit of a class has some size."""
    size = form.size[k][form.size[k] != NONE]
    built = program.variables(size.shape, 0.0, 1.0, integer=True)
    program.rows(size.shape, [(1.0, size), (-form.classes[k].size_max, built)], upper=0.0)
    return built
