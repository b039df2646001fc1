"""Plan files of a study: written with the policy they follow, and followed anew when read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from toolkit.common.errors import InputError, ToolkitError, listed, nearest
from toolkit.common.excerpts import excerpt, shortened
from toolkit.common.types import FloatArray, IndexArray
from toolkit.model import plan_json
from toolkit.model.decisions import Decisions
from toolkit.model.plan import Plan
from toolkit.model.plan_entries import Followed, GivenEntry
from toolkit.problem.encoding import dispatched
from toolkit.problem.policies.contract import FORESIGHT, Parameter
from toolkit.problem.policies.dispatch import Dispatch, schedule_of
from toolkit.problem.setting import Setting


def to_json(plan: Plan, setting: Setting) -> str:
    """Return a plan as JSON, with the policy that it follows."""
    dispatch = setting.dispatch
    names = [parameter.name for parameter in dispatch.parameters]
    return plan_json.to_json(plan, setting.operation, followed_by(dispatch), names)


def followed_by(dispatch: Dispatch) -> Followed:
    """Return what plan files say of a policy."""
    foresight = FORESIGHT if dispatch.outlook.source == "perfect" else ""
    return Followed(policy=dispatch.policy, options=dict(dispatch.options), foresight=foresight)


def from_json(text: str, setting: Setting, where: str) -> Plan:
    """Read a plan, see ``plan_json.from_json``; one that follows a policy is followed anew.

    That is the policy which the plan names, or the study's where neither is a series given.
    Raises InputError, also for a policy or a parameter that does not exist.
    """
    return plan_json.from_json(text, setting.operation, where, partial(_follow, setting, where))


def _follow(
    setting: Setting,
    where: str,
    followed: Followed | None,
    bus: IndexArray,
    size: FloatArray,
    entries: Sequence[GivenEntry],
    further: Decisions,
) -> Plan | None:
    stores = [entries[row] for row in setting.fleet.storage_rows]
    dispatch = _dispatch(setting, where, followed, stores)
    if dispatch.is_schedule:
        _check_none(stores, where)
        return None
    values = np.array([_values(entry, dispatch, where) for entry in stores], dtype=float)
    shaped = values.reshape(1, len(stores), len(dispatch.parameters))
    try:
        alone = further.each(lambda values: values[None])
        plan = dispatched(bus[None], size[None], shaped, setting.operation, dispatch, alone)
    except ToolkitError as error:
        raise InputError(f"{where}: {error}") from error
    return plan.row(0)


def _dispatch(
    setting: Setting, where: str, followed: Followed | None, stores: Sequence[GivenEntry]
) -> Dispatch:
    """Return the policy that a plan follows; one that it names has to be the study's."""
    own = setting.dispatch
    if followed is None:
        series = any(entry.p_kw is not None for entry in stores)
        return schedule_of(setting.operation) if series else own
    if followed != followed_by(own):
        raise InputError(
            f"{where}, dispatch: found {_in_words(followed)}; expected "
            f"{_in_words(followed_by(own))}, which [dispatch] in the study says."
        )
    return own


def _in_words(followed: Followed) -> str:
    """Name a policy, its options, and whether it looks ahead."""
    words = [f"{shortened(name)} = {excerpt(v)}" for name, v in followed.options.items()]
    words += [shortened(followed.foresight)] if followed.foresight else []
    more = f" ({', '.join(words)})" if words else ""
    return f"policy '{shortened(followed.policy)}'{more}"


def _check_none(stores: Sequence[GivenEntry], where: str) -> None:
    """Refuse parameters of a plan that follows no policy."""
    for entry in stores:
        if entry.parameters is not None:
            raise InputError(
                f"{where}: unit '{entry.name}', parameters: the plan follows no policy; expected "
                "'dispatch' with one, or p_kw alone."
            )


def _values(entry: GivenEntry, dispatch: Dispatch, where: str) -> list[float]:
    """Return the parameters of one store, those left out by their defaults."""
    given, known = entry.parameters or {}, [p.name for p in dispatch.parameters]
    for name in given:
        if name not in known:
            raise InputError(
                f"{where}: unit '{entry.name}', parameters: policy '{dispatch.policy}' has no "
                f"'{shortened(name)}'.{nearest(name, known)} Expected {listed(known) or 'none'}."
            )
    return [_value(entry, given, parameter, where) for parameter in dispatch.parameters]


def _value(entry: GivenEntry, given: dict[str, float], parameter: Parameter, where: str) -> float:
    value = given.get(parameter.name, parameter.default)
    slack = 1e-9 * (parameter.upper - parameter.lower)
    if not parameter.lower - slack <= value <= parameter.upper + slack:
        raise InputError(
            f"{where}: unit '{entry.name}', parameters, {parameter.name}: found {value:g}; "
            f"expected {parameter.lower:g} to {parameter.upper:g}."
        )
    return value
