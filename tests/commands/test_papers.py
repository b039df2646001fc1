"""What goes into a paper: files in the folder ``print``, which are ours and in no manifest."""

import pytest

from toolkit.commands import papers
from toolkit.commands.papers_asked import Figures
from toolkit.common import extras
from toolkit.errors import InputError
from toolkit.results.figures.plots import Plots
from toolkit.results.store.foreign import foreign
from toolkit.results.store.manifest import listed
from toolkit.results.store.names import is_result, is_shown
from toolkit.results.store.sums import checksums


def test_the_command_draws_for_print_and_says_where(folder, command):
    (folder / "print").mkdir()
    (folder / "print" / "figure2_traded.svg").write_text("of yesterday")
    asked = (
        "--figures",
        "pdf,PNG",
        "--width",
        "3.5",
        "--only",
        "figure6_convergence",
        "--no-titles",
    )
    code, out, err = command("report", folder, *asked, "--quiet")
    assert code == 0
    told = f"{folder / 'print'}: 1 figure as pdf and png, 3.5 in wide"
    assert out.splitlines() == [str(folder / "report.html"), told]
    assert "also holds 1 figure of earlier commands: figure2_traded.svg." in " ".join(err.split())
    assert "convergence: for its caption, Progress of the search." in " ".join(err.split())
    made = {f"figure6_convergence.{kind}" for kind in ("pdf", "png")}
    assert {path.name for path in (folder / "print").iterdir()} == made | {"figure2_traded.svg"}
    assert foreign(folder, listed(folder)) == []


def test_a_figure_that_shows_nothing_names_those_that_do(folder, monkeypatch):
    monkeypatch.setattr(Plots, "available", ["map", "traded"])
    with pytest.raises(
        InputError, match=r"--only comparison: nothing to show in .*; there are map"
    ):
        papers.write_figures(folder, Figures(("pdf",), only=("comparison",)))


def test_without_openpyxl_what_can_be_written_is(folder, command, monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(extras, "import_module", missing)
    code, out, err = command("report", folder, "--tables", "latex,excel", "--methods")
    assert code == 2
    assert [line.rpartition("/")[2] for line in out.splitlines()[1:]] == [
        *("methods.md", "references.bib", "summary.tex", "statistics.tex", "pairs.tex", "plan.tex"),
    ]
    assert "install it with: pip install 'p2p-der-toolkit[excel]'" in " ".join(err.split())


def test_the_command_writes_tables_and_names_them(folder, command):
    code, out, err = command("report", folder, "--tables", "latex,excel")
    assert (code, err) == (0, "")
    names = ["summary.tex", "statistics.tex", "pairs.tex", "plan.tex", "tables.xlsx"]
    assert out.splitlines()[1:] == [str(folder / "print" / name) for name in names]
    assert foreign(folder, listed(folder)) == []


def test_the_command_writes_methods_which_reproduce_leaves_alone(folder, command):
    code, out, err = command("report", folder, "--methods")
    assert (code, err) == (0, "")
    assert out.splitlines()[1:] == [str(folder / name) for name in ("methods.md", "references.bib")]
    assert foreign(folder, listed(folder)) == []
    assert "methods.md" not in checksums(folder)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (["--width", "3.5"], "--width: expected with --figures, such as pdf, or --tables latex"),
        (["--figures", "pdf,"], "--figures: expected a format, or several with commas"),
        (["--tables", "latex", "--width", "1"], "width: found 1 in; expected from 3 to 20"),
        (["--tables", "latx"], "--tables: unknown format 'latx'. Did you mean 'latex'?"),
        (["--tables", "xslx"], "unknown format 'xslx'. Did you mean 'excel'? Known: excel, latex."),
        (["--figures", "xlsx"], "--figures: unknown format 'xlsx'. Known: pdf, png, svg."),
        (["--only", "map"], "--only: expected together with --figures, such as pdf"),
        (["--no-titles"], "--no-titles: expected together with --figures, such as pdf"),
        (
            ["--figures", "pdf", "--only", "convergense"],
            "--only: unknown figure 'convergense'. Did you mean 'convergence'?",
        ),
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
        "references.bib",
    ):
        assert is_shown(name)
        assert not is_result(name)
    assert not is_shown("print/mine.pdf")
    assert papers.FIGURES == ("pdf", "svg", "png")
