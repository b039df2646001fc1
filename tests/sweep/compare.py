"""The toolkit's own circuits beside plain OpenDSS: powers, voltages, open conductors, taps."""

import json
import subprocess
import sys
from dataclasses import dataclass, field

import numpy as np
from sweep import states

from toolkit.commands.check_feeder.examination import diagnose
from toolkit.common.errors import ToolkitError
from toolkit.grid.opendss.engine import compile_feeder
from toolkit.inputs.study import Study
from toolkit.model.plan import base_plan
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare

#: Differences after which the rest of a day is not compared.
MOST = 3
#: Relative for powers, pu for voltages.
CLOSE = 1e-6
HEADER = (
    "hour [h],load [pu],irradiance [W/m2],wind_speed [m/s],plugged_in [pu],"
    "trip_energy [kWh/vehicle]"
)


@dataclass
class Verdict:
    """How far the toolkit is from plain OpenDSS: largest differences, and what is not equal."""

    powers: float = 0.0
    volts: float = 0.0
    equal: bool = True
    worst: str = ""
    refusal: str = ""
    #: Whether ``feeders check`` says that something differs from the script by choice.
    announced: bool = False
    wrong: list[str] = field(default_factory=list)
    least: float = 1e-3

    @property
    def holds(self):
        """Say whether everything is as it should be."""
        return not self.wrong

    def word(self):
        """Return the verdict in a word."""
        if self.wrong:
            return "differs"
        return "refused" if self.refusal else "announced" if self.announced else "equal"


def solved_plainly(jobs):
    """Return what plain OpenDSS, in a process without the toolkit, makes of the jobs."""
    run = subprocess.run(
        [sys.executable, "-P", states.__file__],
        input=json.dumps(jobs),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def study_of(construct, folder):
    """Return a study of a construct whose sun, wind and load are constant."""
    times = [f"{t * construct.hours:g},1,1000,12,1,0" for t in range(construct.steps)]
    profile = folder / f"{construct.name}.csv"
    profile.write_text("\n".join([HEADER, *times]) + "\n", encoding="utf-8")
    return Study.model_validate(
        {
            "name": "sweep",
            "feeder": str(construct.script),
            "profiles": str(profile),
            "fleet": {"buses": ["*"]},
        }
    )


def compared(construct, plain, folder):
    """Return the verdict on a construct, given what plain OpenDSS makes of it."""
    found = Verdict(least=construct.least)
    try:
        setting = prepare(study_of(construct, folder))
    except ToolkitError as error:
        found.refusal = str(error)
        _judge_refusal(found, construct)
        return found
    if construct.refused:
        found.wrong.append(f"is not refused; expected a refusal that says '{construct.refused}'")
    failed = [told["failed"] for told in plain if "failed" in told]
    if failed:
        found.wrong.append(f"plain OpenDSS fails: {failed[0]}")
        return found
    _compare_snapshot(found, construct, plain[0]["states"])
    _compare_day(found, Problem(setting), plain[1]["states"])
    if construct.says:
        _judge_words(found, construct, setting.feeder.notices)
    if max(found.powers, found.volts) > CLOSE:
        found.wrong.append(
            f"powers differ by {found.powers:.1e}, volts by {found.volts:.1e}: {found.worst}"
        )
    return found


def _judge_refusal(found, construct):
    if not construct.refused:
        found.wrong.append(f"is refused: {found.refusal}")
        return
    expected = (construct.refused, f"{construct.script.name}, line ")
    missing = [words for words in expected if words not in found.refusal]
    found.wrong += [f"'{words}' is not said in: {found.refusal}" for words in missing]


def _judge_words(found, construct, notices):
    """Look for the words in what ``feeders check``, or a study, says of a line of a script."""
    found.announced = True
    diagnosis = diagnose(construct.script, lambda doing: None)
    texts = [finding.text for finding in diagnosis.findings if finding.file and finding.line]
    texts += [f"{said.about}: {said.text}" for said in notices if said.file and said.line]
    for words in construct.says:
        if not any(words.lower() in text.lower() for text in texts):
            found.wrong.append(f"feeders check does not say '{words}' with file and line")


def _compare_snapshot(found, construct, plain):
    d = compile_feeder(construct.script)
    commands = construct.jobs()[0]["commands"]
    _compare_states(found, "snapshot", states.snapshot(d, commands)[0], plain[0])


def _compare_day(found, problem, plain):
    """Compare each step of the circuit of record, its arrays, and the circuit of the search."""
    grid, plan = problem.grid, base_plan(problem.setting.operation)
    ours, flows_of = [], grid._branch_flows

    def watched():
        if len(ours) < len(plain):
            ours.append(states.state(grid._d))
        return flows_of()

    grid._branch_flows = watched
    day, flows = grid.day_with_flows(plan)
    if day.reason:
        found.wrong.append(f"the day fails: {day.reason}")
        return
    for t, (mine, theirs) in enumerate(zip(ours, plain, strict=True)):
        if len(found.wrong) < MOST:
            _compare_states(found, f"hour {t + 1}", mine, theirs)
    _compare_arrays(found, problem.setting.feeder, grid, day, flows, plain)
    _compare_search(found, problem, plan, day)


def _compare_states(found, when, ours, plain):
    for kind in ("open", "taps", "states"):
        _compare_equal(found, when, kind, ours[kind], plain[kind])
    if set(ours["powers"]) != set(plain["powers"]) or set(ours["volts"]) != set(plain["volts"]):
        names = set(ours["powers"]) ^ set(plain["powers"]) | set(ours["volts"]) ^ set(
            plain["volts"]
        )
        found.wrong.append(f"{when}: only one of them has {', '.join(sorted(names)[:3])}")
        return
    scale = sum(abs(p) for p in plain["powers"]["vsource.source"])
    for name, theirs in plain["powers"].items():
        _note_powers(found, f"{when}: {name}", ours["powers"][name], theirs, scale)
    for node, theirs in plain["volts"].items():
        _note_volts(found, f"{when}: {node}", ours["volts"][node], theirs, plain)


def _compare_equal(found, when, kind, ours, plain):
    for name in plain.keys() & ours.keys():
        if not np.allclose(ours[name], plain[name], rtol=0.0, atol=1e-9):
            found.equal = False
            said = f"{when}: {kind} of {name}: {ours[name]}, plain {plain[name]}"
            if sum(kind in wrong for wrong in found.wrong) < 2:
                found.wrong.append(said)


def _note_powers(found, where, ours, theirs, scale):
    if len(ours) != len(theirs):
        found.wrong.append(f"{where} has {len(ours) // 2} conductors, plain {len(theirs) // 2}")
        found.powers = np.inf
        return
    a, b = np.array(ours), np.array(theirs)
    size = max(float(np.abs(b).max(initial=0.0)), found.least * scale, 1e-9)
    _note(found, "powers", where, float(np.abs(a - b).max(initial=0.0)) / size, ours, theirs)


def _note_volts(found, where, ours, theirs, plain):
    highest = max(float(np.hypot(*v)) for v in (theirs, ours))
    node = where.rpartition(": ")[2]
    bus = node.split(".")[0]
    base = max((float(np.hypot(*v)) for n, v in plain["volts"].items() if n.split(".")[0] == bus))
    off = float(np.hypot(ours[0] - theirs[0], ours[1] - theirs[1]))
    _note(found, "volts", where, off / max(base, 1e-3 * highest, 1e-9), ours, theirs)


def _note(found, kind, where, off, ours, theirs):
    if off > getattr(found, kind):
        setattr(found, kind, off)
        if off >= max(found.powers, found.volts):
            short = [np.round(np.array(v, dtype=float)[:6], 4).tolist() for v in (ours, theirs)]
            found.worst = f"{where}: {short[0]}, plain {short[1]}"


def _compare_arrays(found, feeder, grid, day, flows, plain):
    """Compare the arrays that studies are judged by with what plain OpenDSS holds."""
    nodes, index = grid.nodes, feeder.bus_index
    for t, theirs in enumerate(plain):
        volts = np.array([complex(*theirs["volts"][node]) for node in nodes if "-" not in node])
        off = np.abs(day.v_pu[t] - grid.held.pu(volts[None])[0])
        if np.nan_to_num(off).max(initial=0.0) > CLOSE:
            found.wrong.append(f"hour {t + 1}: the day's v_pu differ at {nodes[np.nanargmax(off)]}")
            return
        load = np.zeros(len(feeder.buses), dtype=complex)
        for name, powers in theirs["powers"].items():
            if name.startswith("load."):
                load[index[theirs["bus"][name]]] += complex(sum(powers[::2]), sum(powers[1::2]))
        if np.abs(day.load_kva[t] - load).max() > CLOSE * max(np.abs(load).max(), 1e-3):
            found.wrong.append(f"hour {t + 1}: the day's load_kva differ")
            return
        for u, unit in enumerate(feeder.units):
            powers = theirs["powers"][unit.element.lower()]
            kva = -complex(sum(powers[::2]), sum(powers[1::2]))
            if abs(day.unit_kva[t, u] - kva) > CLOSE * max(abs(kva), 1.0):
                said = f"{unit.element} injects {day.unit_kva[t, u]:.4f}, plain {kva:.4f}"
                found.wrong.append(f"hour {t + 1}: {said}")
                return
        loss = theirs["loss_w"][0] / 1000.0
        if abs(day.loss_kw[t] - loss) > CLOSE * max(abs(loss), 1e-3 * abs(load.sum())):
            found.wrong.append(f"hour {t + 1}: losses {day.loss_kw[t]:.6f} kW, plain {loss:.6f}")
            return


def _compare_search(found, problem, plan, record):
    search = problem.search_grid
    day = search.day(plan)
    order = {name: i for i, name in enumerate(problem.grid.nodes)}
    if day.reason or set(search.nodes) != set(order):
        found.wrong.append(f"the circuit of the search differs: {day.reason or 'its nodes'}")
        return
    at = [order[name] for name in search.nodes]
    off = np.nan_to_num(np.abs(day.v_pu - record.v_pu[:, at])).max()
    if off > CLOSE:
        found.wrong.append(f"the circuit of the search differs by {off:.1e} pu")
