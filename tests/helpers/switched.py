"""Studies of switches: the 33-bus feeder at full load without units, and a ring drawn by hand."""

import json
import shutil
from pathlib import Path

from helpers.places import ROOT
from toolkit.inputs import study_files
from toolkit.inputs.study import Study

#: The head of a script of three-phase lines at 12.66 kV.
HEAD = (
    "Clear\n"
    "New Circuit.net bus1={head} phases=3 basekV=12.66 pu=1.0 angle=0 MVAsc3=1e6 MVAsc1=1e6\n"
)
TAIL = "Set voltagebases=[12.66]\nCalcvoltagebases\n"
#: A step at a share of full load, without sun and wind.
FULL = "hour [h],load [pu],irradiance [W/m2],wind_speed [m/s]\n0,{share},0,0\n"


def line(name: str, one: str, other: str, r: float = 1.0, more: str = "", phases: str = "") -> str:
    """Return the statement of a line of r ohm, resistance and reactance alike."""
    count = phases.count(".") or 3
    return (
        f"New Line.{name} bus1={one}{phases} bus2={other}{phases} phases={count} length=1 "
        f"units=none r1={r} x1={r} r0={r} x0={r} c1=0 c0=0 normamps=400 {more}\n"
    )


def load(bus: str, kw: float) -> str:
    """Return the statement of a load of constant power."""
    return (
        f"New Load.{bus} bus1={bus} phases=3 kV=12.66 kW={kw} kvar={kw / 2} model=1 "
        "vminpu=0.5 vmaxpu=1.5\n"
    )


#: A source at 0 and a ring of 0, 1, 2 and 3, open between 2 and 3; 4 hangs on 1.
RING = "".join(
    [
        HEAD.format(head="0"),
        *(line("a", "0", "1"), line("b", "1", "2"), line("d", "0", "3", 0.5)),
        line("c", "2", "3", more="enabled=no"),
        line("e", "1", "4"),
        *(load(bus, 100.0 * int(bus)) for bus in "1234"),
        TAIL,
    ]
)


def study_of(folder: Path, script: str, more: str = "", **switches: object) -> Study:
    """Return a study of a script that seeks the least losses of a step at full load.

    more: lines of TOML; switches: the fields of its section.
    """
    folder.mkdir(exist_ok=True, parents=True)
    (folder / "net.dss").write_text(script)
    return _study(folder, "net.dss", more, switches)


def full_load_33(folder: Path, more: str = "", share: float = 1.0, **switches: object) -> Study:
    """Return a study of the bundled 33-bus feeder without its units, at a share of its load."""
    folder.mkdir(exist_ok=True, parents=True)
    for name in ("Lines.dss", "TieLines.dss", "Loads.dss"):
        shutil.copy(ROOT / "dss" / "ieee33" / name, folder / name)
    shape = "New LoadShape.load npts=1 interval=1 mult=(1.0)\n"
    parts = "Redirect Lines.dss\nRedirect TieLines.dss\nRedirect Loads.dss\n"
    (folder / "net.dss").write_text(HEAD.format(head="1") + shape + parts + TAIL)
    return _study(folder, "net.dss", more, switches, share)


def _study(
    folder: Path, script: str, more: str, switches: dict[str, object], share: float = 1.0
) -> Study:
    (folder / "full.csv").write_text(FULL.format(share=share))
    fields = "".join(f"{name} = {json.dumps(value)}\n" for name, value in switches.items())
    text = (
        f'name = "switched"\nfeeder = "{folder / script}"\nprofiles = "{folder / "full.csv"}"\n'
        '[limits]\nv_min = 0.85\n[loads]\nshapes = "study"\n'
        f'[market]\nobjective = "losses"\n{more}\n' + (f"[switches]\n{fields}" if fields else "")
    )
    (folder / "study.toml").write_text(text)
    return study_files.load(str(folder / "study.toml"))
