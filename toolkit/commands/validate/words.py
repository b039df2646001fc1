"""What a plan, or the plans of all runs, tried on many days tell of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.results.report.html_tables import HtmlTable
from toolkit.results.report.telling import Telling, texts_of
from toolkit.results.wording import comparison_tables

if TYPE_CHECKING:
    from toolkit.commands.validate import Validation
    from toolkit.commands.validate.every_run import RankedRuns


def told(found: Validation | RankedRuns) -> Telling:
    """Return what is told of it at a prompt and in a notebook."""
    from toolkit.commands.validate.every_run import RankedRuns

    return _of_runs(found) if isinstance(found, RankedRuns) else _of_days(found)


def _of_days(found: Validation) -> Telling:
    days = len(found.days)
    origin = f"Validation over {days:,} {'day' if days == 1 else 'days'} of {found.folder}"
    return Telling((*found.sentences, *found.notices), origin)


def _of_runs(found: RankedRuns) -> Telling:
    compared = found.comparison
    made = comparison_tables(
        compared.statistics, compared.pairs, found.goal.ranked_in, found.goal.over(found.span)
    )
    tables = [HtmlTable(t.title, t.header, t.rows, texts_of(t.rows)) for t in made]
    origin = f"Validation of {len(found.runs):,} runs of {found.folder}"
    return Telling((*found.sentences, *found.notices), origin, tables)
