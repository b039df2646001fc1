"""What becomes of each command of OpenDSS in a script nobody here wrote.

A command runs, is passed over, or is refused; docs/decisions/0005-untrusted-scripts.md says why.
The names stand in the engine's own order, by which it resolves abbreviations; a test compares them.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

Fate = Literal["run", "pass", "refuse"]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


#: All commands of OpenDSS, in the engine's order.
COMMANDS = _words(
    """New Edit More M ~ Select Save Show Solve Enable Disable Plot Reset Compile Set Dump Open
    Close // Redirect Help Quit ? Next Panel Sample Clear About Calcvoltagebases SetkVBase
    BuildY Get Init Export Fileedit Voltages Currents Powers Seqvoltages Seqcurrents Seqpowers
    Losses Phaselosses Cktlosses Allocateloads Formedit Totals Capacity Classes Userclasses Zsc
    Zsc10 ZscRefresh Ysc puvoltages VarValues Varnames Buscoords MakeBusList MakePosSeq Reduce
    Interpolate AlignFile TOP Rotate Vdiff Summary Distribute DI_plot Comparecases YearlyCurves
    CD Visualize CloseDI DOScmd Estimate Reconductor _InitSnap _SolveNoControl _SampleControls
    _DoControlActions _ShowControlQueue _SolveDirect _SolvePFlow AddBusMarker Uuids
    SetLoadAndGenKV CvrtLoadshapes NodeDiff Rephase SetBusXY UpdateStorage Obfuscate
    LatLongCoords BatchEdit Pstcalc Variable ReprocessBuses ClearBusMarkers RelCalc var Cleanup
    FinishTimeStep NodeList Connect Disconnect Remove CalcIncMatrix CalcIncMatrix_O
    Refine_BusLevels CalcLaplacian ExportOverloads ExportVViolations Zsc012 AllPCEatBus
    AllPDEatBus TotalPowers GISCoords ClearAll COMHelp NewActor Wait SolveAll Abort Clone"""
)

#: Commands that define the circuit and change nothing outside the engine.
RUNS = frozenset(
    _words(
        """new edit more m ~ select enable disable reset set open close ? clear calcvoltagebases
    setkvbase buildy init buscoords makebuslist makeposseq setloadandgenkv setbusxy
    latlongcoords batchedit var reprocessbuses clearall // redirect compile"""
    )
)

#: Those of them that stand alone: what follows them the engine does not read.
BARE = {
    "clear": "Clear",
    "clearall": "ClearAll",
    "calcvoltagebases": "Calcvoltagebases",
    "buildy": "BuildY",
    "init": "Init",
    "makebuslist": "MakeBusList",
    "makeposseq": "MakePosSeq",
    "setloadandgenkv": "SetLoadAndGenKV",
    "reprocessbuses": "ReprocessBuses",
}

#: What Reset may be followed by.
RESETS = _words("monitors meters faults controls eventlog errorlog keeplist")

#: Commands that leave the process, change its folder, run or write programs and files.
REFUSED = {
    "doscmd": "runs a program",
    "fileedit": "opens an editor",
    "formedit": "opens a window",
    "top": "starts a program",
    "comhelp": "starts a program",
    "cd": "changes the folder",
    "connect": "opens a network connection",
    "disconnect": "closes a network connection",
    "alignfile": "writes a file",
    "distribute": "writes a file",
    "rephase": "writes a file",
    "cvrtloadshapes": "writes files",
    "obfuscate": "writes files",
    "newactor": "starts a second circuit",
    "clone": "starts a second circuit",
    "solveall": "runs several circuits",
    "wait": "runs several circuits",
    "abort": "stops the engine",
}

#: Commands passed over that would have changed the circuit, not only reported on it.
CHANGING = frozenset(
    _words(
        """allocateloads reduce interpolate estimate reconductor remove uuids updatestorage
    _docontrolactions"""
    )
)

#: Commands that run and that figures have to be read with.
TELLING = {
    "makeposseq": "MakePosSeq makes one phase of the feeder: figures are those of its "
    "positive-sequence equivalent, as in plain OpenDSS."
}

#: Commands that may name a file to write to.
WRITERS = frozenset(
    _words("save show plot dump export visualize exportoverloads exportvviolations")
)


@cache
def resolve(name: str, known: tuple[str, ...]) -> str | None:
    """Return the name meant, in lower case: an exact one, else the first it abbreviates."""
    wanted = name.lower()
    lowered = [k.lower() for k in known]
    if not wanted:
        return None
    if wanted in lowered:
        return wanted
    return next((k for k in lowered if k.startswith(wanted)), None)


def fate(command: str) -> Fate:
    """Say what becomes of a command, its full name in lower case."""
    if command in REFUSED:
        return "refuse"
    return "run" if command in RUNS else "pass"
