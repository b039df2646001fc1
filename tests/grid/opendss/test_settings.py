"""Settings that scripts leave: honoured as plain OpenDSS does, or named in a notice."""

import numpy as np
import pytest
from helpers.plain_base import NETWORK, assert_same, own_base, plain_base, setting_of

from toolkit.errors import InputError
from toolkit.grid.opendss import read_feeder
from toolkit.grid.opendss.engine import MOST_ROUNDS, compile_feeder
from toolkit.grid.opendss.script import export_feeder
from toolkit.inputs.scripts.options import options
from toolkit.inputs.study import Study
from toolkit.model.plan import base_plan
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare

SHAPE = f"New LoadShape.s npts=24 interval=1 mult=[0.5 1 {'0.25 ' * 22}]"
POWERS = f"New LoadShape.s npts=24 interval=1 mult=[30 60 {'15 ' * 22}] useactual=yes"
GROWTH = "New GrowthShape.g npts=3 year=[2 3 6] mult=[1.1 1.2 1.05]"
REGULATED = """New Transformer.t phases=3 windings=2 buses=[b lv] kvs=[11 .4] kvas=[500 500] xhl=4
New RegControl.r transformer=t winding=2 vreg=103 band=2 ptratio=2.309
New Load.lv bus1=lv kv=.4 kw=300 pf=.9"""
#: Something that a mode of control could matter to.
SWITCH = "\nNew SwtControl.s SwitchedObj=Line.ab SwitchedTerm=1"
BASES = "Set voltagebases=[11 .4]\nCalcvoltagebases\n"


@pytest.fixture
def written(tmp_path):
    def write(before="", load="", after=""):
        script = tmp_path / "street.dss"
        script.write_text(NETWORK.format(before=before, load=load, after=after), encoding="utf-8")
        return script

    return write


#: What stands before the loads, on one of them, and at the end; kW of it in the first step.
HONOURED = {
    "multiplier": (SHAPE, "daily=s", "Set loadmult=0.6", 100 * 0.6 * 0.5),
    "growth": ("", "", "Set %growth=3\nSet year=5", 100 * 1.03**4),
    "growth after year": ("", "", "Set year=5\nSet %growth=3", 100 * 1.03**4),
    "first year": ("", "", "Set %growth=3 year=1", 100),
    "no year": ("", "", "Set %growth=3", 100),
    "last word counts": ("", "", "Set loadmult=0.6\nSet loadmult=0.5", 50),
    "fixed": (SHAPE, "daily=s status=fixed", "Set %growth=3 year=5 loadmult=0.6", 100 * 1.03**4),
    "exempt": (SHAPE, "daily=s status=exempt", "Set year=3 loadmult=0.6", 50 * 1.025**2),
    "shape of growth": (GROWTH, "growth=g", "Set year=5", 100 * 1.1 * 1.2 * 1.2),
    "later growth": (GROWTH, "growth=g", "Set year=8", 100 * 1.1 * 1.2**3 * 1.05**2),
    "before growth": (GROWTH, "growth=g", "Set year=2", 100),
    "own powers": (POWERS, "daily=s", "Set loadmult=0.6 year=3", 30),
    "own powers, own kvar": (POWERS, "daily=s kvar=20", "Set loadmult=0.6", 30),
    "allocation": ("", "xfkva=50 pf=0.9", "Set allocationfactors=0.4", 50 * 0.4 * 0.9),
    "billed": ("", "kwh=720 kwhdays=30 cfactor=4 pf=0.9", "", 4),
}


@pytest.mark.parametrize("case", HONOURED)
def test_loads_draw_what_plain_opendss_makes_of_the_settings(case, written):
    before, load, after, kw = HONOURED[case]
    script = written(before, load, after)
    plain = plain_base(script)
    setting, own = own_base(script)
    assert own[0].load["load.b"][0] == pytest.approx(kw, rel=1e-6)
    assert_same(plain, own)
    scheduled = setting.scenario.loads.kw.sum(axis=1)
    solved = [sum(kw for kw, _ in step.load.values()) for step in own]
    assert scheduled == pytest.approx(solved, rel=1e-6)


def test_an_exported_plan_keeps_multiplier_and_year(written, tmp_path):
    script = written(SHAPE, "daily=s", "Set loadmult=0.6 %growth=3 year=5")
    setting, own = own_base(script)
    export_feeder(base_plan(setting.operation), setting.operation, setting.feeder, tmp_path / "f")
    exported = plain_base(tmp_path / "f" / "Master.dss")
    assert exported[0].load["load.b"][0] == pytest.approx(100 * 0.5 * 0.6 * 1.03**4, rel=1e-6)
    assert_same(exported, own)


@pytest.mark.parametrize(
    ("after", "tap"),
    [
        ("", "1.037"),
        ("Set controlmode=off", "1,"),
        ("Transformer.t.wdg=2 tap=1.05\nSet controlmode=off", "1.05"),
    ],
)
def test_taps_rest_where_a_script_leaves_them(after, tap, written):
    script = written(REGULATED, "", BASES + after)
    plain = plain_base(script)
    setting, own = own_base(script)
    assert tap in plain[0].taps["transformer.t"]
    assert_same(plain, own, volts=1e-5, powers=0.1)
    rests = "controlmode" in after
    assert setting.feeder.controls.any == (not rests)
    said = [n.line for n in setting.feeder.notices if "controlmode" in n.about]
    assert said == [len(script.read_text(encoding="utf-8").splitlines())] * rests


@pytest.mark.parametrize(
    "control",
    [
        "RegControl.r transformer=t winding=2 vreg=103 band=2 ptratio=2.309",
        "CapControl.r element=Line.bc capacitor=k type=voltage ptratio=60 onsetting=100 "
        "offsetting=104",
    ],
)
def test_controls_that_a_script_switches_off_rest_beside_those_of_a_study(control, written):
    parts = """New Transformer.t phases=3 windings=2 buses=[b lv] kvs=[11 .4] kvas=[500 500] xhl=4
New Load.lv bus1=lv kv=.4 kw=300 pf=.9
New Capacitor.k bus1=c kvar=1000 kv=11
"""

    def day(before, after):
        script = written(parts + before, "", BASES + after)
        limits = {"v_min": 0.5, "v_max": 1.5, "loading_max": 1000.0}
        given = {"name": "street", "feeder": str(script), "limits": limits}
        study = Study.model_validate({**given, "inverters": {"volt_var": "B"}})
        problem = Problem(prepare(study))
        return problem.grid.day(base_plan(problem.setting.operation)).v_pu

    resting = day(f"New {control}", "Set controlmode=off")
    assert np.array_equal(resting, day("", ""))
    assert np.abs(resting - day(f"New {control}", "")).max() > 1e-3


ANNOUNCED = {
    "mode=yearly": "mode daily",
    "hour=4000": "hour 0",
    "tolerance=.001": "1e-9",
    "maxiterations=50": "100",
    "maxcontroliter=9": "100",
    "loadmodel=admittance": "power flow",
    "genmult=0.5": "as declared",
    "normvminpu=0.96": "limits",
    "defaultdaily=s": "without a shape",
    "pricesignal=20": "tariffs",
    "controlmode=time": "mode time",
}


@pytest.mark.parametrize("said", ANNOUNCED)
def test_a_setting_that_is_not_used_is_named_with_its_line(said, written):
    script = written(SHAPE + SWITCH, "", f"Set {said}")
    notices = [n for n in read_feeder(script).notices if n.topic == "settings"]
    last = len(script.read_text(encoding="utf-8").splitlines())
    assert [(n.file, n.line) for n in notices] == [(str(script), last)]
    assert said.partition("=")[0] in notices[0].about
    assert ANNOUNCED[said] in notices[0].text


@pytest.mark.parametrize(
    "said",
    [
        "mode=snap",
        "mode=daily",
        "controlmode=static",
        "controlmode=off",
        "genmult=1",
        "hour=0",
        "loadmult=0.5",
        "tolerance=1e-6",
    ],
)
def test_a_setting_that_changes_nothing_or_is_used_is_not_named(said, written):
    assert read_feeder(written("", "", f"Set {said}")).notices == ()


@pytest.mark.parametrize("command", ["Solve mode=daily", "AllocateLoads"])
def test_a_command_passed_over_that_changes_the_circuit_is_named_once(command, written):
    script = written(REGULATED, "", BASES + command + "\n" + command)
    said = [n for n in read_feeder(script).notices if command.split()[0].lower() in n.text]
    first = len(script.read_text(encoding="utf-8").splitlines()) - 1
    assert [n.line for n in said] == [first]
    assert "passed over" in said[0].text


def test_a_setting_of_a_circuit_that_was_cleared_is_not_named(written, tmp_path):
    twice = tmp_path / "twice.dss"
    body = written("", "", "").read_text(encoding="utf-8")
    twice.write_text(body + "Set tolerance=0.1\n" + body, encoding="utf-8")
    assert read_feeder(twice).notices == ()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Set frequency=50", ["50 Hz", "60 Hz", "DefaultBaseFrequency"]),
        ("Set cktmodel=positive", ["cktmodel", "one phase"]),
    ],
)
def test_another_kind_of_circuit_is_refused_with_its_line(said, words, written):
    script = written("", "", said)
    last = len(script.read_text(encoding="utf-8").splitlines())
    with pytest.raises(InputError) as caught:
        setting_of(script)
    for word in (f"street.dss, line {last}", *words):
        assert word in str(caught.value)


def test_every_option_has_a_fate_and_those_not_used_a_reason():
    """The list of options is the engine's, see test_untrusted.py."""
    for option in options().values():
        assert option.fate in ("honoured", "announced", "harmless", "refused")
        assert option.reason or option.fate == "honoured"
        assert option.kind or option.fate in ("harmless", "refused")


#: What stands after the bases, and the tap of the secondary as the day begins and rests there.
ON_THE_WAY = {
    "rests": ("Solve mode=snapshot\nSet controlmode=off", True),
    "disabled": ("Solve\nRegControl.r.enabled=no", True),
    "by its options": ("Solve mode=snapshot loadmult=0.5 controlmode=off\nSet loadmult=1", False),
    "lighter": ("Solve loadmult=0.5\nSolve controlmode=off loadmult=1", True),
    "set again": ("Solve\nTransformer.t.wdg=2 tap=1.05\nSet controlmode=off", True),
}


@pytest.mark.parametrize("case", ON_THE_WAY)
def test_a_day_rests_where_a_solve_on_the_way_leaves_it(case, written, tmp_path):
    after, moved = ON_THE_WAY[case]
    script = written(REGULATED, "", BASES + after)
    plain = plain_base(script)
    taps = plain[0].taps["transformer.t"].strip("[] ").replace(",", " ").split()
    assert (float(taps[1]) != 1.0) == moved
    setting, own = own_base(script)
    assert_same(plain, own, volts=1e-5, powers=0.1)
    assert not [notice for notice in setting.feeder.notices if "solve" in str(notice).lower()]
    export_feeder(base_plan(setting.operation), setting.operation, setting.feeder, tmp_path / "f")
    exported = plain_base(tmp_path / "f" / "Master.dss")
    assert [step.taps for step in exported] == [step.taps for step in plain]
    assert_same(exported, own)


def test_controls_go_on_from_where_a_solve_on_the_way_leaves_them(written, tmp_path):
    script = written(REGULATED, "", BASES + "Solve loadmult=2.5\nSet loadmult=1")
    plain, (setting, own) = plain_base(script), own_base(script)
    ((_, taps),) = setting.feeder.controls.taps
    assert taps[1] > 1.0
    assert_same(plain, own, volts=1e-5, powers=0.1)
    export_feeder(base_plan(setting.operation), setting.operation, setting.feeder, tmp_path / "f")
    exported = plain_base(tmp_path / "f" / "Master.dss")
    assert [step.taps for step in exported] == [step.taps for step in plain]


def test_what_a_solve_sets_counts_in_the_export_as_well(written, tmp_path):
    script = written(SHAPE, "daily=s", "solve mode=daily loadmult=0.6 number=24 ! a day")
    setting, own = own_base(script)
    assert_same(plain_base(script), own)
    export_feeder(base_plan(setting.operation), setting.operation, setting.feeder, tmp_path / "f")
    exported = plain_base(tmp_path / "f" / "Master.dss")
    assert exported[0].load["load.b"][0] == pytest.approx(100 * 0.5 * 0.6, rel=1e-6)


def test_a_solve_on_the_way_keeps_within_iterations(written):
    settings = "Set maxiterations=1000 maxcontroliter=1000\nSolve\nSet controlmode=off"
    d = compile_feeder(written(REGULATED, "", BASES + settings))
    assert d.Solution.MaxIterations() == d.Solution.MaxControlIterations() == 1000
    assert 1 < d.Solution.ControlIterations() <= MOST_ROUNDS


def test_a_script_cannot_solve_without_end(written):
    script = written(REGULATED, "", BASES + "Solve\n" * 101)
    with pytest.raises(InputError, match=r"line \d+: the scripts ask for more than 100 solutions"):
        read_feeder(script)
