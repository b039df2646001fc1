"""The columns of the files that compare optimizers."""

from __future__ import annotations

from toolkit.results.column import OPTIMIZER, Column, words

FRIEDMAN = (
    Column("optimizers", "", "optimizers ranked"),
    Column("seeds", "", "seeds all of them have a plan for"),
    Column("chi2", "", "Friedman's statistic, corrected for ties"),
    Column("p", "", "its p value"),
    words("method", "exact, or Iman-Davenport F"),
    Column("critical_difference", "", "average ranks further apart differ at 0.05 (Nemenyi)"),
)


def _pairs(difference: Column) -> tuple[Column, ...]:
    """Return the columns of tests of pairs, by how much they differ among them."""
    return (
        words("optimizer_a", "first of the pair"),
        words("optimizer_b", "second of the pair"),
        Column("n", "", "seeds both have a plan for"),
        difference,
        Column("p", "", "two-sided exact p of Wilcoxon's signed-rank test"),
        Column("p_holm", "", "the same corrected for the number of pairs (Holm)"),
        Column("a12", "", "chance that a run of the first is better, ties as half"),
        words("effect", "A12 in words: negligible, small, medium, large, or - without any"),
        Column(
            "more_runs",
            "",
            "further seeds to see a difference of this size at 80 % power; blank when significant "
            "or when nothing points either way",
        ),
        words("verdict", "what the test says, in words"),
        Column("p_nemenyi", "", "p of Nemenyi's test on average ranks; blank below three"),
    )


STATISTICS: dict[str, tuple[Column, ...]] = {
    "statistics.csv": (
        OPTIMIZER,
        Column("runs", "", "runs that left a plan; runs stopped by the user are left out"),
        Column("feasible", "", "runs whose plan keeps every limit"),
        Column(
            "median_kwh",
            "kWh",
            "median; of score where the objective is no energy; blank on an infeasible run",
        ),
        Column("lower_quartile_kwh", "kWh", "lower quartile; blank on an infeasible run"),
        Column("upper_quartile_kwh", "kWh", "upper quartile; blank on an infeasible run"),
        Column("iqr_kwh", "kWh", "interquartile range; blank where a quartile is"),
        Column("best_kwh", "kWh", "best feasible run; blank without one"),
        Column("average_rank", "", "rank averaged over seeds, 1 is best; blank below three"),
        Column(
            "median_pct_of_bound",
            "%",
            "median over the proven bound; blank without one",
            added=True,
        ),
    ),
    "pairs.csv": _pairs(
        Column(
            "median_difference_kwh",
            "kWh",
            "median of first less second over seeds where both are feasible; blank without any",
        )
    ),
    "friedman.csv": FRIEDMAN,
    "hypervolume_pairs.csv": _pairs(
        Column(
            "median_difference", "", "median over seeds of hypervolume of first less that of second"
        )
    ),
    "hypervolume_friedman.csv": FRIEDMAN,
    "targets.csv": (
        OPTIMIZER,
        Column("evaluations", "", "evaluations spent"),
        Column("share", "", "share of (run, target) pairs reached, 0 to 1"),
    ),
}
