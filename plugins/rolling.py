"""Model predictive control: a linear program over the next hours, its first step carried out."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from pydantic import Field

from toolkit import Known, Outlook, Policy, PolicyOptions
from toolkit.errors import ToolkitError
from toolkit.space import FloatArray, IndexArray

#: Programs of one plan and step, each with the sides of the one before, and the gain, kWh, above
#: which another is worth it.
ROUNDS, WORTH_IT = 4, 1e-6
#: What a kWh through a store costs, kWh of trade: enough that nothing is moved for nothing.
WEAR = 1e-3


class Rolling(Policy):
    """Trade as much as possible in the next hours by what is foretold, then look again.

    Traded energy is min(surpluses, deficits), summed over buses, which is half of the sum over
    buses of |net| less half of |sum of net|. The second is a linear program's; the first is convex
    in the powers of stores, so each bus with stores is held to a side, selling or buying, and the
    program is solved again with the sides it found, from which the trade can only grow
    (convex-concave procedure). A store may empty within the window only as far as it can be back
    at the energy of the start when the window ends. Buses that are no members of the market do not
    count, and their stores move no energy beyond what they must.
    """

    description = "Model predictive control: a linear program over the next hours, at each step"
    reference = (
        "receding horizon: Mayne (2014), doi 10.1016/j.automatica.2014.10.128; sides: Yuille and "
        "Rangarajan (2003), doi 10.1162/08997660360581958; HiGHS: Huangfu and Hall (2018), "
        "doi 10.1007/s12532-017-0130-5"
    )

    class Options(PolicyOptions):
        """How far it looks, and at what."""

        hours: int = Field(24, ge=1, le=168, description="hours looked ahead, this step included")
        forecast: Literal["persistence", "column", "perfect"] = Field(
            "persistence",
            description="persistence: the same hour of the day before, on the first day the latest "
            "value; column: the forecast columns of the profiles; perfect: the future itself, "
            "perfect foresight",
        )

    def __init__(self, options: Any = None) -> None:
        super().__init__(options)
        self._programs: list[Program] = []

    def outlook(self) -> Outlook:
        """Return what the forecast needs."""
        source = self.options.forecast
        return Outlook() if source == "persistence" else Outlook(source, self.options.hours)

    def power(self, now: Known) -> FloatArray:
        """Return the first step of each plan's program."""
        window = max(round(self.options.hours / now.dt), 1)
        if now.step == 0:
            self._programs = [Program(now, i, window) for i in range(len(now.stored))]
        # Who is no member neither gives to the market nor takes from it.
        net = np.where(now.members, _foretold(now, min(window, now.steps - now.step)), 0.0)
        first = [program.first_step(now, net[:, i]) for i, program in enumerate(self._programs)]
        return np.array(first).reshape(now.stored.shape)


def _foretold(now: Known, steps: int) -> FloatArray:
    """Return the net position of this step and the next ones, kW, (steps, n, B)."""
    if now.ahead is not None:
        return np.concatenate([now.net[-1:], now.ahead[: steps - 1]])
    day = max(round(24.0 / now.dt), 1)
    ahead = np.arange(steps)
    # The same hour of the latest day that has been; this step is known.
    back = now.step + ahead - day * -(-ahead // day)
    return np.asarray(now.net[np.where(back >= 0, back, now.step)])


class Program:
    """The program of one plan: K steps, S stores; made once, then only numbers in it change.

    Columns: charging and discharging, kW, stored energy, kWh, each (K, S), and |sum of net|, (K,).
    """

    def __init__(self, now: Known, plan: int, window: int) -> None:
        import highspy

        self._i, self._steps, self._stores = plan, window, now.stored.shape[1]
        self._highs = _quiet(highspy)
        # Serial, with the pool of threads as it is: HiGHS keeps one a process, and refuses to run
        # when asked for another size than whoever came first took.
        self._highs.setOptionValue("parallel", "off")
        self._kind = highspy
        size = window * self._stores
        at = np.arange(size, dtype=np.int32).reshape(window, self._stores)
        self._charge, self._discharge, self._energy = at, at + size, at + 2 * size
        self._over = np.arange(3 * size, 3 * size + window, dtype=np.int32)
        self._sides = np.zeros((window, self._stores))
        self._trades = now.members[now.bus[plan]].astype(float)
        self._pass(now)

    def _pass(self, now: Known) -> None:
        """Hand the structure over: the stores' balance, then both signs of the sum of net."""
        steps, stores = self._steps, self._stores
        rows: list[tuple[list[int], list[float]]] = []
        for k in range(steps):
            for s in range(stores):
                into, out = now.eta_charge[s] * now.dt, now.dt / now.eta_discharge[s]
                index = [self._energy[k, s], self._charge[k, s], self._discharge[k, s]]
                value = [1.0, -into, out]
                if k:
                    index, value = [*index, self._energy[k - 1, s]], [*value, -1.0]
                rows.append((index, value))
        for sign in (1.0, -1.0):
            for k in range(steps):
                index = [self._over[k], *self._discharge[k], *self._charge[k]]
                out, into = -sign * self._trades, sign * self._trades
                rows.append((index, [1.0, *out.tolist(), *into.tolist()]))
        model = self._kind.HighsLp()
        columns = 3 * steps * stores + steps
        model.num_col_, model.num_row_ = columns, len(rows)
        model.col_cost_ = np.zeros(columns)
        model.col_lower_, model.col_upper_ = np.zeros(columns), np.full(columns, np.inf)
        model.row_lower_ = np.zeros(len(rows))
        model.row_upper_ = np.full(len(rows), np.inf)
        model.a_matrix_.format_ = self._kind.MatrixFormat.kRowwise
        starts = np.cumsum([0, *(len(index) for index, _ in rows)])
        model.a_matrix_.start_ = starts
        model.a_matrix_.index_ = np.array([c for index, _ in rows for c in index], dtype=np.int32)
        model.a_matrix_.value_ = np.array([v for _, value in rows for v in value])
        self._highs.passModel(model)

    def first_step(self, now: Known, net: FloatArray) -> FloatArray:
        """Return the power of each store in this step, kW, (S,); net: foretold, (k, B)."""
        steps = len(net)
        self._limit(now, steps)
        self._balance(now, net)
        bus = now.bus[self._i]
        own = np.zeros((self._steps, self._stores))
        own[:steps] = net[:, bus]
        best, power = -np.inf, np.zeros_like(own)
        for sides in self._starts(net, own):
            before = -np.inf
            for _ in range(ROUNDS):
                found = self._solved(now, sides, steps)
                traded = _traded(net, found[:steps] * self._trades, bus) * now.dt
                if traded > best + WORTH_IT:
                    best, power, self._sides = traded, found, sides
                if traded <= before + WORTH_IT:
                    break
                before, sides = traded, self._next_sides(own, found, bus)
        return np.asarray(power[0])

    def _starts(self, net: FloatArray, own: FloatArray) -> list[FloatArray]:
        """Return sides to begin with, each (K, S).

        Where stores are needed; where they are; turns of selling and buying, stores together and
        one against the next; and what was best a step ago.
        """
        lacking = np.ones((self._steps, 1))
        lacking[: len(net), 0] = np.where(net.sum(axis=1) < 0.0, 1.0, -1.0)
        starts = [np.broadcast_to(lacking, own.shape), np.where(own >= 0.0, 1.0, -1.0)]
        hour, store = np.ogrid[: self._steps, : self._stores]
        turns = (np.where((hour + together * store) % 2, 1.0, -1.0) for together in (0, 1))
        starts += [
            sign * np.broadcast_to(turn, own.shape) for turn in turns for sign in (1.0, -1.0)
        ]
        if self._sides.any():
            # Steps move on: what was the second is the first now.
            starts.append(np.vstack([self._sides[1:], self._sides[-1:]]))
        return starts

    def _next_sides(self, own: FloatArray, power: FloatArray, bus: IndexArray) -> FloatArray:
        """Return the side each store's bus is on with these powers, (K, S); they share a bus."""
        together = power @ (bus[:, None] == bus[None, :])
        return np.where(own + together >= 0.0, 1.0, -1.0)

    def _limit(self, now: Known, steps: int) -> None:
        """Hold charging, discharging and stored energy to what they can be in this window."""
        i, shape = self._i, (self._steps, self._stores)
        plugged = np.zeros(shape)
        known = min(len(now.plugged), steps)
        plugged[:known], plugged[known:steps] = now.plugged[:known], now.plugged[known - 1]
        trips = np.zeros(shape)
        trips[:known] = now.trips[:known, i]
        charge = plugged * now.rating[i]
        low, high = _corridor(now, i, charge, trips, steps)
        lower = [np.zeros(shape), np.zeros(shape), low]
        upper = [charge, np.where(now.gives, charge, 0.0), high]
        # This step is carried out by what the toolkit says that stores can do.
        upper[0][0] = np.maximum(-now.lowest[i], 0.0)
        upper[1][0] = np.maximum(now.highest[i], 0.0)
        lower[0][0] = np.maximum(-now.highest[i], 0.0)
        columns = np.arange(3 * charge.size, dtype=np.int32)
        ends = (np.concatenate([part.ravel() for part in side]) for side in (lower, upper))
        self._highs.changeColsBounds(len(columns), columns, *ends)
        self._trips = trips

    def _balance(self, now: Known, net: FloatArray) -> None:
        """Set what goes into stores and buses from outside."""
        into = -self._trips
        into[0] += now.stored[self._i]
        total = np.zeros(self._steps)
        total[: len(net)] = net.sum(axis=1)
        lower = np.concatenate([into.ravel(), total, -total])
        upper = np.concatenate([into.ravel(), np.full(2 * self._steps, np.inf)])
        for row, (low, high) in enumerate(zip(lower.tolist(), upper.tolist(), strict=True)):
            self._highs.changeRowBounds(row, low, high)

    def _solved(self, now: Known, sides: FloatArray, steps: int) -> FloatArray:
        """Return the best powers with buses held to sides, kW, (K, S)."""
        worth = np.zeros((self._steps, 1))
        worth[:steps] = now.dt / 2.0
        gain = worth * sides * self._trades
        cost = np.concatenate(
            [
                (gain + WEAR * worth).ravel(),
                (-gain + WEAR * worth).ravel(),
                np.zeros(gain.size),
                worth.ravel(),
            ]
        )
        columns = np.arange(len(cost), dtype=np.int32)
        self._highs.changeColsCost(len(columns), columns, cost)
        self._highs.run()
        if self._highs.getModelStatus() != self._kind.HighsModelStatus.kOptimal:
            status = self._highs.modelStatusToString(self._highs.getModelStatus())
            raise ToolkitError(f"HiGHS found no powers for plan {self._i + 1}: {status}")
        x = np.array(self._highs.getSolution().col_value)
        return np.asarray(x[self._discharge] - x[self._charge])


def _quiet(highspy: Any) -> Any:
    """Return HiGHS without a word; as it comes, it prints a line before it can be told not to."""

    class Quiet(highspy.Highs):  # type: ignore[misc]
        def enableCallbacks(self) -> None:
            self.silent()
            super().enableCallbacks()

    return Quiet()


def _corridor(
    now: Known, plan: int, charge: FloatArray, trips: FloatArray, steps: int
) -> tuple[FloatArray, FloatArray]:
    """Return the least and the most energy at the end of each step, kWh, (K, S).

    At the end of the window that is the energy of the start, or as much of it as can be had by
    then; before, what has to be there to come to that.
    """
    capacity = now.capacity[plan]
    most_in = now.eta_charge * charge * now.dt - trips
    top, floor = now.soc_max * capacity, now.soc_min * capacity
    reach, reachable = now.stored[plan], np.zeros_like(charge)
    # By what can be done in this step, then by charging all that is possible.
    first = np.maximum(-now.lowest[plan], 0.0) * now.eta_charge * now.dt - trips[0]
    for k in range(len(charge)):
        reach = np.minimum(reach + (most_in[k] if k else first), top)
        reachable[k] = reach
    need, low = now.soc_start * capacity, np.zeros_like(charge)
    for k in range(len(charge) - 1, -1, -1):
        if k < steps:
            low[k] = np.minimum(np.maximum(need, floor), reachable[k])
            need = np.maximum(low[k] - most_in[k], floor)
    # Rounding must not close the corridor.
    return np.maximum(low - 1e-9 * np.maximum(capacity, 1.0), 0.0), np.broadcast_to(
        top + 1e-9 * np.maximum(capacity, 1.0), low.shape
    )


def _traded(net: FloatArray, power: FloatArray, bus: IndexArray) -> float:
    """Return min(surpluses, deficits), summed over steps, kW; net: (k, B), power: (k, S)."""
    with_stores = net.copy()
    for s, at in enumerate(bus.tolist()):
        with_stores[:, at] += power[:, s]
    surplus = np.maximum(with_stores, 0.0).sum(axis=1)
    deficit = np.maximum(-with_stores, 0.0).sum(axis=1)
    return float(np.minimum(surplus, deficit).sum())
