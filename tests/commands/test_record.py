"""Bound, exact plan and polish as commands give them, on a small study in steps of six hours."""

import json
import shutil
import signal
import threading
import types

import numpy as np
import pandas as pd
import pytest
from helpers.effort import LITTLE, little

from toolkit import read_results
from toolkit.commands import bound_and_store, search_and_store
from toolkit.commands.request import Request
from toolkit.common.monitor import Monitor
from toolkit.errors import EngineError, InputError
from toolkit.exact import polish, proof, shares
from toolkit.exact.program import Effort
from toolkit.inputs import feeder_files
from toolkit.inputs.study import Study
from toolkit.problem import plan_files
from toolkit.problem.encoding import decode, encode
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare
from toolkit.results import proof_words, report
from toolkit.runs import run, supervise
from toolkit.runs.run import Task


@pytest.fixture(scope="module", autouse=True)
def little_effort():
    """Look at few layouts: what is tested here is what becomes of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(polish, "SITES", Effort(gap=0.1, nodes=3))
        yield


@pytest.fixture(scope="module")
def small(six_hours):
    """Two candidate buses: two units of each kind, so sites are settled."""
    fleet = {"buses": ["5", "12"]}
    return Study.model_validate(
        {"name": "small", "feeder": "ieee12", "profiles": str(six_hours), "fleet": fleet}
    )


@pytest.fixture(scope="module")
def roomy(six_hours):
    """Three candidate buses: units can move."""
    fleet = {"buses": ["5", "6", "12"]}
    return Study.model_validate(
        {"name": "roomy", "feeder": "ieee12", "profiles": str(six_hours), "fleet": fleet}
    )


@pytest.fixture(scope="module")
def small_problem(small):
    return Problem(prepare(small))


@pytest.fixture(scope="module")
def proven(small, tmp_path_factory):
    """The results folder of a bound."""
    folder = tmp_path_factory.mktemp("bound") / "small"
    bound_and_store(small, 60.0, 1e-2, folder, "toolkit bound")
    return read_results(folder)


@pytest.fixture(scope="module")
def polished(roomy, begin_inside, tmp_path_factory):
    """The results folder of a polished comparison with a bound."""
    folder = tmp_path_factory.mktemp("polish") / "roomy"
    request = Request(("random", "cheetah"), 100, 2, 1, 1, bound_s=1.0, polish="sites")
    with little(begin_inside):
        assert search_and_store(roomy, request, folder, "toolkit compare").status == "complete"
    return read_results(folder)


def test_the_exact_plan_keeps_every_limit_and_comes_close_to_the_bound(proven):
    row, exact = proven.bound.iloc[0], proven.summary.set_index("case").loc["exact"]
    assert exact["feasible"]
    assert exact["violation"] == 0.0
    assert exact["traded_kwh"] == pytest.approx(row["exact_kwh"], abs=1e-4)
    assert 98.0 < row["exact_pct_of_bound"] < 100.0
    assert row["gap_pct"] == pytest.approx(100.0 - row["exact_pct_of_bound"])
    assert row["exact_kwh"] <= row["without_limits_kwh"] <= row["bound_kwh"]
    assert exact["pct_of_bound"] == pytest.approx(row["exact_pct_of_bound"])


def test_the_exact_plan_is_the_sum_of_what_its_buses_sell(proven):
    buses = proven.cases["exact"].buses
    traded = proven.bound["exact_kwh"].iloc[0]
    assert buses["sell_kwh"].sum() == pytest.approx(traded, abs=1e-4)
    assert buses["buy_kwh"].sum() == pytest.approx(traded, abs=1e-4)


def test_no_plan_of_the_decoder_exceeds_the_bound(proven, small_problem):
    setting = small_problem.setting
    x = np.random.default_rng(1).random((4000, len(setting.space)))
    plans = decode(x, setting.operation, setting.space)
    from toolkit.problem import energy as fitness

    energy = -fitness.scheduled(plans, setting.operation, small_problem.load_kw, "traded")
    assert energy.max() <= proven.bound_kwh


def test_a_bound_says_how_it_ended_and_leaves_a_whole_folder(proven):
    manifest = json.loads((proven.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["status"] == "complete"
    assert proven.bound["ended"].iloc[0] == "proven"
    assert list(proven.summary["case"]) == ["base", "exact"]
    assert (proven.folder / "cases" / "exact" / "feeder" / "Master.dss").is_file()
    assert proven.statistics.empty


def test_a_bound_without_time_is_still_one(small_problem, proven):
    found = proof.prove_study(small_problem, 1e-3)
    assert proven.bound_kwh <= found.bound.kwh < np.inf
    assert found.bound.ended == "time"
    assert "out of time" in proof_words.proof_sentences(found.row())[0]


def test_a_bound_that_is_stopped_says_so(small_problem):
    found = proof.prove_study(small_problem, 60.0, monitor=Monitor(should_stop=lambda: True))
    assert found.bound.ended == "stopped"
    assert found.exact.plan is None


def test_a_bound_begins_from_plans_that_the_engine_accepts(small_problem, proven):
    setting = small_problem.setting
    text = (proven.folder / "cases" / "exact" / "plan.json").read_text(encoding="utf-8")
    best = plan_files.from_json(text, setting, "plan.json")
    stop = Monitor(should_stop=lambda: True)
    point = encode(best, setting.operation, setting.space)
    request = Request(("random",), starts={"exact": [point.tolist(), [0.0] * len(point)]})
    found = proof.prove_study(small_problem, 60.0, known=request.known(setting), monitor=stop)
    assert found.exact.kwh == pytest.approx(proven.bound["exact_kwh"].iloc[0], abs=1e-4)
    assert found.bound.best_kwh == pytest.approx(found.exact.kwh, abs=1e-4)
    assert found.bound.kwh >= proven.bound["exact_kwh"].iloc[0]
    with pytest.raises(InputError, match="starts of exact: found points of 1 variables"):
        Request(("random",), starts={"exact": [[0.5]]}).known(setting)


@pytest.mark.parametrize(("seconds", "gap", "flag"), [(0.0, 0.1, "--time"), (9.0, 1.5, "--gap")])
def test_a_bound_of_no_time_or_gap_is_refused(small, tmp_path, seconds, gap, flag):
    with pytest.raises(InputError, match=flag):
        bound_and_store(small, seconds, gap, tmp_path / "x", "toolkit bound")
    assert not (tmp_path / "x").exists()


def test_loads_that_change_with_voltage_have_no_bound(small, tmp_path):
    wide = small.model_copy(
        update={"limits": small.limits.model_copy(update={"v_min": 0.5, "v_max": 1.6})}
    )
    with pytest.raises(InputError, match=r"small.*no exact model.*change with voltage"):
        bound_and_store(wide, 9.0, 0.1, tmp_path / "x", "toolkit bound")
    assert not (tmp_path / "x").exists()


def test_a_base_day_outside_the_band_of_constant_power_is_said_to_be(small, tmp_path):
    shutil.copytree(feeder_files.bundled_folder() / "ieee12", tmp_path / "feeder")
    loads = tmp_path / "feeder" / "Loads.dss"
    loads.write_text(loads.read_text(encoding="utf-8").replace("vminpu=0.5", "vminpu=0.97"))
    narrow = small.model_copy(
        update={
            "feeder": str(tmp_path / "feeder" / "Master.dss"),
            "limits": small.limits.model_copy(update={"v_min": 0.97}),
        }
    )
    with pytest.raises(InputError, match=r"base day.*from 0\.97 to 1\.5 pu"):
        proof.check(Problem(prepare(narrow)))


def test_every_result_is_a_share_of_the_bound(polished):
    summary = polished.summary
    expected = 100.0 * summary["traded_kwh"] / polished.bound_kwh
    pd.testing.assert_series_equal(summary["pct_of_bound"], expected, check_names=False)
    statistics = polished.statistics.set_index("optimizer")
    median = summary[summary["optimizer"] == "cheetah"]["traded_kwh"].median()
    assert statistics.loc["cheetah", "median_pct_of_bound"] == pytest.approx(
        100.0 * median / polished.bound_kwh
    )
    assert (summary["pct_of_bound"] <= 100.0).all()


def test_polishing_is_counted_and_stays_within_the_budget(polished):
    summary = polished.summary.set_index("case")
    for _, row in polished.polish.iterrows():
        history = polished.cases[row["case"]].history
        assert len(history) == summary.loc[row["case"], "evaluations"] <= 100
        assert row["evaluations"] <= shares.reserve(100) == 10
        looked_at = history.tail(int(row["evaluations"]))
        assert looked_at["objective"].isna().iloc[:-1].all()
        assert -history["best_objective"].iloc[-1] == pytest.approx(row["polished_kwh"])
        assert row["polished_kwh"] == pytest.approx(summary.loc[row["case"], "traded_kwh"])
        assert summary.loc[row["case"], "feasible"]


def test_polishing_never_makes_a_plan_worse_and_here_makes_every_plan_better(polished):
    kept = polished.polish
    assert len(kept) == 4
    assert (kept["polished_kwh"] > kept["searched_kwh"] * 1.1).all()
    assert kept["kept"].all()


def test_with_sites_kept_only_the_dispatch_changes(small_problem):
    setting, task = small_problem.setting, Task("random", 3, 300, {})
    plain = run.run(small_problem, Task("random", 3, 270, {}))
    kept = run.run(small_problem, Task(**{**vars(task), "polish": "dispatch"}))
    before, after = (
        decode(r.best_x[None], setting.operation, setting.space).row(0) for r in (plain, kept)
    )
    assert kept.polishing.kept
    assert kept.polishing.moved == 0
    assert np.array_equal(before.bus, after.bus)
    np.testing.assert_allclose(before.size, after.size, rtol=1e-12)
    assert kept.best_objective[-1] < plain.best_objective[-1]
    assert kept.polishing.searched_kwh == -plain.best_objective[-1]


@pytest.mark.parametrize(("kind", "workers"), [("dispatch", 2), ("sites", 1)])
def test_a_polished_run_is_the_same_twice_and_in_other_processes(
    roomy, tmp_path, kind, workers, inside_runs
):
    inside_runs(LITTLE)
    found = []
    for again, processes in enumerate((1, workers)):
        request = Request(("random",), 60, workers, 5, processes, polish=kind)
        folder = tmp_path / str(again)
        search_and_store(roomy, request, folder, "toolkit compare")
        found.append({p.parent.name: p.read_bytes() for p in folder.glob("cases/*/plan.json")})
    assert found[0] == found[1]


@pytest.mark.parametrize("budget", [1, 9, 19, 40])
def test_small_budgets_are_kept(small_problem, budget):
    found = run.run(small_problem, Task("random", 1, budget, {}, polish="sites"))
    assert found.evaluations <= budget
    assert found.evaluations >= budget - shares.reserve(budget)


def test_a_broken_or_stopped_run_is_not_polished(small_problem):
    stopped = run.run(
        small_problem,
        Task("random", 1, 100, {}, polish="sites"),
        monitor=Monitor(should_stop=lambda: True),
    )
    assert stopped.polishing is None
    assert stopped.ending == "stopped"


def test_a_stop_once_seen_stays_seen_by_whoever_asks_next():
    event = threading.Event()
    mine = types.SimpleNamespace(taken_over=lambda: False)
    ask = supervise._either(event.is_set, mine)
    assert not ask()
    event.set()
    while not ask():
        pass
    assert all(ask() for _ in range(5))


@pytest.mark.parametrize("kind", ["dispatch", "sites"])
def test_stopped_while_it_is_polished_a_run_counts_as_stopped(small_problem, kind, monkeypatch):
    event, solve = threading.Event(), polish.Dispatch.solve

    def interrupted(*args, **kwargs):
        event.set()
        return solve(*args, **kwargs)

    monkeypatch.setattr(polish.Dispatch, "solve", interrupted)
    task = Task("random", 1, 100, {}, polish=kind)
    found = run.run(small_problem, task, monitor=Monitor(should_stop=event.is_set))
    assert found.ending == "stopped"
    assert found.polishing is not None
    assert 90 <= found.evaluations <= 100
    assert not np.isnan(found.best_x).any()


def test_where_polishing_breaks_what_was_found_is_kept(small, tmp_path, inside_runs):
    inside_runs("""
from toolkit.errors import EngineError
from toolkit.exact import polish

def broken(*args, **kwargs):
    raise EngineError("HiGHS failed")

polish._dispatched = broken
""")
    request = Request(("random",), 50, 1, 1, 1, polish="dispatch")
    outcome = search_and_store(small, request, tmp_path / "x", "toolkit optimize")
    assert outcome.status == "failed"
    assert outcome.notes == ("random-seed1 broke after 45 evaluations: polishing: HiGHS failed",)
    assert "random-seed1" in read_results(tmp_path / "x").cases


def test_a_bound_that_breaks_or_is_stopped_costs_no_runs(small, tmp_path, monkeypatch):
    prove = proof.prove_study

    def interrupted(*args, **kwargs):
        signal.raise_signal(signal.SIGINT)
        return prove(*args, **kwargs)

    def broken(*args, **kwargs):
        raise EngineError("HiGHS failed")

    request = Request(("random",), 20, 1, 1, 1, bound_s=1.0)
    for status, does, rows in (("interrupted", interrupted, 1), ("failed", broken, 0)):
        monkeypatch.setattr(proof, "prove_study", does)
        folder = tmp_path / status
        outcome = search_and_store(small, request, folder, "toolkit optimize")
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        assert outcome.status == manifest["status"] == status
        held = read_results(folder)
        assert list(held.cases) == ["base", "random-seed1"]
        assert len(held.bound) == rows
        assert list(outcome.notes) == ["no bound or no exact plan: HiGHS failed"] * (1 - rows)


def test_results_written_before_there_were_bounds_are_still_read(polished, tmp_path):
    folder = tmp_path / "old"
    shutil.copytree(polished.folder, folder)
    for name, column in (
        ("summary.csv", "pct_of_bound"),
        ("statistics.csv", "median_pct_of_bound"),
    ):
        pd.read_csv(folder / name).drop(columns=column).to_csv(folder / name, index=False)
    (folder / "bound.csv").unlink()
    (folder / "polish.csv").unlink()
    old = read_results(folder)
    assert old.bound_kwh is None
    assert old.summary["pct_of_bound"].isna().all()
    report.write_report(folder)
    assert "% of bound" not in (folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(("budget", "kept"), [(1, 0), (19, 0), (20, 2), (300, 30), (10_000, 50)])
def test_nothing_is_kept_back_that_is_too_little_to_polish_with(budget, kept):
    assert shares.reserve(budget) == kept


def test_seconds_are_told_in_plain_numbers():
    row = {"bound_kwh": 1.0, "bound_s": 1234.5, "seconds": 2345.6, "ended": "time"}
    said = proof_words.proof_sentences({**row, "exact_kwh": 1.0, "exact_pct_of_bound": 100.0})
    assert "(1,234 s, out of time" in said[0]
    assert "(2,346 s in all)" in said[1]


def test_words_for_polishing():
    frame = pd.DataFrame(
        {
            "searched_kwh": [100.0, 200.0],
            "polished_kwh": [150.0, 200.0],
            "kept": [True, False],
            "moved_units": [3, 0],
        }
    )
    said = proof_words.polish_sentence(frame)
    assert said == (
        "Polishing improved 1 of 2 plans, by 50.0 kWh and with 3 units moved in the median."
    )
    one = proof_words.polish_sentence(frame.assign(moved_units=1))
    assert one.endswith("with 1 unit moved in the median.")
    assert proof_words.polish_sentence(frame.tail(1)) == "Polishing improved 0 of 1 plans."


def test_a_printed_bound_is_never_below_the_bound():
    assert proof_words.bound_text(7253.036) == "7,253.1"
    assert proof_words.bound_text(7253.0) == "7,253.0"
