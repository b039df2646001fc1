"""Figures for print: type that can be read at one column, nothing cut, and the user's own style."""

from dataclasses import replace
from itertools import combinations

import matplotlib
import pandas as pd
import pytest
from helpers.drawings import DRAWN, texts

from toolkit.errors import InputError
from toolkit.results import figures
from toolkit.results.figures import comparison, style
from toolkit.results.figures.fitting import broken, fitted
from toolkit.results.figures.groups import groups_of
from toolkit.results.figures.names import fit_to_draw
from toolkit.results.figures.one_line import one_line
from toolkit.results.figures.page import page_of
from toolkit.results.store import read_results


def printed(folder, page, stems=figures.FIGURES):
    with style.look(page):
        found = dict(figures.drawn(fit_to_draw(read_results(folder)), stems))
        for figure in found.values():
            fitted(figure)
    return found


def check(figure, width, least=7.0):
    """Hold a figure to its width, its type to a size, and all text to its place."""
    assert figure.get_figwidth() == width
    found, canvas = texts(figure), figure.bbox
    assert found
    for text, box in found:
        assert text.get_fontsize() >= least - 1e-9, text.get_text()
        inside = (
            box.x0 >= -1 and box.y0 >= -1 and box.x1 <= canvas.x1 + 1 and box.y1 <= canvas.y1 + 1
        )
        assert inside, (text.get_text(), box, canvas)
    for (a, p), (b, q) in combinations(found, 2):
        common = min(p.x1, q.x1) - max(p.x0, q.x0), min(p.y1, q.y1) - max(p.y0, q.y0)
        assert min(common) <= 2.0, (a.get_text(), b.get_text(), common)


@pytest.fixture(scope="module")
def column(ieee12_results):
    return printed(ieee12_results, page_of(3.5, None))


@pytest.mark.parametrize("stem", DRAWN)
def test_a_figure_of_one_column_can_be_read(column, stem):
    check(column[stem], 3.5)


def test_a_long_time_and_a_narrow_column_can_be_read(forty_days):
    stems = ("figure2_traded", "figure5_voltages", "figure13_duration", "figure14_months")
    found = printed(forty_days, page_of(3.0, None), stems)
    assert {*stems} == {*found}
    for figure in found.values():
        check(figure, 3.0)


def test_a_page_s_width_has_panels_beside_each_other(ieee12_results):
    found = printed(ieee12_results, page_of(7.16, None), ["figure3_contribution"])
    check(found["figure3_contribution"], 7.16)
    edges = {round(a.get_position().x0, 3) for a in found["figure3_contribution"].axes[:3]}
    assert len(edges) == 2


def test_ranks_of_many_optimizers_can_be_read():
    names = ["cheetah", "cheetah-plus", "pygad", "cma", "mealpy", "random"]
    ranks = pd.DataFrame({"optimizer": names, "average_rank": [1.2, 2.4, 2.6, 4.1, 4.9, 5.8]})
    test = pd.DataFrame([{"critical_difference": 2.1, "p": 0.001, "seeds": 10.0}])
    with style.look(page_of(3.5, None)):
        figure = comparison.critical_difference([], ranks, test)
        fitted(figure)
    check(figure, 3.5)


def test_without_titles_figures_are_laid_out_anew(ieee12_results):
    stems = ("figure2_traded",)
    with_titles = printed(ieee12_results, page_of(3.5, None), stems)
    without = printed(ieee12_results, page_of(3.5, None, titles=False), stems)
    for stem in stems:
        check(without[stem], 3.5)
        (above, below) = (found[stem].axes[0].get_position() for found in (without, with_titles))
        assert above.y1 > below.y1 + 0.03
        told = {text.get_text() for text, _ in texts(without[stem])}
        assert not any(text.startswith("Energy traded between") for text in told)


def test_a_diagram_of_many_cases_is_no_higher_than_a_page(ieee12_results):
    results = fit_to_draw(read_results(ieee12_results))
    base, *others = groups_of(results)
    rows = [others[0].row.copy() for _ in range(6)]
    for i, row in enumerate(rows):
        row["case"], row["violation"], row["traded_kwh"] = f"c{i}", 0.0, float(i)
    groups = [base, *(replace(others[0], name=f"c{i}", row=row) for i, row in enumerate(rows))]
    with style.look(page_of(7.16, None)):  # two columns of panels hold all
        assert not one_line(results.network, groups[:6], results.study.limits).left_out
    with style.look(page_of(3.5, None)):
        figure = one_line(results.network, groups, results.study.limits)
        fitted(figure)
    check(figure, 3.5)
    assert figure.get_figheight() <= 8.75
    shown = [axes.get_title(loc="left").partition(",")[0] for axes in figure.axes[:-1]]
    assert shown[0] == "base case"
    assert shown[1:] == [f"c{i}" for i in range(7 - len(shown), 6)]
    assert figure.left_out.startswith(f"{7 - len(shown)} of 7 cases")


def test_a_style_without_a_grid_leaves_the_house_s_grid_as_light_as_it_is():
    assert "grid.color" not in page_of(3.5, "grayscale").rules
    assert page_of(3.5, "ggplot").rules["grid.color"] == "white"


def test_a_text_is_broken_between_words_alone():
    assert broken("Energy traded between neighbours", 70.0, 8.0).split("\n") == [
        *("Energy traded", "between", "neighbours")
    ]
    assert broken("third-party:Stadtwerke", 20.0, 8.0) == "third-party:Stadtwerke"


def test_a_style_file_comes_before_the_user_s_settings_and_these_before_the_house(
    ieee12_results, tmp_path
):
    path = tmp_path / "mine.mplstyle"
    path.write_text(
        'axes.prop_cycle: cycler("color", ["#123456", "654321"])  # two\n'
        "font.family: serif\nfont.size: 9\nsavefig.bbox: tight\nbackend: tkagg\n"
    )
    with matplotlib.rc_context({"font.size": 12.0, "axes.linewidth": 2.5}):
        page = page_of(3.5, str(path))
    figure = printed(ieee12_results, page, ["figure2_traded"])["figure2_traded"]
    axes = figure.axes[0]
    assert [line.get_color() for line in axes.lines] == ["#000000", "#123456", "#654321"]
    assert axes.yaxis.label.get_fontname() == "DejaVu Serif"  # also outside of these settings
    assert axes.spines["left"].get_linewidth() == 2.5
    assert next(t for t in axes.texts if t.get_text() == "peak").get_fontsize() == 7.2
    assert page.rules["savefig.bbox"] is None
    assert matplotlib.rcParams["font.size"] == 10.0


def test_type_is_smaller_where_the_user_says_so_and_the_style_s_width_is_kept(ieee12_results):
    page = page_of(None, {"font.size": 6.0, "xtick.labelsize": 5.0, "figure.figsize": (3.4, 2.0)})
    figure = printed(ieee12_results, page, ["figure2_traded"])["figure2_traded"]
    check(figure, 3.4, least=5.0)
    assert figure.axes[0].xaxis.get_major_ticks()[0].label1.get_fontsize() == 5.0


def test_the_same_results_give_the_same_bytes_in_every_form(ieee12_results):
    results, kinds = read_results(ieee12_results), ("pdf", "svg")
    page, name = page_of(3.5, "grayscale"), "figure6_convergence"
    made = []
    for _ in range(2):
        with style.look(page):
            figure = dict(figures.drawn(fit_to_draw(results), [name]))[name]
            fitted(figure)
            made.append([style.to_bytes(figure, kind) for kind in kinds])
    assert made[0] == made[1]
    assert made[0][0].startswith(b"%PDF")
    assert b"CreationDate" not in made[0][0]
    assert b"/Type3" not in made[0][0]


@pytest.mark.parametrize(
    ("width", "text", "says"),
    [
        (2.0, None, "width: found 2 in; expected from 3 to 20 inches"),
        (float("nan"), None, "width: found nan in"),
        (3.5, "font.sizes: 9", r"line 1: unknown setting 'font.sizes'. Did you mean 'font.size'"),
        (3.5, "\nfont.size: large-ish", r"line 2: font.size: found 'large-ish'"),
        (3.5, "text.usetex: True", "text.usetex: found true; expected false"),
        (3.5, "font.family: No Such Font", "found No Such Font; none of these fonts is installed"),
    ],
)
def test_a_mistake_is_told_in_one_message(width, text, says, tmp_path):
    path = tmp_path / "odd.mplstyle"
    path.write_text(text or "", encoding="utf-8")
    with pytest.raises(InputError, match=says):
        page_of(width, str(path))


def test_a_style_that_is_not_there_names_the_nearest():
    with pytest.raises(InputError, match=r"unknown style 'grayscal'\. Did you mean 'grayscale'"):
        page_of(3.5, "grayscal")
    with pytest.raises(InputError, match=r"there\.mplstyle: no such style file"):
        page_of(3.5, "there.mplstyle")
