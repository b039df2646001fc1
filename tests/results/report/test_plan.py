"""The plan that the answer is about: its units, what it gives, and what binds."""

import dataclasses

import pandas as pd
import pytest

from toolkit.inputs import study_files
from toolkit.inputs.study import Study
from toolkit.results.figures.groups import Group, best_plan, groups_of
from toolkit.results.report.answer import answer_of, is_papers
from toolkit.results.report.plan import binding, gains_table, plan_table, size_text
from toolkit.results.store import read_results
from toolkit.results.wording import digits


@pytest.fixture(scope="module")
def results(ieee12_results):
    return read_results(ieee12_results)


@pytest.fixture(scope="module")
def groups(results):
    return groups_of(results)


@pytest.fixture(scope="module")
def shown(results, groups):
    return best_plan(results, groups)


def test_every_unit_of_the_best_plan_stands_with_its_bus_and_size(shown, groups):
    plan = {unit["name"]: unit for unit in shown.median.plan["units"]}
    table = plan_table(shown, groups[0])
    assert table.title == f"Units of the plan, {shown.name}"
    assert {row[0] for row in table.rows} == set(plan)
    for name, _, bus, size, before in table.rows:
        assert bus == plan[name]["bus"]
        assert size.startswith((f"{plan[name]['kw']:,.1f} kW", f"{plan[name]['vehicles']} vehicle"))
        assert before == "the same" or " at " in before
    assert plan_table(groups[0], groups[0]) is None


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ({"kind": "pv", "kw": 1234.56, "kwh": 0.0}, "1,234.6 kW"),
        ({"kind": "bess", "kw": 24.0, "kwh": 96.0}, "24.0 kW, 96.0 kWh"),
        ({"kind": "bev", "kw": 7.4, "kwh": 40.0, "vehicles": 1}, "1 vehicle, 7.4 kW"),
        ({"kind": "capacitor", "kw": 0.0, "kvar": 50.0}, "50.0 kvar"),
        ({"kind": "wt", "kw": 0.0}, "none"),
    ],
)
def test_sizes_are_told_in_what_the_kind_is_sized_in(unit, text):
    assert size_text(unit) == text


def test_what_it_gives_stands_beside_the_base_case_and_the_median_run(shown, groups, results):
    table = gains_table(shown, groups, results)
    assert table.header[1:3] == ["base case", shown.name]
    assert table.header[3].endswith("median run of 2")
    rows = {row[0]: row[1:] for row in table.rows}
    for name, column, form in (
        ("energy traded, kWh", "traded_kwh", "{:,.1f}"),
        ("losses, kWh", "loss_kwh", "{:,.1f}"),
        ("lowest voltage, pu", "v_min_pu", "{:.4f}"),
    ):
        told = [form.format(group.row[column]) for group in (groups[0], shown)]
        assert rows[name][:2] == told
    assert gains_table(groups[0], groups, results) is None


def test_a_study_of_losses_speaks_of_losses_first_with_enough_digits(shown, groups, results):
    market = results.study.market.model_copy(update={"objective": "losses"})
    sought = dataclasses.replace(results, study=results.study.model_copy(update={"market": market}))
    small = [dataclasses.replace(g, row=g.row.copy()) for g in (groups[0], shown)]
    for group, kwh in zip(small, (0.41237, 0.39874), strict=True):
        group.row["loss_kwh"] = kwh
    table = gains_table(small[1], [small[0], *groups[1:]], sought)
    assert table.rows[0][:1] == ["losses, kWh"]
    answer = answer_of(sought, small, small[1])
    assert "network losses over the day: 0.39874 kWh against 0.41237 kWh" in answer.sentence
    assert is_papers(results)
    assert not is_papers(sought)


@pytest.mark.parametrize(
    ("values", "kept"),
    [([0.41, 0.39], 4), ([3.2, 1.0], 3), ([45.0], 2), ([143.5, 9.0], 1), ([0.0], 1), ([], 1)],
)
def test_figures_keep_four_digits_of_the_largest(values, kept):
    assert digits(values) == kept


def at_limits(results, volts, loading):
    """A group whose bus 5 has a voltage in step 3, and whose first line a loading in step 2."""
    case = results.cases["base"]
    buses, lines = case.buses.copy(), case.lines.assign(loading_pct=10.0)
    buses[["v_min_pu", "v_max_pu"]] = 1.0
    here = (buses["bus"].astype(str) == "5") & (buses["step"] == 3)
    buses.loc[here, ["v_min_pu", "v_max_pu"]] = volts
    lines.loc[(lines["step"] == 2) & (lines["line"] == lines["line"][0]), "loading_pct"] = loading
    row = pd.Series({"optimizer": float("nan"), "feasible": True})
    return Group("plan", dataclasses.replace(case, buses=buses, lines=lines), row, ())


def test_what_binds_is_told_with_place_and_hour(results, groups):
    """By hand: 0.9505 pu leaves 0.0005 of 0.05, one hundredth; 99 % leaves one hundredth too."""
    told = binding(at_limits(results, 0.9505, 99.0), groups[0], results)
    line = results.cases["base"].lines["line"][0]
    assert told == [
        "What binds: lowest voltage, 0.9505 pu at bus 5 at 02:00 (limit 0.95 pu); highest loading, "
        f"99.0 % at {line} at 01:00 (limit 100 %)."
    ]
    far = binding(at_limits(results, 1.03, 50.0), groups[0], results)
    assert far == [
        "No limit of the network binds; the nearest is the highest voltage, 1.0300 pu at bus 5 "
        "at 02:00 (limit 1.05 pu)."
    ]


def test_units_as_large_as_allowed_are_named(results, groups, shown):
    plan = shown.median.plan
    base = {unit["name"]: unit for unit in groups[0].median.plan["units"]}
    most = max(results.study.fleet.scale)
    units = [
        {**unit, "kw": base[unit["name"]]["kw"] * (most if unit["name"] == "pv1" else 1.0)}
        for unit in plan["units"]
        if unit["kind"] == "pv"
    ]
    case = dataclasses.replace(shown.median, plan={**plan, "units": units})
    told = binding(dataclasses.replace(shown, median=case), groups[0], results)
    assert told[1:] == ["As large as allowed: pv1."]


def test_the_papers_tables_belong_to_its_study_alone(results):
    assert study_files.load("ieee12").market.objective == "traded"
    other = Study.model_validate({"name": "other", "feeder": "ieee33"})
    assert not is_papers(dataclasses.replace(results, study=other))
