"""The style of the house, as settings of matplotlib."""

from __future__ import annotations

from typing import Any

INK = "#222222"
FAINT = "#6b6b6b"
RULES: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Arial", "Helvetica"],
    "font.size": 10.0,
    "axes.titlesize": 11.0,
    "figure.titlesize": 11.0,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": "#d5d5d5",
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "lines.markersize": 5.0,
    "savefig.dpi": 160.0,
    # Names are the user's: a dollar sign in one is no formula.
    "text.parse_math": False,
    # The same results give the same bytes, with text left as text.
    "svg.hashsalt": "p2p-der-toolkit",
    "svg.fonttype": "none",
}
#: What the house's style is at one column: type of 7 and 8 points, and thinner lines.
NARROW: dict[str, Any] = {
    "font.size": 8.0,
    "axes.titlesize": 8.0,
    "figure.titlesize": 8.0,
    "axes.labelsize": 7.5,
    "xtick.labelsize": 7.0,
    "ytick.labelsize": 7.0,
    "legend.fontsize": 7.0,
    "legend.handlelength": 1.8,
    "legend.columnspacing": 1.2,
    "axes.linewidth": 0.6,
    "axes.titlepad": 4.0,
    "axes.labelpad": 2.5,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "lines.linewidth": 1.2,
    "lines.markersize": 3.5,
    "hatch.linewidth": 0.4,
    "savefig.dpi": 300.0,
}
#: What files for print have beside these: TrueType fonts, which publishers ask for.
PRINT: Any = {"pdf.fonttype": 42}
