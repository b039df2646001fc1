"""The units of a feeder as they count, for who looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from toolkit.commands.check_feeder.examination import own_study
from toolkit.common.errors import ToolkitError
from toolkit.grid.backend import backend
from toolkit.inputs.sections import FeederFiles
from toolkit.inputs.study import Study
from toolkit.model.feeder import Feeder
from toolkit.problem.setting import prepare


@dataclass(frozen=True)
class Shown:
    """A feeder and its units in the base case of the study beside it, or of one without changes.

    units: (name, kind, bus, kW, kWh, vehicles) of each, 0 for what it has none of; of: whose base
    case it is, in words; refused: why it is the declared figures instead, else empty.
    """

    feeder: Feeder
    units: tuple[tuple[str, str, str, float, float, float], ...]
    of: str
    refused: str = ""


def shown(script: Path, root: Path | None = None) -> Shown:
    """Read a feeder and say which units count, with what power and energy.

    What a script declares of a vehicle station's energy may be there for the engine alone: a study
    says how many kWh a vehicle has. Raises InputError for a feeder that cannot be read.
    """
    feeder = backend().read_feeder(script, root=root)
    study, of = None, "a study without changes"
    try:
        if (study := own_study(script)) is not None:
            of = "the study beside the scripts"
        plain = FeederFiles(script=str(script), root=None if root is None else str(root))
        fleet = prepare(study or Study(name="defaults", feeder=plain)).fleet
    except ToolkitError as error:
        units = ((u.name, u.kind, u.bus, u.kw, u.kwh, 0.0) for u in feeder.units)
        return Shown(feeder, tuple(units), "the scripts alone", str(error))
    return Shown(
        feeder,
        tuple(
            (
                unit.name,
                unit.kind,
                fleet.buses[unit.base_bus],
                unit.base_size * unit.kw_per_size,
                unit.base_size * unit.kwh_per_size,
                unit.base_size if unit.kind == "bev" else 0.0,
            )
            for unit in fleet.units
        ),
        of,
    )
