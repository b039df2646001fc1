"""What the scripts of a feeder declare and the toolkit does otherwise, all said here."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.grid.opendss.controls import control_notices, has_moving_controls
from toolkit.grid.opendss.engine import Engine
from toolkit.grid.opendss.rating_notices import unrated_notices
from toolkit.grid.opendss.settings import last_setting, passed_over, setting_notices
from toolkit.grid.opendss.shunt_notices import shunt_notices
from toolkit.grid.opendss.switches import switch_notices
from toolkit.grid.opendss.unit_notices import unit_notices
from toolkit.inputs.scripts import Script
from toolkit.inputs.scripts.origins import Origins
from toolkit.model.feeder import DeclaredUnit
from toolkit.model.notices import Notice
from toolkit.model.voltages import Slip, Voltages, factor_told


def notices_of(
    d: Engine, read: Script, said: Origins, units: Sequence[DeclaredUnit]
) -> tuple[Notice, ...]:
    """Return what is to be said of a compiled feeder, its scripts, and some of its units."""
    return (
        *unit_notices(d, said, units),
        *control_notices(d, said),
        *switch_notices(d, read, said),
        *unrated_notices(d, said),
        *shunt_notices(d, said),
        *setting_notices(d, read),
        *passed_over(read, has_moving_controls(d)),
    )


def rating_slips(slips: Sequence[Slip], said: Origins) -> tuple[Notice, ...]:
    """Say which loads are rated at another level than what stands at their terminals."""
    notices = []
    for slip in slips:
        factor = factor_told(slip.rated_v / slip.stands_v)
        text = (
            f"its kV puts {slip.rated_v / 1000.0:.4g} kV across its terminals, which is {factor} "
            f"the {slip.stands_v / 1000.0:.4g} kV that stand there without load; kV is from line "
            "to line with 2 and 3 phases and in delta, else to ground."
        )
        notices.append(Notice(slip.element, text, *said.at(slip.element, "kv"), topic="loads"))
    return tuple(notices)


def units_to_ground(
    units: Sequence[DeclaredUnit], voltages: Voltages, said: Origins
) -> tuple[Notice, ...]:
    """Say which units are declared to ground where there is none, and stand between phases."""
    notices = []
    for unit in units:
        if unit.bus in voltages.floating and not unit.delta:
            text = (
                f"stands between phases, in delta: the network of bus {unit.bus} has no ground for "
                "a unit that is declared to ground."
            )
            notices.append(Notice(unit.element, text, *said.at(unit.element)))
    return tuple(notices)


def base_slips(slips: Sequence[Slip], read: Script) -> tuple[Notice, ...]:
    """Say which buses have a voltage base of another level than their own."""
    if not slips:
        return ()
    first, more = slips[0], f" and {len(slips) - 1} more" if len(slips) > 1 else ""
    text = (
        f"its voltage base is {first.rated_v / 1000.0:.4g} kV while {first.stands_v / 1000.0:.4g} "
        "kV stand there from line to line without load; units there are rated at the base. Add "
        "the level to 'Set voltagebases=[...]'."
    )
    file, line = last_setting(read, "voltagebases")
    return (Notice(f"{first.element}{more}", text, file, line, "settings"),)
