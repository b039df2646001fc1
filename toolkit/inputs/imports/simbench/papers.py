"""The README and the study that go with a grid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from toolkit.inputs.imports.axis import Axis
from toolkit.inputs.imports.simbench.grid import Grid, Load

#: Batteries that a study of a grid without any asks about, kWh per kW.
_ADDED, _HOURS = 2, 4.0
_README = """# {code}: a grid of SimBench

Written by `toolkit feeders import simbench:{code}`, from version {version} of the package simbench.
`Master.dss` is the grid at full load, `profiles.csv` the year of its loads and PV plants, and
`study.toml` a study of one day of it.

## Source and licence

This folder contains information from SimBench, which is made available under the Open Database
License (ODbL) 1.0, https://opendatacommons.org/licenses/odbl/1-0/; its contents are under the
Database Contents License 1.0, https://opendatacommons.org/licenses/dbcl/1-0/. Who passes this
folder on, changed or not, has to keep it under the ODbL and to name the source:

S. Meinecke et al., "SimBench - A Benchmark Dataset of Electric Power Systems to Compare Innovative
Solutions Based on Power Flow Analysis", Energies 13 (12), 3290, 2020, doi:10.3390/en13123290.

## What it holds

| what | count |
|---|---|
{counts}

Names are SimBench's in lower case, with `_` for what scripts do not take: `LV1.101 Load 1` is
`lv1_101_load_1`. `profiles.csv` has {axis}.
SimBench names local times; its steps go on evenly when clocks change, so days are those of standard
time.

- `load.NAME [kW]` and `load.NAME [kvar]`: SimBench's share times the load's declared power.
- `irradiance.NAME [W/m2]`: 1000 times SimBench's share, so that kW are Pmpp times the share. It is
  no measured irradiance: losses and the plane of the modules are in it.
- Voltages are those of pandapower's power flow of the same step to some 0.00003 pu for each
  transformer on the way: OpenDSS has its iron behind the second winding, pandapower in the middle.

## What is told otherwise, or left out

- The zero sequence: SimBench has none; lines repeat the positive one.
- Study cases and measurements of SimBench are left out.
{remarks}
"""
_STUDY = """# One day of SimBench's grid {code}; README.md says where the data come from.
# Every value not given here has the default that `toolkit init study` lists.
name = "{code}"
feeder = "Master.dss"
profiles = "profiles.csv"

[horizon]                    # a day of the year in profiles.csv
day = "{day}"

[limits]                     # what SimBench states for buses with load
v_min = {low:g}
v_max = {high:g}

[fleet]                      # what the grid has stays as it is
fixed = [{fixed}]
{added}"""
_BATTERY = """
[[fleet.add]]                # not of SimBench: an example of what to ask
name = "{name}"
kind = "bess"
bus = "{bus}"
kw = {kw:g}
kwh = {kwh:g}
"""


def _counts(grid: Grid) -> dict[str, int]:
    return {
        "buses": len(grid.buses),
        "lines": len(grid.lines),
        "transformers": len(grid.transformers),
        "loads": len(grid.loads),
        "PV plants": sum(plant.sun for plant in grid.plants),
        "other generators": sum(not plant.sun for plant in grid.plants),
        "batteries": len(grid.batteries),
    }


def counts_told(grid: Grid) -> str:
    """Return how much a grid holds in words: ``1 transformer, 13 loads``."""
    found = {what: count for what, count in _counts(grid).items() if count}
    return ", ".join(
        f"{count:,} {_singular(what) if count == 1 else what}" for what, count in found.items()
    )


def _singular(words: str) -> str:
    return {"buses": "bus", "batteries": "battery"}.get(words, words.removesuffix("s"))


def readme(grid: Grid, axis: Axis, version: str) -> str:
    """Return the README of a grid's folder."""
    return _README.format(
        code=grid.code,
        version=version,
        counts="\n".join(f"| {what} | {count:,} |" for what, count in _counts(grid).items()),
        axis=axis.told(),
        remarks="\n".join(f"- {text[:1].upper()}{text[1:]}" for text in grid.remarks),
    )


def study(grid: Grid, axis: Axis) -> str:
    """Return a study of a summer day, which asks where batteries should stand and what they do."""
    assert axis.start is not None
    names = [*(p.name for p in grid.plants), *(b.name for b in grid.batteries)]
    added = [] if grid.batteries else list(_batteries(grid.loads))
    return _STUDY.format(
        code=grid.code,
        day=f"{axis.start.year}-06-21",
        low=grid.band[0],
        high=grid.band[1],
        fixed=", ".join(f'"{name}"' for name in _patterns(names)),
        added="".join(added),
    )


def _patterns(names: Sequence[str]) -> list[str]:
    """Return patterns that stand for all names, where SimBench's own words for kinds do."""
    patterns = {
        f"*_{word}_*" for name in names for word in ("sgen", "storage") if f"_{word}_" in name
    }
    rest = [name for name in names if not ("_sgen_" in name or "_storage_" in name)]
    return [*sorted(patterns), *rest]


def _batteries(loads: Iterable[Load]) -> Iterable[str]:
    """Yield batteries of half the power of the largest loads, beside them."""
    at: dict[str, float] = {}
    for load in loads:
        at[load.bus] = at.get(load.bus, 0.0) + load.kw
    largest = sorted(at, key=lambda bus: (-at[bus], bus))[:_ADDED]
    for number, bus in enumerate(largest, start=1):
        kw = float(f"{at[bus] / 2.0:.2g}")
        yield _BATTERY.format(name=f"bess{number}", bus=bus, kw=kw, kwh=_HOURS * kw)
