"""Mechanisms at work: the toolkit's own in any process, those of others in one of their own.

A process into which plug-ins are let anyway asks them itself, which is quicker, see
``toolkit.common.plugins.letting``; what it says of them is worked out anew by one that is not.
"""

from __future__ import annotations

import dataclasses
import json
import struct
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from toolkit.common.errors import ToolkitError
from toolkit.common.plugins import letting
from toolkit.common.plugins.hosts import Host, Hosts, key_of
from toolkit.common.types import FloatArray
from toolkit.model.market import Exchange, Settlement, Tariffs, Terms
from toolkit.problem.mechanisms.contract import Mechanism, Outcome
from toolkit.problem.mechanisms.registry import MECHANISMS, Chosen, is_ours
from toolkit.problem.mechanisms.session import Case, answer, checked, completed

#: Seconds that a mechanism may take for all that it is asked at once.
SETTLE_S = 120.0
#: Bytes that say what an answer holds.
HEAD = 4096
_LENGTH = struct.Struct("<I")
_made: dict[str, Mechanism] = {}
_hosts: Hosts[Host] = Hosts()


def settle(
    chosen: Chosen, done: Exchange, tariffs: Tariffs, terms: Terms, hours: FloatArray
) -> Settlement:
    """Settle exchanges, (..., T, P), by a mechanism; hours: what steps stand for, (T,).

    Raises ToolkitError, which names the mechanism, where it breaks or does not add up.
    """
    if done.sell.ndim == 2:
        return _first(settle(chosen, _lifted(done), tariffs, terms, hours))
    case = Case(done, tariffs, terms, hours)
    if is_ours(chosen.name):
        return completed(answer(_here(chosen), chosen.name, case), case)
    said = answer(_here(chosen), chosen.name, case) if letting.here() else _there(chosen, case)
    return completed(checked(said, chosen.name, case, chosen.terms), case)


def _lifted(done: Exchange) -> Exchange:
    """Return exchanges of one plan as those of a population."""
    return Exchange(*(kwh[None] for kwh in (done.sell, done.buy, done.exported, done.imported)))


def _first(found: Settlement) -> Settlement:
    """Return the settlement of the only plan of a population."""
    done = found.exchange
    return Settlement(
        Exchange(*(kwh[0] for kwh in (done.sell, done.buy, done.exported, done.imported))),
        paid=found.paid[0],
        received=found.received[0],
        network=found.network[0],
        grid=found.grid[0],
        price=found.price[0],
        pairs=None if found.pairs is None else found.pairs[0],
        pair_price=None if found.pair_price is None else found.pair_price[0],
    )


def _here(chosen: Chosen) -> Mechanism:
    """Return a mechanism in this process, made once."""
    key = key_of(chosen.name, chosen.options)
    if key not in _made:
        _made[key] = MECHANISMS.build(chosen.name, chosen.options)
    return _made[key]


def _there(chosen: Chosen, case: Case) -> Outcome:
    """Return what a mechanism says in a process of its own."""
    here = f"mechanism '{chosen.name}'"
    made = partial(Host, here, _answering, chosen.name, dict(chosen.options))
    members = case.done.sell.shape[-1]
    most = HEAD + 8 * case.done.sell.size * (8 + 2 * members)
    return _read(
        _hosts.get(key_of(chosen.name, chosen.options), made).ask(_turned(case), most, SETTLE_S),
        here,
    )


def _answering(name: str, options: Mapping[str, Any]) -> Callable[[Case], bytes]:
    """Return what answers in a mechanism's process."""
    mechanism = MECHANISMS.build(name, options)

    def settled(sent: Case) -> bytes:
        case = _turned(sent)
        said = checked(answer(mechanism, name, case), name, case, mechanism.terms)
        return _written(said)

    return settled


def _turned(case: Case) -> Case:
    """Return a case with steps and members changed round: so it lies in memory, and is sent.

    Sums end in the same last digit on the other side where values lie in the same order.
    """
    done = case.done
    parts = (done.sell, done.buy, done.exported, done.imported)
    turned = Exchange(*(kwh.swapaxes(-2, -1) for kwh in parts))
    return dataclasses.replace(case, done=turned)


def _written(said: Outcome) -> bytes:
    """Return an outcome as bytes: what it has of which shape, and the numbers."""
    there = {n: v for n, v in vars(said).items() if v is not None}
    head = json.dumps({name: list(values.shape) for name, values in there.items()}).encode()
    numbers = b"".join(np.ascontiguousarray(v, dtype=float).tobytes() for v in there.values())
    return _LENGTH.pack(len(head)) + head + numbers


def _read(said: bytes, here: str) -> Outcome:
    """Return the outcome that bytes say; nothing in them is believed."""
    known = {field.name for field in dataclasses.fields(Outcome)}
    try:
        (length,) = _LENGTH.unpack_from(said)
        head, at = json.loads(said[_LENGTH.size :][:length]), _LENGTH.size + length
        found: dict[str, FloatArray] = {}
        for name, shape in head.items():
            count = int(np.prod([int(size) for size in shape]))
            values = np.frombuffer(said, dtype=float, count=count, offset=at)
            found[name], at = values.reshape([int(size) for size in shape]), at + 8 * count
        if not found.keys() <= known or at != len(said):
            raise ValueError("its process told nonsense")
    except (ValueError, TypeError, AttributeError, struct.error) as error:
        raise ToolkitError(f"{here}: its process told nonsense") from error
    return Outcome(**found)
