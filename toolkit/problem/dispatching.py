"""The dispatch policy of a study: asked what it wants, and given what it may be told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from toolkit.common.errors import InputError, ToolkitError
from toolkit.common.types import FloatArray
from toolkit.inputs.profile_columns import FORETOLD, own_of
from toolkit.inputs.profiles import Profiles
from toolkit.inputs.study import Study
from toolkit.model import devices
from toolkit.model.feeder import Feeder
from toolkit.model.kinds import STORES
from toolkit.model.notices import Notice
from toolkit.model.operation import Operation
from toolkit.problem.picked_days import PickedDays
from toolkit.problem.policies import registry
from toolkit.problem.policies.contract import FORESIGHT
from toolkit.problem.policies.dispatch import SCHEDULE, Dispatch, Forecast, schedule_of
from toolkit.problem.policies.known import ANNOUNCED_H
from toolkit.problem.scenario_builder import joined, scenario_of


def dispatch_of(study: Study, feeder: Feeder, operation: Operation, days: PickedDays) -> Dispatch:
    """Return what plans of a study follow.

    Raises InputError, naming the study's field, for an unknown policy, a wrong option, or a
    forecast that the profiles lack.
    """
    policy, options = study.dispatch.policy, study.dispatch.options
    if policy == SCHEDULE and not options:
        # Asking a process what we know would cost every command that.
        return schedule_of(operation)
    try:
        found = registry.asked(policy, options, operation.steps)
    except ToolkitError as error:
        raise InputError(f"study {study.name}: 'dispatch': {error}") from error
    begins = days.parts[0].start
    start = 0.0 if begins is None else begins.hour + begins.minute / 60.0
    forecast = None
    if found.outlook.source == "column":
        forecast = forecast_of(study, feeder, operation, days)
    return Dispatch(policy, found.options, found.parameters, found.outlook, start, forecast)


def forecast_of(study: Study, feeder: Feeder, operation: Operation, days: PickedDays) -> Forecast:
    """Return what the forecast columns of profiles foretell of a study.

    Raises InputError for a column that is lacking, and for a load or unit that follows a shape or a
    column of its own: of these profiles foretell nothing.
    """
    where = f"study {study.name}: 'dispatch': policy '{study.dispatch.policy}' asks for forecasts"
    kinds, day = set(operation.fleet.kinds), days.parts[0]
    needed = ["load", *(["irradiance"] * ("pv" in kinds)), *(["wind_speed"] * ("wt" in kinds))]
    lacking = [column for column, of in FORETOLD.items() if of in needed and of not in day.foretold]
    if lacking:
        raise InputError(f"{where}: profiles '{study.profiles}' have no column '{lacking[0]}'.")
    if alone := _alone(study, feeder, day):
        raise InputError(
            f"{where}: {alone} follows a shape or a column of its own, of which none is foretold; "
            "expected what follows the profiles' columns for all (loads.shapes and fleet.shapes "
            '= "study").'
        )
    foretold = joined(
        [
            scenario_of(study, feeder, _as_foretold(part), on=on)
            for part, on in zip(days.parts, days.on, strict=True)
        ],
        days.separate,
        feeder,
    )
    return Forecast(replace(operation, scenario=foretold).generation, foretold.loads.kw)


def _as_foretold(day: Profiles) -> Profiles:
    """Return profiles as they were foretold."""
    columns: dict[str, Any] = dict(day.foretold)
    return replace(day, **columns)


def _alone(study: Study, feeder: Feeder, day: Profiles) -> str:
    """Name a load or unit that follows something of its own, if there is any."""
    loads = [load.name for load in feeder.loads if load.daily or load.yearly]
    generators = [unit for unit in feeder.units if unit.kind not in STORES]
    units = [unit.name for unit in generators if unit.daily or unit.yearly]
    columns = [own.name for name in day.own if (own := own_of(name)) and own.field in day.foretold]
    found = columns + loads * (study.loads.shapes == "own") + units * (study.fleet.shapes == "own")
    return found[0] if found else ""


def dispatch_notices(dispatch: Dispatch, operation: Operation) -> tuple[Notice, ...]:
    """Return what figures of plans that follow a policy have to be read with."""
    if dispatch.is_schedule:
        return ()
    found = []
    if operation.scenario.separate is not None and _begins_above_least(operation):
        found.append(
            "each separate day begins with stores at soc_start and ends no lower, so a policy can "
            "sell at its beginning what is charged again at its end: sums over the year may be "
            "too high. With soc_start at soc_min in [storage] and [vehicles] there is nothing to "
            "sell; 'toolkit validate' tries the plan on all days in a row."
        )
    if dispatch.outlook.source == "perfect":
        found.append(f"policy '{dispatch.policy}' is given the future itself: {FORESIGHT}.")
    ahead = float(devices.reach(operation.stores.low, _floor(operation)[..., None]).max(initial=0))
    if ahead * operation.dt > ANNOUNCED_H:
        found.append(
            f"to be charged in time and for the end of the study, stores look up to "
            f"{ahead * operation.dt:g} h ahead, further than the {ANNOUNCED_H:g} h for which "
            "drivers announce their trips."
        )
    return tuple(Notice("dispatch", text, topic="study", level="note") for text in found)


def _begins_above_least(operation: Operation) -> bool:
    """Say whether some store begins a day with more than it may be emptied to."""
    parameters = operation.stores.parameters
    return bool(np.any(np.asarray(parameters.soc_start) > np.asarray(parameters.soc_min) + 1e-9))


def _floor(operation: Operation) -> FloatArray:
    """Return the energy that vehicles never go below, kWh per unit of size, (S, 1)."""
    at, fleet = operation.stores, operation.fleet
    vehicles = [fleet.kinds[u] == "bev" for u in fleet.storage_rows]
    floor: FloatArray = np.asarray(at.parameters.soc_min * at.capacity)
    # What batteries hold for the end follows from their parameters, which are known throughout.
    return np.where(np.array(vehicles, dtype=bool)[:, None], floor, np.inf)
