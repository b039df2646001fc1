"""The report of a results folder: one HTML file that needs nothing else, on screen or on paper."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from toolkit.common.errors import fitting_together
from toolkit.common.files import write_text
from toolkit.problem.sought import goal_of
from toolkit.results import wording
from toolkit.results.figures import FIGURES
from toolkit.results.figures.groups import Group, best_plan, groups_of
from toolkit.results.open_lines import of_plan
from toolkit.results.reinforcing import to_reinforce
from toolkit.results.report import answer, html_tables, pages
from toolkit.results.report.days import days_section
from toolkit.results.report.environment import environment
from toolkit.results.report.findings import findings
from toolkit.results.report.hours import hours_data
from toolkit.results.report.html_tables import PageSection, Picture
from toolkit.results.report.money import bills_section
from toolkit.results.report.study_facts import study_facts, unit_table
from toolkit.results.report.tried import tried_section
from toolkit.results.report.worth import worth_words
from toolkit.results.store.contents import Results
from toolkit.results.store.reading import read_results

STYLES = ("page", "hours")
#: Those of tables come last: they see the tables that the others put up.
SCRIPTS = ("unpacking", "charts", "places", "feedermap", "reading", "hours", "playing", "tables")


def write_report(folder: Path) -> None:
    """Write report.html from what a results folder holds, its figures as they were last drawn.

    Raises InputError where its files cannot be read or do not fit together.
    """
    results = read_results(folder)
    with fitting_together(folder):
        text = _page(results)
    write_text(folder / "report.html", text)


def _page(results: Results) -> str:
    groups = groups_of(results)
    goal = goal_of(results.study)
    shown = best_plan(results, groups)
    script = pages.script(SCRIPTS)
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            study=results.study.name,
            cautions=answer.cautions(groups, results),
            notices=answer.notices_of(results),
            about=_about(results, shown),
            answer=answer.answer_of(results, groups, shown),
            facts=answer.facts(shown, groups[0], results),
            worth=worth_words(results, shown),
            owned=not shown.median.owners.empty,
            proven=answer.proven(results, goal.over(shown.span)),
            sections=_sections(results, groups, shown),
            hours=hours_data(results, groups),
            style=pages.style(STYLES),
            script=script,
            script_hash=pages.script_hash(script),
        )
    )


def _about(results: Results, shown: Group) -> str:
    """Return what the page is about: what was sought on which feeder."""
    feeder = f"the feeder {results.network['feeder']}"
    if not results.manifest.get("optimizers"):
        return f"Peer-to-peer energy trading on {feeder}"
    return f"Sought on {feeder}: {goal_of(results.study).sought(shown.span)}"


def _sections(results: Results, groups: Sequence[Group], shown: Group) -> list[PageSection]:
    """Return the sections that have anything to show, in the order of the page."""
    available = _pictures(results, groups, shown)
    units = unit_table(results, groups[0])

    def figures(*stems: str) -> list[Picture]:
        return [available[stem] for stem in stems if stem in available]

    def drawn(anchor: str, title: str, *stems: str) -> PageSection:
        return PageSection(anchor, title, pictures=figures(*stems))

    months, duration = "figure14_months", "figure13_duration"
    asked = study_facts(results, groups[0])
    tables = html_tables.paper(results.tables, shown.span) if answer.is_papers(results) else []
    asked |= {f"Open lines, {g.title}": t for g in groups if (t := of_plan(g.median.plan))}
    every = html_tables.cases(results.summary, shown.span, goal_of(results.study))
    sections = [
        PageSection("asked", "What was asked", facts=asked, tables=[units] if units else []),
        PageSection(
            "tables", "The paper's tables", _about_tables(results) if tables else (), tables
        ),
        days_section(groups, shown),
        drawn("feeder", "The feeder and its units", "figure1_one_line"),
        drawn("trade", "Trade", months, "figure2_traded", "figure3_contribution", duration),
        drawn("losses", "Losses", "figure4_losses"),
        drawn("voltage", "Voltage", "figure9_voltage_map", "figure5_voltages"),
        drawn("charge", "State of charge", "figure10_charge"),
        drawn("loading", "Loading", "figure11_loading"),
        _reinforcing(results, groups[0], shown),
        drawn("trades", "Who trades with whom", "figure12_trades"),
        bills_section(results, groups, shown),
        tried_section(results, figures("figure15_validation")),
        drawn("search", "The search", "figure6_convergence", "figure7_targets"),
        _comparison(results, figures("figure8_ranks"), shown.span),
        PageSection("cases", "Every case", tables=[every]),
        PageSection("provenance", "Where this comes from", ORIGIN, facts=_provenance(results)),
    ]
    sections = _by_goal(sections, results.study.market.objective)
    if "annual_cost" in results.community:
        # What a year costs is what those who pay for it look for first.
        sections.sort(key=lambda section: section.anchor != "bills")
    return [s for s in sections if s.tables or s.pictures or s.facts or s.said]


#: The section that comes before Trade where a study seeks what it is about.
FIRST = {
    "losses": "losses",
    "voltage_deviation": "voltage",
    "peak_import": "loading",
    **dict.fromkeys(("community_cost", "annual_cost", "npv", "investment"), "bills"),
}


def _by_goal(sections: list[PageSection], objective: str) -> list[PageSection]:
    """Return the sections with the one about what is sought before that about trade."""
    first = [s for s in sections if s.anchor == FIRST.get(objective)]
    others = [s for s in sections if s not in first]
    at = next(i for i, s in enumerate(others) if s.anchor == "trade")
    return [*others[:at], *first, *others[at:]]


#: What the paper's tables hold, with what the median run is the median of.
TABLES = (
    "Means over the hours 1-8 (off-peak), 9-16 (mid-peak) and 17-24 (peak). An optimizer's "
    "figures come from one plan: its run with the median {median_of}, of an even number the lower "
    "of the middle two. Columns named “paper” hold the published figures."
)
PAIRED = (
    "Runs are paired by seed. A run that breaks a limit counts below every run that keeps them "
    "all; a figure that falls on such a run is left out.",
)
ORIGIN = (
    "The file study.toml beside this report is the study as resolved; running it again with the "
    "same versions gives the same results.",
)


def _about_tables(results: Results) -> list[str]:
    return [TABLES.format(median_of=goal_of(results.study).median_of)]


#: What hours on a few days are not.
FEW_DAYS = (
    "hours are those days' by their weights, and worse days of a year may not be among them. "
    "Simulate every day (a study without days in [horizon]) before anything is ordered by them."
)


def _reinforcing(results: Results, base: Group, shown: Group) -> PageSection:
    """Return what is to be reinforced; without a table where nothing is beyond a limit."""
    told = [base] if shown is base else [base, shown]
    limits = results.study.limits
    table = to_reinforce(told, limits, results.network)
    words = [
        f"Lines and transformers above {limits.loading_max:g} % of their rating, and buses outside "
        f"{limits.v_min:g} to {limits.v_max:g} pu, in the base case and with the plan. With the "
        "rating needed the worst current would be at the limit. toolkit report --reinforce writes "
        "it as reinforce.csv."
    ]
    few = [f"This is{base.on_days}: {FEW_DAYS}"] if base.separate else []
    if table.empty:
        said = ["Nothing is beyond a limit.", *few]
        return PageSection("reinforce", "What to reinforce", said=said)
    beyond = set(table["case"])
    kept = [g.title for g in told if g.median.name not in beyond]
    words += [f"Nothing is beyond a limit in this case: {title}." for title in kept]
    words += few
    tables = [html_tables.reinforcements(table, {g.median.name: g.title for g in told})]
    return PageSection("reinforce", "What to reinforce", words, tables)


def _comparison(results: Results, pictures: Sequence[Picture], span: str) -> PageSection:
    sentences, goal = wording.sentences(results.pairs, results.friedman), goal_of(results.study)
    tables = html_tables.compared(
        results.statistics, results.pairs, goal.ranked_in, goal.over(span)
    )
    return PageSection("statistics", "Comparison", PAIRED, tables, pictures, sentences)


def _pictures(results: Results, groups: Sequence[Group], shown: Group) -> dict[str, Picture]:
    """Return the figures drawn so far, each in an address of its own so that none sees another."""
    captions = findings(results, groups, shown)
    pictures = {}
    for stem, about in FIGURES.items():
        path = results.folder / "figures" / f"{stem}.svg"
        if path.is_file():
            source = pages.svg_source(path.read_bytes())
            pictures[stem] = Picture(source, about, captions[stem])
    return pictures


def _provenance(results: Results) -> dict[str, str]:
    """Return the manifest's facts but for the checksums, the versions last, as text."""
    left_out = ("versions", "files")
    facts = {key: value for key, value in results.manifest.items() if key not in left_out}
    return {
        **{key.replace("_", " "): _text(value) for key, value in facts.items()},
        **{f"version of {key}": str(v) for key, v in results.manifest.get("versions", {}).items()},
    }


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_text(held)}" for key, held in value.items())
    return "none" if value is None else str(value)
