"""What ``toolkit report`` prints as it writes for a paper."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from toolkit.cli import terminal
from toolkit.commands.papers_asked import Figures
from toolkit.common.errors import InputError


def words(option: str, given: list[str] | None, what: str = "a format") -> list[str]:
    """Return what is named by an option that may be repeated and have commas in it."""
    found = [word.strip().lower() for text in given or () for word in text.split(",")]
    if "" in found:
        raise InputError(f"{option}: expected {what}, or several with commas.")
    return list(dict.fromkeys(found))


def check(asked: Figures, forms: Sequence[str]) -> None:
    """Raise InputError for a mistake before anything is drawn."""
    from toolkit.commands import papers

    papers.check_tables(forms, asked.width)
    if asked.kinds:
        papers.check_figures(asked)
        return
    if asked.width is not None and "latex" not in forms:
        raise InputError("--width: expected with --figures, such as pdf, or --tables latex.")
    given = {"--style": asked.style, "--only": asked.only, "--no-titles": not asked.titles}
    for name in (name for name, value in given.items() if value):
        raise InputError(f"{name}: expected together with --figures, such as pdf.")


def check_alone(folders: Sequence[Path], **options: object) -> None:
    """Raise InputError for options that one results folder takes, where there are others."""
    from toolkit.commands.many.kinds import kind_of

    used = [name for name, value in options.items() if value]
    if not used:
        return
    found = f"{len(folders)} folders"
    if len(folders) == 1:
        kind = kind_of(folders[0])
        points = kind.homes(folders[0]) if kind else []
        such = f", such as {points[0]}" if points else ""
        found = f"a {kind.word}, whose points are results folders{such}" if kind else "--output"
    raise InputError(f"{', '.join(used)}: expected with one results folder; found {found}.")


def figures(folder: Path, asked: Figures) -> None:
    """Draw figures for print; say where they are, and what is to know of them."""
    from toolkit.cli import console
    from toolkit.commands import papers

    with console.status("drawing the figures for print"):
        paths, notes = papers.write_figures(folder, asked)
    for note in notes:
        terminal.aside(f"{note}.")
    count = len({path.stem for path in paths})
    wide = "" if asked.width is None else f", {asked.width:g} in wide"
    told = "1 figure" if count == 1 else f"{count} figures"
    terminal.answer(f"{paths[0].parent}: {told} as {' and '.join(asked.kinds)}{wide}")


def tables(folder: Path, forms: Sequence[str], width: float | None) -> None:
    """Write tables and name them; those that can be written, before one that cannot is told."""
    from toolkit.commands import papers

    for path in papers.write_tables(folder, forms, width):
        terminal.answer(path)


def methods(folder: Path) -> None:
    """Write the text on methods and name it."""
    from toolkit.commands import papers

    for path in papers.write_methods(folder):
        terminal.answer(path)
