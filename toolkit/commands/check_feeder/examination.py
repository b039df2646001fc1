"""The examination: scripts, circuit, study and base day, each as far as it goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from toolkit.commands.check_feeder.base_day import solve_base_day
from toolkit.commands.check_feeder.findings import Diagnosis, Level
from toolkit.commands.check_feeder.topology import islands, loops
from toolkit.common.errors import ToolkitError
from toolkit.grid.backend import backend
from toolkit.grid.circuit import Circuit
from toolkit.inputs import study_files
from toolkit.inputs.feeder_files import feeder_name, locate
from toolkit.inputs.scripts.remarks import Remark
from toolkit.inputs.sections import FeederFiles
from toolkit.inputs.study import Study
from toolkit.model.notices import shortlist
from toolkit.problem.problem import Problem
from toolkit.problem.setting import Setting, prepare

#: OpenDSS rates a line at this many A when the scripts say nothing.
DEFAULT_AMPS = 400.0
#: Topic of each kind of remark.
TOPICS = {
    "missing": "file",
    "case": "file",
    "outside": "refused",
    "refused": "refused",
    "syntax": "syntax",
    "passed": "passed_over",
    "changed": "passed_over",
}


def diagnose(script: Path, tell: Callable[[str], None], root: Path | None = None) -> Diagnosis:
    """Examine a feeder; ``tell`` hears what is going on, ``root`` is what its scripts may read."""
    found = Diagnosis(feeder_name(script), script)
    root = root or _stated_root(script)
    tell("reading the scripts")
    remarks, troubles, circuit = backend().check_compile(script, tell, root)
    _judge_remarks(found, remarks)
    for trouble in troubles:
        found.add("fault", "engine", f"OpenDSS says: {trouble.text}", trouble.file, trouble.line)
    if circuit is None:
        return found
    _judge_circuit(found, circuit)
    tell("preparing a study")
    study, setting = _judge_study(found, script, circuit, root)
    tell("solving the base day")
    if len(circuit.without_base) < len(circuit.buses):
        solve_base_day(found, script, circuit, study, setting)
    if setting is not None and setting.fleet.units and found.verdict != "not ready":
        tell("trying the batch power flow")
        _learn_solver(found, setting)
    return found


def _judge_remarks(found: Diagnosis, remarks: Sequence[Remark]) -> None:
    """Report faults one by one, and what is passed over once for each command."""
    times = Counter(remark.text for remark in remarks)
    said: set[str] = set()
    for remark in remarks:
        level: Level = "note" if remark.kind == "passed" else "warning"
        text = remark.text
        if remark.is_fault:
            level = "fault"
        elif text in said:
            continue
        elif times[text] > 1:
            text = f"{text} ({times[text]} times, first here)"
        said.add(remark.text)
        found.add(level, TOPICS[remark.kind], text, remark.file, remark.line)


def _judge_circuit(found: Diagnosis, circuit: Circuit) -> None:
    found.facts |= {
        "buses": len(circuit.buses),
        "branches": len(circuit.links),
        "loads": len(circuit.loads),
        "regulators": circuit.regulators,
        "capacitor_controls": circuit.capacitor_controls,
        "units": dict(sorted(Counter(circuit.unit_kinds).items())),
        "snapshot": vars(circuit.snapshot) if circuit.snapshot else None,
    }
    _judge_islands(found, circuit)
    _judge_loops(found, circuit)
    if missing := circuit.without_base:
        level: Level = "fault" if len(missing) == len(circuit.buses) else "warning"
        found.add(
            level,
            "voltage_base",
            f"{_some(missing, 'bus', 'buses')} without a voltage base, so no voltage limit is "
            "watched there; add 'Set voltagebases=[...]' with all levels, then 'Calcvoltagebases'.",
        )
    _judge_ratings(found, circuit)
    if idle := circuit.idle_controls:
        found.add(
            "note",
            "controls",
            f"{_some(idle, 'control', 'controls')} switched off: only regulators and capacitor "
            "controls work through the day, the plan decides the rest.",
        )


def _judge_islands(found: Diagnosis, circuit: Circuit) -> None:
    apart = islands(circuit)
    found.facts["islands"] = len(apart)
    for island in apart[:5]:
        loads = [load.name for load in circuit.loads if load.bus in island]
        feeds = f" with {_some(loads, 'load', 'loads')}" if loads else ", without load"
        found.add(
            "fault" if loads else "warning",
            "islands",
            f"no closed branch leads from the source to {_some(island, 'bus', 'buses')}{feeds}.",
        )


def _judge_loops(found: Diagnosis, circuit: Circuit) -> None:
    closing = loops(circuit)
    found.facts["loops"] = len(closing)
    if closing:
        found.add(
            "note",
            "loops",
            f"the network is not radial: {_some([x.name for x in closing], 'loop', 'loops')} "
            "closed by the branch named. Loops are solved like anything else.",
        )


def _judge_ratings(found: Diagnosis, circuit: Circuit) -> None:
    bare = [link.name for link in circuit.links if link.rating_a <= 0.0]
    lines = [link for link in circuit.links if link.name.startswith("line.")]
    default = [link.name for link in lines if link.rating_a == DEFAULT_AMPS]
    found.facts["branches_without_rating"] = len(bare)
    found.facts["lines_at_default_rating"] = len(default)
    if bare:
        text = f"{_some(bare, 'branch', 'branches')} without a rating: their loading is unknown."
        found.add("warning", "ratings", text)
    if default:
        found.add(
            "warning",
            "ratings",
            f"{len(default)} of {len(lines)} lines are rated at 400 A, what OpenDSS assumes when "
            "'normamps' is not given; give it, or loading limits mean little.",
        )


def _judge_study(
    found: Diagnosis, script: Path, circuit: Circuit, root: Path | None
) -> tuple[Study, Setting | None]:
    """Prepare the feeder as a command would; report what does not fit."""
    files = FeederFiles(script=str(script), root=None if root is None else str(root))
    study = Study(name="defaults", feeder=files)
    try:
        own = own_study(script)
        study = study if own is None else own.model_copy(update={"feeder": study.feeder})
        setting = prepare(study)
    except ToolkitError as error:
        found.add("fault", "study", str(error))
        return study, None
    if not setting.fleet.units:
        found.add(
            "note",
            "units",
            "the scripts declare no PV, wind or storage unit, so there is nothing to search for; a "
            "study adds units with [[fleet.add]].",
        )
    return study, setting


def _learn_solver(found: Diagnosis, setting: Setting) -> None:
    """Learn what would solve the power flows of a search, and why."""
    try:
        search = Problem(setting).search
    except ToolkitError as error:
        found.add("fault", "study", str(error))
        return
    found.facts |= {"searched_by": search.solver, "searched_why": search.why}


def own_study(script: Path) -> Study | None:
    """Return the study that lies beside the script, if it is about this feeder."""
    path = script.parent / "study.toml"
    if not path.is_file():
        return None
    study = study_files.load(str(path))
    return study if _means(study.script, path.parent, script) else None


def _means(name: str, folder: Path, script: Path) -> bool:
    """Say whether a study in a folder means a script by its name, wherever it is asked from.

    A folder dss/ in the working directory may have another feeder of the same name.
    """
    if folder.name == name and script.parent == folder.resolve():
        return True
    return locate(name) == script


def _stated_root(script: Path) -> Path | None:
    """Return the root that the study beside the script states; what ails it is said later."""
    try:
        own = own_study(script)
    except ToolkitError:
        return None
    return None if own is None else own.root


def _some(names: Sequence[str], one: str, many: str) -> str:
    """Return how many there are, and the first few by name."""
    return f"{len(names)} {one if len(names) == 1 else many} ({shortlist(names)})"
