"""Which voltages of a compiled circuit limits are held to; see docs/decisions/0016-voltages.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

from toolkit.grid.opendss.engine import Engine, bus_of
from toolkit.grid.opendss.grounding import Grounding
from toolkit.model.voltages import Across, Slip, Voltages, factor_told

#: A voltage base this far, as a share, from a load's rating, or from what stands there without any
#: load, is another level: ratings of one level are nearer, 2 over the root of 3 is further.
OFF = 0.12
#: Below this, pu, a node carries no voltage.
NOTHING = 0.05
#: A rating this near to a base, as a share, is that base.
ROUNDING = 1e-9
#: A base this many times, or one of it, what stands at a bus is that of another level.
OTHER_LEVEL = 2.5


@dataclass(frozen=True)
class _Terminal:
    """Two nodes that a load stands between, 0 being ground, and its rated voltage, V."""

    element: str
    first: int
    second: int
    rated_v: float


def voltages_of(d: Engine) -> Voltages:
    """Return what limits are held to. The circuit is solved without loads, so this comes last."""
    terminals = _terminals(d)
    grounding = Grounding(d)
    bases = {name: _base_v(d, name) for name in _names(d)}
    volts = _without_load(d)
    buses: dict[str, list[int]] = {}
    for node in map(str, d.Circuit.AllNodeNames()):
        bus, _, number = node.lower().rpartition(".")
        buses.setdefault(bus, []).append(int(number))
    made = _Made()
    for bus, numbers in buses.items():
        if bases.get(bus):
            own = _Bus(bus, bases[bus], terminals.get(bus, []), volts, grounding)
            own.judge(sorted(n for n in numbers if n <= 3), made)
    return made.voltages()


def rated_pu(d: Engine, voltages: Voltages) -> dict[str, list[float]]:
    """Return what each load's rated voltage is, by its full name, in pu of what limits hold.

    One for each phase; NaN where no limit holds the voltage across it.
    """
    across = {(a.bus, frozenset((a.first, a.second))): a.base_v for a in voltages.across}
    found: dict[str, list[float]] = {f"load.{d.Loads.Name()}".lower(): [] for _ in d.Loads}
    for bus, terminals in _terminals(d).items():
        usual = _base_v(d, bus)
        for t in terminals:
            to_ground = voltages.own_v.get(f"{bus}.{t.first}", usual)
            between = across.get((bus, frozenset((t.first, t.second))), 0.0)
            base_v = between if t.second else to_ground
            rated = t.rated_v / base_v if base_v else np.nan
            found[t.element.lower()].append(1.0 if abs(rated - 1.0) < ROUNDING else rated)
    return found


def _names(d: Engine) -> list[str]:
    return [str(name).lower() for name in d.Circuit.AllBusNames()]


def _base_v(d: Engine, bus: str) -> float:
    d.Circuit.SetActiveBus(bus)
    return float(d.Bus.kVBase()) * 1000.0


def _terminals(d: Engine) -> dict[str, list[_Terminal]]:
    """Return what the enabled loads of each bus stand between."""
    found: dict[str, list[_Terminal]] = {}
    for _ in d.Loads:
        nodes, phases = list(map(int, d.CktElement.NodeOrder())), int(d.CktElement.NumPhases())
        rated, delta = float(d.Loads.kV()) * 1000.0, bool(d.Loads.IsDelta())
        if phases > 1 and not delta:
            rated /= np.sqrt(3.0)
        own, name = found.setdefault(bus_of(d, 0), []), f"Load.{d.Loads.Name()}"
        own += [_Terminal(name, a, b, rated) for a, b in _pairs(nodes, phases, delta) if a != b]
    return found


def _pairs(nodes: list[int], phases: int, delta: bool) -> Iterator[tuple[int, int]]:
    """Yield the nodes each phase of a load stands between, ground last."""
    if delta:
        ring = [*nodes, nodes[0]] if phases == 3 else nodes
        pairs = list(pairwise(ring))
    else:
        pairs = [(node, nodes[-1]) for node in nodes[:phases]]
    for a, b in pairs:
        yield (b, a) if a == 0 else (a, b)


def _without_load(d: Engine) -> dict[str, complex]:
    """Return the voltage of each node without any load, V; nothing where that is not solved."""
    try:
        d.Text.Command("Calcvoltagebases")
        parts = np.array(d.Circuit.AllBusVolts(), dtype=float)
        names = [str(name).lower() for name in d.Circuit.AllNodeNames()]
    except Exception:
        return {}
    return dict(zip(names, (parts[0::2] + 1j * parts[1::2]).tolist(), strict=True))


class _Made:
    """What has been decided so far."""

    def __init__(self) -> None:
        self.left_out: set[str] = set()
        self.own_v: dict[str, float] = {}
        self.across: list[Across] = []
        self.between: set[str] = set()
        self.floating: set[str] = set()
        self.slips: list[Slip] = []
        self.off_base: list[Slip] = []

    def voltages(self) -> Voltages:
        """Return it as a value."""
        sets = frozenset(self.left_out), frozenset(self.between), frozenset(self.floating)
        slips = tuple({slip.element: slip for slip in self.slips}.values())
        held = sets[0], self.own_v, tuple(self.across), sets[1], sets[2]
        return Voltages(*held, slips, tuple(self.off_base))


class _Bus:
    """One bus: its base, V to ground, its loads, and its nodes without any load."""

    def __init__(
        self,
        name: str,
        base_v: float,
        terminals: list[_Terminal],
        volts: dict[str, complex],
        grounding: Grounding,
    ) -> None:
        self._name, self._base_v, self._terminals = name, base_v, terminals
        self._volts, self._grounding = volts, grounding

    def judge(self, numbers: list[int], made: _Made) -> None:
        """Add what is held at this bus, whose nodes of 1 to 3 are given."""
        neutrals = {n for n in numbers if self._is_neutral(n)}
        phases = [n for n in numbers if n not in neutrals]
        neutrals |= {t.second for t in self._terminals if t.second > 3}
        to_ground = {t.first for t in self._terminals if t.second == 0}
        to_neutral = [t for t in self._terminals if t.second in neutrals]
        between = [t for t in self._terminals if t.second and t.second not in neutrals]
        alive = any(abs(self._at(n)) > NOTHING * self._base_v for n in phases)
        floats = self._grounding.floats(self._name) and alive and len(phases) > 1
        only_between = bool(between) and not to_ground and not to_neutral
        fits_between = not to_neutral and self._fits_between(phases)
        only_between |= fits_between
        held = set(phases) if not (floats or only_between) else set()
        held -= {n for n in phases if self._is_dead(n) or self._stands_apart(n, phases)}
        if to_neutral and not to_ground:
            held = set()
            made.across += self._to_neutral(phases, to_neutral)
        held |= to_ground
        made.left_out |= {f"{self._name}.{n}" for n in numbers if n not in held}
        for t in self._terminals:
            if t.second == 0 and self._base(t, self._base_v) != self._base_v:
                made.own_v.setdefault(f"{self._name}.{t.first}", t.rated_v)
        whole = floats or only_between
        made.across += self._between(phases if whole else [], between)
        uneven = fits_between or any(self._stands_apart(n, phases) for n in phases)
        if whole and (floats or not uneven):
            made.between.add(self._name)
        if floats:
            made.floating.add(self._name)
        made.slips += self._slips()
        made.off_base += self._off_base(phases)

    def _to_neutral(self, phases: list[int], terminals: list[_Terminal]) -> list[Across]:
        """Return each phase to the neutral wire that the loads here are connected to.

        A phase without a load to that wire counts where it stands near a level of the others.
        """
        second = terminals[0].second
        rated = {t.first: self._base(t, self._base_v) for t in terminals}
        for n in phases:
            volts = abs(self._at(n) - self._at(second)) if self._volts else self._base_v
            if n not in rated and volts:
                levels = (self._base_v, *rated.values())
                base = min(levels, key=lambda level: abs(np.log(volts / level)))
                rated |= {n: base} if abs(volts / base - 1.0) <= OFF else {}
        return [Across(self._name, n, second, rated[n], True) for n in phases if n in rated]

    def _between(self, phases: list[int], terminals: list[_Terminal]) -> list[Across]:
        """Return the voltages between all of some phases, and those of loads beside them."""
        line_v = self._base_v * float(np.sqrt(3.0))
        rated: dict[tuple[int, int], float] = {}
        for t in terminals:
            pair = (min(t.first, t.second), max(t.first, t.second))
            rated.setdefault(pair, self._base(t, line_v))
        usual = next(iter(rated.values()), line_v)
        for pair in combinations(phases, 2):
            rated.setdefault(pair, usual)
        return [Across(self._name, a, b, base) for (a, b), base in sorted(rated.items())]

    def _base(self, terminal: _Terminal, base_v: float) -> float:
        """Return what 1 pu of a load's voltage is: the bus's base where that fits, else its rating.

        A rating that fits what stands there worse than the base does is a slip, and not taken.
        """
        rated = terminal.rated_v
        if not rated or abs(rated / base_v - 1.0) <= OFF or not self._volts:
            return base_v
        volts = abs(self._at(terminal.first) - self._at(terminal.second))
        if not volts:
            return base_v
        return rated if abs(np.log(volts / rated)) < abs(np.log(volts / base_v)) else base_v

    def _slips(self) -> list[Slip]:
        """Return the loads rated at another level than what stands at their terminals."""
        slips = []
        for t in self._terminals:
            volts = abs(self._at(t.first) - self._at(t.second))
            if t.rated_v and volts and factor_told(t.rated_v / volts):
                slips.append(Slip(t.element, t.rated_v, volts))
        return slips

    def _off_base(self, phases: list[int]) -> list[Slip]:
        """Return this bus where its base is far from what stands evenly between its phases.

        What a wire that nothing feeds takes on from others beside it is uneven.
        """
        line_v = self._base_v * float(np.sqrt(3.0))
        between = [abs(self._at(a) - self._at(b)) for a, b in combinations(phases, 2)]
        if len(between) < 3 or min(between) < (1.0 - OFF) * max(between) or max(between) < 1.0:
            return []
        off = abs(np.log(max(between) / line_v)) > np.log(OTHER_LEVEL)
        return [Slip(f"bus {self._name}", line_v, max(between))] if off else []

    def _at(self, number: int) -> complex:
        return self._volts.get(f"{self._name}.{number}", 0j)

    def _is_neutral(self, number: int) -> bool:
        """Say whether a node carries no voltage because it is grounded, or the loads' neutral."""
        if not self._volts or abs(self._at(number)) > NOTHING * self._base_v:
            return False
        mine = any(t.second == number for t in self._terminals)
        return mine or self._grounding.is_neutral(f"{self._name}.{number}")

    def _is_dead(self, number: int) -> bool:
        """Say whether nothing feeds a phase, such as a stub behind an open switch."""
        return bool(self._volts) and abs(self._at(number)) <= NOTHING * self._base_v

    def _fits_between(self, phases: list[int]) -> bool:
        """Say whether the base is that of the voltages between phases, and of none to ground.

        So it is for legs of 120 V at a bus of 0.24 kV, with and without a high leg.
        """
        base, pairs = self._base_v, list(combinations(phases, 2))
        if not self._volts or not pairs or any(self._is_dead(n) for n in phases):
            return False
        between = [abs(self._at(a) - self._at(b)) / (base * np.sqrt(3.0)) for a, b in pairs]
        to_ground = [abs(self._at(n)) / base for n in phases]
        return all(abs(v - 1.0) <= OFF for v in between) and all(
            abs(v - 1.0) > OFF for v in to_ground
        )

    def _stands_apart(self, number: int, phases: list[int]) -> bool:
        """Say whether a phase stands elsewhere to ground than others of its bus: a high leg."""
        if not self._volts:
            return False
        pu = {n: abs(self._at(n)) / self._base_v for n in phases}
        usual = any(abs(pu[n] - 1.0) <= OFF for n in phases)
        return usual and pu[number] > NOTHING and abs(pu[number] - 1.0) > OFF
