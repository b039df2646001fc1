"""Plans on days that they were not made for, as the page tells it."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.problem.goals import GOALS
from toolkit.results.report import html_tables
from toolkit.results.report.html_tables import HtmlTable, PageSection, Picture
from toolkit.results.spans import span
from toolkit.results.statistics.comparison import on_other_days
from toolkit.results.store.contents import Results
from toolkit.results.validation_words import runs_sentences, sentences


def tried_section(results: Results, pictures: Sequence[Picture]) -> PageSection:
    """Return what validation.csv and validation_runs.csv say; empty where no plan was tried."""
    days, runs = results.validation, results.validation_runs
    words, said = [], []
    tables: list[HtmlTable] = []
    if not days.empty:
        profiles = results.validation_facts.get("profiles", "unknown")
        words = [
            f"Sites and sizes of the plan, tried on every day of the profiles {profiles}, one "
            "after the other. A policy dispatches stores, and every step is solved in OpenDSS."
        ]
        said = sentences(days, str(days["policy"].iloc[0]), results.validation_facts)
    if not runs.empty:
        told, tables = _of_runs(results)
        said = [*said, *told]
    return PageSection("tried", "On days it was not made for", words, tables, pictures, said)


def _of_runs(results: Results) -> tuple[list[str], list[HtmlTable]]:
    """Return what the best plans of all runs do on other days, in words and tables."""
    runs, goal = results.validation_runs, GOALS[results.study.market.objective]
    over = span(24.0 * float(runs["days"].iloc[0]))
    found = on_other_days(runs, goal.ranked)
    tables = html_tables.compared(found.statistics, found.pairs, goal.ranked_in, over)
    return runs_sentences(runs, goal, over), tables
