"""Separate days: what they share, what each has of its own, and how often each counts."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

import toolkit
from toolkit.commands import simulate_and_store
from toolkit.commands.reproduce import reproduce
from toolkit.errors import InputError
from toolkit.inputs import profiles, study_files
from toolkit.inputs.horizon import profiles_on
from toolkit.model import plan_json
from toolkit.problem import picked_days
from toolkit.problem.encoding import decode
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare
from toolkit.problem.typical_days import balanced, typical_days

HEAD = "time,load [pu],irradiance [W/m2],wind_speed [m/s],plugged_in [pu],trip_energy [kWh/vehicle]"
DAYS = 6


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    """Six days, each with another load, sun and wind; on the last nobody drives."""
    folder = tmp_path_factory.mktemp("week")
    rng = np.random.default_rng(0)
    hours = np.arange(24 * DAYS)
    day, hour = np.divmod(hours, 24)
    start = np.datetime64("2023-03-01T00:00")
    rows = [
        f"{start + np.timedelta64(int(t), 'h')}+01:00,"
        f"{0.3 + 0.1 * day[t] + 0.1 * rng.random():.3f},"
        f"{max(np.sin((hour[t] - 6) / 12 * np.pi), 0) * (300 + 100 * day[t]):.1f},"
        f"{4 + 4 * rng.random():.2f},0.9,{2.0 if hour[t] == 8 and day[t] < 5 else 0.0}"
        for t in hours
    ]
    (folder / "week.csv").write_text("\n".join([HEAD, *rows]) + "\n")
    return folder


@pytest.fixture
def study(week):
    def load(horizon, more=""):
        text = (
            'name = "week"\nfeeder = "ieee12"\nprofiles = "week.csv"\n[loads]\nshapes = "study"\n'
        )
        text += f'[fleet]\nshapes = "study"\n{more}\n[horizon]\n{horizon}\n'
        path = week / "study.toml"
        path.write_text(text)
        return study_files.load(str(path))

    return load


LISTED = 'days = ["2023-03-02", "2023-03-05"]\nweights = [2.5, 3.5]'


def test_each_day_is_what_it_is_alone(study):
    """A plan of two days is the plans of each, and so are its powers, voltages and losses."""
    both = Problem(prepare(study(LISTED)))
    alone = [Problem(prepare(study(f'day = "2023-03-0{n}"'))) for n in (2, 5)]
    setting = both.setting
    x = np.random.default_rng(1).random((4, len(setting.space)))
    plans = decode(x, setting.operation, setting.space)
    units, stores = len(setting.fleet.units), len(setting.fleet.storage_rows)
    series = x[:, 2 * units :].reshape(4, stores, 2, 24)
    days = both.search_grid.days(plans)
    for d, problem in enumerate(alone):
        own = problem.setting
        part = np.concatenate([x[:, : 2 * units], series[:, :, d].reshape(4, -1)], axis=1)
        plan = decode(part, own.operation, own.space)
        assert (plan.bus == plans.bus).all()
        assert (plan.p_kw == plans.p_kw[..., 24 * d : 24 * d + 24]).all()
        ends = plans.stored[..., 1:].reshape(4, units, 2, 24)[:, :, d]
        assert (plan.stored[..., 1:] == ends).all()
        assert (plan.stored[..., 0] == plans.stored[..., 0]).all()
        solved = problem.search_grid.days(plan)
        assert np.allclose(solved.v_pu, days.v_pu[:, 24 * d : 24 * d + 24], atol=1e-9, rtol=0)
        assert np.allclose(solved.loss_kw, days.loss_kw[:, 24 * d : 24 * d + 24], atol=1e-6)


@pytest.mark.parametrize("goal", ["traded", "traded_to_load", "losses", "community_cost"])
def test_what_is_sought_is_the_weighted_sum_of_days(study, goal):
    seek = f'[market]\nobjective = "{goal}"'
    both = Problem(prepare(study(LISTED, seek)))
    setting = both.setting
    x = np.random.default_rng(2).random((3, len(setting.space)))
    found = both.evaluate_by_engine(x).objective
    units, stores = len(setting.fleet.units), len(setting.fleet.storage_rows)
    series = x[:, 2 * units :].reshape(3, stores, 2, 24)
    total = np.zeros(3)
    for d, (date, weight) in enumerate([("2023-03-02", 2.5), ("2023-03-05", 3.5)]):
        problem = Problem(prepare(study(f'day = "{date}"', seek)))
        part = np.concatenate([x[:, : 2 * units], series[:, :, d].reshape(3, -1)], axis=1)
        total += weight * problem.evaluate_by_engine(part).objective
    assert np.allclose(found, total, rtol=1e-7)


def test_one_day_of_weight_one_gives_the_bits_of_that_day(study):
    one = Problem(prepare(study("days = [2]\nweights = [6]")))
    day = Problem(prepare(study("day = 2")))
    single = dataclasses.replace(one.setting.scenario.separate, weights=np.ones(1))
    operation = dataclasses.replace(
        one.setting.operation,
        scenario=dataclasses.replace(one.setting.scenario, separate=single),
    )
    one = Problem(dataclasses.replace(one.setting, operation=operation))
    x = np.random.default_rng(3).random((5, len(day.setting.space)))
    assert (one.evaluate(x).objective == day.evaluate(x).objective).all()
    assert (one.evaluate_by_engine(x).objective == day.evaluate_by_engine(x).objective).all()


def test_results_say_what_days_count_and_are_reproduced(study, tmp_path):
    outcome = simulate_and_store(study(LISTED), None, tmp_path / "out", "toolkit simulate")
    assert outcome.span == "6 days (2 days)"
    home = tmp_path / "out" / "cases" / "base"
    hourly = pd.read_csv(home / "hourly.csv")
    assert hourly["day"].tolist() == ["2023-03-02"] * 24 + ["2023-03-05"] * 24
    assert hourly["weight"].tolist() == [2.5] * 24 + [3.5] * 24
    summary = pd.read_csv(tmp_path / "out" / "summary.csv").iloc[0]
    for column, each in (("traded_kwh", "traded_kwh"), ("loss_kwh", "loss_kw")):
        assert summary[column] == pytest.approx((hourly[each] * hourly["weight"]).sum(), rel=1e-12)
    bills = pd.read_csv(home / "bills.csv")
    sold = bills[bills["period"] == "day"]["sold_kwh"].sum()
    assert sold == pytest.approx(summary["traded_kwh"], rel=1e-9)
    plan = json.loads((home / "plan.json").read_text())
    assert (plan["days"], plan["weights"]) == (["2023-03-02", "2023-03-05"], [2.5, 3.5])
    assert reproduce(tmp_path / "out").verdict.startswith("reproduced")
    plan["weights"] = [3.5, 2.5]
    (home / "plan.json").write_text(json.dumps(plan))
    assert reproduce(tmp_path / "out").verdict.startswith("NOT")


@pytest.mark.parametrize(("off", "verdict"), [(1e-8, "reproduced"), (1e-3, "NOT")])
def test_weights_that_another_library_ends_near_are_the_same(
    study, tmp_path, monkeypatch, off, verdict
):
    simulate_and_store(study(LISTED), None, tmp_path / "out", "toolkit simulate")
    theirs = np.array([2.5 + off, 3.5 - off])
    monkeypatch.setattr(picked_days, "_weights", lambda study, count, series: theirs)
    assert reproduce(tmp_path / "out").verdict.startswith(verdict)


def test_the_exported_script_gives_any_plan_of_both_days_in_plain_opendss(study, tmp_path):
    problem = Problem(prepare(study(LISTED)))
    setting = problem.setting
    x = np.random.default_rng(4).random((1, len(setting.space)))
    plan = decode(x, setting.operation, setting.space).row(0)
    (tmp_path / "plan.json").write_text(plan_json.to_json(plan, setting.operation))
    simulate_and_store(study(LISTED), tmp_path / "plan.json", tmp_path / "out", "toolkit simulate")
    assert reproduce(tmp_path / "out").verdict.startswith("reproduced")


def year(days=60):
    rng = np.random.default_rng(5)
    hours = np.arange(24 * days)
    sun = np.maximum(np.sin((hours % 24 - 6) / 12 * np.pi), 0.0) * np.repeat(rng.random(days), 24)
    load = 1.0 + 0.5 * np.cos(hours / 24 / days * 2 * np.pi) + 0.1 * rng.random(24 * days)
    return {"load": load, "sun": sun, "wind": np.repeat(rng.random(days), 24), "export": sun - load}


def test_typical_days_are_tsams_and_their_sums_the_years():
    tsam, series = pytest.importorskip("tsam"), year()
    found = typical_days(series, 24, 8, ("peak_load", "peak_export", "darkest"))
    frame = pd.DataFrame(series, index=pd.date_range("2023-01-01", periods=1440, freq="h"))
    theirs = tsam.aggregate(
        frame,
        5,
        period_duration=24,
        cluster=tsam.ClusterConfig(method="hierarchical", representation="medoid"),
        extremes=tsam.ExtremeConfig(
            method="append", max_value=["load", "export"], min_period=["sun"]
        ),
        preserve_column_means=False,
    )
    assert sorted(set(theirs.clustering.cluster_centers)) == found.at.tolist()
    load, sun = (series[name].reshape(60, 24) for name in ("load", "sun"))
    assert {load.max(axis=1).argmax(), sun.sum(axis=1).argmin()} <= {*found.at.tolist()}
    assert found.weights.sum() == pytest.approx(60.0, abs=1e-9)
    assert found.members.sum() == pytest.approx(60.0)
    for name in ("load", "sun", "wind"):
        daily = series[name].reshape(60, 24).sum(axis=1)
        assert found.weights @ daily[found.at] == pytest.approx(daily.sum(), rel=1.01e-2)
        assert found.off[name] == pytest.approx(
            found.weights @ daily[found.at] / daily.sum() - 1.0, abs=1e-12
        )


@pytest.mark.parametrize("extremes", [(), ("peak_load", "peak_export", "darkest")])
def test_eight_days_of_the_bundled_year_have_its_sums_within_a_percent(extremes):
    pytest.importorskip("tsam")
    asked = toolkit.load_study(
        "ieee12",
        profiles="real_weather",
        loads={"shapes": "study"},
        fleet={"shapes": "study"},
        horizon={"days": "typical", "count": 8, "extremes": list(extremes)},
    )
    separate = prepare(asked).scenario.separate
    year = profiles.read(profiles.locate("real_weather"))
    chosen = [profiles_on(int(day), year, "real_weather") for day in separate.names]
    # More sun than 1000 W/m2 brings no more power.
    kinds = (lambda p: p.load, lambda p: np.minimum(p.irradiance, 1000.0), lambda p: p.trip_energy)
    for of in kinds:
        sums = separate.weights @ [of(day).sum() for day in chosen]
        assert sums == pytest.approx(of(year).sum(), rel=1e-2 + 1e-6)


def test_weights_that_fit_already_stay_as_they_are():
    members = np.array([2.0, 4.0])
    weights = balanced(members, {"a": np.array([1.0, 2.0])}, {"a": np.array([10.0])}, 6)
    assert weights == pytest.approx(members)


def test_sums_that_no_weights_give_leave_clusters_as_they_are():
    members = np.array([2.0, 4.0])
    weights = balanced(members, {"a": np.array([1.0, 1.0])}, {"a": np.array([100.0])}, 6)
    assert weights == pytest.approx(members)


WRONG = {
    'day = 1\ndays = "all"\ncount = 3': "count",
    "day = 1\ndays = [1, 2]": "'day' and 'days'",
    'days = "some"': '"all", "typical", or a list',
    "days = []": '"all", "typical", or a list',
    "days = [0]": "the number of a day, from 1",
    'days = ["2023-02-30"]': "a date such as",
    "days = [1, 1]": "lists a day twice",
    'days = [1, "2023-03-01"]': "listed twice",
    'days = ["2023-03-01", 1]': "listed twice",
    "days = [7]": "at most 6",
    'days = ["2024-03-01"]': "from 2023-03-01 to 2023-03-06",
    "days = [1, 2]\nweights = [1]": "1 weights for 2 days",
    "days = [1, 2]\nweights = [1, 4]": "a sum of 5; expected 6",
    "days = [1, 2]\nweights = [0, 6]": "greater than 0",
    "weights = [6]": "without a list of days",
    'days = "typical"\ncount = 0': "greater than or equal to 1",
    'days = "typical"\ncount = 6': "6 typical days and profiles",
    'days = "typical"\ncount = 3\nextremes = ["darkest", "peak_load", "peak_export"]': "at least 4",
    'days = "typical"\nextremes = ["windiest"]': "'peak_load', 'peak_export' or 'darkest'",
    'days = "typical"\ncount = 4\nextremes = ["darkest", "darkest"]': "lists one twice",
    "extremes = []": "with days",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_cannot_be_is_said_in_one_message(study, text):
    with pytest.raises(InputError) as caught:
        prepare(study(text))
    assert WRONG[text] in str(caught.value)
    assert "horizon" in str(caught.value)


def test_a_day_of_profiles_without_dates_is_listed_once():
    asked = toolkit.load_study(
        "ieee12", profiles="real_weather", horizon={"days": ["2023-01-15", "2024-01-15"]}
    )
    with pytest.raises(InputError, match="'2023-01-15' and '2024-01-15' are one day"):
        prepare(asked)


def test_a_day_of_prices_repeats(study):
    prices = ", ".join(str(0.2 + 0.01 * (h % 24)) for h in range(24))
    setting = prepare(study(LISTED, f"[tariffs]\nretail = [{prices}]"))
    assert (setting.scenario.tariffs.retail[:24] == setting.scenario.tariffs.retail[24:]).all()
    with pytest.raises(InputError, match="or 24, one per step"):
        prepare(study(LISTED, "[tariffs]\nretail = [0.3, 0.3]"))


def test_days_that_do_not_differ_are_told(study, week):
    assert not [n for n in prepare(study(LISTED)).feeder.notices if "same load" in n.text]
    text = (week / "study.toml").read_text().replace('[loads]\nshapes = "study"\n', "")
    (week / "own.toml").write_text(text)
    told = [str(n) for n in prepare(study_files.load(str(week / "own.toml"))).feeder.notices]
    assert any("all 2 days have the same load" in notice for notice in told)


def test_a_policy_on_separate_days_is_told_of_their_ends(study):
    setting = prepare(study(LISTED, '[dispatch]\npolicy = "surplus"'))
    assert any("too high" in str(notice) for notice in setting.feeder.notices)
    empty = (
        '[dispatch]\npolicy = "surplus"\n[storage]\nsoc_start = 0.1\n[vehicles]\nsoc_start = 0.2'
    )
    assert not any("too high" in str(n) for n in prepare(study(LISTED, empty)).feeder.notices)
