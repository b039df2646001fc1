"""The controls of a compiled circuit: which work through the day, and which are set aside."""

from __future__ import annotations

from collections.abc import Iterable

from toolkit.common.errors import InputError
from toolkit.grid.opendss.engine import Engine, enabled_elements, property_of
from toolkit.grid.opendss.settings import controls_rest
from toolkit.inputs.scripts.origins import Origins
from toolkit.model.feeder import Controls
from toolkit.model.notices import Notice

#: Controls that are switched off, and what figures are without; what they work for, a plan decides.
SET_ASIDE = {
    "StorageController": "it does not dispatch the storage under it; the plan does",
    "InvControl": "of a mode that follows no curve; inverters work at the power factor of their "
    "unit",
    "ExpControl": "inverters follow no curve; they work at the power factor of their unit",
    "GenDispatcher": "it does not dispatch the generators under it; the plan does",
    "UPFCControl": "it does not set the UPFC under it, which stays as declared",
    "ESPVLControl": "it does not dispatch the units under it; the plan does",
}
#: Those whose state is topology, which stays, while what they do in a fault is no part of a day.
SWITCHING = ("SwtControl", "Relay", "Recloser", "Fuse")
#: Those that move taps and switch capacitors.
MOVING = ("RegControl", "CapControl")
#: What a control of inverters may do through a day: follow a curve of voltage or of real power.
FOLLOWING = (
    *("voltvar", "voltwatt", "dynamicreaccurr", "wattpf", "wattvar"),
    *("vv_vw", "vv_drc"),
)
IDLE_CONTROLS = frozenset((*SET_ASIDE, *SWITCHING))


def controls_of(d: Engine, said: Origins, solved: bool) -> Controls:
    """Return what regulators and capacitor controls start from, and the other controls.

    Where the script switches all controls off, regulators and capacitors have none. ``solved``: the
    script solves on the way, so that controls that rest by now have left something.
    """
    enabled, rest = list(enabled_elements(d)), controls_rest(d)
    working = [] if rest else enabled
    inverters = tuple(_inverters(d, name) for name in _acting(d, working))
    acting = {name for name, _ in inverters}
    regulators = [name for cls, name in working if cls == "RegControl"]
    switched = [name for cls, name in working if cls == "CapControl"]
    others = (f"{cls}.{name}" for cls, name in enabled if cls in IDLE_CONTROLS)
    idle = tuple(name for name in others if name not in acting)
    transformers = {_regulated(d, name, said) for name in regulators}
    capacitors = {property_of(d, f"CapControl.{name}", "capacitor").lower() for name in switched}
    left = _under_any(d, said) if solved else (set(), set())
    return Controls(
        taps=tuple((name, _taps(d, name)) for name in sorted(transformers)),
        steps=tuple((name, _steps(d, name)) for name in sorted(capacitors)),
        idle=idle,
        inverters=inverters,
        resting=tuple(f"{cls}.{name}" for cls, name in enabled if rest and cls in MOVING),
        left_taps=tuple((name, _taps(d, name)) for name in sorted(left[0] - transformers)),
        left_steps=tuple((name, _steps(d, name)) for name in sorted(left[1] - capacitors)),
    )


def _acting(d: Engine, working: Iterable[tuple[str, str]]) -> list[str]:
    """Return the names of the controls of inverters that follow curves."""
    return [name for cls, name in working if cls == "InvControl" and _follows(d, name)]


def _follows(d: Engine, name: str) -> bool:
    """Say whether a control of inverters follows a curve, by one of the modes known."""
    said = (property_of(d, f"InvControl.{name}", key).lower() for key in ("mode", "CombiMode"))
    return any(mode in FOLLOWING for mode in said)


def _inverters(d: Engine, name: str) -> tuple[str, tuple[str, ...]]:
    """Return the full name of a control of inverters, and those of what is under it."""
    under = property_of(d, f"InvControl.{name}", "DERList").strip("[]()").replace(",", " ")
    return f"InvControl.{name}", tuple(under.split())


def _under_any(d: Engine, said: Origins) -> tuple[set[str], set[str]]:
    """Return the transformers and the capacitors under a control, be it enabled or not."""
    parted = (str(name).partition(".") for name in d.Circuit.AllElementNames())
    found = [(cls, name) for cls, _, name in parted]
    transformers = {_regulated(d, name, said) for cls, name in found if cls == "RegControl"}
    named = (property_of(d, f"CapControl.{n}", "capacitor") for c, n in found if c == "CapControl")
    there = {str(name).lower() for name in d.Capacitors.AllNames()}
    return transformers, {name.lower() for name in named} & there


def control_notices(d: Engine, said: Origins) -> tuple[Notice, ...]:
    """Return what is to be said of the controls that are set aside and do not rest anyway."""
    if controls_rest(d):
        return ()
    found = []
    for cls, name in enabled_elements(d):
        if cls in SET_ASIDE and not (cls == "InvControl" and _follows(d, name)):
            element, text = f"{cls}.{name}", f"switched off: {SET_ASIDE[cls]}."
            found.append(Notice(element, text, *said.at(element), "controls"))
    return tuple(found)


def has_moving_controls(d: Engine) -> bool:
    """Say whether regulators or capacitor controls are enabled."""
    return any(cls in MOVING for cls, _ in enabled_elements(d))


def _regulated(d: Engine, regulator: str, said: Origins) -> str:
    """Return the transformer a regulator works on. Raises InputError for one of another class."""
    name = property_of(d, f"RegControl.{regulator}", "transformer").lower()
    if name not in [str(n).lower() for n in d.Transformers.AllNames()]:
        raise InputError(
            f"{said.located(f'RegControl.{regulator}', 'transformer')}: RegControl.{regulator} "
            f"regulates '{name}', which is no Transformer; expected one, so that each day can "
            "begin from its taps. Write an AutoTrans as a Transformer, or disable the regulator."
        )
    return name


def _taps(d: Engine, transformer: str) -> tuple[float, ...]:
    d.Transformers.Name(transformer)
    taps = []
    for winding in range(1, d.Transformers.NumWindings() + 1):
        d.Transformers.Wdg(winding)
        taps.append(float(d.Transformers.Tap()))
    return tuple(taps)


def _steps(d: Engine, capacitor: str) -> tuple[int, ...]:
    d.Capacitors.Name(capacitor)
    return tuple(int(state) for state in d.Capacitors.States())
