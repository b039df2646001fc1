"""What goes into a paper: files in the folder ``print``, which are ours and in no manifest."""

import pytest

from toolkit.commands import papers
from toolkit.results import figures
from toolkit.results.store.foreign import foreign
from toolkit.results.store.manifest import listed
from toolkit.results.store.names import is_result, is_shown
from toolkit.results.store.sums import checksums


@pytest.fixture
def one_figure(monkeypatch):
    """Have one figure drawn, which shows as much of a command as all do."""
    every, stem = figures.drawn, "figure6_convergence"
    monkeypatch.setattr(figures, "drawn", lambda results: every(results, [stem]))
    return stem


def test_the_command_draws_for_print_and_says_where(folder, command, one_figure):
    asked = ("--figures", "pdf,PNG", "--figures", "svg", "--width", "3.5")
    code, out, err = command("report", folder, *asked)
    assert (code, err) == (0, "")
    told = f"{folder / 'print'}: 1 figure as pdf and png and svg, 3.5 in wide"
    assert out.splitlines() == [str(folder / "report.html"), told]
    made = {f"{one_figure}.{kind}" for kind in ("pdf", "png", "svg")}
    assert {path.name for path in (folder / "print").iterdir()} == made
    assert foreign(folder, listed(folder)) == []


def test_the_command_writes_tables_and_names_them(folder, command):
    code, out, err = command("report", folder, "--tables", "latex,excel")
    assert (code, err) == (0, "")
    names = ["summary.tex", "statistics.tex", "pairs.tex", "plan.tex", "tables.xlsx"]
    assert out.splitlines()[1:] == [str(folder / "print" / name) for name in names]
    assert foreign(folder, listed(folder)) == []


def test_the_command_writes_methods_which_reproduce_leaves_alone(folder, command):
    code, out, err = command("report", folder, "--methods")
    assert (code, err) == (0, "")
    assert out.splitlines()[1:] == [str(folder / "methods.md")]
    assert foreign(folder, listed(folder)) == []
    assert "methods.md" not in checksums(folder)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (["--width", "3.5"], "--width: expected together with --figures, such as pdf"),
        (["--figures", "pdf,"], "--figures: expected a format, or several with commas"),
        (["--tables", "latx"], "--tables: unknown format 'latx'. Did you mean 'latex'?"),
        (["--figures", "pfd"], "--figures: unknown format 'pfd'. Did you mean 'pdf'?"),
        (["--figures", "pdf", "--width", "1"], "width: found 1 in; expected from 3 to 20"),
        (["--figures", "pdf", "--style", "no.mplstyle"], "no.mplstyle: no such style file"),
    ],
)
def test_a_mistake_is_told_before_anything_is_drawn(folder, command, asked, says):
    code, out, err = command("report", folder, *asked)
    assert (code, out) == (2, "")
    assert says in " ".join(err.split())
    assert not (folder / "print").exists()


def test_what_is_made_for_print_is_ours_and_in_no_manifest():
    for name in (
        "print/figure2_traded.pdf",
        "print/summary.tex",
        "print/tables.xlsx",
        "methods.md",
    ):
        assert is_shown(name)
        assert not is_result(name)
    assert not is_shown("print/mine.pdf")
    assert papers.FIGURES == ("pdf", "svg", "png")
