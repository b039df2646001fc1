"""The study in words: what was asked, of which feeder, within which limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from toolkit.inputs.limit_sections import Limits
from toolkit.inputs.study import Study
from toolkit.model.kinds import KINDS
from toolkit.model.notices import shortlist
from toolkit.problem.goals import GOALS
from toolkit.problem.sought import goal_of, limits_in_words
from toolkit.results.figures.groups import Group
from toolkit.results.report.html_tables import HtmlTable
from toolkit.results.spans import day_label, days_text
from toolkit.results.store.contents import Results

#: More candidate buses than these are counted, not named.
MANY_BUSES = 12


def study_facts(results: Results, base: Group) -> dict[str, str]:
    """Return what was asked, in words, by what each line is about."""
    limits = results.study.limits
    facts = {
        "Command": str(results.manifest.get("command", "unknown")),
        "Feeder": _feeder(results.network),
        "Time": _time(results.study, base),
        "Load": _load(base),
        "Units": _units(base.median.plan["units"]),
        "Sought": _sought(results.study, base.span),
        "Limits": f"{limits.v_min:g} to {limits.v_max:g} pu at every bus, phase and step; lines "
        f"and transformers up to {limits.loading_max:g} % of their rating{_in_most(limits)}",
        "Connections": _connections(limits),
        "Limits of goals": limits_in_words(limits),
        "Search": _search(results.manifest),
    }
    return {name: text for name, text in facts.items() if text}


def _sought(study: Study, over: str) -> str:
    """Return what is maximised or minimised, with the weights of a sum."""
    name, weights = study.market.objective, study.market.weights
    if name == "weighted":
        parts = ", ".join(f"{GOALS[part].about} {weight:g}" for part, weight in weights.items())
        days = study.horizon.over_days.words
        sum_of = f"the best weighted sum of goals{f', {days}' if days else ''}"
        return f"{sum_of}, each as a share of its scale: {parts}"
    return goal_of(study).sought(over)


def _connections(limits: Limits) -> str:
    """Return what may pass through connections, blank where nothing limits it."""
    held = [("the feeder head", limits), *((f"bus {name}", at) for name, at in limits.at.items())]
    texts = []
    for name, at in held:
        for way, most in (("out", at.export_max), ("in", at.import_max)):
            if most:
                low, high = min(most), max(most)
                span = f"{high:g}" if low == high else f"{low:g} to {high:g}"
                texts.append(f"at most {span} kW {way} at {name}")
    return "; ".join(texts)


def _in_most(limits: Limits) -> str:
    share = 100.0 * limits.share_of_hours
    return "" if share >= 100.0 else f", in {share:.6g} % of all hours at least"


def _feeder(network: Mapping[str, Any]) -> str:
    buses = network["buses"]
    loads = sum(bus["load_kw"] > 0.0 for bus in buses)
    levels = sorted({bus["base_kv"] for bus in buses if bus["base_kv"]}, reverse=True)
    kv = " and ".join(f"{level:.3g}" for level in levels)
    return (
        f"{network['feeder']}, {len(buses):,} buses, {loads:,} of them with load (the prosumers), "
        f"{len(network['branches']):,} lines and transformers{f', {kv} kV' if kv else ''}"
    )


def _time(study: Study, base: Group) -> str:
    steps, step_h = len(base.median.hourly), base.step_h
    length = f"{step_h:g} h" if step_h >= 1.0 else f"{60.0 * step_h:g} min"
    day = "" if study.horizon.day is None else f", day {study.horizon.day}"
    if (weights := base.median.plan.get("weights")) is not None:
        those = zip(base.median.plan["days"], weights, strict=True)
        day = ": " + shortlist([f"{day_label(name)} for {days_text(n)}" for name, n in those])
    over = f"for the {base.span}" if base.separate else f"(the {base.span})"
    return f"{steps:,} steps of {length} {over}, profiles {study.profiles}{day}"


def _load(base: Group) -> str:
    load = base.median.hourly["load_kw"]
    peak = int(base.median.hourly["step"].iloc[load.argmax()])
    kwh = float((load * base.weight).sum()) * base.step_h
    most = f"at most {load.max():,.1f} kW at {base.clock(peak)}"
    return f"{kwh:,.0f} kWh over the {base.span}, {most}"


def _units(units: Sequence[Mapping[str, Any]]) -> str:
    """Return how many units of each kind there are."""
    counted = {kind: sum(unit["kind"] == kind for unit in units) for kind in KINDS}
    return (
        ", ".join(
            f"{n} {KINDS[k].one if n == 1 else KINDS[k].many}" for k, n in counted.items() if n
        )
        or "none"
    )


def _search(manifest: Mapping[str, Any]) -> str:
    """Return which optimizers ran how often; empty where nothing was searched."""
    names = [str(name) for name in manifest.get("optimizers", [])]
    if not names:
        return ""
    runs, seed = int(manifest.get("runs", 1)), int(manifest.get("seed") or 0)
    seeds = f"seed {seed}" if runs == 1 else f"seeds {seed} to {seed + runs - 1}"
    times = "one run each" if runs == 1 else f"{runs:,} runs each"
    return f"{', '.join(names)}: {times} of {manifest.get('budget', 0):,} evaluations, {seeds}"


def unit_table(results: Results, base: Group) -> HtmlTable | None:
    """Return what may be decided about each unit, and what is declared; None without units."""
    rows = [_unit_row(results.study, unit) for unit in base.median.plan["units"]]
    if not rows:
        return None
    header = ["unit", "kind", "bus, base case", "size, base case", "size allowed", "buses allowed"]
    return HtmlTable("Units and what may be decided about them", header, rows, texts=6)


def _unit_row(study: Study, unit: Mapping[str, Any]) -> list[str]:
    own = study.fleet.bounds(unit["name"])
    declared = float(unit["vehicles"] if KINDS[unit["kind"]].in_vehicles else unit["kw"])
    low, high = own.size or [declared * share for share in study.fleet.scale]
    word = KINDS[unit["kind"]].size_unit
    kwh = f", {unit['kwh']:,.0f} kWh" if unit["kwh"] > 0.0 else ""
    buses = own.buses or study.fleet.buses
    allowed = f"{low:,.4g} to {high:,.4g} {word}"
    return [
        str(unit["name"]),
        KINDS[unit["kind"]].word,
        str(unit["bus"]),
        f"{declared:,.4g} {word}{kwh}",
        *(
            ("as it is", "where it stands")
            if study.fleet.keeps(unit["name"])
            else (allowed, _buses(buses))
        ),
    ]


def _buses(buses: Sequence[str] | None) -> str:
    if buses is None:
        return "every bus with load"
    return ", ".join(buses) if len(buses) <= MANY_BUSES else f"{len(buses)} named in study.toml"
