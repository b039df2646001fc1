"""The scripts of OpenDSS for a grid, and the files beside them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from toolkit.common.types import FloatArray
from toolkit.inputs.imports.simbench.grid import (
    Battery,
    Grid,
    Line,
    Load,
    Plant,
    Transformer,
    name_of,
)

#: Constant power at any voltage met, not an impedance below 0.95 pu.
_BAND = "vminpu=0.5 vmaxpu=1.5"
_HEADS = {
    "Lines.dss": "Per km. SimBench has no zero sequence, which balanced loads do not meet: it "
    "repeats the positive one. normamps is SimBench's greatest current.",
    "Transformers.dss": "OpenDSS has the iron of a transformer behind its second winding, "
    "pandapower in the middle: voltages differ by some 0.00003 pu.",
    "Loads.dss": "What each load draws at a share of 1, kW and kvar. profiles.csv has their year.",
    "PVSystem.dss": "Pmpp is the output at 1000 W/m2, without losses of inverters or by heat: the "
    "irradiance in profiles.csv is 1000 times the share of Pmpp that SimBench gives.",
    "Generators.dss": "The share of kW that each generator gives follows its yearly shape.",
    "Storage.dss": "Batteries, idle in the base case: a plan decides when they work.",
}


def written(grid: Grid, shapes: Mapping[str, FloatArray], hours: float) -> dict[str, str]:
    """Return the text of each file; shapes: (steps,) of ``hours`` that generators follow."""
    texts = {
        "Lines.dss": _lines(grid),
        "Transformers.dss": map(_transformer, grid.transformers),
        "Loads.dss": _loads(grid.loads, grid.kv),
        "PVSystem.dss": _suns([p for p in grid.plants if p.sun], grid.kv),
        "Generators.dss": _generators(grid, shapes, hours),
        "Storage.dss": _batteries(grid.batteries, grid.kv),
    }
    lines = {file: list(found) for file, found in texts.items()}
    scripts = {f: "\n".join([_head(f), *found, ""]) for f, found in lines.items() if found}
    return {
        "Master.dss": "\n".join([*_master(grid, scripts), ""]),
        **scripts,
        "BusCoords.csv": "".join(f"{bus.name},{bus.x:g},{bus.y:g}\n" for bus in grid.buses),
        **{f"shapes/{name}.csv": _column(values) for name, values in shapes.items()},
    }


def _head(file: str) -> str:
    return textwrap.fill(_HEADS[file], 100, initial_indent="! ", subsequent_indent="! ")


def _master(grid: Grid, scripts: Iterable[str]) -> Iterator[str]:
    bases = sorted(set(grid.kv.values()), reverse=True)
    yield f"! The grid {grid.code} of SimBench at full load; README.md says where it comes from."
    yield "Clear"
    yield f"Set DefaultBaseFrequency={_n(grid.hertz)}"
    yield (
        f"New Circuit.{name_of(grid.code)} bus1={grid.source} phases=3 "
        f"basekV={_n(grid.kv[grid.source])} pu={_n(grid.source_pu)} angle=0 MVAsc3=1e8 MVAsc1=1e8"
    )
    yield ""
    yield from (f"Redirect {script}" for script in scripts)
    yield ""
    yield f"Set voltagebases=[{' '.join(map(_n, bases))}]"
    yield "Calcvoltagebases"
    yield "Buscoords BusCoords.csv"
    yield "! Nothing is under control: taps stay where the data have them."
    yield "Set controlmode=off"
    yield "Set tolerance=1e-8"


def _n(value: float) -> str:
    """Return a number in as few digits as tell it to twelve places."""
    return f"{value:.12g}"


def _column(values: FloatArray) -> str:
    return "".join(f"{_n(value)}\n" for value in values)


def _lines(grid: Grid) -> Iterator[str]:
    for line in grid.lines:
        yield _line(line)
    for line in grid.lines:
        yield from (f"Open Line.{line.name} term={terminal}" for terminal in line.open)


def _line(line: Line) -> str:
    r, x, c = _n(line.r), _n(line.x), _n(line.c)
    return (
        f"New Line.{line.name} bus1={line.ends[0]} bus2={line.ends[1]} phases=3 "
        f"length={_n(line.km)} units=km r1={r} x1={x} c1={c} r0={r} x0={x} c0={c} "
        f"normamps={_n(line.amps)} emergamps={_n(line.amps)}"
    )


def _transformer(one: Transformer) -> str:
    conns = "delta wye" if one.delta else "wye wye"
    return (
        f"New Transformer.{one.name} phases=3 windings=2 buses=({one.ends[0]} {one.ends[1]}) "
        f"conns=({conns}) kVs=({_n(one.kv[0])} {_n(one.kv[1])}) kVAs=({_n(one.kva)} {_n(one.kva)}) "
        f"taps=({_n(one.taps[0])} {_n(one.taps[1])}) xhl={_n(100.0 * one.x)} "
        f"%Rs=({_n(50.0 * one.r)} {_n(50.0 * one.r)}) ppm_antifloat=0 "
        f"%noloadloss={_n(100.0 * one.iron.real / one.kva)} "
        f"%imag={_n(100.0 * one.iron.imag / one.kva)} "
        f"normhkva={_n(one.limit)} emerghkva={_n(one.limit)}"
    )


def _loads(found: Sequence[Load], kv: Mapping[str, float]) -> Iterator[str]:
    for one in found:
        yield (
            f"New Load.{one.name} bus1={one.bus} phases=3 conn=wye model=1 kV={_n(kv[one.bus])} "
            f"kW={_n(one.kw)} kvar={_n(one.kvar)} {_BAND}"
        )


def _suns(found: Sequence[Plant], kv: Mapping[str, float]) -> Iterator[str]:
    for one in found:
        yield (
            f"New PVSystem.{one.name} bus1={one.bus} phases=3 kV={_n(kv[one.bus])} "
            f"Pmpp={_n(one.kw)} kVA={_n(one.kva)} pf=1 irradiance=1 %cutin=0 %cutout=0 {_BAND}"
        )


def _generators(grid: Grid, shapes: Mapping[str, FloatArray], hours: float) -> Iterator[str]:
    for name, values in shapes.items():
        yield (
            f"New LoadShape.{name} npts={len(values)} interval={_n(hours)} "
            f"mult=(file=shapes/{name}.csv)"
        )
    for one in grid.plants:
        if not one.sun:
            yield (
                f"New Generator.{one.name} bus1={one.bus} phases=3 model=1 "
                f"kV={_n(grid.kv[one.bus])} kW={_n(one.kw)} kVA={_n(one.kva)} pf=1 {_BAND} "
                f"yearly={one.series}"
            )


def _batteries(found: Sequence[Battery], kv: Mapping[str, float]) -> Iterator[str]:
    for one in found:
        efficiency = _n(100.0 * one.efficiency)
        yield (
            f"New Storage.{one.name} bus1={one.bus} phases=3 kV={_n(kv[one.bus])} "
            f"kVA={_n(one.kw)} kWrated={_n(one.kw)} kWhrated={_n(one.kwh)} %reserve=0 "
            f"%stored={_n(100.0 * one.stored)} %EffCharge={efficiency} "
            f"%EffDischarge={efficiency} %IdlingkW=0 pf=1 {_BAND} dispmode=follow"
        )
