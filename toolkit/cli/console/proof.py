"""What a terminal shows of reproduced and explained results."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from toolkit.cli.console import print_table
from toolkit.cli.terminal import answer, is_quiet, note, say, wrapped
from toolkit.problem.limit_words import SHARES, held

if TYPE_CHECKING:
    from toolkit.commands.explain import Explanation, Gain, Margin
    from toolkit.commands.many.reproduced import PointsReproduction
    from toolkit.commands.reproduce import Difference, Reproduction

#: What a difference counts as, by the unit of its column.
QUANTITIES = {
    "kW": "active power",
    "kvar": "reactive power",
    "kWh": "energy",
    "pu": "voltage",
    "A": "current",
    "%": "loading, shares",
    "": "names, counts",
}
#: A difference in these is shown only where it is one: they are the same or not.
PLAIN = ("",)


def print_reproduction(found: Reproduction) -> None:
    """Print what was changed, the largest differences, and the verdict as the last line."""
    _items("Changed", found.culprits)
    _notes(found.notes)
    rows = [_row(worst) for worst in _largest(found.differences)]
    header = ["case", "quantity", "largest", "allowed", "unit", "where"]
    print_table("Largest differences", header, rows)
    if found.repeat is not None:
        _items("Repeated with another outcome", found.repeat.differences)
        _items("Repeated", [*found.repeat.notes, f"{len(found.repeat.same)} files are the same, "
                            "bit for bit: summary, plans and histories."])  # fmt: skip
    _items("Not checked", map(str, found.unchecked))
    _verdict(found.verdict)


def print_points(found: PointsReproduction) -> None:
    """Print what was changed, the verdict on each point, and that on the sweep as the last line."""
    _items("Changed", found.culprits)
    _notes(found.notes)
    _items("Points", [f"{name}: {point.verdict}" for name, point in found.points.items()])
    _verdict(found.verdict)


def _largest(differences: Iterable[Difference]) -> list[Difference]:
    """Return the largest difference of each case and quantity, of those that can have one."""
    worst: dict[tuple[str, str], Difference] = {}
    for one in differences:
        if one.unit in PLAIN and one.holds:
            continue
        key = (one.case, one.unit)
        if key not in worst or _gravity(one) > _gravity(worst[key]):
            worst[key] = one
    return list(worst.values())


def _gravity(difference: Difference) -> float:
    return difference.amount / max(difference.tolerance, 1e-300)


def _row(worst: Difference) -> list[str]:
    amount = "unlike" if math.isinf(worst.amount) else f"{worst.amount:.0e}"
    where = f"{worst.file.removesuffix('.csv')} {worst.column}"
    return [
        worst.case or "(all)",
        QUANTITIES.get(worst.unit, worst.unit),
        "0" if worst.amount == 0.0 else amount,
        f"{worst.tolerance:.0e}",
        worst.unit,
        where,
    ]


def print_explanation(found: Explanation) -> None:
    """Print what each unit is worth, what binds, and what 1 % more would bring."""
    if is_quiet():
        answer(found.folder / "explain.csv")
        return
    minimised = found.maximised == "score" and found.goal.sign > 0.0
    value = -found.value if minimised else found.value
    wrapped(
        f"Case {found.case}: {value:,.5g} {found.goal.unit}, {found.goal.about}, over the "
        f"{found.goal.over(found.span)}."
    )
    say()
    _worths(found)
    header = ["limit", "closest at", "step", "value", "limit at", "margin", "steps binding"]
    rows = [_margin(m) for m in _shown(found.margins)]
    print_table("Limits by the engine: those that bind, and the closest", header, rows)
    _gains(found)


def _worths(found: Explanation) -> None:
    sought = found.maximised == "score"
    header = ["unit", "bus", "traded", "to load", "losses", *(["score"] if sought else [])]
    header += ["limits without it"]
    rows = [
        [w.unit, w.bus, *(["-"] * (len(header) - 3)), w.reason]
        if w.reason
        else [
            w.unit,
            w.bus,
            f"{w.traded_kwh:.1f}",
            f"{w.traded_to_load_kwh:.1f}",
            f"{w.loss_kwh:.1f}",
            *([f"{w.score:.4g}"] if sought else []),
            held(w.violation),
        ]
        for w in found.worths
    ]
    days = f", {found.goal.risk.words}" if found.goal.risk.averse else ""
    score = f"; score: {found.goal.words}{days}" if sought else ""
    title = f"What each unit adds by the engine, kWh over the {found.span}{score}"
    print_table(title, header, rows)
    if any(w.violation for w in found.worths if not w.reason):
        wrapped(f"{SHARES.capitalize()}.")


def _shown(margins: Iterable[Margin]) -> list[Margin]:
    """Return the margins worth a line: what binds, and of each network limit the closest."""
    network: set[str] = set()
    shown = []
    for margin in margins:
        closest = margin.limit in ("v_min", "v_max", "loading_max") and margin.limit not in network
        network.add(margin.limit)
        if margin.binds or closest or margin.limit in ("goal_max", "goal_min"):
            shown.append(margin)
    return shown


def _margin(margin: Margin) -> list[str]:
    digits = 4 if margin.unit == "pu" else 1
    return [
        margin.limit,
        margin.at,
        "all" if margin.step is None else str(margin.step),
        _number(margin.value, digits),
        _number(margin.bound, digits),
        f"{_number(margin.margin, digits)} {margin.unit}",
        str(margin.steps) if margin.binds else "none",
    ]


def _number(value: float, digits: int) -> str:
    """Return a number with so many digits, and no minus before a zero."""
    return f"{round(value, digits) + 0.0:.{digits}f}"


def _gains(found: Explanation) -> None:
    if found.baseline is None:
        wrapped(f"What 1 % more would bring is not known: {found.refused}")
        return
    header = ["1 % more of", "then", "by the model", "by the engine", "limits"]
    rows = [_gain(gain) for gain in found.gains]
    over = found.goal.over(found.span)
    title = f"What 1 % more brings, kWh over the {over}; sites and sizes as planned"
    print_table(title, header, rows)
    base = found.baseline
    wrapped(
        f"Baseline: the best dispatch of these sites and sizes, {base.model_kwh:,.1f} kWh by the "
        f"model and {base.engine_kwh:,.1f} kWh by the engine (limits {held(base.violation)}); "
        f"the plan itself has {found.value:,.1f} kWh."
    )


def _gain(gain: Gain) -> list[str]:
    return [
        gain.item,
        gain.what,
        _number(gain.model_kwh, 3),
        _number(gain.engine_kwh, 3),
        held(gain.violation),
    ]


def _verdict(verdict: str) -> None:
    """Print the verdict, on one line where it is the whole answer."""
    if is_quiet():
        answer(f"Verdict: {verdict}")
    else:
        wrapped(f"Verdict: {verdict}")


def _notes(notes: Iterable[str]) -> None:
    """Print what the verdict has to be read with."""
    if is_quiet():
        for told in notes:
            note(told)
    _items("Not the same here", notes)


def _items(heading: str, items: Iterable[str]) -> None:
    listed = list(items)
    if not listed:
        return
    say(heading)
    for item in listed:
        wrapped(item, "- ")
    say()
