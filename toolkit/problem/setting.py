"""Everything a study stands for, read and checked: what can be decided, and its day."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.common.errors import InputError
from toolkit.grid import read_feeder
from toolkit.inputs import feeder_files, profiles
from toolkit.inputs.loads import LoadDay, load_day
from toolkit.inputs.profiles import Profiles
from toolkit.inputs.study import Study
from toolkit.model.feeder import Feeder
from toolkit.model.fleet import Fleet
from toolkit.optimizer.space import Space
from toolkit.problem import fleet_builder, local_market
from toolkit.problem.encoding import space_of
from toolkit.problem.local_market import LocalMarket


@dataclass(frozen=True)
class Setting:
    """Everything a study stands for, as values: what can be decided, and the day it happens in."""

    study: Study
    feeder: Feeder
    profiles: Profiles
    fleet: Fleet
    space: Space
    loads: LoadDay
    market: LocalMarket


def prepare(study: Study) -> Setting:
    """Read the feeder and the profiles of a study and derive its fleet and search space.

    Raises InputError for a feeder without load or units, an unknown unit or bus, too few candidate
    buses, vehicles that cannot recharge what they drive, or tariffs that leave no room for trade.
    """
    feeder = fleet_builder.with_units(study, read_feeder(feeder_files.locate(study.feeder)))
    day = profiles.read(profiles.locate(study.profiles))
    if not feeder.prosumers:
        raise InputError(f"feeder {feeder.name}: no bus carries load, so nobody can trade.")
    if not feeder.units:
        raise InputError(
            f"feeder {feeder.name}: the scripts declare no PV, wind or storage unit, and study "
            f"{study.name} adds none; add one with [[fleet.add]] in the study."
        )
    fleet = fleet_builder.fleet(study, feeder, day)
    drawn = load_day(feeder, day.load, day.dt, study.loads.shapes)
    market = local_market.of(study, feeder, fleet, drawn)
    return Setting(study, feeder, day, fleet, space_of(fleet), drawn, market)
