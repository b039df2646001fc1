"""One column of a results file, and those that several files have."""

from __future__ import annotations

from typing import NamedTuple

from toolkit.model.curtailment import Reason
from toolkit.model.goal_names import PREFIX
from toolkit.problem.goals import GOALS


class Column(NamedTuple):
    """A column of a results file; words: it holds text; added: results of earlier versions lack it.

    optional: so do those of studies in which there is nothing that it is about. What is no
    text holds numbers, or True and False.
    """

    name: str
    unit: str
    about: str
    words: bool = False
    added: bool = False
    optional: bool = False


def words(name: str, about: str, added: bool = False, optional: bool = False) -> Column:
    """Return a column of text."""
    return Column(name, "", about, words=True, added=added, optional=optional)


def curtailed(unit: str) -> tuple[Column, ...]:
    """Return the columns of what is curtailed: all of it, and by reason, in kW or kWh."""
    what = "what PV and wind that may give less give less than sun and wind give"
    whole = Column(f"curtailed_{unit.lower()}", unit, what, optional=True)
    return whole, *(
        Column(f"curtailed_by_{reason}_{unit.lower()}", unit, about, optional=True)
        for reason, about in CURTAILED_BY.items()
    )


#: What is curtailed for each reason.
CURTAILED_BY: dict[Reason, str] = {
    "decision": "the part of it that the plan decides",
    "connection": "the part of it that limits of connections ask for",
    "voltage": "the part of it that inverters take off by the voltage",
}
STEP = Column("step", "", "step, from 1")
KINDS = (
    Column("pv_kw", "kW", "injection of PV"),
    Column("wt_kw", "kW", "injection of wind"),
    Column("bess_kw", "kW", "injection of batteries, negative when charging"),
    Column("bev_kw", "kW", "injection of vehicle stations, negative when charging"),
    Column("generator_kw", "kW", "injection of generators", optional=True),
)
#: What stands in this table for all goals that are none of the toolkit's.
OF_OTHERS = f"{PREFIX}NAME"
#: The figure of each goal: energies and losses first, which every summary has had.
FIGURES = (
    *(
        Column(goal.column, goal.unit, goal.describes, added=goal.added, optional=goal.optional)
        for goal in GOALS.values()
        if goal.plugin
    ),
    Column(
        OF_OTHERS,
        "",
        "figure of a goal that is installed besides the toolkit's: a column for each, called by "
        "its name, in its unit",
        optional=True,
    ),
)


def is_of_others(name: object) -> bool:
    """Say whether a column is the figure of a goal that is none of the toolkit's."""
    return str(name).startswith(PREFIX)


GRID = (
    Column("import_kwh", "kWh", "deficits met by the upstream grid, losses left out"),
    Column("export_kwh", "kWh", "surpluses given to the upstream grid, losses left out"),
)
HELD = (
    Column("violation", "", "sum of normalised excesses over limits; 0 is feasible"),
    Column("feasible", "", "True when every limit holds"),
)
SCORE = Column("score", "", "minus the objective, in its unit: higher is better", added=True)
OPTIMIZER = words("optimizer", "name of the optimizer")
POLICY = words("policy", "how its stores were dispatched")
BROKEN = Column("hours_broken", "h", "hours in which some limit of the network is broken")
VOLTAGES = (
    Column("v_min_pu", "pu", "lowest voltage across what customers are connected to"),
    Column("v_max_pu", "pu", "highest voltage across what customers are connected to"),
)
UNBALANCE = Column(
    "unbalance_pct",
    "%",
    "unbalance of the voltages, negative over positive sequence, where the study limits it; blank "
    "without three phases",
    optional=True,
)
REACHED = Column(
    "pct_of_bound",
    "%",
    "energy maximised over the proven bound, if any; of what is minimised the bound over it",
)
#: bound.csv: what was proven. What is sought is energy, or a goal in columns of its own.
BOUND = (
    Column("bound_kwh", "kWh", "no plan of the study trades more; blank of other goals"),
    Column("without_limits_kwh", "kWh", "best plan found when network limits are left out"),
    Column("exact_kwh", "kWh", "case exact: best plan that OpenDSS says keeps every limit"),
    Column(
        "exact_pct_of_bound",
        "%",
        "exact_kwh over bound_kwh; of what is minimised, bound over exact",
    ),
    Column("gap_pct", "%", "what is left between them: optimum and bound may be closer"),
    Column("bound_s", "s", "time the bound took"),
    Column("seconds", "s", "time the bound and the exact plan took"),
    words(
        "ended",
        "proven: as close as asked; loose: the model allows no closer; time; stopped",
    ),
    words("goal", "what is sought where it is no energy", optional=True),
    Column(
        "bound",
        "",
        "no plan of the study has less of it, of npv more; in the unit of the goal",
        optional=True,
    ),
    Column("without_limits", "", "the same of the best plan without network limits", optional=True),
    Column("exact", "", "the same of case exact", optional=True),
)
POLISH = (
    words("case", "the run whose plan was polished"),
    Column(
        "searched_kwh",
        "kWh",
        "energy maximised before, score of other goals; blank when not feasible",
    ),
    Column("polished_kwh", "kWh", "the same after, every limit kept in OpenDSS"),
    Column("kept", "", "True when polishing found a better plan that keeps every limit"),
    Column("moved_units", "", "units that stand where none of their kind stood before"),
    Column("evaluations", "", "evaluations it took, part of the run's budget"),
    Column("seconds", "s", "time it took"),
)
#: The columns of sweep.csv but those of the swept fields, which the user names.
SWEEP = (
    words(
        "point",
        "name of the point; its results folder is points/NAME. The swept fields stand behind "
        "it, each a column called by its dotted path, in the unit of the field",
    ),
    words("case", "the best plan: one that keeps every limit, then most of what is sought"),
    words("goal", "what is sought, market.objective"),
    Column("score", "", "minus the objective, in the unit of the goal: higher is better"),
    Column("lowest_score", "", "score of the worst feasible run; the spread is that of seeds"),
    Column("plans", "", "runs that left a plan"),
    Column("feasible_plans", "", "runs whose plan keeps every limit"),
    *HELD,
    *FIGURES,
    Column("saving", "money", "what trading saves the community: bills without - with it"),
    words("currency", "name of the money"),
    *VOLTAGES,
    Column("pv_size_kw", "kW", "PV of the plan, all units together"),
    Column("wt_size_kw", "kW", "wind of the plan"),
    Column("bess_size_kw", "kW", "power of batteries of the plan"),
    Column("bess_size_kwh", "kWh", "energy that batteries of the plan hold"),
    Column("bev_vehicles", "", "vehicles of the plan"),
    Column("generator_size_kw", "kW", "generators of the plan", optional=True),
    Column("capacitor_size_kvar", "kvar", "capacitors of the plan", optional=True),
    REACHED,
    words("broken", "limits broken, the worst place of each kind; blank when all hold"),
)
#: The columns of front.csv but those of the limits of goals that its points have.
FRONT = (
    words(
        "point",
        "number of the point, points/NAME, or the goal whose extreme it is, extremes/NAME. Its "
        "limits of goals stand behind it, each a column called by its dotted path; blank where "
        "it has none",
    ),
    words("goal", "what is sought at the point"),
    words("case", "the plan: of a run, or exact"),
    words("optimizer", "name of the optimizer; blank for the plan of the exact model"),
    Column("seed", "", "seed of the run"),
    Column("evaluations", "", "evaluations spent on the point"),
    *HELD,
    Column(
        "dominated",
        "",
        "1 where another plan of the file is better in some goal and worse in none, else 0; blank "
        "where a limit is broken",
    ),
    *FIGURES,
    Column("bound", "", "proven: no plan of the point is better, in the unit of what is sought"),
    Column("gap_pct", "%", "how far the figure sought is from the bound, of the bound"),
    words("broken", "limits broken, the worst place of each kind; blank when all hold"),
)
#: hypervolume.csv: how good the front of each run is.
HYPERVOLUME = (
    words("case", "the run, OPTIMIZER-seedS"),
    words("optimizer", "name of the optimizer"),
    Column("seed", "", "seed of the run"),
    Column("evaluations", "", "evaluations spent on all its points and extremes together"),
    Column("plans", "", "its plans that keep every limit and that no other of its own dominates"),
    Column(
        "hypervolume",
        "",
        "share of the space between best and reference figures that is "
        "dominated by them: 0 to 1, higher is better",
    ),
)
#: What units cost: each by itself, or all together.
UNIT_COSTS = (
    Column("investment", "money", "paid at the start, subsidies taken off"),
    Column(
        "capital_cost",
        "money",
        "that and replacements, less what is left of them, as equal payments of every year",
    ),
    Column("upkeep_cost", "money", "operation and maintenance in a year"),
    Column("wear_cost", "money", "what cycling uses up of lives faster than time, in a year"),
    Column("running_cost", "money", "fuel, and wear by the kWh, in a year"),
)
#: What a case costs by the year, where the study says it.
YEARLY = tuple(
    column._replace(optional=True)
    for column in (
        Column("energy_cost", "money", "cost_trading in a year"),
        Column("demand_cost", "money", "for the highest imports of months, in a year"),
        Column("standing_cost", "money", "for meters, in a year"),
        *UNIT_COSTS,
        Column("annual_cost", "money", "sum of all costs in a year"),
        Column("reference_cost", "money", "the same without any new unit"),
        Column("npv", "money", "what it is worth today against that, over the years of [costs]"),
        Column(
            "payback_years",
            "a",
            "investment over what is saved a year, replacements left out; blank where nothing is",
        ),
        Column("discounted_payback_years", "a", "the same at today's worth; blank where never"),
        Column("cost_per_kwh", "money", "levelised cost of all generators together"),
        Column("co2_kg", "kg", "CO2 in a year"),
        Column(
            "jain_index_of_year",
            "",
            "of what members save in a year against no new unit, units included: 1 is even; where "
            "the study states owners and costs",
        ),
        Column(
            "worse_off_in_year",
            "",
            "members and third parties that pay more in a year than without new units, by half a "
            "cent or more",
        ),
        words("worse_off_in_year_owners", "who they are, as in owners.csv"),
    )
)
#: costs.csv: what each unit costs.
COSTS = (
    words("unit", "name of the unit"),
    words("kind", "pv, wt, bess, bev, generator or capacitor"),
    words("bus", "bus it stands at"),
    Column("size", "", "kW; vehicles of bev; kvar of a capacitor"),
    Column("existing", "", "True where it is there already, so that nobody buys it"),
    *UNIT_COSTS,
    Column("annual_cost", "money", "sum of its costs in a year"),
    Column("given_kwh", "kWh", "generated or discharged in a year"),
    Column(
        "cost_per_kwh",
        "money",
        "annual_cost over given_kwh: levelised cost; of a store "
        "without what charging costs; blank where it gives nothing",
    ),
    Column("life_used_pct", "%", "share of its cycle life that a year uses up"),
)
#: reinforce.csv: what is beyond a limit.
REINFORCE = (
    words("case", "as in summary.csv"),
    words("element", "name of the line, transformer or bus"),
    words("what", "loading, low voltage, high voltage or unbalance"),
    Column("worst", "", "%, or pu of low and high voltages: the value furthest beyond the limit"),
    Column("limit", "", "%, or pu of low and high voltages: the limit of the study"),
    Column("step", "", "the step of the worst value, from 1"),
    words("when", "when that step begins"),
    Column("hours", "h", "hours beyond the limit, each day as often as it counts"),
    Column("rating_a", "A", "current it is made for today; blank of voltages"),
    Column("needed_a", "A", "rating with which its worst current would be at the limit"),
    Column(
        "rating_kva",
        "kVA",
        "of a transformer what its first winding may carry, as [limits] transformer_rating has it",
    ),
    Column("needed_kva", "kVA", "of a transformer the same with which its worst load would be"),
)
