"""The figures of a results folder, as PNG and SVG. The only place that knows matplotlib."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from matplotlib.figure import Figure

from toolkit.common.errors import fitting_together
from toolkit.common.files import write_bytes
from toolkit.problem.sought import goal_of
from toolkit.results.figures import daily, seasons, style
from toolkit.results.figures.comparison import critical_difference, targets_reached
from toolkit.results.figures.convergence import convergence
from toolkit.results.figures.duration import duration
from toolkit.results.figures.fitting import fitted
from toolkit.results.figures.groups import best_plan, groups_of
from toolkit.results.figures.maps import loading_map, trade_matrix, voltage_map
from toolkit.results.figures.names import fit_to_draw
from toolkit.results.figures.one_line import one_line
from toolkit.results.figures.page import Page
from toolkit.results.figures.storage import state_of_charge
from toolkit.results.figures.tried import tried
from toolkit.results.store.contents import Results
from toolkit.results.store.reading import read_results

#: Every figure by the stem of its files, with what it shows in a few words.
FIGURES = {
    "figure1_one_line": "One-line diagram of the feeder with the units each case places",
    "figure2_traded": "Energy traded between neighbours, by case",
    "figure3_contribution": "Energy sold by PV, wind, batteries and vehicles, by case",
    "figure4_losses": "Active losses of the network, by case",
    "figure5_voltages": "Highest and lowest bus voltage with their limits, by case",
    "figure6_convergence": "Best feasible objective by evaluations spent, by optimizer",
    "figure7_targets": "Share of (run, target) pairs reached by evaluations spent, by optimizer",
    "figure8_ranks": "Average ranks over the seeds and which do not differ significantly",
    "figure9_voltage_map": "Voltage at each bus against its limits, by case",
    "figure10_charge": "State of charge of each battery and vehicle station, by case",
    "figure11_loading": "Loading of lines and transformers, by case",
    "figure12_trades": "Energy each prosumer sells to each other",
    "figure13_duration": "For how many hours import, export and loading are as high, by case",
    "figure14_months": "Energy traded between neighbours by month, by case",
    "figure15_validation": "A plan on days it was not made for: energy traded beside its bound",
}


#: What each figure is called in Python and on the command line, by the stem of its files.
NAMES = {
    "figure1_one_line": "map",
    "figure2_traded": "traded",
    "figure3_contribution": "contribution",
    "figure4_losses": "losses",
    "figure5_voltages": "voltages",
    "figure6_convergence": "convergence",
    "figure7_targets": "targets",
    "figure8_ranks": "comparison",
    "figure9_voltage_map": "voltage_map",
    "figure10_charge": "charge",
    "figure11_loading": "loading",
    "figure12_trades": "trades",
    "figure13_duration": "duration",
    "figure14_months": "months",
    "figure15_validation": "validation",
}


class Printed(NamedTuple):
    """Files drawn for print, and what was left out of them."""

    paths: list[Path]
    notes: list[str]


def draw_folder(folder: Path) -> None:
    """Draw a results folder's figures into its ``figures`` as PNG and SVG.

    A figure that has nothing to show (convergence where nothing was searched, ranks of fewer than
    three optimizers) is left out. The same results give the same bytes. Raises InputError where
    files cannot be read or do not fit together.
    """
    results = fit_to_draw(read_results(folder))
    with style.look(), fitting_together(folder):
        for stem, figure in drawn(results):
            for kind in ("png", "svg"):
                write_bytes(folder / "figures" / f"{stem}.{kind}", style.to_bytes(figure, kind))


def draw_for_print(
    results: Results, to: Path, kinds: Sequence[str], page: Page, stems: Container[str] = FIGURES
) -> Printed:
    """Draw figures for print into a folder, each in some forms (pdf, svg, png).

    Raises InputError where results do not fit together.
    """
    paths, notes = [], []
    with style.look(page), fitting_together(results.folder):
        for stem, figure in drawn(fit_to_draw(results), stems):
            fitted(figure)
            notes += [f"{NAMES[stem]}: {said}" for said in style.to_tell(figure)]
            for kind in kinds:
                paths.append(to / f"{stem}.{kind}")
                write_bytes(paths[-1], style.to_bytes(figure, kind))
    return Printed(paths, notes)


def drawn(results: Results, stems: Container[str] = FIGURES) -> Iterator[tuple[str, Figure]]:
    """Yield the figures that have something to show, by file name; each is made when it is due."""
    groups = groups_of(results)
    goal = goal_of(results.study)
    bound, long = results.bound_score, groups[0].long
    over_time = seasons if long else daily
    parts: tuple[Callable[[], Figure | None], ...] = (
        partial(one_line, results.network, groups, results.study.limits, goal.ranked),
        partial(over_time.traded, groups),
        partial(over_time.contribution, groups),
        partial(over_time.losses, groups),
        partial(over_time.voltages, groups, results.study.limits),
        partial(convergence, groups, goal, bound),
        partial(targets_reached, groups, results.targets, bound),
        partial(critical_difference, groups, results.statistics, results.friedman),
        partial(voltage_map, groups, results.study.limits),
        partial(state_of_charge, groups, results.study),
        partial(loading_map, groups, results.study.limits),
        lambda: trade_matrix(best_plan(results, groups)),
        partial(duration, groups, results.study.limits),
        partial(seasons.months, groups) if long else lambda: None,
        partial(tried, results.validation, results.validation_facts),
    )
    for stem, part in zip(FIGURES, parts, strict=True):
        if stem in stems and (figure := part()) is not None:
            yield stem, figure
