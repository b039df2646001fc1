"""What a text on methods names: how limits count, tests with their sources, and works to cite."""

from __future__ import annotations

from toolkit.model.solver import BATCH, COMPILED, NAMES, OPENDSS
from toolkit.results.printed.bibliography import cite
from toolkit.results.wording import ALPHA

#: How limits count in a search, see docs/explanation/formulation.md and ``Scores``.
CONSTRAINTS = (
    "- How limits count: the violation of a plan is the sum of its excesses over steps and places, "
    "each as a share of what is allowed (voltages: of the width of the band). A plan that keeps "
    "every limit ranks before any that does not; of two that do not, the smaller violation is "
    "better.",
    "- Limits as well, of every plan: a store ends the day with at least what it held at its "
    "beginning, and the power flow of every step converges.",
    "- Optimizers that know one number alone get the objective of a plan that keeps every limit, "
    "and a ceiling that no such objective exceeds, plus the violation, for any other; there is no "
    "penalty weight.",
    "- Repaired before the power flow: what a store asks for is clipped to its power, to the "
    "energy it holds, and to what it needs by the end of the day; a unit whose bus is taken by "
    "another of its kind moves to the nearest free candidate.",
)
#: What searches by each solver, in words; see docs/explanation/power-flow.md.
SEARCHED = {
    OPENDSS: "OpenDSS",
    BATCH: f"{NAMES[BATCH]}, many steps and plans at once",
    COMPILED: NAMES[COMPILED],
}
#: Libraries that optimizers of the toolkit call, by the optimizer, as versions name them.
LIBRARIES = {"pygad": "pygad", "mealpy": "mealpy", "cma": "cma"}
#: Each test as it is done here, see docs/statistics.md.
STATISTICS = {
    "pairs": (
        "- Every pair of optimizers ({pairs} in all), over {seeds} seeds that both ran with: "
        f"Wilcoxon's signed-rank test{cite('wilcoxon1945')}, two-sided and exact, p corrected for "
        f"their number by Holm{cite('holm1979')}; significant where the corrected p is at most "
        f"alpha = {ALPHA:g}; effect as Vargha and Delaney's A12{cite('vargha2000')}. A run that "
        "breaks a limit counts below every run that keeps them all."
    ),
    "friedman": (
        "- All {optimizers} optimizers together, over {seeds} seeds: Friedman's test"
        f"{cite('friedman1937')} with its correction for ties, p by {{method}}, alpha = {ALPHA:g}; "
        f"Nemenyi's critical difference of average ranks at {ALPHA:g}{cite('demsar2006')}."
    ),
}
#: How p of Friedman's test is found, by what friedman.csv calls it.
METHODS = {
    "exact": "its exact distribution",
    "Iman-Davenport F": f"Iman and Davenport's F form{cite('iman1980')}",
}
#: The same as in CITATION.cff, and the engine.
CITED = (
    "the p2p-der-toolkit developers: p2p-der-toolkit, version {version}" + cite("p2pdertoolkit"),
    "B. Stalin: Optimized integration of distributed energy resources for P2P energy trading in "
    "distribution networks using the COS. IJERST 4(1), 22-29, 2026, doi 10.63458/ijerst.v4i1.148 "
    "(the model)" + cite("stalin2026"),
    "R. C. Dugan and T. E. McDermott: An open source platform for collaborating on smart grid "
    "research. IEEE PES General Meeting, 2011, doi 10.1109/PES.2011.6039829 (OpenDSS)"
    + cite("dugan2011"),
)
