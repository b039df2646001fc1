"""The figures of results as objects, for notebooks and scripts."""

from __future__ import annotations

from matplotlib.figure import Figure

from toolkit.common.errors import InputError, listed, nearest
from toolkit.results.figures import FIGURES, NAMES, drawn, style
from toolkit.results.figures.fitting import fitted
from toolkit.results.figures.names import fit_to_draw
from toolkit.results.figures.page import Style, page_of
from toolkit.results.store.contents import Results


class Plots:
    """The figures of a results folder, each a method that returns a matplotlib ``Figure``.

    Every method takes ``width``, inches (3.5 for one column, with type of 7 points and more; the
    report's when left out), ``style``: a ``.mplstyle`` file, the name of a style of matplotlib, or
    a mapping of settings, and ``title``: False leaves out what stands above the figure, since a
    caption says it; the names of panels stay. What ``style`` sets comes before
    ``matplotlib.rcParams``, these before the style of the house. Figures are known to no window
    and no ``pyplot``; ``figure.savefig("name.pdf")`` saves one, and a notebook shows it.

    A method raises InputError where these results have nothing to show in it, and names the figures
    that there are.

    Examples
    --------
    >>> import toolkit
    >>> results = toolkit.simulate("ieee12", out="results/base")
    >>> figure = results.plot.traded(width=3.5)
    >>> float(figure.get_figwidth())
    3.5
    >>> figure.axes[0].get_ylabel()
    'Energy traded (kWh per hour)'
    """

    def __init__(self, results: Results) -> None:
        self._results = results

    def __repr__(self) -> str:
        """Return what these results can draw."""
        return f"figures: {listed(self.available)}"

    def __getattr__(self, name: str) -> Figure:
        """Raise AttributeError that names the nearest figure and all there are."""
        if name.startswith("_"):
            raise AttributeError(name)
        known = [*NAMES.values()]
        raise AttributeError(f"no figure '{name}'.{nearest(name, known)} Known: {listed(known)}.")

    @property
    def available(self) -> list[str]:
        """The names of the figures that these results can draw."""
        with style.look():
            return [NAMES[stem] for stem, _ in drawn(fit_to_draw(self._results))]

    def map(self, width: float | None = None, style: Style = None, title: bool = True) -> Figure:
        """Draw the one-line diagram of the feeder with the units each case places."""
        return self._drawn("figure1_one_line", width, style, title)

    def traded(self, width: float | None = None, style: Style = None, title: bool = True) -> Figure:
        """Draw the energy traded between neighbours, by case."""
        return self._drawn("figure2_traded", width, style, title)

    def contribution(
        self, width: float | None = None, style: Style = None, title: bool = True
    ) -> Figure:
        """Draw the energy sold by each kind of unit, by case."""
        return self._drawn("figure3_contribution", width, style, title)

    def losses(self, width: float | None = None, style: Style = None, title: bool = True) -> Figure:
        """Draw the active losses of the network, by case."""
        return self._drawn("figure4_losses", width, style, title)

    def voltages(
        self, width: float | None = None, style: Style = None, title: bool = True
    ) -> Figure:
        """Draw the highest and lowest bus voltage with their limits, by case."""
        return self._drawn("figure5_voltages", width, style, title)

    def convergence(
        self, width: float | None = None, style: Style = None, title: bool = True
    ) -> Figure:
        """Draw the best feasible objective by evaluations, by optimizer."""
        return self._drawn("figure6_convergence", width, style, title)

    def targets(
        self, width: float | None = None, style: Style = None, title: bool = True
    ) -> Figure:
        """Draw the share of targets reached by evaluations, by optimizer."""
        return self._drawn("figure7_targets", width, style, title)

    def comparison(
        self, width: float | None = None, style: Style = None, title: bool = True
    ) -> Figure:
        """Draw the average ranks of three optimizers and more, and which do not differ."""
        return self._drawn("figure8_ranks", width, style, title)

    def voltage_map(
        self, width: float | None = None, style: Style = None, title: bool = True
    ) -> Figure:
        """Draw the voltage at each bus against its limits, by case."""
        return self._drawn("figure9_voltage_map", width, style, title)

    def charge(self, width: float | None = None, style: Style = None, title: bool = True) -> Figure:
        """Draw the state of charge of each battery and vehicle station, by case."""
        return self._drawn("figure10_charge", width, style, title)

    def loading(
        self, width: float | None = None, style: Style = None, title: bool = True
    ) -> Figure:
        """Draw the loading of lines and transformers, by case."""
        return self._drawn("figure11_loading", width, style, title)

    def trades(self, width: float | None = None, style: Style = None, title: bool = True) -> Figure:
        """Draw the energy that each prosumer sells to each other in the best plan."""
        return self._drawn("figure12_trades", width, style, title)

    def duration(
        self, width: float | None = None, style: Style = None, title: bool = True
    ) -> Figure:
        """Draw for how many hours import, export and loading are as high."""
        return self._drawn("figure13_duration", width, style, title)

    def months(self, width: float | None = None, style: Style = None, title: bool = True) -> Figure:
        """Draw the energy traded by month, by case."""
        return self._drawn("figure14_months", width, style, title)

    def validation(
        self, width: float | None = None, style: Style = None, title: bool = True
    ) -> Figure:
        """Draw a plan on days it was not made for, beside its bound."""
        return self._drawn("figure15_validation", width, style, title)

    def _drawn(self, stem: str, width: float | None, look: Style, title: bool) -> Figure:
        """Return a figure laid out, its looks its own. Raises InputError where it shows nothing."""
        with style.look(page_of(width, look, title)):
            for _, figure in drawn(fit_to_draw(self._results), [stem]):
                fitted(figure)
                return figure
        raise InputError(
            f"figure '{NAMES[stem]}' ({FIGURES[stem]}): nothing to show in "
            f"{self._results.folder}; there are {listed(self.available)}."
        )
