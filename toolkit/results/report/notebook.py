"""What results and their cases tell of themselves at a prompt and in a notebook."""

from __future__ import annotations

from functools import partial

from toolkit.common.errors import fitting_together
from toolkit.results.figures.groups import best_plan, groups_of
from toolkit.results.report.answer import answer_of, cautions, notices_of
from toolkit.results.report.small_map import caption, small_map
from toolkit.results.report.telling import Telling
from toolkit.results.store.contents import CaseFiles, Results
from toolkit.results.wording import sentences

#: Cases that are named.
NAMED = 6


def told(value: Results | CaseFiles) -> Telling:
    """Return what is told of results, or of one of their cases."""
    return _case(value) if isinstance(value, CaseFiles) else _results(value)


def _results(results: Results) -> Telling:
    """Return the answer as the report begins with it."""
    with fitting_together(results.folder):
        groups = groups_of(results)
        shown = best_plan(results, groups)
        answer = answer_of(results, groups, shown)
        noticed = notices_of(results)
        said = (
            answer.sentence,
            *cautions(groups, results),
            *noticed.beside,
            *answer.binds,
            answer.medians,
            *sentences(results.pairs, results.friedman),
            *noticed.after,
        )
        about = caption(results, shown)
    return Telling(said, _origin(results), answer.tables, partial(small_map, results, shown), about)


def _origin(results: Results) -> str:
    """Return what was asked, how it ended, which cases there are, and where they lie."""
    names = list(results.cases)
    few = [*names[: NAMED - 1], "...", names[-1]] if len(names) > NAMED else names
    status = results.manifest.get("status", "unknown")
    return (
        f"Results of study {results.study.name}, {status}: {len(names):,} "
        f"{'case' if len(names) == 1 else 'cases'} ({', '.join(few)}) in {results.folder}"
    )


def _case(case: CaseFiles) -> Telling:
    """Return what a case holds."""
    hourly = case.hourly
    total = float((hourly["traded_kwh"] * hourly.get("weight", 1.0)).sum())
    said = (
        f"Case {case.name}: {total:,.1f} kWh traded, lowest voltage "
        f"{hourly['v_min_pu'].min():.4f} pu, over {len(hourly):,} steps of "
        f"{float(case.plan['step_h']):g} h.",
    )
    frames = ("hourly", "buses", "units", "lines", "history", "bills", "trades", "costs", "owners")
    held = [f"{name} ({len(frame):,})" for name in frames if len_of(frame := getattr(case, name))]
    return Telling(said, f"plan, and tables with so many rows: {', '.join(held)}")


def len_of(frame: object) -> int:
    """Return how many rows a table has, 0 for none."""
    return 0 if frame is None else len(frame)  # type: ignore[arg-type]
