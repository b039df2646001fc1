"""What third parties sell and buy hour by hour: they have no bus, so buses.csv lacks them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from toolkit.common.names import lowered
from toolkit.common.types import FloatArray
from toolkit.inputs.owner_sections import THIRD, Owners
from toolkit.results.report.margins import count, wide
from toolkit.results.store.contents import CaseFiles


@dataclass(frozen=True)
class ThirdParties:
    """The K third parties of a case, whose units are U, over T steps.

    names: as people say them; of_unit: which of them each unit belongs to, -1 for none, (U,);
    sell_kwh, buy_kwh: of each in each step, (T, K).
    """

    names: tuple[str, ...]
    of_unit: tuple[int, ...]
    sell_kwh: FloatArray
    buy_kwh: FloatArray


def third_parties(case: CaseFiles, owners: Owners) -> ThirdParties:
    """Return what third parties trade in each step: sales as units.csv has them of their units.

    What they buy is what was traded and no bus bought; of several, by what each draws.
    """
    first = case.units.iloc[: count(case.units)]
    named = zip(first["unit"].astype(str), first["kind"].astype(str), strict=True)
    each = [owners.of(lowered(name), kind) for name, kind in named]
    names = tuple(dict.fromkeys(owner for owner in each if owner.startswith(THIRD)))
    of_unit = tuple(names.index(owner) if owner in names else -1 for owner in each)
    if not names:
        nothing = np.zeros((len(case.hourly), 0))
        return ThirdParties((), of_unit, nothing, nothing)
    own = np.array(of_unit)[:, None] == np.arange(len(names))
    sold, power = (wide(case.units, "unit", column)[0] for column in ("sell_kwh", "p_kw"))
    told = tuple(name.removeprefix(THIRD) for name in names)
    return ThirdParties(told, of_unit, np.nan_to_num(sold) @ own, _bought(case, power @ own))


def _bought(case: CaseFiles, net: FloatArray) -> FloatArray:
    """Return what was traded and no bus bought by what each third party draws, (T, K)."""
    traded = case.hourly["traded_kwh"].to_numpy(dtype=np.float64)
    of_buses = wide(case.buses, "bus", "buy_kwh")[0].sum(axis=1)
    drawn = np.maximum(-net, 0.0)
    whole = drawn.sum(axis=1)
    left = np.maximum(traded - of_buses, 0.0)
    share = np.divide(left, whole, out=np.zeros_like(left), where=whole > 0.0)
    return np.asarray(drawn * share[:, None])


def is_third(names: pd.Series) -> pd.Series:
    """Say for each name of a party whether it is a third party."""
    return names.astype(str).str.startswith(THIRD)


def spoken(name: str) -> str:
    """Return a party as a sentence says it: a third party by its name, any other by its bus."""
    return name.removeprefix(THIRD) if name.startswith(THIRD) else f"bus {name}"
