"""What a terminal shows, readable at 80 columns."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from toolkit.cli import terminal
from toolkit.cli.console import progress
from toolkit.cli.terminal import aside, is_quiet, note, say, width, wrapped
from toolkit.common.excerpts import line
from toolkit.common.monitor import Monitor
from toolkit.model.notices import gathered

if TYPE_CHECKING:
    from pathlib import Path

    from toolkit.commands.check_feeder import Diagnosis, Finding, Shown
    from toolkit.commands.record import Outcome
    from toolkit.problem.goals import Goal
    from toolkit.results.statistics.comparison import Comparison

screen = Console(highlight=False, markup=False)


def progress_bar(total: int, folder: Path | None = None) -> AbstractContextManager[Monitor]:
    """Show evaluations done of so many, their rate and the time left; folder: of the results."""
    return progress.bar(total, folder)


def bound_progress(seconds: float) -> AbstractContextManager[Monitor]:
    """Show what is going on and the time spent of all there is."""
    return progress.of_time(seconds)


def status(text: str) -> AbstractContextManager[Monitor]:
    """Show that something short is going on."""
    return progress.status(text)


def print_outcome(outcome: Outcome) -> None:
    """Print what is beside the answer: tables, notes and, as the last line, the results folder."""
    from toolkit.results import paper_tables, proof_words
    from toolkit.runs.archive import resume_words

    if outcome.goal.is_energy and paper_tables.has_published(outcome.tables):
        for table in paper_tables.text_tables(outcome.tables):
            print_table(table.title, table.header, table.rows)
    _summary(outcome)
    for told in (*outcome.open_lines, outcome.money):
        wrapped(told)
    say()
    print_comparison(outcome.comparison, outcome.goal, outcome.span)
    if outcome.polished is not None and len(outcome.polished):
        wrapped(proof_words.polish_sentence(outcome.polished, outcome.goal))
        say()
    if outcome.proof is not None:
        for sentence in proof_words.proof_sentences(
            outcome.proof.row(),
            outcome.goal,
            outcome.goal.over(outcome.span),
            outcome.policy,
            outcome.left_out,
            outcome.relaxed,
        ):
            wrapped(sentence)
        say()
    for told in outcome.notes:
        note(told)
    if outcome.status == "interrupted":
        aside("Interrupted: these are the results found so far.", fold=False)
    if outcome.status != "complete" and (outcome.folder / "journal").is_dir():
        aside(resume_words(outcome.folder), fold=False)
    terminal.answer(outcome.folder)


def _summary(outcome: Outcome) -> None:
    from toolkit.problem.limit_words import SHARES
    from toolkit.results import wording

    header = ["case", "traded", "to load", "losses", "lowest V", "highest V", "limits"]
    proven = outcome.summary["pct_of_bound"].notna().any()
    header += ["% of bound"] if proven else []
    goal, cut = outcome.goal, "curtailed_kwh" in outcome.summary
    header += ["curtailed"] if cut else []
    header += [goal.short] if goal.short else []
    kept = wording.digits(outcome.summary["loss_kwh"])
    rows = [
        [
            str(row["case"]),
            f"{row['traded_kwh']:.1f}",
            f"{row['traded_to_load_kwh']:.1f}",
            f"{row['loss_kwh']:.{kept}f}",
            f"{row['v_min_pu']:.4f}",
            f"{row['v_max_pu']:.4f}",
            "hold" if row["feasible"] else f"broken {row['violation']:.2g}",
            *([wording.percent(row["pct_of_bound"])] if proven else []),
            *([f"{row['curtailed_kwh']:.1f}"] if cut else []),
            *([goal.brief(row)] if goal.short else []),
        ]
        for _, row in outcome.summary.iterrows()
    ]
    print_table(f"Every case: kWh over the {outcome.span}, voltages in pu", header, rows)
    if not outcome.summary["feasible"].all():
        wrapped(f"{SHARES.capitalize()}.")
        say()
    if goal.risk.averse or goal.of_others:
        wrapped(f"{goal.short}, {goal.unit}: {goal.about} over the {goal.over(outcome.span)}.")
        say()


def print_comparison(comparison: Comparison, goal: Goal, span: str) -> None:
    """Print what runs say about optimizers, the pairs in words only."""
    from toolkit.results import wording

    tables = wording.comparison_tables(
        comparison.statistics, comparison.pairs, goal.ranked_in, goal.over(span)
    )
    for table in tables[:1]:
        print_table(table.title, table.header, table.rows)
    said = wording.sentences(comparison.pairs, comparison.friedman)
    for sentence in said:
        wrapped(sentence)
    if said:
        say()


def print_table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a plain table, text to the left and numbers to the right."""
    if is_quiet():
        return
    screen.width = width()
    screen.print(table_of(title, header, rows))
    say()


def table_of(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """Return a plain table for ``rich`` to draw."""
    table = Table(
        title=Text(line(title)), title_justify="left", title_style="bold", box=None, pad_edge=False
    )
    for i, name in enumerate(header):
        numeric = i > 0 and all(row[i][:1].isdigit() or row[i][:1] == "-" for row in rows)
        table.add_column(
            Text(line(name)),
            justify="right" if numeric else "left",
            overflow="fold" if i == 0 else "ellipsis",
        )
    for row in rows:
        table.add_row(*map(_text, row))
    return table


def _text(cell: str) -> Text:
    """Return text for ``rich``: a name is no markup, and what a terminal obeys is written out."""
    return Text(line(cell))


def print_feeder(shown: Shown) -> None:
    """Print what a feeder holds, and its units as they count."""
    feeder = shown.feeder
    say(f"{feeder.name}: {feeder.script}")
    wrapped(
        f"{len(feeder.buses)} buses, {len(feeder.branches)} lines and transformers, "
        f"{len(feeder.prosumers)} prosumers (buses with load), "
        f"{feeder.load_kw.sum():.1f} kW + j {feeder.load_kvar.sum():.1f} kvar of declared load."
    )
    rows = [
        [name, kind, bus, f"{kw:g}", *(f"{n:g}" if n else "-" for n in (kwh, vehicles))]
        for name, kind, bus, kw, kwh, vehicles in shown.units
    ]
    title = f"Units in the base case of {shown.of}"
    print_table(title, ["name", "kind", "bus", "kW", "kWh", "vehicles"], rows)
    if shown.refused:
        wrapped(f"No study of it can be made yet: {shown.refused}")


#: What the findings of each level are headed by.
LEVELS = {
    "fault": "Faults",
    "warning": "Warnings",
    "note": "Notes",
}


def print_diagnosis(diagnosis: Diagnosis) -> None:
    """Print what the doctor found, the gravest first, and the verdict as the last line."""
    say(f"{diagnosis.feeder}: {diagnosis.script}")
    here = diagnosis.script.parent
    for told in diagnosis.summary():
        wrapped(told, "  ")
    for level, heading in LEVELS.items():
        found = [_located(f, here) for f in diagnosis.findings if f.level == level]
        if found:
            say()
            say(heading, bold=True)
        for told in found if level == "fault" else gathered(found):
            if level == "fault":
                aside(told, "- ")
            else:
                wrapped(told, "- ")
    say()
    terminal.answer(f"Verdict: {diagnosis.verdict}")


def _located(finding: Finding, here: Path) -> str:
    """Return a finding with its file, as seen from the script's folder, and its line."""
    where = os.path.relpath(finding.file, here) if finding.file else ""
    where += f", line {finding.line}" if finding.line else ""
    return f"{where}: {finding.text}" if where else finding.text
