"""Feeders as values, and where to find their scripts. The engine itself is spoken to in grid."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import InputError, nearest, unknown_name
from toolkit.scripts import defines_circuit

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]
T = TypeVar("T", np.float64, np.complex128)
UnitKind = Literal["pv", "wt", "bess", "bev"]
KINDS: tuple[UnitKind, ...] = ("pv", "wt", "bess", "bev")


@dataclass(frozen=True)
class DeclaredUnit:
    """A unit as the scripts declare it: kW rating, and kWh for storage (0 otherwise).

    ``phases`` are those it is connected to, from 1; ``delta`` says that it stands between them;
    ``added`` that a study adds it, so that no script holds its element.
    """

    name: str
    kind: UnitKind
    element: str
    bus: str
    kw: float
    kwh: float
    phases: tuple[int, ...] = (1, 2, 3)
    delta: bool = False
    added: bool = False


@dataclass(frozen=True, eq=False)
class LoadShape:
    """A load's own shape: N values for kW and, where they differ, for kvar.

    Shares of the declared power, or, when ``actual``, kW and kvar. interval: hours, 0 when the
    values have ``hours`` of their own, (N,), between which they go in straight lines.
    """

    name: str
    interval: float
    p: FloatArray
    q: FloatArray | None
    actual: bool
    hours: FloatArray | None = None

    @property
    def length(self) -> float:
        """Hours after which the values begin again: with hours of their own, whole days."""
        if self.hours is None:
            return len(self.p) * self.interval
        return 24.0 * max(float(np.ceil(self.hours[-1] / 24.0 - 1e-9)), 1.0)


@dataclass(frozen=True)
class DeclaredLoad:
    """A load as the scripts declare it; ``fixed`` that it does not follow any shape."""

    name: str
    bus: str
    kw: float
    kvar: float
    daily: LoadShape | None
    yearly: LoadShape | None
    fixed: bool


@dataclass(frozen=True)
class Branch:
    """A closed line or transformer between two buses; rating in A, NaN where none is known."""

    name: str
    bus1: str
    bus2: str
    rating_a: float


@dataclass(frozen=True)
class Controls:
    """The controls that work through the day, and the state that each day begins with.

    taps: transformers under a regulator with the tap of each winding, pu; steps: capacitors under a
    control with the state, 0 or 1, of each step; idle: other controls, which are switched off.
    """

    taps: tuple[tuple[str, tuple[float, ...]], ...] = ()
    steps: tuple[tuple[str, tuple[int, ...]], ...] = ()
    idle: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Say whether anything is under control."""
        return bool(self.taps or self.steps)


@dataclass(frozen=True)
class Feeder:
    """A compiled feeder as plain values.

    base_kv: line-to-line kV of each bus, shape (B,); xy: bus coordinates, shape (B, 2), NaN where
    the scripts give none; load_kw and load_kvar: declared load of each bus, shape (B,);
    ``phases``: those, of 1 to 3, that lines and transformers bring to each bus, ``load_phases``
    those its loads are connected to; ``head`` is the bus of the upstream source. Within
    ``constant_power_band``, pu, every load draws its declared power; it is empty, (inf, -inf), when
    some load never does.
    """

    name: str
    script: Path
    buses: tuple[str, ...]
    head: str
    base_kv: FloatArray
    xy: FloatArray
    phases: tuple[tuple[int, ...], ...]
    load_phases: tuple[tuple[int, ...], ...]
    load_kw: FloatArray
    load_kvar: FloatArray
    loads: tuple[DeclaredLoad, ...]
    units: tuple[DeclaredUnit, ...]
    branches: tuple[Branch, ...]
    constant_power_band: tuple[float, float]
    controls: Controls = Controls()

    @cached_property
    def bus_index(self) -> dict[str, int]:
        """Position of each bus in ``buses``."""
        return {bus: i for i, bus in enumerate(self.buses)}

    @cached_property
    def three_phase(self) -> bool:
        """Whether every bus has all three phases."""
        return all(there == (1, 2, 3) for there in self.phases)

    @property
    def prosumers(self) -> tuple[str, ...]:
        """Buses that carry load."""
        return tuple(b for b, kw in zip(self.buses, self.load_kw, strict=True) if kw > 0.0)


def sum_at_buses(values: NDArray[T], bus: IndexArray, count: int) -> NDArray[T]:
    """Sum the columns of values, shape (..., K), that stand at the same bus, shape (..., count)."""
    last = values.ndim - 1
    total = np.zeros((count, *values.shape[:-1]), dtype=values.dtype)
    np.add.at(total, bus, values.transpose(last, *range(last)))
    return total.transpose(*range(1, last + 1), 0)


def bundled_folder() -> Path:
    """Return the folder of the bundled feeders: the packaged one, else the repository's."""
    packaged = Path(__file__).parent / "dss"
    return packaged if packaged.is_dir() else Path(__file__).parents[1] / "dss"


def folders() -> list[Path]:
    """Return the folders feeders are looked for in, first one first."""
    local = Path.cwd() / "dss"
    return [f for f in (local, bundled_folder()) if f.is_dir()]


def names() -> list[str]:
    """Return the names of all feeders found in ./dss and among the bundled ones."""
    found = {p.name for f in folders() for p in f.iterdir() if p.is_dir() and _masters(p)}
    return sorted(found)


def locate(name: str, beside: Path | None = None) -> Path:
    """Return the script meant by a name, or by a path to a .dss file or a folder.

    A name is looked for in ./dss/NAME/ first, then among the bundled feeders; paths are relative
    to ``beside``. Raises InputError that lists the candidates when a folder holds several.
    """
    path = (beside or Path.cwd()) / name
    if name.lower().endswith(".dss") and not path.is_dir():
        return _script(path)
    for folder in folders():
        if name and (folder / name).is_dir() and (masters := _masters(folder / name)):
            return _only(folder / name, masters)
    if name and path.is_dir():
        return _only(path, _masters(path))
    raise unknown_name("feeder", name, names())


def _script(path: Path) -> Path:
    if path.is_file() and _is_script(path):
        return path.resolve()
    if path.is_file():
        raise InputError(f"feeder: '{path}' is a link to a file that is no .dss script.")
    siblings = [p.name for p in _scripts(path.parent)] if path.parent.is_dir() else []
    raise InputError(f"feeder: no file '{path}'.{nearest(path.name, siblings)}")


def _only(folder: Path, masters: list[Path]) -> Path:
    """Return the one script of a folder to start from."""
    if len(masters) == 1:
        return masters[0].resolve()
    scripts = masters or _scripts(folder)
    found = f"{len(masters)} scripts that define a circuit" if masters else "no Master.dss"
    listed = ", ".join(f"'{p.name}'" for p in scripts[:10]) or "no .dss file"
    raise InputError(
        f"feeder folder '{folder}': found {found}; expected one. Name one of its scripts by its "
        f"path, or call one Master.dss. There: {listed}{', ...' if len(scripts) > 10 else ''}."
    )


def _scripts(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.is_file() and _is_script(p))


def _is_script(path: Path) -> bool:
    """Say whether a file is a script, not only a link that is called like one."""
    return path.suffix.lower() == ".dss" and path.resolve().suffix.lower() == ".dss"


def _masters(folder: Path) -> list[Path]:
    """Return the scripts of a folder that a feeder may start from, by the first rule that fits.

    Master.dss; the only script; those that themselves define a circuit, or, when several do, the
    one of them that has "master" in its name.
    """
    scripts = _scripts(folder)
    masters = [p for p in scripts if p.name.lower() == "master.dss"]
    if masters or len(scripts) == 1:
        return masters[:1] or scripts
    defining = [p for p in scripts if defines_circuit(p)]
    called = [p for p in defining if "master" in p.stem.lower()]
    return called if len(called) == 1 else defining


def feeder_name(script: Path) -> str:
    """Return the name a feeder goes by: its folder's for Master.dss, else the script's."""
    return script.parent.name if script.stem.lower() == "master" else script.stem
