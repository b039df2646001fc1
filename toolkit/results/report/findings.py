"""What each figure shows, in a sentence with its numbers: for captions, and for who cannot see."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from toolkit.model.kinds import KINDS
from toolkit.problem.sought import goal_of
from toolkit.results.figures.groups import (
    Extreme,
    Group,
    extreme,
)
from toolkit.results.figures.seasons import traded_by_block
from toolkit.results.figures.storage import charge, storages
from toolkit.results.proof_words import no_plan_can
from toolkit.results.report.third_parties import spoken
from toolkit.results.store.contents import Results
from toolkit.results.validation_words import column_of

Groups = Sequence[Group]
#: Cases told one by one in a sentence; the others are in the tables.
TOLD = 6
#: What a sentence may begin with in a capital: words of ours, not names of the user's.
OURS = ("base case", "exact model", "reached in the end")


def findings(results: Results, groups: Groups, shown: Group) -> dict[str, str]:
    """Return a sentence for every figure, by the stem of its files. shown: the answer's group."""
    return {
        "figure1_one_line": _standing(_drawn(groups, shown)),
        "figure2_traded": _each(groups, _traded),
        "figure3_contribution": _each(groups, _sold),
        "figure4_losses": _each(groups, _losses),
        "figure5_voltages": _each(groups, _range),
        "figure6_convergence": _searched(results, groups),
        "figure7_targets": _targets(results.targets),
        "figure8_ranks": _ranks(results.statistics),
        "figure9_voltage_map": _each(groups, _lowest_voltage),
        "figure10_charge": _each(groups, _charge),
        "figure11_loading": _each(groups, _loading),
        "figure12_trades": _trades(shown),
        "figure13_duration": _each(groups, _most),
        "figure14_months": _each(groups, _months),
        "figure15_validation": _tried(results),
    }


def _each(groups: Groups, tell: Callable[[Group], str]) -> str:
    """Return what there is to tell of each case, one after the other."""
    sentences = [f"{group.title}: {text}" for group in groups if (text := tell(group))]
    more = [f"{len(sentences) - TOLD} more in the tables"] if len(sentences) > TOLD else []
    return _sentence("; ".join([*sentences[:TOLD], *more]))


def _sentence(text: str) -> str:
    start = text[:1].upper() if text.startswith(OURS) else text[:1]
    return f"{start}{text[1:]}." if text else ""


def _place(extreme_value: Extreme, group: Group, form: str, what: str) -> str:
    when = group.clock(extreme_value.step)
    return f"{form.format(extreme_value.value)} at {what}{extreme_value.at} at {when}"


def _drawn(groups: Groups, shown: Group) -> Group:
    """Return the group that figures draw of the optimizer that found the answer's plan."""
    return next((group for group in groups if group.name == shown.row["optimizer"]), shown)


def _standing(group: Group) -> str:
    every = group.median.plan["units"]
    units = [unit for unit in every if unit["kw"] > 0.0 or unit.get("kvar", 0.0) > 0.0]
    counted = {kind: sum(u["kind"] == kind for u in units) for kind in KINDS}
    each = [(n, KINDS[kind]) for kind, n in counted.items() if n]
    what = ", ".join(f"{n} {kind.one if n == 1 else kind.many}" for n, kind in each) or "no units"
    buses = len({unit["bus"] for unit in units})
    there = f" at {buses} {'bus' if buses == 1 else 'buses'}" if units else ""
    return _sentence(f"{group.title}: {what}{there}; lowest voltage {_lowest(group)}")


def _traded(group: Group) -> str:
    hourly = group.median.hourly
    peak = hourly.iloc[int(hourly["traded_kwh"].argmax())]
    most = f"{peak['traded_kwh'] / group.step_h:,.0f} kWh per hour"
    when = group.clock(int(peak["step"]))
    total = float((hourly["traded_kwh"] * group.weight).sum())
    return f"{total:,.0f} kWh over the {group.span}, at most {most} at {when}"


def _sold(group: Group) -> str:
    units = group.median.units
    counted = units["sell_kwh"] * group.weight[units["step"].to_numpy(dtype=int) - 1]
    sold = counted.groupby(units["kind"]).sum()
    parts = [f"{KINDS[kind].title} {sold[kind]:,.0f}" for kind in KINDS if kind in sold]
    return f"{', '.join(parts)} kWh over the {group.span}" if parts else ""


def _losses(group: Group) -> str:
    hourly = group.median.hourly
    peak = hourly.iloc[int(hourly["loss_kw"].argmax())]
    when = group.clock(int(peak["step"]))
    total = f"{group.row['loss_kwh']:,.1f} kWh over the {group.span}"
    return f"{total}, at most {peak['loss_kw']:,.2f} kW at {when}"


def _range(group: Group) -> str:
    return f"{group.row['v_min_pu']:.4f} to {group.row['v_max_pu']:.4f} pu"


def _lowest(group: Group) -> str:
    lowest = extreme(group.median.buses, "v_min_pu", "bus", lowest=True)
    return _place(lowest, group, "{:.4f} pu", "bus ")


def _lowest_voltage(group: Group) -> str:
    highest = extreme(group.median.buses, "v_max_pu", "bus")
    above = _place(highest, group, "{:.4f} pu", "bus ")
    return f"lowest {_lowest(group)}, highest {above}"


def _charge(group: Group) -> str:
    courses = {unit: charge(group, unit) for unit in storages([group])}
    least = [course.min() for course in courses.values() if course is not None]
    most = [course.max() for course in courses.values() if course is not None]
    return f"{min(least):.0f} to {max(most):.0f} % of capacity" if least else ""


def _loading(group: Group) -> str:
    if group.median.lines["loading_pct"].isna().all():
        return ""
    highest = extreme(group.median.lines, "loading_pct", "line")
    return f"at most {_place(highest, group, '{:,.0f} %', '')}"


def _trades(group: Group) -> str:
    trades = group.median.trades
    if trades.empty:
        return ""
    most = trades.iloc[int(trades["kwh"].argmax())]
    seller, buyer = (spoken(str(most[side])) for side in ("seller", "buyer"))
    pair = f"{seller} to {buyer}, {most['kwh']:,.0f} kWh"
    sold, bought = trades["seller"].nunique(), trades["buyer"].nunique()
    sides = f"{sold} {'seller' if sold == 1 else 'sellers'}, {bought} "
    sides += "buyer" if bought == 1 else "buyers"
    return _sentence(f"{group.title}: {sides}; the most from {pair}")


def _most(group: Group) -> str:
    hourly = group.median.hourly
    most = [f"{hourly[name].max() / group.step_h:,.0f} kW" for name in ("import_kwh", "export_kwh")]
    return f"at most {most[0]} of import and {most[1]} of export"


def _months(group: Group) -> str:
    if not group.long:
        return ""
    energy = traded_by_block(group)
    names = [name.partition("\n")[0] for name, _ in group.calendar.blocks()]
    most, least = int(energy.argmax()), int(energy.argmin())
    block = "" if group.calendar.dated else f"the {group.calendar.block} from day "
    told = [f"{energy[i]:,.0f} kWh in {block}{names[i]}" for i in (most, least)]
    return f"most {told[0]}, least {told[1]}"


def _tried(results: Results) -> str:
    days = results.validation
    if days.empty:
        return ""
    energy, broken = days[column_of(results.validation_facts)], days["hours_broken"]
    bound = days["bound_kwh"].sum()
    share = f", {100.0 * energy.sum() / bound:.1f} % of the bound" if bound > 0.0 else ""
    total = f"{energy.sum():,.0f} kWh over {len(days):,} days{share}"
    return f"{total}; limits are broken in {broken.sum():,.4g} h."


def _searched(results: Results, groups: Groups) -> str:
    goal = goal_of(results.study)
    form = goal.form if goal.is_energy else f"{{:,.4g}} ({goal.ranked_in})"
    searched = [g for g in groups if any(case.history is not None for case in g.runs)]
    bound = results.bound_score
    sentences = [
        f"{g.name} ends at {form.format(g.row[goal.ranked])} in its median run" for g in searched
    ]
    base = f"the base case has {form.format(groups[0].row[goal.ranked])}"
    proven = [] if bound is None else [no_plan_can(bound, goal)]
    days = [f"all {goal.risk.words}"] if goal.risk.averse else []
    return _sentence("; ".join([*sentences, base, *proven, *days]))


def _targets(targets: pd.DataFrame) -> str:
    last = targets.groupby("optimizer", sort=False).last()["share"]
    parts = [f"{name} {100.0 * share:.0f} %" for name, share in last.items()]
    return _sentence(f"reached in the end: {', '.join(parts)}") if parts else ""


def _ranks(statistics: pd.DataFrame) -> str:
    ranked = statistics.dropna(subset="average_rank").sort_values("average_rank", kind="stable")
    pairs = zip(ranked["optimizer"], ranked["average_rank"], strict=True)
    return _sentence(", ".join(f"{name} {rank:.2f}" for name, rank in pairs))
