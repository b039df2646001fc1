"""Figures as objects: each of the report, tied to no window; errors name what there is."""

import io
import subprocess
import sys

import matplotlib
import numpy as np
import pytest
from helpers.drawings import DRAWN
from matplotlib.figure import Figure

from toolkit.errors import InputError
from toolkit.results.figures import FIGURES
from toolkit.results.figures.plots import NAMES, Plots
from toolkit.results.store import read_results


@pytest.fixture(scope="module")
def results(ieee12_results):
    return read_results(ieee12_results)


def test_every_figure_of_the_report_has_a_name_and_a_method():
    assert [*NAMES] == [*FIGURES]
    assert all(callable(getattr(Plots, name)) for name in NAMES.values())


def test_available_are_those_that_the_report_draws(results):
    assert results.plot.available == [NAMES[stem] for stem in DRAWN]


def test_a_figure_keeps_its_looks_when_the_user_s_settings_differ(results):
    figure = results.plot.convergence(width=np.float64(3.5))
    assert isinstance(figure, Figure)
    shown = figure._repr_png_()
    with matplotlib.rc_context(
        {"font.size": 30.0, "xtick.labelsize": 25.0, "font.family": "serif"}
    ):
        kept = io.BytesIO()
        figure.savefig(kept, format="png", metadata={"Software": None})
        assert figure._repr_png_() == shown == kept.getvalue()


#: Draws in a process of its own, where nothing of pyplot may be loaded.
ELSEWHERE = """
import sys, toolkit
figure = toolkit.read_results(sys.argv[1]).plot.traded(style={"axes.linewidth": 3.0})
assert figure.axes[0].spines["left"].get_linewidth() == 3.0
assert figure.get_figwidth() == 9.0
assert "matplotlib.pyplot" not in sys.modules
"""


def test_no_pyplot_is_needed(ieee12_results):
    subprocess.run([sys.executable, "-c", ELSEWHERE, str(ieee12_results)], check=True)


def test_a_figure_with_nothing_to_show_names_those_that_there_are(results):
    says = (
        r"figure 'comparison' \(Average ranks .*\): nothing to show in .*; there are map, traded,"
    )
    with pytest.raises(InputError, match=says):
        results.plot.comparison()


def test_a_name_that_is_no_figure_names_the_nearest(results):
    with pytest.raises(AttributeError, match=r"no figure 'convergance'\. Did you mean"):
        results.plot.convergance()
    assert not hasattr(results.plot, "_ipython_display_")
    assert repr(results.plot).startswith("figures: map, traded")


@pytest.mark.parametrize("wrong", [{"width": "3.5"}, {"width": True}, {"style": 5}, {"style": ""}])
def test_an_argument_that_cannot_be_used_is_told(results, wrong):
    with pytest.raises(InputError, match=f"{next(iter(wrong))}: found "):
        results.plot.traded(**wrong)
