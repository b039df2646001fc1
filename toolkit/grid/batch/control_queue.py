"""What controls do in a solved step, as OpenDSS's queue has it in mode static.

Each control that wants to move is armed and acts after its delay; of those armed the ones with the
shortest delay act, all at once. The step is then solved again, until no control is armed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np

from toolkit.common.types import BoolArray, ComplexArray, FloatArray, IndexArray
from toolkit.grid.batch.capacitor_controls import CLOSE, NOTHING, OPEN, wish
from toolkit.grid.batch.regulators import may_move, moved, taps_wanted
from toolkit.grid.control_rules import CapacitorControl, ControlRules


@dataclass(frozen=True)
class ControlState:
    """Where the controls of C columns stand: R regulators, then K capacitor controls.

    taps: pu, (R, C); steps: in service, (K, C); opened: when a capacitor opened last, s, (K, C);
    armed: (R + K, C), and due: after how long each of those acts, s; wanted: pu of tap, (R, C);
    pending: what a capacitor control is about to do, (K, C).
    """

    taps: FloatArray
    steps: IndexArray
    opened: FloatArray
    armed: BoolArray
    due: FloatArray
    wanted: FloatArray
    pending: IndexArray

    def some(self, columns: IndexArray) -> Self:
        """Return the state of some columns."""
        return replace(self, **{f.name: getattr(self, f.name)[:, columns] for f in fields(self)})

    def put(self, columns: IndexArray, other: ControlState) -> None:
        """Write the state of some columns."""
        for field in fields(self):
            getattr(self, field.name)[:, columns] = getattr(other, field.name)

    def begin_step(self, columns: IndexArray) -> None:
        """Forget in some columns what was armed."""
        self.armed[:, columns] = False
        self.pending[:, columns] = NOTHING


def beside(parts: Sequence[ControlState]) -> ControlState:
    """Return the states of the columns of several parts."""
    names = [field.name for field in fields(ControlState)]
    whole = {name: np.concatenate([getattr(p, name) for p in parts], axis=1) for name in names}
    return ControlState(**whole)


def begin_day(rules: ControlRules, count: int) -> ControlState:
    """Return the state in which days begin, so many of them."""
    regulators, capacitors = len(rules.regulators), len(rules.capacitors)
    start = [rule.start for rule in rules.capacitors]
    dead = [-rule.dead for rule in rules.capacitors]
    both = regulators + capacitors, count
    return ControlState(
        taps=np.repeat(rules.regulators.start[:, None], count, axis=1),
        steps=np.repeat(np.array(start, dtype=np.intp)[:, None], count, axis=1),
        opened=np.repeat(np.array(dead, dtype=float)[:, None], count, axis=1),
        armed=np.zeros(both, dtype=bool),
        due=np.zeros(both),
        wanted=np.zeros((regulators, count)),
        pending=np.zeros((capacitors, count), dtype=np.intp),
    )


def sampled(
    rules: ControlRules, state: ControlState, volts: ComplexArray, hour: FloatArray
) -> ControlState:
    """Return the state once controls have seen voltages at ports, V, (P + 1, C), at hours, (C,)."""
    armed, due = state.armed.copy(), state.due.copy()
    wanted = state.wanted
    count = len(rules.regulators)
    if count:
        wanted = taps_wanted(rules.regulators, volts, state.taps)
        # One that is armed stays so while it is out of its band.
        may = may_move(rules.regulators, wanted, state.taps)
        due[:count] = np.where(armed[:count], due[:count], rules.regulators.delay[:, None])
        armed[:count] = (wanted != 0.0) & (armed[:count] | may)
    pending = state.pending.copy()
    for k, rule in enumerate(rules.capacitors):
        _sample_capacitor(rule, k, count + k, state, (volts, hour), (armed, due, pending))
    return replace(state, armed=armed, due=due, wanted=wanted, pending=pending)


def _sample_capacitor(
    rule: CapacitorControl,
    k: int,
    row: int,
    state: ControlState,
    seen: tuple[ComplexArray, FloatArray],
    written: tuple[BoolArray, FloatArray, IndexArray],
) -> None:
    """Write what one capacitor control makes of a moment: armed, due and pending."""
    (volts, hour), (armed, due, pending) = seen, written
    says = wish(rule, volts, state.steps[k], hour)
    pending[k] = np.where(says.rest, NOTHING, pending[k])
    pending[k] = np.where(says.open, OPEN, np.where(says.close, CLOSE, pending[k]))
    arms = (says.open | says.close) & ~armed[row]
    since = hour * 3600.0 - state.opened[k]
    waits = np.where(
        since < rule.dead,
        np.maximum(rule.on_delay, rule.dead + rule.on_delay - since),
        rule.on_delay,
    )
    delay = np.where(pending[k] == CLOSE, waits, rule.off_delay)
    due[row] = np.where(arms, delay, due[row])
    armed[row] = (armed[row] | arms) & (pending[k] != NOTHING)


def acted(rules: ControlRules, state: ControlState, hour: FloatArray) -> ControlState:
    """Return the state once those that are armed and due first have acted."""
    first = np.where(state.armed, state.due, np.inf).min(axis=0)
    acts = state.armed & (state.due <= first)
    count = len(rules.regulators)
    taps = state.taps
    if count:
        gone = moved(rules.regulators, state.taps, state.wanted)
        taps = np.where(acts[:count], gone, state.taps)
    steps, opened = state.steps.copy(), state.opened.copy()
    for k, rule in enumerate(rules.capacitors):
        own = acts[count + k]
        opens = own & (state.pending[k] == OPEN) & (steps[k] > 0)
        closes = own & (state.pending[k] == CLOSE) & (steps[k] < len(rule.steps))
        steps[k] += closes.astype(np.intp) - opens.astype(np.intp)
        # Banks of several steps keep no time.
        if len(rule.steps) == 1:
            opened[k] = np.where(opens, hour * 3600.0, opened[k])
    return replace(state, taps=taps, steps=steps, opened=opened, armed=state.armed & ~acts)
