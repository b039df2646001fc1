"""What a policy knows at a step, and the messages that it is put together from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from toolkit.common.types import BoolArray, FloatArray, IndexArray

#: Hours ahead for which drivers announce when they are plugged in and what they drive.
ANNOUNCED_H = 24.0


@dataclass(frozen=True)
class Known:
    """What is known at step t of n plans with S stores on a feeder of B buses.

    All arrays are read-only. Time is the first axis where there is one: row -1 of ``load``,
    ``sun``, ``wind`` and ``net`` is this step, row 0 of ``plugged`` and ``trips`` as well.

    Attributes
    ----------
    step, steps : int
        This step, from 0, and how many steps the scenario has.
    dt, hour : float
        Length of a step, h, and the time of day at which this one begins, 0 to 24 h.
    load : numpy.ndarray of shape (t + 1, B)
        Load of each bus, kW, until now.
    sun, wind : numpy.ndarray of shape (t + 1,)
        Output of PV and wind per kW of rating, as the study has them, until now.
    net : numpy.ndarray of shape (t + 1, n, B)
        Net position of each bus without stores, kW, until now: sun and wind less load.
    bus : numpy.ndarray of shape (n, S)
        Where each store stands, index among the B buses.
    stored, capacity : numpy.ndarray of shape (n, S)
        Energy stored now and most energy, kWh.
    rating : numpy.ndarray of shape (n, S)
        Power rating, kW.
    lowest, highest : numpy.ndarray of shape (n, S)
        Powers that each store can take (below 0) and give now, kW: by its rating or chargers, its
        room, and what it has to hold for trips and for the end of the scenario.
    soc_min, soc_max, soc_start, eta_charge, eta_discharge : numpy.ndarray of shape (S,)
        Equation (5). A store ends the scenario with soc_start at least.
    vehicles, gives : numpy.ndarray of shape (S,)
        Whether it is a station of vehicles; whether it may give power back at all.
    plugged : numpy.ndarray of shape (h, S)
        Share of its power that a store has in this step and the next ones, as announced 24 h ahead;
        1 for batteries.
    trips : numpy.ndarray of shape (h, n, S)
        Energy that drivers take in this step and the next ones, kWh, as announced; 0 for batteries.
    retail, feed_in, network : numpy.ndarray of shape (steps,)
        Tariffs, money/kWh, published ahead.
    members : numpy.ndarray of shape (B,)
        Whether each bus trades with neighbours; the others deal with the grid alone.
    values : mapping of str to numpy.ndarray of shape (n, S)
        The policy's parameters.
    ahead : numpy.ndarray of shape (k, n, B) or None
        Net position of the next steps without stores, kW, where the policy's outlook asks for it:
        k steps, fewer at the end.

    Examples
    --------
    >>> from toolkit import Known
    >>> "net" in Known.__dataclass_fields__
    True
    """

    step: int
    steps: int
    dt: float
    hour: float
    load: FloatArray
    sun: FloatArray
    wind: FloatArray
    net: FloatArray
    bus: IndexArray
    stored: FloatArray
    capacity: FloatArray
    rating: FloatArray
    lowest: FloatArray
    highest: FloatArray
    soc_min: FloatArray
    soc_max: FloatArray
    soc_start: FloatArray
    eta_charge: FloatArray
    eta_discharge: FloatArray
    vehicles: BoolArray
    gives: BoolArray
    plugged: FloatArray
    trips: FloatArray
    retail: FloatArray
    feed_in: FloatArray
    network: FloatArray
    members: BoolArray
    values: Mapping[str, FloatArray]
    ahead: FloatArray | None = None


@dataclass(frozen=True)
class Beginning:
    """What does not change while n plans are followed; names as in :class:`Known`.

    size: of each store, (n, S); values: of the parameters ``names``, (n, S, P); buses: B.
    """

    steps: int
    dt: float
    start_hour: float
    buses: int
    bus: IndexArray
    size: FloatArray
    capacity: FloatArray
    rating: FloatArray
    soc_min: FloatArray
    soc_max: FloatArray
    soc_start: FloatArray
    eta_charge: FloatArray
    eta_discharge: FloatArray
    vehicles: BoolArray
    gives: BoolArray
    retail: FloatArray
    feed_in: FloatArray
    network: FloatArray
    members: BoolArray
    names: tuple[str, ...]
    values: FloatArray


@dataclass(frozen=True)
class News:
    """What a step brings; names as in :class:`Known`.

    load: (B,); net: (n, B); plugged and trip, kWh per unit of size: (h, S); ahead: (k, n, B).
    """

    step: int
    load: FloatArray
    sun: float
    wind: float
    net: FloatArray
    stored: FloatArray
    lowest: FloatArray
    highest: FloatArray
    plugged: FloatArray
    trip: FloatArray
    ahead: FloatArray | None


#: What stays the same from step to step.
SAME_IN_ALL_STEPS = (
    *("bus", "capacity", "rating", "vehicles", "gives", "retail", "feed_in", "network", "members"),
    *("soc_min", "soc_max", "soc_start", "eta_charge", "eta_discharge"),
)


class Memory:
    """What has been while n plans are followed: it makes of each step's news what is known."""

    def __init__(self, beginning: Beginning) -> None:
        steps, (plans, _) = beginning.steps, beginning.bus.shape
        self._fixed = beginning
        self._load = np.zeros((steps, beginning.buses))
        self._sun, self._wind = np.zeros(steps), np.zeros(steps)
        self._net = np.zeros((steps, plans, beginning.buses))
        self._same: dict[str, Any] = {
            name: read_only(getattr(beginning, name)) for name in SAME_IN_ALL_STEPS
        }
        self._values = {
            name: read_only(np.ascontiguousarray(beginning.values[..., i]))
            for i, name in enumerate(beginning.names)
        }

    def known(self, news: News) -> Known:
        """Take in what a step brings and return what is known by then."""
        t, fixed = news.step, self._fixed
        self._load[t], self._net[t] = news.load, news.net
        self._sun[t], self._wind[t] = news.sun, news.wind
        return Known(
            step=t,
            steps=fixed.steps,
            dt=fixed.dt,
            hour=(fixed.start_hour + t * fixed.dt) % 24.0,
            load=read_only(self._load[: t + 1]),
            sun=read_only(self._sun[: t + 1]),
            wind=read_only(self._wind[: t + 1]),
            net=read_only(self._net[: t + 1]),
            stored=read_only(news.stored),
            lowest=read_only(news.lowest),
            highest=read_only(news.highest),
            plugged=read_only(news.plugged),
            trips=read_only(news.trip[:, None, :] * fixed.size),
            values=self._values,
            ahead=None if news.ahead is None else read_only(news.ahead),
            **self._same,
        )


def read_only(values: FloatArray) -> FloatArray:
    """Return a view that cannot be written to."""
    view = values.view()
    view.flags.writeable = False
    return view
