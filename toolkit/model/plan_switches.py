"""What plan files say of the lines that a study opens and closes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from toolkit.common.errors import InputError, listed, nearest
from toolkit.common.excerpts import excerpt, shortened
from toolkit.common.names import lowered
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan
from toolkit.model.switching import Switches


def open_lines(plan: Plan, operation: Operation) -> dict[str, list[str]]:
    """Return the entry of a plan file that names the open lines; nothing without switches."""
    switches = operation.fleet.switches
    if switches is None:
        return {}
    is_open = plan.further.open
    return {"open": list(switches.said(switches.base if is_open is None else is_open))}


def with_open_lines(plan: Plan, data: dict[str, Any], operation: Operation, where: str) -> Plan:
    """Return a plan with the lines open that its file names; as in the base case if it names none.

    Raises InputError for unknown lines, and for a choice that is not radial or feeds not all.
    """
    switches = operation.fleet.switches
    if "open" not in data:
        return plan
    if switches is None:
        raise InputError(
            f"{where}, open: the study has no switches; expected a study with [switches], or a "
            "plan without 'open'."
        )
    given = data["open"]
    if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
        raise InputError(f"{where}, open: found {excerpt(given)}; expected a list of lines.")
    known = [name.partition(".")[2] for name in switches.names]
    named = [lowered(name).removeprefix("line.") for name in given]
    for name in named:
        if name not in known:
            raise InputError(
                f"{where}, open: found '{shortened(name)}', which is no switch of the study."
                f"{nearest(name, known)} Switches: {listed(known)}."
            )
    is_open = np.isin(known, named)
    _check(switches, is_open, where)
    return replace(plan, further=replace(plan.further, open=is_open))


def _check(switches: Switches, is_open: np.ndarray, where: str) -> None:
    """Refuse what no search gives and what is not the base case either."""
    if (is_open == switches.base).all() or (switches.searched and switches.radial(is_open)):
        return
    found = listed(switches.said(is_open)) or "none"
    if not switches.searched:
        expected = f"{listed(switches.said(switches.base))}, as the study says"
    else:
        expected = f"{int(switches.opened(np.zeros((1, len(is_open)))).sum())}, one in each loop"
        expected += ", so that nothing is cut off"
    raise InputError(f"{where}, open: found {found}; expected {expected}.")
