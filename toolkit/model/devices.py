"""Physics of the units: pure functions over arrays, in kW, kWh and hours.

Injection into the network is positive; a storage that discharges injects. Equation numbers are
those of Stalin (2026), doi 10.63458/ijerst.v4i1.148.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from toolkit.common.types import FloatArray, IntArray

Parameter = float | FloatArray


def pv_pu(irradiance: ArrayLike) -> FloatArray:
    """PV output per kW of rating, equation (2): G / 1000, with G in W/m2.

    The rating is the output at 1000 W/m2, that is efficiency x area.
    """
    return np.asarray(irradiance, dtype=float) / 1000.0


def wind_pu(
    speed: ArrayLike, cut_in: float = 3.0, rated: float = 12.0, cut_out: float = 25.0
) -> FloatArray:
    """Wind output per kW of rating, equation (3), for speeds in m/s.

    The standard curve: 0 below cut-in, cubic from cut-in to rated speed, 1 up to and including
    cut-out, 0 above.
    """
    speed = np.asarray(speed, dtype=float)
    cubic = (speed**3 - cut_in**3) / (rated**3 - cut_in**3)
    running = (speed >= cut_in) & (speed <= cut_out)
    return np.where(running, np.minimum(cubic, 1.0), 0.0)


def wind_pu_table(speed: FloatArray, table_speed: FloatArray, table_pu: FloatArray) -> FloatArray:
    """Wind output per kW of rating from a table of (m/s, pu); 0 outside the table."""
    return np.interp(speed, table_speed, table_pu, left=0.0, right=0.0)


#: Stores up to which plain numbers are faster than arrays.
FEW = 16


@dataclass(frozen=True)
class StorageParameters:
    """What equation (5) needs of a storage; states of charge as shares of the capacity.

    Each field is a number, or an array of shape (S, 1) for S stores at once.
    """

    soc_min: Parameter
    soc_max: Parameter
    soc_start: Parameter
    eta_charge: Parameter
    eta_discharge: Parameter


@dataclass(frozen=True)
class DeclaredStore:
    """What a script says of one storage, None where it says nothing; shares of the capacity."""

    soc_min: float | None = None
    soc_start: float | None = None
    eta_charge: float | None = None
    eta_discharge: float | None = None


#: Energy of a battery that says nothing of it, kWh per kW.
DEFAULT_HOURS = 4.0
#: A storage of which nothing is said.
NOTHING_DECLARED = DeclaredStore()


def stored_change(p_kw: FloatArray, parameters: StorageParameters, dt: float) -> FloatArray:
    """Energy into the store, kWh, for injections p_kw (discharge positive), equation (5)."""
    p_kw = np.asarray(p_kw, dtype=float)
    change = np.where(p_kw < 0.0, parameters.eta_charge, 1.0 / parameters.eta_discharge)
    change *= p_kw
    change *= -dt
    return change


def injection(change_kwh: FloatArray, parameters: StorageParameters, dt: float) -> FloatArray:
    """Injection in kW that stores ``change_kwh`` in one step; the inverse of stored_change."""
    power = np.where(change_kwh > 0.0, 1.0 / parameters.eta_charge, parameters.eta_discharge)
    power *= change_kwh
    power /= -dt
    return power


def least_stored(
    capacity: FloatArray,
    charge_max: FloatArray,
    trip: FloatArray,
    parameters: StorageParameters,
    dt: float,
    end: FloatArray | None = None,
) -> FloatArray:
    """Least energy from which the rest of the day can still be served, kWh, shape (..., T + 1).

    capacity: kWh, shape (..., 1); charge_max: kW >= 0 and trip: kWh >= 0, both shape (..., T); end:
    kWh to be held at the end, (..., 1), what the day began with where it is not given. Entry t is
    the least state of charge at the start of step t from which charging at full power keeps every
    later step above soc_min and ends the day no lower than that.
    """
    floor = parameters.soc_min * capacity
    most_in = parameters.eta_charge * charge_max * dt - trip
    need = np.empty((*trip.shape[:-1], trip.shape[-1] + 1))
    held = parameters.soc_start * capacity if end is None else end
    need[..., -1:] = np.maximum(floor, held)
    for t in range(trip.shape[-1] - 1, -1, -1):
        need[..., t : t + 1] = np.maximum(floor, need[..., t + 1 : t + 2] - most_in[..., t : t + 1])
    return need


def reach(low: FloatArray, floor: FloatArray) -> IntArray:
    """Return on how many steps ahead the least energy of each store depends at most, (...,).

    low: what :func:`least_stored` gives, (..., T + 1); floor: kWh, (..., 1), infinite where that
    depends on nothing that has to be announced. From a step whose least is the floor on, nothing
    later counts.
    """
    steps = low.shape[-1]
    free = low <= floor + 1e-9
    ahead = np.zeros(low.shape[:-1], dtype=np.int_)
    most = ahead.copy()
    for t in range(steps - 1, -1, -1):
        ahead = np.where(free[..., t], 0, ahead + 1)
        most = np.maximum(most, ahead)
    return most


def repair(
    wanted: FloatArray,
    capacity: FloatArray,
    charge_max: FloatArray,
    discharge_max: FloatArray,
    trip: FloatArray,
    parameters: StorageParameters,
    dt: float,
    low: FloatArray | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Change a wanted dispatch as little as needed, step by step, so that it can be carried out.

    wanted: kW, shape (..., T). charge_max, discharge_max (kW) and trip (kWh): shape (..., T);
    capacity (kWh): shape (..., 1); ``low``: what :func:`least_stored` gives for them, when already
    known; all may broadcast against ``wanted``. Returns (p_kw of shape (..., T), stored energy of
    shape (..., T + 1)), which obey the power limits, soc_min <= soc <= soc_max and
    soc[T] >= soc[0], equations (4) to (7). A dispatch that already does is returned unchanged.
    Assumes that charging at full power all day is enough (``fleet.can_serve`` checks it).
    """
    if low is None:
        low = least_stored(capacity, charge_max, trip, parameters, dt)
    lowest = -charge_max
    limited = np.minimum(np.maximum(wanted, lowest), discharge_max)
    change = stored_change(limited, parameters, dt)
    change -= trip
    stored = _follow(parameters.soc_start * capacity, change, low, parameters.soc_max * capacity)
    moved = stored[..., 1:] - stored[..., :-1]
    change -= moved
    other = np.abs(change, out=change) > 1e-12 * np.maximum(capacity, 1.0)
    moved += trip
    exact = injection(moved, parameters, dt)
    np.maximum(exact, lowest, out=exact)
    np.minimum(exact, discharge_max, out=limited, where=other)
    return limited, stored


def _follow(start: FloatArray, change: FloatArray, low: FloatArray, top: FloatArray) -> FloatArray:
    """Follow stored energy through the day, held between ``low`` and ``top``; (..., T + 1)."""
    if change.size <= FEW * change.shape[-1]:
        return _follow_few(start, change, low, top)
    # Time first: the loop then runs over whole rows, which for few plans is most of the cost.
    changes = np.ascontiguousarray(np.moveaxis(change, -1, 0)[..., None])
    lowest = np.ascontiguousarray(np.moveaxis(low, -1, 0)[..., None])
    by_time = np.empty((len(changes) + 1, *change.shape[:-1], 1))
    by_time[0] = start
    now = by_time[0]
    for step, least, following in zip(changes, lowest[1:], by_time[1:], strict=True):
        np.add(now, step, out=following)
        np.maximum(following, least, out=following)
        np.minimum(following, top, out=following)
        now = following
    return np.moveaxis(by_time[..., 0], 0, -1)


def _follow_few(
    start: FloatArray, change: FloatArray, low: FloatArray, top: FloatArray
) -> FloatArray:
    """Do the same in plain numbers, which for a few stores cost a tenth of arrays a step."""
    course = np.empty((*change.shape[:-1], change.shape[-1] + 1))
    course[...] = low
    least = course.reshape(-1, course.shape[-1]).tolist()
    course[..., 0] = top[..., 0]
    highest = course[..., 0].ravel().tolist()
    course[..., 0] = start[..., 0]
    changes = change.reshape(len(least), -1).tolist()
    for k, now in enumerate(course[..., 0].ravel().tolist()):
        followed, most = least[k], highest[k]
        followed[0] = now
        for t, step in enumerate(changes[k], 1):
            now += step
            if now < followed[t]:
                now = followed[t]
            if now > most:
                now = most
            followed[t] = now
    return np.array(least).reshape(course.shape)


@dataclass(frozen=True)
class StoreStep:
    """What stores can do in one of the steps that :func:`repair` takes.

    low, at the end of the step, and top: kWh; charge_max, discharge_max: kW; trip: kWh. All of one
    shape, or they broadcast.
    """

    low: FloatArray
    top: FloatArray
    charge_max: FloatArray
    discharge_max: FloatArray
    trip: FloatArray
    parameters: StorageParameters
    dt: float

    def next_stored(self, stored: FloatArray, wanted: FloatArray) -> FloatArray:
        """Energy stored after the step, kWh, of what is stored, kWh, and wanted, kW."""
        limited = np.minimum(np.maximum(wanted, -self.charge_max), self.discharge_max)
        change = stored_change(limited, self.parameters, self.dt) - self.trip
        return np.minimum(np.maximum(stored + change, self.low), self.top)

    def possible(self, stored: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Lowest and highest injection that :func:`repair` leaves as it is, kW.

        A store that has to charge has both below 0.
        """
        least = injection(self.top - stored + self.trip, self.parameters, self.dt)
        most = injection(self.low - stored + self.trip, self.parameters, self.dt)
        lowest = np.minimum(np.maximum(-self.charge_max, least), self.discharge_max)
        return lowest, np.maximum(np.minimum(self.discharge_max, most), lowest)


def charge_on_arrival(
    capacity: float,
    charge_max: FloatArray,
    trip: FloatArray,
    parameters: StorageParameters,
    dt: float,
) -> FloatArray:
    """Uncoordinated charging, kW (negative), shape (T,): the base case's vehicles.

    At every step the plugged-in vehicles charge at full power until the station is back at the
    state of charge it started the day with, so that the base day repeats itself.
    """
    start = float(parameters.soc_start * capacity)
    stored = start
    p_kw = np.zeros(len(trip))
    for t, trip_kwh in enumerate(trip):
        room = max(start - (stored - trip_kwh), 0.0)
        charge = min(charge_max[t], room / parameters.eta_charge / dt)
        p_kw[t] = -charge
        stored += parameters.eta_charge * charge * dt - trip_kwh
    return p_kw
