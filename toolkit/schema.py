"""One table of the columns of results: name, unit, what it is. Store, docs and checks read it."""

from __future__ import annotations

from typing import NamedTuple


class Column(NamedTuple):
    """A column of a results file."""

    name: str
    unit: str
    about: str


_STEP = Column("step", "", "step of the day, from 1")
_KINDS = (
    Column("pv_kw", "kW", "injection of PV"),
    Column("wt_kw", "kW", "injection of wind"),
    Column("bess_kw", "kW", "injection of batteries, negative when charging"),
    Column("bev_kw", "kW", "injection of vehicle stations, negative when charging"),
)
_VOLTAGES = (
    Column("v_min_pu", "pu", "lowest voltage over phases (and buses)"),
    Column("v_max_pu", "pu", "highest voltage over phases (and buses)"),
)

FILES: dict[str, tuple[Column, ...]] = {
    "summary.csv": (
        Column("case", "", "base, plan, exact, or OPTIMIZER-seedS"),
        Column("seed", "", "seed of the run; blank for the base case"),
        Column("evaluations", "", "evaluations spent"),
        Column("traded_kwh", "kWh", "energy sold to neighbours over the day, equation (10)"),
        Column("traded_to_load_kwh", "kWh", "the part of it that serves load"),
        Column("loss_kwh", "kWh", "active losses of the network over the day"),
        *_VOLTAGES,
        Column("violation", "", "sum of normalised excesses over limits; 0 is feasible"),
        Column("feasible", "", "True when every limit holds"),
        Column("optimizer", "", "name of the optimizer; blank for the base case"),
        Column("ending", "", "spent: whole budget; stopped: by the user; returned early; failed"),
        Column("pct_of_bound", "%", "energy maximised over the proven bound; blank without either"),
        Column("broken", "", "limits broken, the worst place of each kind; blank when all hold"),
        Column("voltage_deviation_pu", "pu", "largest |v - 1| of any node, averaged over steps"),
        Column("community_cost", "money", "sum of the prosumers' bills with trading"),
        Column("self_sufficiency_pct", "%", "share of what all used that they made themselves"),
        Column("score", "", "minus the objective, in its unit: higher is better"),
    ),
    "hourly.csv": (
        _STEP,
        Column("load_kw", "kW", "load of all buses"),
        *_KINDS,
        Column("traded_kwh", "kWh", "energy sold to neighbours in the step"),
        Column("traded_to_load_kwh", "kWh", "the part of it that serves load"),
        Column("import_kwh", "kWh", "deficits met by the upstream grid, losses left out"),
        Column("export_kwh", "kWh", "surpluses given to the upstream grid, losses left out"),
        Column("loss_kw", "kW", "active losses of the network"),
        *_VOLTAGES,
    ),
    "buses.csv": (
        _STEP,
        Column("bus", "", "name of the bus"),
        Column("load_kw", "kW", "load"),
        Column("load_kvar", "kvar", "reactive load"),
        *_KINDS,
        Column("net_kw", "kW", "pv + wt + bess + bev - load, surplus positive"),
        Column("sell_kwh", "kWh", "sold to neighbours"),
        Column("buy_kwh", "kWh", "bought from neighbours"),
        *_VOLTAGES,
    ),
    "units.csv": (
        _STEP,
        Column("unit", "", "name of the unit"),
        Column("kind", "", "pv, wt, bess or bev"),
        Column("bus", "", "bus it stands at"),
        Column("p_kw", "kW", "injection, negative when charging"),
        Column("q_kvar", "kvar", "reactive injection"),
        Column("soc_kwh", "kWh", "stored energy at the end of the step; blank for pv and wt"),
        Column("sell_kwh", "kWh", "its share of what its bus sold to neighbours"),
    ),
    "lines.csv": (
        _STEP,
        Column("line", "", "name of the line or transformer"),
        Column("p_kw", "kW", "power into its first terminal"),
        Column("i_a", "A", "largest phase current"),
        Column("loading_pct", "%", "largest phase current over its rating; blank without one"),
    ),
    "bills.csv": (
        Column("period", "", "off_peak, mid_peak, peak, or day for all steps"),
        Column("bus", "", "bus of the prosumer, who owns the units that stand there"),
        Column("made_kwh", "kWh", "injected by PV, wind and, taken together, storage"),
        Column("used_kwh", "kWh", "drawn by load and, taken together, storage"),
        Column("sold_kwh", "kWh", "sold to neighbours, as settled"),
        Column("bought_kwh", "kWh", "bought from neighbours, as settled"),
        Column("export_kwh", "kWh", "sold to the grid, as settled"),
        Column("import_kwh", "kWh", "bought from the grid, as settled"),
        Column("bill_alone", "money", "bill without trading, in the study's currency"),
        Column("bill_trading", "money", "bill with trading, network charges included"),
        Column("saving", "money", "bill_alone - bill_trading"),
        Column("self_sufficiency_pct", "%", "share of what it used that it made itself"),
        Column("self_consumption_pct", "%", "share of what it made that it used itself"),
    ),
    "trades.csv": (
        Column("seller", "", "bus of the seller"),
        Column("buyer", "", "bus of the buyer"),
        Column("kwh", "kWh", "sold from one to the other over all steps"),
        Column("money", "money", "paid for it, charges left out; blank with bill-sharing"),
    ),
    "community.csv": (
        Column("case", "", "as in summary.csv"),
        Column("mechanism", "", "how trades were settled"),
        Column("currency", "", "name of the money"),
        Column("matched_kwh", "kWh", "energy traded as settled"),
        Column("cost_alone", "money", "sum of the prosumers' bills without trading"),
        Column("cost_trading", "money", "sum of their bills with trading"),
        Column("saving", "money", "cost_alone - cost_trading"),
        Column("network_income", "money", "what the network operator gets, with trading"),
        Column("jain_index", "", "of the prosumers' savings: 1 is even, 1/P all to one"),
        Column("worse_off", "", "prosumers whose bill is higher by half a cent or more"),
        Column("worse_off_buses", "", "their buses"),
        Column("self_sufficiency_pct", "%", "share of what all used that they made themselves"),
        Column("self_consumption_pct", "%", "share of what all made that they used themselves"),
    ),
    "history.csv": (
        Column("evaluation", "", "number of the evaluation, from 1"),
        Column("objective", "kWh", "what is minimised: minus the energy traded; or the goal's own"),
        Column(
            "violation",
            "",
            "sum of normalised excesses over limits; 0 is feasible; blank when "
            "the power flow was skipped because the candidate could not beat its incumbent, and "
            "for days that polishing looked at, whose objective is blank too",
        ),
        Column("best_objective", "kWh", "best feasible objective so far; blank until there is one"),
    ),
    "tables.csv": (
        Column("table", "", "number of the table in the paper"),
        Column("quantity", "", "what it reports"),
        Column("unit", "", "its unit"),
        Column("case", "", "base or an optimizer"),
        Column("item", "", "kind of unit in Table 2; blank elsewhere"),
        Column("period", "", "off_peak, mid_peak or peak"),
        Column("value", "", "ours, from the run with the median energy maximised"),
        Column("lowest", "", "lowest over the seeds"),
        Column("highest", "", "highest over the seeds"),
        Column("published", "", "the paper's figure; blank where it has none"),
    ),
    "bound.csv": (
        Column("bound_kwh", "kWh", "no plan of the study trades more (what is maximised)"),
        Column("without_limits_kwh", "kWh", "best plan found when network limits are left out"),
        Column("exact_kwh", "kWh", "case exact: best plan that OpenDSS says keeps every limit"),
        Column("exact_pct_of_bound", "%", "exact_kwh over bound_kwh"),
        Column("gap_pct", "%", "what is left between them: optimum and bound may be closer"),
        Column("bound_s", "s", "time the bound took"),
        Column("seconds", "s", "time the bound and the exact plan took"),
        Column(
            "ended",
            "",
            "proven: as close as asked; loose: the model allows no closer; time; stopped",
        ),
    ),
    "polish.csv": (
        Column("case", "", "the run whose plan was polished"),
        Column("searched_kwh", "kWh", "energy maximised before; blank when not feasible"),
        Column("polished_kwh", "kWh", "energy maximised after, every limit kept in OpenDSS"),
        Column("kept", "", "True when polishing found a better plan that keeps every limit"),
        Column("moved_units", "", "units that stand where none of their kind stood before"),
        Column("evaluations", "", "evaluations it took, part of the run's budget"),
        Column("seconds", "s", "time it took"),
    ),
    "statistics.csv": (
        Column("optimizer", "", "name of the optimizer"),
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
        Column("median_pct_of_bound", "%", "median over the proven bound; blank without one"),
    ),
    "pairs.csv": (
        Column("optimizer_a", "", "first of the pair"),
        Column("optimizer_b", "", "second of the pair"),
        Column("n", "", "seeds both have a plan for"),
        Column(
            "median_difference_kwh",
            "kWh",
            "median of first less second over seeds where both are feasible; blank without any",
        ),
        Column("p", "", "two-sided exact p of Wilcoxon's signed-rank test"),
        Column("p_holm", "", "the same corrected for the number of pairs (Holm)"),
        Column("a12", "", "chance that a run of the first is better, ties as half"),
        Column("effect", "", "A12 in words: negligible, small, medium, large, or - without any"),
        Column(
            "more_runs",
            "",
            "further seeds to see a difference of this size at 80 % power; blank when significant "
            "or when nothing points either way",
        ),
        Column("verdict", "", "what the test says, in words"),
        Column("p_nemenyi", "", "p of Nemenyi's test on average ranks; blank below three"),
    ),
    "friedman.csv": (
        Column("optimizers", "", "optimizers ranked"),
        Column("seeds", "", "seeds all of them have a plan for"),
        Column("chi2", "", "Friedman's statistic, corrected for ties"),
        Column("p", "", "its p value"),
        Column("method", "", "exact, or Iman-Davenport F"),
        Column("critical_difference", "", "average ranks further apart differ at 0.05 (Nemenyi)"),
    ),
    "targets.csv": (
        Column("optimizer", "", "name of the optimizer"),
        Column("evaluations", "", "evaluations spent"),
        Column("share", "", "share of (run, target) pairs reached, 0 to 1"),
    ),
    "explain.csv": (
        Column("case", "", "the plan that is explained"),
        Column(
            "part",
            "",
            "worth: of a unit, by the engine; margin: to a limit, by the engine; more: what 1 % "
            "more of a limit or unit brings, by the exact model and by the engine",
        ),
        Column("item", "", "unit, or limit and where it is closest"),
        Column("quantity", "", "what the value is"),
        Column("step", "", "step it is in; blank for the whole day"),
        Column("value", "", "the figure"),
        Column("unit", "", "its unit"),
    ),
}


def columns(file: str) -> list[str]:
    """Return the names of a file's columns, in order."""
    return [c.name for c in FILES[file]]
