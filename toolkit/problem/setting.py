"""Everything a study stands for, read and checked: what can be decided, and its day."""

from __future__ import annotations

from dataclasses import dataclass, replace

from toolkit.common.errors import InputError
from toolkit.common.types import FloatArray
from toolkit.grid.backend import backend
from toolkit.inputs import feeder_files, profiles
from toolkit.inputs.profiles import Profiles
from toolkit.inputs.study import Study
from toolkit.model.feeder import Feeder
from toolkit.model.fleet import Fleet
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan
from toolkit.model.scenario import Scenario
from toolkit.optimizer.space import Space
from toolkit.problem import (
    fleet_builder,
    hopeless_connections,
    local_market,
    membership,
    named_series,
    ownership,
    stations,
    study_costs,
    study_units,
)
from toolkit.problem.day_notices import alike_notices, with_day_notices
from toolkit.problem.dispatching import dispatch_notices, dispatch_of
from toolkit.problem.economy import Economy
from toolkit.problem.encoding import decode, space_of
from toolkit.problem.local_market import LocalMarket
from toolkit.problem.picked_days import picked
from toolkit.problem.policies.dispatch import Dispatch
from toolkit.problem.ratings import rated
from toolkit.problem.scenario_builder import joined, scenario_of
from toolkit.problem.sought import check_goals, check_limits
from toolkit.problem.switching import with_switches
from toolkit.problem.unit_days import shape_notices


@dataclass(frozen=True)
class Setting:
    """Everything a study stands for, as values: what can be decided, and the day it happens in."""

    study: Study
    feeder: Feeder
    profiles: Profiles
    operation: Operation
    space: Space
    market: LocalMarket
    dispatch: Dispatch
    economy: Economy

    def decode(self, x: FloatArray) -> Plan:
        """Turn points of the unit cube, shape (n, d), into n plans that follow its policy."""
        return decode(x, self.operation, self.space, self.dispatch)

    @property
    def fleet(self) -> Fleet:
        """What may be decided."""
        return self.operation.fleet

    @property
    def scenario(self) -> Scenario:
        """What happens meanwhile."""
        return self.operation.scenario


def prepare(study: Study) -> Setting:
    """Read the feeder and the profiles of a study and derive its fleet and search space.

    Raises InputError for a feeder without load, an unknown unit or bus, a column of profiles about
    nothing or one that is lacking, too few candidate buses, vehicles that cannot recharge what they
    drive, tariffs that leave no room for trade, or a dispatch policy that cannot be used.
    """
    script = feeder_files.locate(study.script)
    read, switches = with_switches(study, backend().read_feeder(script, root=study.root))
    read = rated(read, study.limits)
    feeder = study_units.with_units(study, read)
    check_goals(study)
    path = profiles.locate(study.profiles)
    series = profiles.read(path)
    days = picked(study, feeder, series)
    feeder = named_series.preferred(feeder, days.profiles)
    feeder = with_day_notices(study, feeder, series, days)
    if not feeder.prosumers:
        raise InputError(f"feeder {feeder.name}: no bus carries load, so nobody can trade.")
    noted = (*feeder.notices, *shape_notices(feeder, study.fleet.shapes))
    feeder = replace(feeder, notices=noted)
    fleet = replace(fleet_builder.fleet(study, feeder), switches=switches)
    names = [fleet.units[u].name for u in fleet.rows["bev"]]
    scenarios = [
        scenario_of(study, feeder, day, stations.station_days(day, names, str(path)), on)
        for day, on in zip(days.parts, days.on, strict=True)
    ]
    named_series.check_followed(study, Operation(fleet, scenarios[0]), days.parts[0])
    together = joined(scenarios, days.separate, feeder)
    owners = ownership.of(study, feeder, fleet, together.members)
    operation = Operation(fleet, replace(together, owners=owners))
    stations.check_trips(operation, study)
    market = local_market.of(study, feeder, operation)
    ownership.check(study, feeder, owners, market.homes)
    money = study_costs.economy_of(study, feeder, operation)
    study_costs.check(study, money)
    dispatch = dispatch_of(study, feeder, operation, days)
    ownership.check_policy(study, fleet, owners, dispatch)
    told = (
        *alike_notices(operation.scenario),
        *membership.notices(study, feeder, market.homes),
        *ownership.notices(study, fleet, owners),
        *dispatch_notices(dispatch, operation),
        *study_costs.cost_notices(study, money, operation),
    )
    feeder = replace(feeder, notices=(*feeder.notices, *told))
    space = space_of(operation, dispatch)
    return Setting(study, feeder, days.profiles, operation, space, market, dispatch, money)


def check_searchable(setting: Setting) -> None:
    """Raise InputError where nothing can be found.

    That is so without units and switches, without sites, and for limits that no plan can keep.
    """
    switches = setting.fleet.switches
    if not setting.fleet.units and not (switches and switches.searched):
        raise InputError(
            f"feeder {setting.feeder.name}: the scripts declare no PV, wind or storage unit, and "
            f"study {setting.study.name} adds none and searches no switches; add a unit with "
            "[[fleet.add]] or lines with [switches] in the study. The base case needs none: "
            "'toolkit simulate'."
        )
    fleet_builder.check_sites(setting.fleet, setting.study)
    check_limits(setting.study)
    hopeless_connections.check(setting.operation, setting.study.limits, setting.study.name)
