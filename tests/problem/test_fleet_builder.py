"""Units that a study adds or names, and where units may stand."""

from operator import attrgetter
from pathlib import Path

import numpy as np
import pytest

import toolkit
from toolkit.errors import InputError
from toolkit.grid.opendss import export_feeder
from toolkit.inputs.study import Study
from toolkit.inputs.study_files import parse, to_toml
from toolkit.model.plan import base_plan
from toolkit.problem.problem import Problem
from toolkit.problem.setting import check_searchable, prepare
from toolkit.results.solving import base_case

SCRIPT = """Clear
New Circuit.bare bus1=s basekV=11 MVAsc3=1e6 MVAsc1=1e6
New Line.sa bus1=s bus2=a r1=1 x1=1 r0=1 x0=1 c1=0 c0=0 length=1 units=none normamps=100
New Line.ab phases=1 bus1=a.2 bus2=b.2 r1=1 x1=1 r0=1 x0=1 c1=0 c0=0 length=1 units=none
New Transformer.t buses=[a l1] kVs=[11 0.416] kVAs=[200 200] conns=[delta wye] xhl=4
New Line.ll bus1=l1 bus2=l2 r1=.01 x1=.01 r0=.01 x0=.01 c1=0 c0=0 length=1 units=none normamps=500
New Load.a bus1=a kV=11 kW=90 kvar=10 vminpu=0.5 vmaxpu=1.5
New Load.b bus1=b.2 phases=1 kV=6.35 kW=20 kvar=2 vminpu=0.5 vmaxpu=1.5
New Load.l2 bus1=l2 kV=0.4 kW=20 kvar=2 vminpu=0.5 vmaxpu=1.5
{units}
Set voltagebases=[11 0.416]
Calcvoltagebases
"""
DECLARED = """New PVSystem.sun bus1=a kV=11 kVA=60 Pmpp=40 %cutin=0 %cutout=0
New Generator.mill bus1=b.2 phases=1 kV=6.35 kW=30 pf=1
New Storage.box bus1=l2 kV=0.4 kWrated=15 kWhrated=60
New Storage.bev1 bus1=a kV=11 kWrated=37 kWhrated=200"""
ADDED = (
    {"name": "sun", "kind": "pv", "bus": "a", "kw": 40},
    {"name": "mill", "kind": "wt", "bus": "B", "kw": 30, "phases": [2]},
    {"name": "box", "kind": "bess", "bus": "l2", "kw": 15, "kwh": 60},
    {"name": "bev1", "kind": "bev", "bus": "a", "vehicles": 5},
)


@pytest.fixture
def asked(tmp_path):
    """Return a function that makes a setting of the feeder with these units and this fleet."""

    def make(units="", /, **fleet):
        script = tmp_path / ("own.dss" if units else "bare.dss")
        script.write_text(SCRIPT.format(units=units), encoding="utf-8")
        study = {"name": "mine", "feeder": str(script), "fleet": fleet}
        return prepare(Study.model_validate(study))

    return make


def test_an_added_unit_is_as_good_as_a_declared_one(asked):
    declared, added = asked(DECLARED), asked(add=ADDED)
    assert added.space == declared.space
    same = attrgetter("name", "kind", "element", "bus", "kw", "phases", "delta")
    assert list(map(same, added.feeder.units)) == list(map(same, declared.feeder.units))
    x = np.random.default_rng(2).random((4, len(added.space)))
    first, second = Problem(declared), Problem(added)
    assert second.evaluate(x).objective == pytest.approx(first.evaluate(x).objective, abs=1e-6)
    assert second.evaluate(x).violation == pytest.approx(first.evaluate(x).violation, abs=1e-6)
    one, two = base_case(first).summary, base_case(second).summary
    for name in ("traded_kwh", "loss_kwh", "v_min_pu"):
        assert two[name] == pytest.approx(one[name], abs=1e-7)


def test_an_added_unit_is_in_the_exported_feeder(asked, tmp_path):
    setting = asked(add=ADDED)
    plan = base_plan(setting.operation)
    export_feeder(plan, setting.operation, setting.feeder, tmp_path / "out")
    text = (tmp_path / "out" / "Master.dss").read_text(encoding="utf-8")
    for element in ("PVSystem.sun", "Generator.mill", "Storage.box", "Storage.bev1"):
        assert f"New {element} " in text


def test_added_units_stand_beside_declared_ones(asked):
    second = {"name": "sun2", "kind": "pv", "bus": "l1", "kw": 5, "size": [1, 9], "buses": ["l*"]}
    setting = asked(DECLARED, add=[second], units={"box": {"kind": "bev"}})
    assert [u.name for u in setting.feeder.units] == ["sun", "mill", "box", "bev1", "sun2"]
    assert setting.fleet.kinds == ("pv", "wt", "bev", "bev", "pv")
    unit = setting.fleet.units[-1]
    assert (unit.size_min, unit.size_max, unit.base_size) == (1.0, 9.0, 5.0)
    assert {setting.feeder.buses[b] for b in unit.candidates} == {"l1", "l2"}
    day = Problem(setting).grid.day(base_plan(setting.operation))
    assert not day.reason


def test_bounds_and_kinds_of_an_added_unit_may_stand_under_its_name(asked):
    setting = asked(add=ADDED, units={"sun": {"size": [3, 4]}})
    assert setting.fleet.units[0].size_max == 4.0
    near = {**ADDED[0], "buses": ["l*"]}
    unit = asked(add=[near], units={"sun": {"size": [3, 4]}}).fleet.units[0]
    assert (unit.size_max, len(unit.candidates)) == (4.0, 2)
    assert setting.study == parse(to_toml(setting.study).encode(), "again")


def test_candidates_by_voltage_level(asked):
    for wanted, expected in (
        (["kv:0.4"], {"l1", "l2"}),
        (["KV:0.416", "b"], {"l1", "l2", "b"}),
        (["kv:11"], {"s", "a", "b"}),
        (None, {"a", "b", "l2"}),
    ):
        setting = asked(DECLARED, buses=wanted)
        found = {setting.feeder.buses[b] for b in setting.fleet.units[0].candidates}
        assert found == expected


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"name": "h\u00e4user"},
            ["fleet.add.0.name", "letters from a to z, digits and any of _ -"],
        ),
        ({"bus": "l3"}, ["fleet.add", "sun", "no bus 'l3'", "Did you mean"]),
        ({"kind": "bess"}, None),
        ({"kind": "bev"}, ["a bev unit takes vehicles"]),
        ({"kw": None}, ["found none of them", "a pv unit takes kw"]),
        ({"kwh": 5}, ["a pv unit takes kw"]),
        ({"phases": [4]}, ["phases"]),
        ({"phases": [1, 1]}, ["one twice"]),
        ({"kind": "sun"}, ["kind"]),
        ({"name": "a b"}, ["name"]),
        ({"buses": ["kv:20"]}, ["fleet.add.sun.buses", "kv:20", "kv:0.416, kv:11"]),
        ({"buses": ["kv:low"]}, ["kv:low", "kv:11"]),
        ({"busses": ["a"]}, ["busses", "Did you mean 'buses'"]),
    ],
)
def test_what_is_wrong_with_an_added_unit_is_told(change, words, tmp_path):
    script = tmp_path / "bare.dss"
    script.write_text(SCRIPT.format(units=""), encoding="utf-8")
    unit = {k: v for k, v in {**ADDED[0], **change}.items() if v is not None}
    fields = "\n".join(
        f"{key} = {str(value)!r}" if isinstance(value, str) else f"{key} = {value}"
        for key, value in unit.items()
    )
    text = f"name = 'mine'\nfeeder = '{script}'\n[[fleet.add]]\n{fields}\n"
    if words is None:
        assert prepare(parse(text.encode(), "mine.toml")).feeder.units[0].kwh == 160.0
        return
    with pytest.raises(InputError) as caught:
        prepare(parse(text.encode(), "mine.toml"))
    for word in ("mine", *words):
        assert word in str(caught.value)


def test_the_added_unit_of_the_template_can_be_had():
    template = Path(toolkit.__file__).parent / "cli" / "study.toml"
    lines = template.read_text(encoding="utf-8").splitlines()
    first = lines.index(next(line for line in lines if "[[fleet.add]]" in line))
    unit = [line.removeprefix("#").strip() for line in lines[first : first + 8]]
    text = "\n".join(["name = 'mine'", "feeder = 'ieee12'", *unit])
    added = prepare(parse(text.encode(), "mine.toml")).feeder.units[-1]
    assert (added.name, added.kind, added.kwh, added.phases) == ("box", "bess", 20.0, (1,))


def test_names_and_kinds_that_cannot_be_are_told(asked):
    for fleet, words in (
        ({"add": [ADDED[0]]}, "'sun' is taken"),
        ({"units": {"mill": {"kind": "pv"}}}, r"fleet\.units\.mill\.kind.*expected wt"),
        ({"units": {"box": {"kind": "wt"}}}, "expected bess or bev"),
        ({"units": {"boxx": {"size": [0, 1]}}}, "Did you mean 'box'"),
    ):
        with pytest.raises(InputError, match=words):
            asked(DECLARED, **fleet)
    with pytest.raises(InputError, match=r"\[\[fleet\.add\]\]"):
        check_searchable(asked())
