"""The text on methods of results: what was computed for this very run, read from its folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from toolkit.common.errors import ToolkitError, fitting_together
from toolkit.common.excerpts import line
from toolkit.model.solver import OPENDSS
from toolkit.optimizer import enquiry, labels
from toolkit.optimizer.registry import Portrait
from toolkit.problem.sought import goal_of
from toolkit.results.figures.groups import Group, groups_of
from toolkit.results.printed.bibliography import bibtex, cite, keys_of
from toolkit.results.printed.origins import origins as origins_of
from toolkit.results.printed.sources import (
    CITED,
    CONSTRAINTS,
    LIBRARIES,
    METHODS,
    SEARCHED,
    STATISTICS,
)
from toolkit.results.printed.tariffs import tariffs_told
from toolkit.results.printed.variables import variables
from toolkit.results.report import answer
from toolkit.results.report.html_tables import HtmlTable
from toolkit.results.report.study_facts import study_facts, unit_table
from toolkit.results.store.contents import Results
from toolkit.results.together import asked
from toolkit.results.wording import too_few
from toolkit.runs.archive import origins

#: Signs that Markdown obeys within a line.
OBEYED = "\\`*_[]<>|#"


def to_methods(results: Results) -> str:
    """Return methods.md: model, data, search, tests, versions and what to cite, of this run.

    Every figure is read from the folder. Raises InputError where its files do not fit together.
    """
    with fitting_together(results.folder):
        base = groups_of(results)[0]
        parts = {
            "Problem": _problem(results, base),
            "Data": _data(results, base),
            "Power flow": _power_flow(results),
            "Search": _search(results),
            "Proven bound": _proven(results, base),
            "Market and money": _market(results),
            "Statistical tests": _tests(results),
            "Other days": _other_days(results),
            "How it ended": _ending(results),
            "Versions": [f"- {_text(k)}: {_text(v)}" for k, v in asked.versions(results).items()],
            "To cite": _cited(results),
        }
        told = [f"## {name}\n\n" + "\n".join(lines) for name, lines in parts.items() if lines]
    head = (
        f"# Methods of {_text(results.study.name)}\n\nWhat `{_command(results)}` computed, as its "
    )
    head += "results folder says; `study.toml` there is the study in full."
    return "\n\n".join([head, *told]) + "\n"


def to_bibtex(results: Results) -> str:
    """Return references.bib: the works that methods.md of these results cites."""
    return works(to_methods(results), results)


def works(text: str, results: Results) -> str:
    """Return the works that a text on results cites, as BibTeX."""
    return bibtex(text, _version(results))


def _version(results: Results) -> str:
    return str(results.manifest["versions"].get("p2p-der-toolkit", "unknown"))


def _text(value: Any) -> str:
    """Return text as Markdown shows it as it stands."""
    shown = line(asked.text_of(value))
    return "".join(f"\\{sign}" if sign in OBEYED else sign for sign in shown)


def _command(results: Results) -> str:
    return line(str(results.manifest["command"])).replace("`", "'")


def _facts(results: Results, base: Group, *names: str) -> list[str]:
    facts = study_facts(results, base)
    return [f"- {name}: {_text(facts[name])}." for name in names if name in facts]


def _problem(results: Results, base: Group) -> list[str]:
    """Return what is sought by deciding what, within which limits."""
    study = results.study
    searched = bool(results.manifest.get("optimizers")) or not results.bound.empty
    wanted = ("Sought",) if searched else ()
    told = _facts(results, base, *wanted, "Limits", "Connections", "Limits of goals")
    if searched:
        told.append(
            f"- Decided: bus, size and dispatch of units within the table; dispatch policy "
            f"{_text(study.dispatch.policy)}{_options(study.dispatch.options)}."
        )
        told += [f"- Decision variables that are free: {_text(variables(results))}.", *CONSTRAINTS]
        table = unit_table(results, base)
        return told if table is None else [*told, "", *_table(table)]
    return [*told, "- Nothing was searched: plans were solved as they are."]


def _data(results: Results, base: Group) -> list[str]:
    """Return feeder, time and load, and the files that were read with their checksums."""
    told = _facts(results, base, "Feeder", "Units", "Time", "Load")
    files = [f"  - {_text(name)}: {_text(held)}" for name, held in asked.files(results).items()]
    told += [
        f"- Sources of the data, {_text(where)}{cite(*keys_of(where))}."
        for where in origins_of(results)
    ]
    notices = [f"  - {_text(n)}" for n in results.manifest.get("notices", [])]
    told += ["- Files by the first digits of their SHA-256:", *files]
    return [*told, "- Notices of what counts and what does not:", *notices] if notices else told


def _power_flow(results: Results) -> list[str]:
    """Return which solver searched, and which one every reported figure is from."""
    manifest = results.manifest
    made = manifest["versions"]
    reported = (
        "- Reported: every figure comes from OpenDSS's own solution of each step "
        f"(dss-python-backend {_text(made.get('dss-python-backend', 'unknown'))})."
    )
    solver, why = manifest.get("searched_by"), manifest.get("searched_why", "")
    if not solver or not manifest.get("optimizers"):
        return [reported]
    because = f": {_text(why)}" if why else ""
    told = (
        f"- Searched: power flows of candidates by {_text(SEARCHED.get(solver, solver))}{because}."
    )
    best = "" if solver == OPENDSS else " Each best plan is solved by OpenDSS."
    return [told + best, reported]


def _search(results: Results) -> list[str]:
    """Return each optimizer with its settings, budgets and seeds."""
    manifest, told = results.manifest, []
    for label in map(str, manifest.get("optimizers", [])):
        told += _optimizer(results, label)
    if not told:
        return []
    runs, seed = int(manifest["runs"]), int(manifest["seed"] or 0)
    seeds = f"seed {seed}" if runs == 1 else f"seeds {seed} to {seed + runs - 1}, the same for each"
    told.append(f"- Budget: {manifest['budget']:,} evaluations in each run.")
    told.append(f"- Runs of each: {runs:,}, {seeds}.")
    polish = manifest.get("polish")
    return (
        [*told, f"- Best plans polished by the exact model: {_text(polish)}."] if polish else told
    )


def _optimizer(results: Results, label: str) -> list[str]:
    """Return an optimizer with what was set, and its other options where they can be known."""
    name, given = labels.split(label, results.study.optimizers.get(label, {}))
    origin = results.manifest.get("origins", {}).get(name, "")
    portrait = _portrait(results, name, given, origin)
    told = f"- {_text(label)}{f', which is {_text(name)}' if name != label else ''}"
    told += _made_by(results, name, origin) if origin else ""
    if portrait is None:
        return [f"{told}{_options(given)}; other options at the defaults of that version."]
    # Of a library of many, the option that chooses one says what it is: mealpy's OriginalGWO.
    ones = [row.description for row in portrait.options if row.description.startswith(f"{name}'s")]
    about, works = (ones or [portrait.description])[0], cite(*keys_of(portrait.reference))
    lines = [f"{told}: {_text(about)}{works}. {_text(portrait.reference)}."]
    for row in portrait.options:
        how = "set" if row.name in given else "default"
        value = _text(given.get(row.name, row.default))
        meaning = "" if row.description in ones else f": {_text(row.description)}"
        lines.append(f"  - {_text(row.name)} = {value} ({how}){meaning}.")
    return lines


def _made_by(results: Results, name: str, origin: str) -> str:
    """Return whose an optimizer is: the library it calls, and the package that calls it."""
    library = LIBRARIES.get(name, "")
    made = results.manifest["versions"].get(library)
    if made is None or not origin.startswith("p2p-der-toolkit "):
        return f" ({_text(origin)})"
    return f" ({_text(library)} {_text(made)}, called by {_text(origin)})"


def _portrait(
    results: Results, name: str, given: Mapping[str, Any], origin: str
) -> Portrait | None:
    """Return what an optimizer says of itself; None where that of the run is not at hand."""
    try:
        if origins([name])[name] != origin:
            return None
        found = enquiry.portrait(name, given)
        # What is chosen by default has parameters of its own.
        left = {row.name: row.default for row in found.options if row.name in found.choices}
        return enquiry.portrait(name, {**given, **left}) if left else found
    except ToolkitError:
        return None


def _options(given: Mapping[str, Any]) -> str:
    return f" with {_pairs(given)}" if given else ""


def _pairs(given: Mapping[str, Any]) -> str:
    return ", ".join(f"{_text(name)} = {_text(value)}" for name, value in given.items())


def _proven(results: Results, base: Group) -> list[str]:
    over = goal_of(results.study).over(base.span)
    return [f"- {_text(sentence)}" for sentence in answer.proven(results, over)]


def _market(results: Results) -> list[str]:
    """Return how trades are settled."""
    settlement, tariffs = results.study.settlement, results.study.tariffs
    members = results.study.market.members
    told = [
        f"- Settled by {_text(settlement.mechanism)}{_options(settlement.options)}, "
        f"network charges by {_text(settlement.charge)}.",
    ]
    told.append(f"- Tariffs in {_text(tariffs.currency)}: {_text(tariffs_told(tariffs))}.")
    return [*told, f"- Members: {_text(list(members))}."] if members else told


def _tests(results: Results) -> list[str]:
    """Return the tests that were carried out, with how many seeds."""
    pairs = results.pairs
    if pairs.empty or int(pairs["n"].max()) < 2:
        return []
    seeds = f"{int(pairs['n'].min())}" if pairs["n"].nunique() == 1 else "as many as both had"
    told = [STATISTICS["pairs"].format(pairs=len(pairs), seeds=seeds)]
    for _, row in results.friedman.iterrows():
        told.append(
            STATISTICS["friedman"].format(
                method=METHODS.get(str(row["method"]), _text(row["method"])),
                optimizers=int(row["optimizers"]),
                seeds=int(row["seeds"]),
            )
        )
    return [*told, *(f"- {sentence}" for sentence in too_few(pairs))]


def _other_days(results: Results) -> list[str]:
    """Return what a plan was tried on, where it was."""
    if results.validation.empty:
        return []
    days, case = len(results.validation), _text(str(results.validation["case"].iloc[0]))
    return [f"- {case} was solved on {days:,} days that it was not made for."]


def _ending(results: Results) -> list[str]:
    """Return how the command ended, and how many runs kept the limits."""
    told = [f"- Status: {_text(results.manifest['status'])}."]
    for _, row in results.statistics.iterrows():
        told.append(
            f"- {_text(row['optimizer'])}: {int(row['feasible']):,} of {int(row['runs']):,} runs "
            "left a plan that keeps every limit."
        )
    return told


def _cited(results: Results) -> list[str]:
    """Return the works to name: the toolkit, the paper of its model, the engine."""
    return [
        *(f"- {work.format(version=_text(_version(results)))}." for work in CITED),
        "- references.bib beside this text has every work cited by a key; CITATION.cff of "
        "the toolkit says how to cite it.",
    ]


def _table(table: HtmlTable) -> Sequence[str]:
    """Return a table of Markdown."""

    def row(cells: Sequence[str]) -> str:
        return f"| {' | '.join(map(_text, cells))} |"

    return [row(table.header), f"|{' --- |' * len(table.header)}", *map(row, table.rows)]
