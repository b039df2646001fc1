"""Switch controls, relays, reclosers and fuses: the conductors open in plain OpenDSS are open."""

import pytest
from helpers.plain_base import NETWORK, open_conductors, plain_base, setting_of

from toolkit.errors import InputError
from toolkit.grid.opendss.script import export_feeder
from toolkit.model.plan import base_plan
from toolkit.problem.problem import Problem

#: A second way to bus c, so that no load is cut off.
TIE = "New Line.tie bus1=a bus2=c r1=.1 x1=.1 r0=.1 x0=.1 c1=0 c0=0 length=1 units=none\n"
CONTROLS = {
    "SwtControl": "SwitchedObj=Line.bc SwitchedTerm=1",
    "Relay": "MonitoredObj=Line.bc MonitoredTerm=1 type=current phasetrip=1e6 groundtrip=1e6",
    "Recloser": "MonitoredObj=Line.bc MonitoredTerm=1 phasetrip=1e6 groundtrip=1e6",
    "Fuse": "MonitoredObj=Line.bc MonitoredTerm=1 ratedcurrent=1e6",
}
#: What a control declares, and commands after it.
WAYS = {
    "nothing": ("", ""),
    "normal": ("Normal=open", ""),
    "state": ("State=open", ""),
    "action": ("Action=open", ""),
    "normal open, state closed": ("Normal=open State=closed", ""),
    "normal closed, state open": ("Normal=closed State=open", ""),
    "closed again": ("State=open", "Edit {0}.s Action=close"),
    "opened by hand": ("", "Open Line.bc 1"),
    "one phase by hand": ("", "Open Line.bc 1 2"),
    "other end by hand": ("Normal=open", "Open Line.bc 2"),
    "closed by hand": ("State=open", "Close Line.bc 1"),
    "delayed": ("State=open Delay=1000", ""),
    "disabled": ("State=open enabled=no", ""),
    "without controls": ("Normal=open", "Set controlmode=off"),
}
LOCKED = {"locked": ("State=open Lock=yes", ""), "reset": ("Normal=open Reset=yes", "")}
EACH = {
    "phases": ("Normal=[open closed open]", ""),
    "state of phases": ("State=[open open closed]", ""),
}
#: Ways at which plain OpenDSS ends; the toolkit refuses them.
ENDING = (("Fuse", "action"), ("Fuse", "closed again"))
CASES = [
    *((c, way, said) for c in CONTROLS for way, said in WAYS.items() if (c, way) not in ENDING),
    *(("SwtControl", way, said) for way, said in LOCKED.items()),
    *(("Fuse", way, said) for way, said in EACH.items()),
]


def written(folder, before, after=""):
    script = folder / "street.dss"
    script.write_text(NETWORK.format(before=before, load="", after=after), encoding="utf-8")
    return script


@pytest.mark.parametrize(("cls", "way", "said"), CASES, ids=[f"{c}-{w}" for c, w, _ in CASES])
def test_the_day_begins_with_the_conductors_that_plain_opendss_opens(cls, way, said, tmp_path):
    declared, after = said
    control = f"New {cls}.s {CONTROLS[cls]} {declared}"
    script = written(tmp_path, TIE + control, after.format(cls))
    plain = plain_base(script, steps=1)[0]
    setting = setting_of(script)
    problem = Problem(setting)
    for grid in (problem.grid, problem.search_grid):
        day = grid.day(base_plan(setting.operation))
        assert open_conductors(grid._d) == plain.open
        volts = dict(zip(grid.nodes, map(float, day.v_pu[0]), strict=True))
        for node, volt in plain.volts.items():
            assert volts[node] == pytest.approx(volt, abs=1e-6)


def test_an_exported_day_has_the_same_conductors_open(tmp_path):
    script = written(tmp_path, TIE + f"New Relay.s {CONTROLS['Relay']} Normal=open")
    setting = setting_of(script)
    export_feeder(base_plan(setting.operation), setting.operation, setting.feeder, tmp_path / "f")
    exported = plain_base(tmp_path / "f" / "Master.dss", steps=2)[1]
    assert exported.open == plain_base(script, steps=2)[1].open
    assert exported.open["line.bc"] == [[1, 1], [1, 2], [1, 3]]


def test_a_state_that_the_day_does_not_begin_with_is_named(tmp_path):
    script = written(tmp_path, TIE + f"New SwtControl.s {CONTROLS['SwtControl']}", "Open Line.bc 1")
    notice = next(n for n in setting_of(script).feeder.notices if n.about == "SwtControl.s")
    assert (notice.file, notice.line) == (str(script), 6)
    assert "line.bc is closed all day" in notice.text


def test_a_relay_that_trips_in_plain_opendss_is_named_and_keeps_its_line_closed(tmp_path):
    relay = "New Relay.s MonitoredObj=Line.ab MonitoredTerm=1 type=current phasetrip=1 shots=1"
    # A switch of the same line that declares nothing is not what opens it.
    switch = "\nNew SwtControl.w SwitchedObj=Line.ab SwitchedTerm=1"
    script = written(tmp_path, TIE + relay + " phasecurve=ext_inv" + switch)
    assert plain_base(script, steps=2)[1].open["line.ab"]
    setting = setting_of(script)
    grid = Problem(setting).grid
    grid.day(base_plan(setting.operation))
    assert not open_conductors(grid._d)["line.ab"]
    notice = next(n for n in setting.feeder.notices if n.about == "Relay.s")
    assert "opens line.ab within the day" in notice.text
    assert notice.line == 6


@pytest.mark.parametrize(
    ("cls", "said", "words"),
    [
        ("Relay", "Normal=[open,closed,open]", ["normal", "one state"]),
        ("Recloser", "State=[open open closed]", ["state", "one state"]),
        ("SwtControl", "Normal=(open, closed, open)", ["normal", "one state"]),
        ("Fuse", "Action=open", ["action=open", "state=[open open open]"]),
    ],
)
def test_a_state_that_the_engine_cannot_hold_is_refused_with_its_line(cls, said, words, tmp_path):
    script = written(tmp_path, TIE + f"New {cls}.s {CONTROLS[cls]} {said}")
    with pytest.raises(InputError) as caught:
        setting_of(script)
    for word in ("street.dss, line 6", *words):
        assert word in str(caught.value)


@pytest.mark.parametrize("element", ["PVSystem.roof", "Load.c"])
def test_a_control_of_a_customer_leaves_it_connected_and_is_named(element, tmp_path):
    # Loads stay connected even where the control has opened them as it was made.
    relay = f"New Relay.s MonitoredObj=Line.bc SwitchedObj={element} Normal=open"
    script = written(tmp_path, "", relay + " phasetrip=1e6 groundtrip=1e6")
    setting = setting_of(script)
    grid = Problem(setting).grid
    day = grid.day(base_plan(setting.operation))
    grid._d.Circuit.SetActiveElement(element)
    assert not any(grid._d.CktElement.IsOpen(1, phase) for phase in (1, 2, 3))
    assert day.load_kva[0].real.sum() == pytest.approx(200.0, rel=1e-6)
    notice = next(n for n in setting.feeder.notices if n.about == "Relay.s")
    assert f"opens {element.lower()} within the day" in notice.text
    assert notice.line == 11


@pytest.mark.parametrize("element", ["Load.c", "PVSystem.roof"])
@pytest.mark.parametrize("conductor", ["", " 2"])
def test_open_of_a_load_or_unit_is_refused_with_its_line(element, conductor, tmp_path):
    script = written(tmp_path, "", f"Open {element} 1{conductor}")
    with pytest.raises(InputError, match=f"line 11.*Open {element}.*expected 'Disable {element}'"):
        setting_of(script)
