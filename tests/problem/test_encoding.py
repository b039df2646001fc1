"""Plans: any point of the cube decodes to one that can be carried out, and back; plans as files."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolkit.errors import InputError
from toolkit.model import plan_json
from toolkit.model.devices import stored_change
from toolkit.model.fleet import FleetUnit
from toolkit.model.plan import base_plan
from toolkit.problem.encoding import decode, encode, place
from toolkit.problem.setting import prepare

few = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module", params=["ieee12", "other"])
def setting(request, ieee12, other_study):
    return ieee12 if request.param == "ieee12" else prepare(other_study)


@st.composite
def points(draw):
    """Draw four points of a cube, smooth, in corners and on cell borders; d is cut out later."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x = rng.random((4, 2000))
    x[1] = x[1].round()
    x[2] = np.where(rng.random(2000) < 0.5, x[2], draw(st.floats(0.0, 1.0)))
    x[3] = draw(st.sampled_from([0.0, 0.5, 1.0, np.nextafter(1.0, 0.0), 1 / 11]))
    return x


def check_valid(plan, setting):
    fleet, space = setting.fleet, setting.space
    sizes = space.lower[1 : 2 * len(fleet.units) : 2], space.upper[1 : 2 * len(fleet.units) : 2]
    assert np.all(plan.size >= sizes[0] - 1e-9)
    assert np.all(plan.size <= sizes[1] + 1e-9)
    for kind, rows in fleet.rows.items():
        assert len(set(plan.bus[rows])) == len(rows), f"two {kind} units share a bus"
    for u, unit in enumerate(fleet.units):
        assert plan.bus[u] in unit.candidates
        if unit.kind == "pv":
            assert plan.p_kw[u] == pytest.approx(plan.kw[u] * setting.scenario.pv)
        elif unit.kind == "wt":
            assert plan.p_kw[u] == pytest.approx(plan.kw[u] * setting.scenario.wt)
        else:
            check_store(plan, u, setting.operation)


def check_store(plan, u, operation):
    fleet, scenario = operation.fleet, operation.scenario
    bev = fleet.kinds[u] == "bev"
    parameters = fleet.bev if bev else fleet.bess
    limit = plan.kw[u] * (scenario.plugged if bev else np.ones(scenario.steps))
    trip = plan.size[u] * scenario.trip if bev else np.zeros(scenario.steps)
    p_kw, stored, slack = plan.p_kw[u], plan.stored[u], 1e-9 * max(plan.kwh[u], 1.0)
    if bev:
        assert plan.size[u] == round(plan.size[u])
    assert np.all(p_kw >= -limit - slack)
    assert np.all(p_kw <= (limit if fleet.v2g or not bev else 0.0) + slack)
    assert stored[0] == pytest.approx(parameters.soc_start * plan.kwh[u])
    assert stored[-1] >= stored[0] - slack
    assert stored.min() >= parameters.soc_min * plan.kwh[u] - slack
    assert stored.max() <= parameters.soc_max * plan.kwh[u] + slack
    change = stored_change(p_kw, parameters, scenario.dt) - trip
    assert np.diff(stored) == pytest.approx(change, abs=slack)


@few
@given(points())
def test_any_point_decodes_to_a_plan_that_can_be_carried_out(setting, x):
    plans = decode(x[:, : len(setting.space)], setting.operation, setting.space)
    for i in range(len(x)):
        check_valid(plans.row(i), setting)


@few
@given(points())
def test_a_plan_survives_encoding(setting, x):
    operation, space = setting.operation, setting.space
    plans = decode(x[:, : len(space)], operation, space)
    for i in range(len(x)):
        plan = plans.row(i)
        again = decode(encode(plan, operation, space)[None], operation, space).row(0)
        assert np.array_equal(again.bus, plan.bus)
        for field in ("size", "kw", "kwh", "p_kw", "stored"):
            assert getattr(again, field) == pytest.approx(getattr(plan, field), abs=1e-6)


def test_a_population_decodes_row_by_row(setting):
    x = np.random.default_rng(4).random((6, len(setting.space)))
    together = decode(x, setting.operation, setting.space)
    for i in range(len(x)):
        alone = decode(x[i : i + 1], setting.operation, setting.space).row(0)
        for field in ("bus", "size", "kw", "kwh", "p_kw", "stored"):
            assert np.array_equal(getattr(together.row(i), field), getattr(alone, field))


def test_the_base_plan_is_what_the_scripts_declare(ieee12):
    plan, fleet = base_plan(ieee12.operation), ieee12.fleet
    names = {unit.name: u for u, unit in enumerate(fleet.units)}
    sites = {"pv1": "5", "pv2": "10", "wt1": "6", "wt2": "12", "bess1": "5", "bess2": "10"}
    for name, bus in (sites | {"bev1": "3", "bev2": "7"}).items():
        assert fleet.buses[plan.bus[names[name]]] == bus
    assert plan.kw[names["pv1"]] == 75.0
    assert plan.kw[names["bev1"]] == pytest.approx(8 * 7.4)
    assert plan.kwh[names["bev1"]] == pytest.approx(320.0)
    assert plan.kwh[names["bess1"]] == pytest.approx(120.0)
    assert not plan.p_kw[fleet.rows["bess"]].any()
    assert plan.p_kw[names["bev1"]][7] == pytest.approx(-0.5120910384 * 59.2)
    encoded = encode(plan, ieee12.operation, ieee12.space)
    again = decode(encoded[None], ieee12.operation, ieee12.space).row(0)
    assert again.p_kw == pytest.approx(plan.p_kw, abs=1e-9)


def placed(choices, candidates, ieee12):
    """Return the buses of PV units with these choices among these candidates."""
    units = tuple(
        FleetUnit(f"pv{i}", "pv", 0.0, 1.0, tuple(c), c[0], 1.0, 1.0, 0.0)
        for i, c in enumerate(candidates)
    )
    return place(np.array([choices]), replace(ieee12.fleet, units=units))[0].tolist()


@pytest.mark.parametrize(
    ("choices", "buses"),
    [
        ([0, 1, 3], [2, 4, 8]),
        ([1, 1, 3], [4, 2, 8]),  # as near on both sides: the earlier one
        ([1, 1, 1], [4, 2, 6]),
        ([0, 0, 0], [2, 4, 6]),  # nothing before the first
        ([3, 3, 3], [8, 6, 4]),
        ([0, 3, 3], [2, 8, 6]),
    ],
)
def test_a_taken_bus_falls_to_the_nearest_free_candidate(choices, buses, ieee12):
    assert placed(choices, [[2, 4, 6, 8]] * 3, ieee12) == buses


def test_nearest_is_meant_in_the_units_own_list(ieee12):
    # The second unit's list runs 9, 4, 3: its neighbours of 4 are 9 and 3, not 5.
    assert placed([0, 1], [[4, 5], [9, 4, 3]], ieee12) == [4, 9]
    assert placed([0, 0, 1], [[9], [4, 5], [9, 4, 3]], ieee12) == [9, 4, 3]


def test_a_bus_outside_the_candidates_cannot_be_encoded(make_setting):
    setting = make_setting(fleet={"buses": ["2", "3", "4"]})
    with pytest.raises(InputError, match=r"pv1: bus 5 is no candidate"):
        encode(base_plan(setting.operation), setting.operation, setting.space)


def test_a_size_outside_its_bounds_cannot_be_encoded(make_setting):
    setting = make_setting(fleet={"scale": [0.0, 0.5]})
    with pytest.raises(InputError, match=r"pv1\.size: found 75; expected 0 to 37\.5"):
        encode(base_plan(setting.operation), setting.operation, setting.space)


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
def test_a_plan_survives_its_file(setting, random_plan, seed):
    plan = base_plan(setting.operation) if seed is None else random_plan(setting, seed)
    text = plan_json.to_json(plan, setting.operation)
    again = plan_json.from_json(text, setting.operation, "plan.json")
    assert np.array_equal(again.bus, plan.bus)
    for field in ("size", "kw", "kwh", "p_kw", "stored"):
        assert getattr(again, field) == pytest.approx(getattr(plan, field), abs=1e-9)


def test_a_plan_file_holds_what_the_contract_names(ieee12, random_plan):
    data = json.loads(plan_json.to_json(random_plan(ieee12, 1), ieee12.operation))
    for unit in data["units"]:
        assert {"name", "kind", "bus", "kw", "kwh", "vehicles", "p_kw"} <= set(unit)
        assert len(unit["p_kw"]) == 24
        assert isinstance(unit["bus"], str)
        assert (unit["vehicles"] > 0) <= (unit["kind"] == "bev")


def drop(field):
    return lambda data: data["units"][0].pop(field)


def put(field, value, unit=0):
    return lambda data: data["units"][unit].update({field: value})


def twice(data):
    data["units"].append(dict(data["units"][0]))


BAD = {
    "no units": (lambda data: data.pop("units"), ["units"]),
    "unit missing": (lambda data: data["units"].pop(0), ["pv1", "missing"]),
    "unknown unit": (put("name", "pv9"), ["pv9", "Did you mean 'pv"]),
    "unit twice": (twice, ["pv1", "twice"]),
    "unknown bus": (put("bus", "99"), ["pv1", "99"]),
    "no bus": (drop("bus"), ["pv1", "bus"]),
    "no kw": (drop("kw"), ["pv1", "kw", "missing"]),
    "no vehicles": (
        lambda data: [data["units"][-1].pop(key) for key in ("vehicles", "kw")],
        ["bev2", "vehicles", "missing"],
    ),
    "a part of a vehicle": (
        lambda data: data["units"][-1].update({"vehicles": None, "kw": 10.0}),
        ["bev2", "kw", "10", "7.4"],
    ),
    "words for kw": (put("kw", "much"), ["pv1", "much"]),
    "words in p_kw": (put("p_kw", ["x"] * 24), ["pv1", "x"]),
    "negative kw": (put("kw", -5.0), ["pv1", "kw", "-5"]),
    "NaN kw": (put("kw", float("nan")), ["pv1", "kw", "nan"]),
    "NaN in p_kw": (put("p_kw", [float("nan")] * 24), ["pv1", "p_kw", "nan"]),
    "NaN in storage": (put("p_kw", [float("nan")] * 24, 4), ["p_kw", "nan"]),
    "short p_kw": (put("p_kw", [0.0] * 23), ["pv1", "p_kw", "23", "24"]),
    "not what the sun gives": (put("p_kw", [1.0] * 24), ["pv1", "p_kw"]),
    "another kind": (put("kind", "wt"), ["pv1", "kind", "wt", "pv"]),
    "half a vehicle": (
        lambda data: data["units"][-1].update({"vehicles": 7.5}),
        ["bev", "vehicles", "7.5"],
    ),
    "kw against vehicles": (
        lambda data: data["units"][-1].update({"kw": 1.0}),
        ["bev", "kw", "1", "59.2"],
    ),
    "two of a kind on a bus": (put("bus", "10"), ["pv", "10"]),
}


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.replace(" ", "_"))
def test_a_bad_plan_file_is_refused_in_words(case, ieee12):
    change, words = BAD[case]
    data = json.loads(plan_json.to_json(base_plan(ieee12.operation), ieee12.operation))
    change(data)
    with pytest.raises(InputError) as caught:
        plan_json.from_json(json.dumps(data), ieee12.operation, "some/plan.json")
    message = str(caught.value)
    assert message.startswith("some/plan.json")
    for word in words:
        assert word.lower() in message.lower()


def short(operation, **changes):
    """Return a plan with the bus and the size alone of each unit, some of them changed."""
    plan, units = base_plan(operation), []
    for u, unit in enumerate(operation.fleet.units):
        size = {"vehicles": int(plan.size[u])} if unit.kind == "bev" else {"kw": plan.size[u]}
        own = {"name": unit.name, "bus": operation.fleet.buses[plan.bus[u]], **size}
        units.append(own | changes.get(unit.name, {}))
    return json.dumps({"units": units})


def test_a_short_plan_has_the_rest_from_the_study(setting):
    base = base_plan(setting.operation)
    again = plan_json.from_json(short(setting.operation), setting.operation, "p")
    for field in ("bus", "size", "kw", "kwh", "p_kw", "stored"):
        assert getattr(again, field) == pytest.approx(getattr(base, field), abs=1e-9)


def test_what_a_short_plan_does_not_say_follows_the_sizes_it_gives(ieee12):
    changes = {"pv1": {"kw": 30.0}, "bess1": {"kw": 10}, "bev1": {"vehicles": None, "kw": 14.8}}
    plan = plan_json.from_json(short(ieee12.operation, **changes), ieee12.operation, "p")
    rows = {unit.name: u for u, unit in enumerate(ieee12.fleet.units)}
    assert plan.p_kw[rows["pv1"]] == pytest.approx(30.0 * ieee12.scenario.pv)
    assert plan.kwh[rows["bess1"]] == pytest.approx(40.0)
    assert (plan.size[rows["bev1"]], plan.kwh[rows["bev1"]]) == (2.0, 80.0)
    # Two of the eight vehicles charge a quarter of what the base case charges.
    whole = base_plan(ieee12.operation).p_kw[rows["bev1"]]
    assert plan.p_kw[rows["bev1"]] == pytest.approx(whole / 4.0)


def test_units_share_a_bus_in_a_plan_where_they_are_declared_or_have_no_size(make_setting):
    setting = make_setting(fleet={"units": {"wt1": {"buses": ["12"]}}})
    wt = {"wt1": {"bus": "12"}}  # wt2 is declared at 12, wt1 is said to stay there
    assert plan_json.from_json(short(setting.operation, **wt), setting.operation, "p")
    nothing = {"pv1": {"bus": "10", "kw": 0.0}}
    assert plan_json.from_json(short(setting.operation, **nothing), setting.operation, "p")
    with pytest.raises(InputError, match="pv1 and pv2 both stand at bus 10"):
        plan_json.from_json(short(setting.operation, pv1={"bus": "10"}), setting.operation, "p")


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"units": 3}', '{"units": [3]}'])
def test_what_is_no_plan_is_refused(text, ieee12):
    with pytest.raises(InputError, match=r"plan\.json.*expected"):
        plan_json.from_json(text, ieee12.operation, "plan.json")


def test_a_dispatch_that_empties_the_battery_is_refused(ieee12):
    data = json.loads(plan_json.to_json(base_plan(ieee12.operation), ieee12.operation))
    battery = next(u for u in data["units"] if u["kind"] == "bess")
    battery["p_kw"] = [30.0] * 24
    with pytest.raises(InputError, match=rf"{battery['name']}.*p_kw.*cannot be carried out"):
        plan_json.from_json(json.dumps(data), ieee12.operation, "plan.json")


def test_a_plan_that_follows_a_policy_encodes_to_its_parameters(make_setting):
    setting = make_setting(dispatch={"policy": "surplus"})
    x = np.random.default_rng(4).random((1, len(setting.space)))
    plan = setting.decode(x).row(0)
    again = setting.decode(encode(plan, setting.operation, setting.space)[None]).row(0)
    assert np.array_equal(again.bus, plan.bus)
    assert again.p_kw == pytest.approx(plan.p_kw, abs=1e-9)
