"""What a terminal shows, readable at 80 columns."""

from __future__ import annotations

import os
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from toolkit import plugins

if TYPE_CHECKING:
    from rich.status import Status

    from toolkit.commands.record import Outcome
    from toolkit.doctor import Diagnosis
    from toolkit.feeders import Feeder
    from toolkit.testing import CheckResult

_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)


@contextmanager
def progress_bar(
    total: int,
) -> Iterator[tuple[Callable[[Sequence[int]], None], Callable[[str], None]]]:
    """Show evaluations done of so many, their rate and the time left.

    Yields (on_progress, on_phase).
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=_err, transient=True) as bar:
        job = bar.add_task("evaluations", total=total, rate="")

        def on_progress(spent: Sequence[int]) -> None:
            speed = bar.tasks[0].speed
            bar.update(job, completed=sum(spent), rate=f"{speed:.0f}/s" if speed else "")

        def on_phase(phase: str) -> None:
            bar.update(job, description=phase)

        yield on_progress, on_phase


@contextmanager
def bound_progress(seconds: float) -> Iterator[Callable[[str], None]]:
    """Show what is going on and the time spent of all there is; yield on_phase."""
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=20), TimeElapsedColumn())
    with Progress(*columns, console=_err, transient=True) as bar:
        job = bar.add_task("proving a bound", total=seconds)
        started = time.monotonic()

        def on_phase(phase: str) -> None:
            bar.update(job, description=phase, completed=time.monotonic() - started)

        yield on_phase


def status(text: str) -> Status:
    """Show that something short is going on."""
    return _err.status(text)


def print_outcome(outcome: Outcome) -> None:
    """Print the tables, notes and, as the last line, the results folder."""
    from toolkit import tables, verdicts
    from toolkit.runs.archive import resume_words

    for layout in tables.layouts(outcome.tables):
        print_table(layout.title, layout.header, layout.rows)
    _summary(outcome)
    _out.print(outcome.money, markup=False)
    _out.print()
    _comparison(outcome)
    if outcome.polished is not None and len(outcome.polished):
        _out.print(verdicts.polish_sentence(outcome.polished), markup=False)
        _out.print()
    if outcome.proof is not None:
        for sentence in verdicts.proof_sentences(outcome.proof.row()):
            _out.print(sentence, markup=False)
        _out.print()
    for note in outcome.notes:
        _out.print(f"Note: {note}", markup=False)
    if outcome.status == "interrupted":
        _out.print("Interrupted: these are the results found so far.")
    if outcome.status != "complete" and (outcome.folder / "journal").is_dir():
        _out.print(resume_words(outcome.folder), soft_wrap=True, markup=False)
    _out.print(str(outcome.folder), soft_wrap=True, markup=False)


def _summary(outcome: Outcome) -> None:
    from toolkit import verdicts
    from toolkit.goals import GOALS

    header = ["case", "traded", "to load", "losses", "lowest V", "highest V", "limits"]
    proven = outcome.summary["pct_of_bound"].notna().any()
    header += ["% of bound"] if proven else []
    goal = GOALS[outcome.objective]
    header += [goal.short] if goal.short else []
    rows = [
        [
            str(row["case"]),
            f"{row['traded_kwh']:.1f}",
            f"{row['traded_to_load_kwh']:.1f}",
            f"{row['loss_kwh']:.1f}",
            f"{row['v_min_pu']:.4f}",
            f"{row['v_max_pu']:.4f}",
            "hold" if row["feasible"] else f"broken {row['violation']:.2g}",
            *([verdicts.percent(row["pct_of_bound"])] if proven else []),
            *([f"{row[goal.column]:.4g}"] if goal.short else []),
        ]
        for _, row in outcome.summary.iterrows()
    ]
    print_table("Every case: kWh over the day, voltages in pu", header, rows)


def _comparison(outcome: Outcome) -> None:
    """Print what the runs say about the optimizers, the pairs in words only."""
    from toolkit import verdicts
    from toolkit.goals import GOALS

    comparison, unit = outcome.comparison, GOALS[outcome.objective].ranked_in
    layouts = verdicts.layouts(comparison.statistics, comparison.pairs, unit)
    for layout in layouts[:1]:
        print_table(layout.title, layout.header, layout.rows)
    said = verdicts.sentences(comparison.pairs, comparison.friedman)
    for sentence in said:
        _out.print(sentence, markup=False)
    if said:
        _out.print()


def print_table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a plain table, text to the left and numbers to the right."""
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for i, name in enumerate(header):
        numeric = i > 0 and all(row[i][:1].isdigit() or row[i][:1] == "-" for row in rows)
        table.add_column(
            name, justify="right" if numeric else "left", overflow="fold" if i == 0 else "ellipsis"
        )
    for row in rows:
        table.add_row(*row)
    _out.print(table)
    _out.print()


def print_feeder(feeder: Feeder) -> None:
    """Print what a feeder holds."""
    _out.print(f"{feeder.name}: {feeder.script}", soft_wrap=True, markup=False)
    _out.print(
        f"{len(feeder.buses)} buses, {len(feeder.branches)} lines and transformers, "
        f"{len(feeder.prosumers)} prosumers (buses with load), "
        f"{feeder.load_kw.sum():.1f} kW + j {feeder.load_kvar.sum():.1f} kvar of declared load."
    )
    rows = [
        [u.name, u.kind, u.bus, f"{u.kw:g}", f"{u.kwh:g}" if u.kwh else "-"] for u in feeder.units
    ]
    print_table("Units declared", ["name", "kind", "bus", "kW", "kWh"], rows)


#: What the findings of each level are headed by.
LEVELS = {
    "fault": "Faults",
    "warning": "Warnings",
    "note": "Notes",
}


def print_diagnosis(diagnosis: Diagnosis) -> None:
    """Print what the doctor found, the gravest first, and the verdict as the last line."""
    _out.print(f"{diagnosis.feeder}: {diagnosis.script}", soft_wrap=True, markup=False)
    here = diagnosis.script.parent
    for line in diagnosis.summary():
        _print_item(line, "  ")
    for level, heading in LEVELS.items():
        findings = [f for f in diagnosis.findings if f.level == level]
        if findings:
            _out.print(f"\n{heading}", style="bold")
        for finding in findings:
            where = os.path.relpath(finding.file, here) if finding.file else ""
            where += f", line {finding.line}" if finding.line else ""
            _print_item(f"{where}: {finding.text}" if where else finding.text, "- ")
    _out.print(f"\nVerdict: {diagnosis.verdict}", markup=False)


def _print_item(text: str, mark: str) -> None:
    """Print text wrapped with the lines after the first set in."""
    width = min(_out.width, 80)
    lines = textwrap.wrap(text, width, initial_indent=mark, subsequent_indent="  ")
    _out.print("\n".join(lines), markup=False, soft_wrap=True)


def print_optimizers(found: Sequence[plugins.PluginInfo]) -> None:
    """Print every optimizer, with the reason where one cannot be used."""
    for info in found:
        text = f"cannot be used: {info.reason}" if info.reason else info.description
        _out.print(f"{info.name:12} {text}", markup=False)
        _out.print(f"{'':12} from {info.distribution}", markup=False, style="dim")


def print_optimizer(shown: plugins.Portrait) -> None:
    """Print an optimizer's description, source and options, with what a library has to offer."""
    _out.print(f"{shown.name}: {shown.description}", markup=False)
    _out.print(f"Source: {shown.reference}", markup=False)
    if shown.lacking:
        _out.print(f"It cannot be used: {shown.lacking}", markup=False, soft_wrap=True)
    for row in shown.options:
        _out.print()
        _out.print(
            f"  {row.name} ({row.kind}{', ' + row.range if row.range else ''})", markup=False
        )
        _out.print(f"      default {row.default}. {row.description}", markup=False)
        _print_choices(shown.choices.get(row.name, {}))


def _print_choices(groups: Mapping[str, Sequence[str]]) -> None:
    """Print values under their headings, several to a line, sorted."""
    for heading, values in groups.items():
        _out.print(f"      {heading or 'values'} ({len(values)}):", markup=False)
        names = ", ".join(sorted(values, key=str.casefold))
        lines = textwrap.wrap(names, _out.width - 9, break_on_hyphens=False)
        _out.print(textwrap.indent("\n".join(lines), " " * 8), markup=False)


def print_checks(results: Sequence[CheckResult]) -> None:
    """Print one line a check, with the reason where it failed."""
    for result in results:
        _out.print(f"{'pass' if result.passed else 'FAIL'}  {result.name}", markup=False)
        if result.reason:
            _out.print(f"      {result.reason}", markup=False)
    failed = sum(not result.passed for result in results)
    _out.print(f"{len(results) - failed} passed, {failed} failed")
