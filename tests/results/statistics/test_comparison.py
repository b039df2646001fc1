"""Statistics of a comparison: hand-worked frames, infeasible runs, words, and a results folder."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.commands import search_and_store
from toolkit.commands.request import Request
from toolkit.results import wording
from toolkit.results.columns import FILES, columns
from toolkit.results.statistics import comparison, targets
from toolkit.results.statistics.comparison import compare
from toolkit.results.store import read_results


def summary_of(runs, endings=None):
    """A summary of a base case and runs: {optimizer: {seed: kWh, or minus a violation}}."""
    rows = [("base", "", 90.0, 0.0, "", "")]
    for name, results in runs.items():
        for seed, kwh in results.items():
            ending = (endings or {}).get((name, seed), "spent")
            violation = max(0.0, -kwh)
            rows.append((f"{name}-seed{seed}", seed, abs(kwh) * 1e3 if violation else kwh))
            rows[-1] += (violation, name, ending)
    names = ["case", "seed", "traded_kwh", "violation", "optimizer", "ending"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(feasible=frame["violation"] == 0.0)


def compared(runs, endings=None, **more):
    return compare(summary_of(runs, endings), {}, "traded_kwh", **more)


def seeds(*values):
    return dict(enumerate(values, start=1))


def only(frame):
    assert len(frame) == 1
    return frame.iloc[0]


def said(found):
    return wording.sentences(found.pairs, found.friedman)


def test_figures_of_one_optimizer_by_hand():
    found = compared({"a": seeds(10.0, 30.0, 20.0, 50.0, 40.0)}, bound_kwh=60.0)
    row = only(found.statistics)
    assert (row["optimizer"], row["runs"], row["feasible"]) == ("a", 5, 5)
    assert row["median_kwh"] == 30.0
    assert (row["lower_quartile_kwh"], row["upper_quartile_kwh"], row["iqr_kwh"]) == (20, 40, 20)
    assert row["best_kwh"] == 50.0
    assert row["median_pct_of_bound"] == 50.0
    assert math.isnan(row["average_rank"])
    assert found.pairs.empty
    assert found.friedman.empty
    assert found.targets.empty
    assert said(found) == []


def test_without_a_bound_there_is_no_share_of_it():
    assert math.isnan(only(compared({"a": seeds(1.0, 2.0)}).statistics)["median_pct_of_bound"])


def test_a_pair_by_hand():
    """Six seeds, all in favour of the second by 1 to 6 kWh, no run of it below any of the first."""
    found = compared({"a": seeds(*[1.0] * 6), "b": seeds(2.0, 3.0, 4.0, 5.0, 6.0, 7.0)})
    pair = only(found.pairs)
    assert (pair["optimizer_a"], pair["optimizer_b"], pair["n"]) == ("a", "b", 6)
    assert pair["median_difference_kwh"] == -3.5
    assert pair["p"] == pair["p_holm"] == 2 / 64
    assert (pair["a12"], pair["effect"]) == (0.0, "large")
    assert math.isnan(pair["more_runs"])
    assert math.isnan(pair["p_nemenyi"])
    assert pair["verdict"] == "b is better than a, p = 0.031, large effect"
    assert said(found) == [
        "Pairs: p is Wilcoxon's signed-rank test, two-sided and exact; significant up to 0.05.",
        "b is better than a, p = 0.031, large effect.",
    ]


def test_few_seeds_are_said_in_words_with_how_many_it_takes():
    found = compared({"a": seeds(1.0, 2.0, 3.0, 4.0, 5.0), "b": seeds(2.0, 4.0, 6.0, 8.0, 10.0)})
    pair = only(found.pairs)
    assert pair["p"] == 0.0625
    # all five point one way: Noether's formula asks for 11 seeds, 6 more
    assert pair["more_runs"] == 6
    assert said(found) == [
        "With 5 seeds no pair can come out significant by Wilcoxon's test: the smallest p possible "
        "is 0.0625. It takes at least 6 seeds.",
        "Pairs: p is Wilcoxon's signed-rank test, two-sided and exact; significant up to 0.05.",
        "a and b: no significant difference at n = 5, p = 0.063; about 6 more runs would be needed "
        "to see one this size.",
    ]


def test_more_runs_allow_for_the_number_of_pairs():
    """Three pairs: each must reach 0.05 / 3, z 2.394; (2.394 + 0.842)^2 / 0.75 = 13.96."""
    runs = {
        name: seeds(1.0 * i, 2.0 * i, 3.0 * i, 4.0 * i, 5.0 * i) for i, name in enumerate("abc")
    }
    found = compared(runs)
    assert found.pairs["more_runs"].tolist() == [9, 9, 9]
    assert found.pairs["p_holm"].tolist() == [0.1875] * 3
    few = said(found)[1]
    assert "the smallest p possible is 0.0625, 0.19 corrected for 3 pairs" in few
    assert "at least 7 seeds" in few
    assert "corrected for 3 pairs by Holm; significant up to 0.05." in said(found)[2]
    assert "no significant difference at n = 5, p (Holm) = 0.19;" in said(found)[3]


def test_equal_results_are_no_difference_and_no_number_of_runs_would_show_one():
    found = compared({"a": seeds(1.0, 2.0, 3.0), "b": seeds(1.0, 2.0, 3.0 + 1e-9)})
    pair = only(found.pairs)
    assert (pair["p"], pair["a12"], pair["effect"]) == (1.0, 0.5, "negligible")
    assert math.isnan(pair["more_runs"])
    assert "nothing in these runs points either way" in pair["verdict"]


def test_a_difference_too_small_to_be_worth_counting_runs_for():
    up = [1.0] * 52 + [-1.0] * 48
    found = compared({"a": seeds(*[5.0 + u for u in up]), "b": seeds(*[5.0] * 100)})
    assert "more than 1,000 more runs" in only(found.pairs)["verdict"]


def test_one_run_each_can_test_nothing():
    found = compared({"a": seeds(1.0), "b": seeds(2.0), "c": seeds(3.0)})
    assert found.pairs["n"].tolist() == [1, 1, 1]
    assert found.pairs["p"].tolist() == [1.0, 1.0, 1.0]
    assert found.friedman.empty
    assert "one seed in common, nothing can be tested" in found.pairs["verdict"][0]
    (sentence,) = said(found)
    assert "nothing can be tested" in sentence
    assert "at least 7" in sentence


def test_nothing_compared_says_nothing():
    found = compared({})
    assert found.files() == {}
    assert said(found) == []


def test_an_infeasible_run_is_below_every_feasible_one_and_ranked_by_violation():
    """Its energy, large here, counts for nothing."""
    runs = {"a": seeds(1.0, 2.0, -0.5, -0.1), "b": seeds(-0.2, 3.0, -0.2, -0.3)}
    scores = comparison.paired_scores(comparison.taking_part(summary_of(runs)), "traded_kwh")
    assert scores["a"].tolist() == [1.0, 2.0, -0.5, -0.1]
    found = compared(runs)
    pair = only(found.pairs)
    # differences 1.2, -1.0, -0.3, 0.2: ranks 4, -3, -2, 1
    assert pair["p"] == 1.0
    # only seed 2 has two feasible runs
    assert pair["median_difference_kwh"] == -1.0
    # of 16 pairs of runs a wins 1 > three, 2 > three, -0.5 > none, -0.1 > three
    assert pair["a12"] == 9 / 16


def test_a_quartile_on_an_infeasible_run_is_blank():
    found = compared({"a": seeds(1.0, 2.0, 3.0, 4.0, -0.1), "b": seeds(-0.1, -0.1, -0.1, 4.0, 5.0)})
    first, second = (found.statistics.iloc[i] for i in range(2))
    assert (first["feasible"], second["feasible"]) == (4, 2)
    assert [first["lower_quartile_kwh"], first["median_kwh"], first["best_kwh"]] == [1.0, 2.0, 4.0]
    assert second[["lower_quartile_kwh", "median_kwh", "iqr_kwh"]].isna().all()
    assert (second["upper_quartile_kwh"], second["best_kwh"]) == (4.0, 5.0)


def test_no_feasible_run_at_all_still_compares():
    found = compared({"a": seeds(-0.1, -0.2, -0.3), "b": seeds(-0.2, -0.3, -0.4)})
    assert found.statistics["best_kwh"].isna().all()
    assert math.isnan(only(found.pairs)["median_difference_kwh"])
    assert only(found.pairs)["p"] == 0.25
    cells = wording.statistics_table(found.statistics).rows[0]
    assert cells == ["a", "3", "0", "-", "-", "-"]


def test_runs_stopped_by_the_user_and_missing_ones_leave_their_seed_out():
    runs = {"a": seeds(1.0, 2.0, 3.0, 9.0), "b": {1: 2.0, 2: 1.0, 4: 1.0}}
    found = compared(runs, {("a", 4): "stopped"})
    assert found.statistics["runs"].tolist() == [3, 3]
    assert found.statistics["best_kwh"][0] == 3.0
    assert only(found.pairs)["n"] == 2
    assert only(found.pairs)["median_difference_kwh"] == 0.0


def test_the_column_maximised_decides():
    frame = summary_of({"a": seeds(1.0, 2.0), "b": seeds(2.0, 3.0)})
    frame["traded_to_load_kwh"] = -frame["traded_kwh"] + 100.0
    found = compare(frame, {}, "traded_to_load_kwh")
    assert found.statistics["median_kwh"].tolist() == [98.5, 97.5]
    assert only(found.pairs)["median_difference_kwh"] == 1.0


def three():
    """Three optimizers over four seeds, ranks 1 2 3, 1 2 3, 2 1 3, 1.5 1.5 3."""
    return {
        "a": seeds(9.0, 8.0, 7.0, 6.0),
        "b": seeds(8.0, 7.0, 8.0, 6.0),
        "c": seeds(1.0, 2.0, 3.0, -0.5),
    }


def test_three_optimizers_are_ranked():
    found = compared(three())
    assert found.statistics["average_rank"].tolist() == [5.5 / 4, 6.5 / 4, 3.0]
    test = only(found.friedman)
    assert (test["optimizers"], test["seeds"], test["method"]) == (3, 4, "exact")
    # sums 5.5, 6.5, 12 about 8: 24.5; ranks about 2 spread 3 * 2 + 1.5 = 7.5; 2 * 24.5 / 7.5
    assert test["chi2"] == pytest.approx(6.5333333)
    assert test["critical_difference"] == pytest.approx(2.3437 * math.sqrt(3 * 4 / 24), abs=1e-3)
    assert found.pairs["p_nemenyi"].between(0.0, 1.0).all()
    assert said(found)[0].startswith("Friedman over 4 seeds: the optimizers differ, p = ")
    assert "further apart than 1.66 differ significantly" in said(found)[0]


def test_ranks_take_the_seeds_that_all_have():
    runs = three()
    runs["c"].pop(4)
    found = compared(runs)
    assert only(found.friedman)["seeds"] == 3
    assert found.statistics["average_rank"].tolist() == [4 / 3, 5 / 3, 3.0]
    assert found.pairs["n"].tolist() == [4, 3, 3]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(*[st.integers(-3, 6).map(float)] * 3), min_size=2, max_size=6))
def test_naming_the_optimizers_in_another_order_changes_signs_only(rows):
    runs = {
        name: seeds(*column) for name, column in zip("abc", zip(*rows, strict=True), strict=True)
    }
    one = compared(runs)
    other = compared(dict(reversed(runs.items())))
    turned = other.pairs.iloc[::-1].reset_index(drop=True)
    assert one.pairs["p"].tolist() == turned["p"].tolist()
    assert one.pairs["p_holm"].tolist() == pytest.approx(turned["p_holm"].tolist())
    assert one.pairs["a12"].to_numpy() == pytest.approx(1.0 - turned["a12"].to_numpy())
    assert one.pairs["effect"].tolist() == turned["effect"].tolist()
    assert one.pairs["more_runs"].equals(turned["more_runs"])
    pd.testing.assert_frame_equal(one.friedman, other.friedman)


def test_the_same_runs_give_the_same_frames():
    first, second = compared(three()), compared(three())
    for name, frame in first.files().items():
        assert frame.equals(second.files()[name])


def test_a_rank_test_and_an_effect_that_disagree_are_said_to():
    """Seed by seed the first is ahead by little; over all runs those of the second are higher."""
    pair = wording.Pair("a", "b", 9, 0.1, 0.004, 0.004, a12=0.2, leaning=45.0, seeds_needed=8.0)
    assert pair.verdict == "a is better than b, p = 0.004, large effect the other way"
    assert math.isnan(pair.more_runs)


@pytest.mark.parametrize(
    ("p", "text"),
    [(0.0004, "p < 0.001"), (0.0312, "p = 0.031"), (0.0625, "p = 0.063"), (1.0, "p = 1")],
)
def test_p_in_words(p, text):
    assert wording.p_text(p) == text


def test_layouts_leave_out_columns_without_figures():
    plain = wording.statistics_table(
        compared({"a": seeds(1.0, 2.0), "b": seeds(2.0, 3.0)}).statistics
    )
    assert plain.header == ["optimizer", "runs", "feasible", "median", "quartiles", "best"]
    assert plain.rows[0] == ["a", "2", "2", "1.5", "1.2 to 1.8", "2.0"]
    full = wording.statistics_table(compared(three(), bound_kwh=10.0).statistics)
    assert full.header[-2:] == ["rank", "% of bound"]
    assert full.rows[0][-2:] == ["1.38", "75.0"]
    pairs = wording.pairs_table(compared(three()).pairs)
    assert pairs.rows[0] == ["a - b", "4", "0.5", "1", "1", "0.56", "small"]


def test_targets_by_hand():
    """Targets 10, 11 ... 60: one run begins at 10, one ends at 60, one is never feasible."""
    nan = math.nan
    courses = {
        "a": [np.array([10.0, 10.0, 35.0]), np.array([nan, nan, nan])],
        "b": [np.array([nan, 60.0])],
    }
    assert targets.levels([run for runs in courses.values() for run in runs]).tolist() == [
        *range(10, 61)
    ]
    found = targets.reached(courses).set_index(["optimizer", "evaluations"])["share"]
    assert found["a"].to_dict() == pytest.approx({1: 0.5 / 51, 2: 0.5 / 51, 3: 13 / 51})
    assert found["b"].to_dict() == {1: 0.0, 2: 1.0, 3: 1.0}


def test_a_bound_is_the_highest_target():
    course = [np.array([10.0, 60.0])]
    assert targets.levels(course, bound_kwh=110.0)[-1] == 110.0
    share = targets.reached({"a": course}, bound_kwh=110.0)["share"]
    assert share.tolist() == pytest.approx([1 / 51, 26 / 51])


def test_targets_without_a_feasible_plan_or_without_progress():
    assert targets.reached({"a": [np.array([math.nan])], "b": []}).empty
    level = targets.reached({"a": [np.array([5.0])], "b": [np.array([5.0])]})
    assert level["share"].tolist() == [1.0, 1.0]


def test_budgets_end_at_the_last_evaluation_and_stay_few():
    course = [np.linspace(1.0, 2.0, 10_000)]
    found = targets.reached({"a": course})
    assert found["evaluations"].iloc[[0, -1]].tolist() == [1, 10_000]
    assert len(found) <= 201
    assert found["share"].is_monotonic_increasing
    assert found["share"].iloc[-1] == 1.0


def test_a_results_folder_holds_what_follows_from_its_summary_and_histories(results):
    held = read_results(results)
    courses = {n: targets.course(c.history) for n, c in held.cases.items() if c.history is not None}
    again = compare(held.summary, courses, f"{held.study.market.objective}_kwh")
    for name, frame in again.files().items():
        assert (results / name).is_file()
        read = getattr(held, name.removesuffix(".csv"))
        assert list(read.columns) == [column.name for column in FILES[name]]
        pd.testing.assert_frame_equal(read, frame, check_dtype=False)
    assert held.friedman.empty
    assert not (results / "friedman.csv").exists()


def test_per_run_figures_of_a_results_folder_by_plain_reading(ieee12_results):
    summary = pd.read_csv(ieee12_results / "summary.csv").dropna(subset="optimizer")
    table = summary.pivot_table(index="seed", columns="optimizer", values="traded_kwh")
    found = pd.read_csv(ieee12_results / "statistics.csv").set_index("optimizer")
    assert summary["feasible"].all()
    assert found["median_kwh"].to_dict() == pytest.approx(table.median().to_dict())
    assert found["best_kwh"].to_dict() == table.max().to_dict()
    pair = only(pd.read_csv(ieee12_results / "pairs.csv"))
    apart = (table[pair["optimizer_a"]] - table[pair["optimizer_b"]]).median()
    assert pair["median_difference_kwh"] == pytest.approx(apart, abs=1e-6)


def test_shares_of_a_results_folder_by_plain_reading(ieee12_results):
    runs = {}
    for path in sorted(ieee12_results.glob("cases/*/history.csv")):
        runs[path.parent.name] = -pd.read_csv(path)["best_objective"]
    first = min(run.dropna().iloc[0] for run in runs.values() if run.notna().any())
    wanted = np.linspace(first, max(run.max() for run in runs.values()), 51)
    shares = pd.read_csv(ieee12_results / "targets.csv")
    for _, row in shares.iterrows():
        own = [
            r.iloc[: int(row["evaluations"])].max()
            for n, r in runs.items()
            if row["optimizer"] in n
        ]
        share = np.mean([[value >= target for target in wanted] for value in own])
        assert row["share"] == pytest.approx(share, abs=1e-12)
    assert shares["evaluations"].max() == 25


def test_a_folder_without_the_files_reads_as_nothing_compared(results_of, ieee12_results, tmp_path):
    import shutil

    folder = tmp_path / "old"
    shutil.copytree(ieee12_results, folder)
    for name in ("statistics", "pairs", "targets"):
        (folder / f"{name}.csv").unlink()
    held = read_results(folder)
    for name in ("statistics", "pairs", "friedman", "targets"):
        assert getattr(held, name).empty
        assert list(getattr(held, name).columns) == columns(f"{name}.csv")


def test_one_optimizer_gets_its_own_line_only(tmp_path):
    from toolkit.inputs import study_files

    request = Request(("random",), budget=5, runs=3)
    outcome = search_and_store(
        study_files.load("ieee12"), request, tmp_path / "out", "toolkit optimize"
    )
    assert only(outcome.comparison.statistics)["runs"] == 3
    assert (tmp_path / "out" / "statistics.csv").is_file()
    assert not [
        n for n in ("pairs", "friedman", "targets") if (tmp_path / "out" / f"{n}.csv").exists()
    ]


def test_optimizers_that_share_no_seed_are_not_tested():
    found = compared({"a": {1: 1.0, 2: 2.0}, "b": {3: 1.0, 4: 2.0}, "c": {1: 3.0, 2: 4.0}})
    pair = found.pairs.iloc[0]
    assert (pair["n"], pair["p"], pair["effect"]) == (0, 1.0, "-")
    assert pair["verdict"] == "a and b: no seed in common, nothing can be tested"
    assert wording.pairs_table(found.pairs).rows[0][1:] == ["0", "-", "1", "1", "-", "-"]
    assert found.friedman.empty
