"""A grid as pandapower holds it, read into values of our own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from toolkit.common.errors import InputError
from toolkit.inputs.imports.simbench.grid import (
    Battery,
    Bus,
    Grid,
    Line,
    Load,
    Plant,
    Transformer,
    name_of,
)
from toolkit.inputs.imports.simbench.joined import Joined

#: Elements that a feeder of ours has no place for, by their tables.
REFUSED = {
    "gen": "generators that hold a voltage",
    "trafo3w": "transformers of three windings",
    "shunt": "shunts",
    "impedance": "impedances",
    "ward": "wards",
    "xward": "wards",
    "dcline": "direct-current lines",
}
#: Metres of a degree of latitude.
_DEGREE = 111_320.0
#: Volts below which a transformer's first winding is in delta: those of local networks are Dyn.
_LOCAL_KV = 1.0


def grid_of(net: Any, code: str) -> Grid:
    """Return a grid. Raises InputError for one with elements that a feeder has no place for."""
    _check(net, code)
    at = Joined.of(net)
    source = net.ext_grid.iloc[0]
    return Grid(
        code=code,
        hertz=float(net.f_hz),
        source=at[source.bus],
        source_pu=float(source.vm_pu),
        band=_band(net),
        buses=tuple(_buses(net, at)),
        lines=tuple(_lines(net, at)),
        transformers=tuple(_transformers(net, at)),
        loads=tuple(_each(net.load, lambda row: _load(row, at))),
        plants=tuple(_each(net.sgen, lambda row: _plant(row, at))),
        batteries=tuple(_each(net.storage, lambda row: _battery(row, at))),
        remarks=tuple(_remarks(net, at)),
    )


def is_sun(kind: str) -> bool:
    """Say whether a generator is PV; low-voltage grids hold no other, so their sums are too."""
    return "pv" in kind.lower() or kind == "lv_RES"


def _check(net: Any, code: str) -> None:
    for table, what in REFUSED.items():
        if len(net[table]):
            raise InputError(
                f"grid {code}: found {len(net[table])} {what}; expected none: a feeder here is a "
                "distribution grid of lines, transformers of two windings, loads and generators."
            )
    if len(net.ext_grid) != 1:
        raise InputError(
            f"grid {code}: found {len(net.ext_grid)} external grids; expected one, which feeds all."
        )


def _each(table: Any, made: Callable[[Any], Any]) -> Iterator[Any]:
    """Yield what is made of each row that is in service."""
    for row in table.itertuples():
        if row.in_service:
            yield made(row)


def _band(net: Any) -> tuple[float, float]:
    """Return the voltages that every bus with load keeps to, pu."""
    buses = net.bus.loc[net.load.bus.unique()]
    return float(buses.min_vm_pu.max()), float(buses.max_vm_pu.min())


def _buses(net: Any, at: Joined) -> Iterator[Bus]:
    degrees = {i: json.loads(geo)["coordinates"] for i, geo in net.bus.geo.dropna().items()}
    west = min((x for x, _ in degrees.values()), default=0.0)
    south = min((y for _, y in degrees.values()), default=0.0)
    east = _DEGREE * float(np.cos(np.radians(south)))
    for i in at.kept:
        x, y = degrees.get(i, (west, south))
        yield Bus(
            at[i],
            float(net.bus.vn_kv[i]),
            round((x - west) * east, 1),
            round((y - south) * _DEGREE, 1),
        )


def _lines(net: Any, at: Joined) -> Iterator[Line]:
    """Yield the lines that are closed at one end at least and lead to another bus."""
    for row in net.line.itertuples():
        ends, opened = (at[row.from_bus], at[row.to_bus]), at.opened("l", row.Index)
        terminals = tuple(t for t, bus in ((1, row.from_bus), (2, row.to_bus)) if bus in opened)
        if row.in_service and len(terminals) < 2 and ends[0] != ends[1]:
            yield _line(row, ends, terminals)


def _line(row: Any, ends: tuple[str, str], terminals: tuple[int, ...]) -> Line:
    many = float(row.parallel)
    return Line(
        name=name_of(row.name),
        ends=ends,
        km=float(row.length_km),
        r=float(row.r_ohm_per_km) / many,
        x=float(row.x_ohm_per_km) / many,
        c=float(row.c_nf_per_km) * many,
        amps=10.0 * float(row.max_i_ka) * float(row.df) * many * float(row.max_loading_percent),
        open=terminals,
    )


def _transformers(net: Any, at: Joined) -> Iterator[Transformer]:
    for row in net.trafo.itertuples():
        if row.in_service and not at.opened("t", row.Index):
            yield _transformer(row, at)


def _transformer(row: Any, at: Joined) -> Transformer:
    many, kva = float(row.parallel), 1000.0 * float(row.sn_mva)
    r, z = float(row.vkr_percent) / 100.0, float(row.vk_percent) / 100.0
    drawn = kva * float(row.i0_percent) / 100.0
    iron = float(row.pfe_kw)
    return Transformer(
        name=name_of(row.name),
        ends=(at[row.hv_bus], at[row.lv_bus]),
        kva=kva * many,
        kv=(float(row.vn_hv_kv), float(row.vn_lv_kv)),
        r=r,
        x=float(np.sqrt(z**2 - r**2)),
        limit=kva * many * float(row.max_loading_percent) / 100.0,
        iron=many * complex(iron, np.sqrt(max(drawn**2 - iron**2, 0.0))),
        taps=_taps(row),
        delta=float(row.vn_lv_kv) < _LOCAL_KV,
    )


def _taps(row: Any) -> tuple[float, float]:
    """Return the ratio of each winding to its rated voltage, by the position of the taps."""
    steps = float(row.tap_pos) - float(row.tap_neutral)
    moved = 1.0 + steps * float(row.tap_step_percent) / 100.0
    if not np.isfinite(moved):
        return 1.0, 1.0
    return (moved, 1.0) if row.tap_side == "hv" else (1.0, moved)


def _load(row: Any, at: Joined) -> Load:
    kva = 1000.0 * float(row.scaling) * complex(row.p_mw, row.q_mvar)
    return Load(name_of(row.name), at[row.bus], kva.real, kva.imag)


def _plant(row: Any, at: Joined) -> Plant:
    kw = 1000.0 * float(row.scaling) * float(row.p_mw)
    kva = max(1000.0 * float(row.sn_mva), kw) if row.sn_mva > 0.0 else kw
    sun = is_sun(str(row.type))
    return Plant(name_of(row.name), at[row.bus], sun, kw, kva, name_of(row.profile))


def _battery(row: Any, at: Joined) -> Battery:
    kwh = 1000.0 * float(row.max_e_mwh)
    kw = 1000.0 * max(abs(float(row.p_mw)), float(row.sn_mva))
    efficiency = float(row.efficiency_percent)
    # The tables call a share a percentage.
    share = efficiency if efficiency <= 1.0 else efficiency / 100.0
    stored = float(row.soc_percent) / 100.0
    return Battery(name_of(row.name), at[row.bus], kw, kwh, share, stored)


def _remarks(net: Any, at: Joined) -> Iterator[str]:
    """Yield what is told otherwise than in the original, or left out."""
    yield from at.remarks()
    moved = sum(_taps(row) != (1.0, 1.0) for row in net.trafo.itertuples())
    if moved:
        yield (
            f"taps of {moved} transformers stand off their neutral position, as the data say; "
            "pandapower leaves that out where tap_changer_type is not 'Ratio'."
        )
    regulated = int((net.trafo.autoTap == 1).sum())
    if regulated:
        held = net.trafo[net.trafo.autoTap == 1].autoTapSetp.iloc[0]
        yield (
            f"{regulated} transformers may change taps under load to hold {held:g} pu: left out, "
            "taps stay where the data have them, as in pandapower's power flow."
        )
    angles = sorted({f"{a:g}" for a in net.trafo.shift_degree if a % 360.0})
    if angles:
        yield (
            f"transformers turn phases by {', '.join(angles)} degrees: written as delta and wye "
            "below 1 kV (30 degrees), else as wye and wye (0). Magnitudes do not depend on it."
        )
    other = sorted({str(k) for k in net.sgen.type if not is_sun(str(k)) and "ind" not in str(k)})
    if other:
        yield f"{', '.join(other)}: written as Generator, which the toolkit counts as wind."
    if len(net.storage):
        yield "series of storages are left out: a plan decides when batteries work."
