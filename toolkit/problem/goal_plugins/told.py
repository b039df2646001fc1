"""What a goal is told: what every plan of a study meets, and the solved days of plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from toolkit.common.errors import ArgumentError
from toolkit.common.types import BoolArray, FloatArray, IndexArray

#: What is told to those alone that ask for it: name of each value, by the need it is part of.
NEEDS = {
    "trades": ("party_kw", "sold_kwh", "sold_to_load_kwh"),
    "losses": ("loss_kw", "head_kw", "head_import_kw"),
    "voltages": ("v_pu",),
    "loadings": ("loading_pct",),
    "bills": ("bill",),
    "costs": ("investment", "unit_cost", "connection_cost"),
}
#: The same of what every plan meets.
GIVEN_NEEDS = {"costs": ("annuity", "reference_cost", "most_annual_cost", "most_investment")}


def _asked(asked: Mapping[str, FloatArray], name: str) -> FloatArray:
    for need, names in (*NEEDS.items(), *GIVEN_NEEDS.items()):
        if name in names and name not in asked:
            raise ArgumentError(f"found no {name}; expected '{need}' among the goal's needs")
    return asked[name]


@dataclass(frozen=True)
class Given:
    """What every plan of a study meets: T steps, B buses, P parties, U units.

    Attributes
    ----------
    hours : numpy.ndarray of shape (T,)
        How many hours each step stands for.
    step_h : float
        How long a step is, h.
    weights : numpy.ndarray of shape (T,)
        For how many days like its own each step stands.
    separate : bool
        Whether days are separate, each for several, and not one after the other.
    per_year : float
        How often the time of the study fits into a year.
    load_kw : numpy.ndarray of shape (T, B)
        Scheduled load, kW.
    buses, units, kinds : tuple of str
        Names of buses and units, and the kind of each unit: ``"pv"``, ``"wt"``, ``"bess"``,
        ``"bev"``, ``"generator"`` or ``"capacitor"``.
    prosumers : numpy.ndarray of shape (H,)
        The buses of prosumers, as places in ``buses``.
    parties : tuple of str
        Names of the P who have bills: those buses, then owners of units that live nowhere.
    members : numpy.ndarray of shape (B,) or None
        Which buses trade with neighbours; None where all do.
    size_max, kw_per_size : numpy.ndarray of shape (U,)
        Largest size of each unit, kW or vehicles, and kW per size.
    retail, feed_in, network, co2 : numpy.ndarray of shape (T,)
        Tariffs, money/kWh, and what the grid emits, kg/kWh.
    unit_co2 : numpy.ndarray of shape (U,)
        What each unit emits, kg per kWh that it gives.
    v_min, v_max, loading_max : float
        Limits of the network, pu and %.
    asked : mapping of str to array
        With ``needs = ("costs",)``: ``annuity``, the share of a sum of today that repays it, per
        year; ``reference_cost``, the cost of a year without new units; ``most_annual_cost``,
        ``most_investment``, which no plan exceeds. Read as ``given.annuity`` and so on.

    Examples
    --------
    >>> from toolkit import Given
    >>> "hours" in Given.__dataclass_fields__
    True
    """

    hours: FloatArray
    step_h: float
    weights: FloatArray
    separate: bool
    per_year: float
    load_kw: FloatArray
    buses: tuple[str, ...]
    units: tuple[str, ...]
    kinds: tuple[str, ...]
    prosumers: IndexArray
    parties: tuple[str, ...]
    members: BoolArray | None
    size_max: FloatArray
    kw_per_size: FloatArray
    retail: FloatArray
    feed_in: FloatArray
    network: FloatArray
    co2: FloatArray
    unit_co2: FloatArray
    v_min: float
    v_max: float
    loading_max: float
    asked: Mapping[str, FloatArray] = field(default_factory=dict)

    @property
    def load_kwh(self) -> float:
        """The scheduled load, kWh; 1 where there is none."""
        return float(self.load_kw.sum(axis=1) @ self.hours) or 1.0

    @property
    def load_cost(self) -> float:
        """What the scheduled load costs at retail, money; 1 where that is nothing."""
        return float((self.retail * self.hours) @ self.load_kw.sum(axis=1)) or 1.0

    @property
    def most_kw(self) -> FloatArray:
        """The largest power that loads and units together can have in each step, kW, (T,)."""
        sizes = (self.size_max * self.kw_per_size).tolist()
        return np.asarray(self.load_kw.sum(axis=1) + sum(sizes))

    @property
    def annuity(self) -> float:
        """Share of a sum of today that repays it in equal payments, per year."""
        return float(_asked(self.asked, "annuity"))

    @property
    def reference_cost(self) -> float:
        """Cost of a year without new units, money."""
        return float(_asked(self.asked, "reference_cost"))

    @property
    def most_annual_cost(self) -> float:
        """A cost of a year that no plan exceeds, money."""
        return float(_asked(self.asked, "most_annual_cost"))

    @property
    def most_investment(self) -> float:
        """The investment in units of their largest sizes, money."""
        return float(_asked(self.asked, "most_investment"))


@dataclass(frozen=True)
class SolvedPlans:
    """n plans and the days that were solved of them: T steps, B buses, U units, P parties.

    Powers are positive where they go into the network.

    Attributes
    ----------
    given : Given
        What every plan meets.
    load_kw, net_kw : numpy.ndarray of shape (n, T, B)
        Load of each bus, and what its units inject less that, kW.
    unit_kw : numpy.ndarray of shape (n, T, U)
        What each unit injects, kW; negative while a store charges.
    bus : numpy.ndarray of shape (n, U)
        Where each unit stands, as a place in ``given.buses``.
    size, kwh : numpy.ndarray of shape (n, U)
        Size of each unit, kW or vehicles, and what a store holds at most, kWh.
    stored_kwh : numpy.ndarray of shape (n, U, T + 1)
        What each store holds at the beginning and after each step, kWh.
    asked : mapping of str to array
        By ``needs``, read as ``solved.loss_kw`` and so on. ``"trades"``: ``party_kw``, (n, T, P),
        the surplus of each party, and ``sold_kwh``, ``sold_to_load_kwh``, (n, T), what is sold to
        neighbours and what of it serves load. ``"losses"``: ``loss_kw``, (n, T), the network's
        losses, ``head_kw``, (n, T), what the feeder draws, losses included, negative where it
        gives, and ``head_import_kw``, the same, 0 where it gives. ``"voltages"``: ``v_pu``,
        (n, T, N), of nodes, NaN without a base. ``"loadings"``:
        ``loading_pct``, (n, T, L), of branches. ``"bills"``: ``bill``, (n, T, P), of parties with
        trading, money. ``"costs"``: ``investment`` and ``unit_cost``, (n, U), what each unit costs
        at the start and in a year, and ``connection_cost``, (n,), what energy and connections cost
        in a year, money.

    Examples
    --------
    >>> from toolkit import SolvedPlans
    >>> "unit_kw" in SolvedPlans.__dataclass_fields__
    True
    """

    given: Given
    load_kw: FloatArray
    net_kw: FloatArray
    unit_kw: FloatArray
    bus: IndexArray
    size: FloatArray
    kwh: FloatArray
    stored_kwh: FloatArray
    asked: Mapping[str, FloatArray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.size)

    @property
    def party_kw(self) -> FloatArray:
        """Surplus of each party, what it owns elsewhere included, kW, (n, T, P)."""
        return _asked(self.asked, "party_kw")

    @property
    def sold_kwh(self) -> FloatArray:
        """Energy sold to neighbours in each step, kWh, (n, T)."""
        return _asked(self.asked, "sold_kwh")

    @property
    def sold_to_load_kwh(self) -> FloatArray:
        """The part of it that serves load, kWh, (n, T)."""
        return _asked(self.asked, "sold_to_load_kwh")

    @property
    def loss_kw(self) -> FloatArray:
        """Active losses of the network, kW, (n, T)."""
        return _asked(self.asked, "loss_kw")

    @property
    def head_kw(self) -> FloatArray:
        """What the feeder draws, losses included, kW, negative where it gives, (n, T)."""
        return _asked(self.asked, "head_kw")

    @property
    def head_import_kw(self) -> FloatArray:
        """What the feeder draws at its head, losses included, kW, 0 or more, (n, T)."""
        return _asked(self.asked, "head_import_kw")

    @property
    def v_pu(self) -> FloatArray:
        """Voltages of nodes, pu, NaN at those without a base, (n, T, N)."""
        return _asked(self.asked, "v_pu")

    @property
    def loading_pct(self) -> FloatArray:
        """Loadings of lines and transformers, %, 0 without a rating, (n, T, L)."""
        return _asked(self.asked, "loading_pct")

    @property
    def bill(self) -> FloatArray:
        """Bills of parties with trading, money, negative where they earn, (n, T, P)."""
        return _asked(self.asked, "bill")

    @property
    def investment(self) -> FloatArray:
        """What is paid at the start for each unit, subsidies taken off, money, (n, U)."""
        return _asked(self.asked, "investment")

    @property
    def unit_cost(self) -> FloatArray:
        """What each unit costs in a year, money, (n, U)."""
        return _asked(self.asked, "unit_cost")

    @property
    def connection_cost(self) -> FloatArray:
        """What energy and connections cost the prosumers in a year, money, (n,)."""
        return _asked(self.asked, "connection_cost")
