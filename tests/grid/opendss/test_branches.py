"""What 100 % of a transformer is: its nameplate, by hand, and the ratings that can be asked for."""

import numpy as np
import pytest

from toolkit.grid.opendss import read_feeder
from toolkit.inputs.study import Study
from toolkit.model.plan import base_plan
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare

#: 100 kVA at 20 kV, line current.
NAMEPLATE = 100 / (np.sqrt(3) * 20)


def written(tmp_path, *lines, kw=104):
    script = tmp_path / "Master.dss"
    text = [
        "New Circuit.c basekv=20 bus1=a",
        *lines,
        f"New Load.l bus1=b kV=0.4 kW={kw} pf=1 model=1 vminpu=0.5",
        "New PVSystem.p bus1=b kV=0.4 kVA=1 Pmpp=1",
        "Set voltagebases=[20 0.4]",
        "Calcvoltagebases",
    ]
    script.write_text("\n".join(text) + "\n", encoding="utf-8")
    return script


T1 = "New Transformer.t1 phases=3 buses=[a b] conns=[delta wye] kVs=[20 0.4] kVAs=[100 100] Xhl=4"


@pytest.mark.parametrize(
    ("more", "rating", "amps"),
    [
        ("", "declared", NAMEPLATE),
        ("normhkVA=130", "declared", 1.3 * NAMEPLATE),
        ("normhkVA=110", "declared", 1.1 * NAMEPLATE),
        ("normhkVA=130", "nameplate", NAMEPLATE),
        ("", "normal", 1.1 * NAMEPLATE),
        ("emerghkVA=170", "emergency", 1.7 * NAMEPLATE),
    ],
)
def test_a_transformer_is_rated_as_asked(more, rating, amps, tmp_path):
    branch = read_feeder(written(tmp_path, f"{T1} {more}")).branches[0].rated(rating, "normal")
    assert branch.rating_a == pytest.approx(amps, rel=1e-12)


def test_a_code_states_a_rating_as_the_transformer_does(tmp_path):
    code = "New XfmrCode.x phases=3 kVs=[20 0.4] kVAs=[100 100] Xhl=4 normhkVA=120"
    lines = code, "New Transformer.t1 XfmrCode=x buses=[a b] conns=[delta wye]"
    branch = read_feeder(written(tmp_path, *lines)).branches[0]
    assert branch.known.stated
    assert branch.rating_a == pytest.approx(1.2 * NAMEPLATE, rel=1e-12)


def test_a_line_can_be_held_to_its_emergency_rating(tmp_path):
    line = "New Line.l1 bus1=a bus2=c length=1 normamps=50 emergamps=75"
    feeder = read_feeder(written(tmp_path, T1, line))
    for rating, amps in (("normal", 50.0), ("emergency", 75.0)):
        assert feeder.branches[1].rated("declared", rating).rating_a == amps


def base_loading(script, **limits):
    study = Study(name="s", feeder=str(script), limits={"v_min": 0.5, **limits})
    problem = Problem(prepare(study))
    plan = base_plan(problem.setting.operation)
    days = problem.grid.day(plan), problem.search_grid.day(plan)
    assert days[0].loading == pytest.approx(days[1].loading, rel=1e-6)
    return days[0].loading


@pytest.mark.parametrize(("rating", "share"), [("declared", 1.0), ("normal", 1.1)])
def test_loading_is_current_over_that_rating(rating, share, tmp_path):
    """Without losses in it, the transformer carries the load's 104 kW at 20 kV."""
    script = written(tmp_path, T1.replace("Xhl=4", "Xhl=0.01 %loadloss=0.01"))
    loading = base_loading(script, transformer_rating=rating)
    profile = prepare(Study(name="s", feeder=str(script))).profiles.load
    assert loading[0, 0] == pytest.approx(104 * profile[0] / share, rel=2e-3)


def test_the_fullest_winding_counts(tmp_path):
    """Two windings of 60 kVA behind one of 100: 80 kW on one of them are 133 %."""
    lines = (
        "New Transformer.t1 phases=3 windings=3 buses=[a b c] kVs=[20 0.4 0.4] kVAs=[100 60 60] "
        "Xhl=0.01 Xht=0.01 Xlt=0.01 %Rs=[0.005 0.005 0.005]",
    )
    script = written(tmp_path, *lines, kw=80)
    profile = prepare(Study(name="s", feeder=str(script))).profiles.load
    assert base_loading(script)[0, 0] == pytest.approx(100 * 80 / 60 * profile[0], rel=2e-3)


def test_which_rating_counts_is_said(tmp_path):
    script = written(tmp_path, T1, T1.replace("t1", "t2") + " normhkVA=130")
    said = [str(notice) for notice in prepare(Study(name="s", feeder=str(script))).feeder.notices]
    assert [text.partition(":")[0] for text in said] == ["transformer.t1", "transformer.t2"]
    assert "nameplate" in said[0]
    assert "110 %" in said[0]
    assert "the normhkVA that the scripts give" in said[1]


@pytest.mark.parametrize("stand_ins", [True, False])
def test_seasons_that_nothing_selects_leave_a_line_its_rating(stand_ins, tmp_path):
    """104 kW at 20 kV are 3 A of 50 A; plain OpenDSS calls the loading infinite."""
    line = "New Line.l1 bus1=a bus2=m length=1 normamps=50 seasons=2 ratings=[40 30]"
    script = written(tmp_path, line, T1.replace("[a b]", "[m b]"))
    problem = Problem(prepare(Study(name="s", feeder=str(script))))
    grid = problem.search_grid if stand_ins else problem.grid
    day = grid.day(base_plan(problem.setting.operation))
    assert day.loading[:, 0].max() == pytest.approx(6.0, rel=0.05)


def test_what_is_held_to_no_loading_limit_is_named_with_its_line(tmp_path):
    script = written(
        tmp_path,
        T1 + " normhkVA=0",
        "New AutoTrans.au phases=3 windings=2 buses=(a m) kVs=(20 10) kVAs=(100 100) xhx=5",
        "New Reactor.s bus1=a bus2=n phases=3 r=0.1 x=0.1 normamps=2",
        "New Reactor.free bus1=a bus2=o phases=3 r=0.1 x=0.1",
        "New Line.z bus1=a bus2=p r1=.1 x1=.1 normamps=0 length=1",
    )
    notices = read_feeder(script).notices
    unheld = {n.about: n.line for n in notices if "no loading limit" in n.text}
    assert unheld == {"transformer.t1": 2, "AutoTrans.au": 3, "Reactor.s": 4, "line.z": 6}
