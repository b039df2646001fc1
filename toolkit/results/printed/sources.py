"""What a text on methods names: tests with their sources, and works to cite."""

from __future__ import annotations

#: Each test as it is done here, see docs/statistics.md.
STATISTICS = {
    "pairs": (
        "- Every pair of optimizers ({pairs} in all), over {seeds} seeds that both ran with: "
        "Wilcoxon's signed-rank test, two-sided and exact (F. Wilcoxon, 1945, doi "
        "10.2307/3001968), with Holm's correction (S. Holm, 1979); effect as A12 (A. Vargha and "
        "H. D. Delaney, 2000, doi "
        "10.3102/10769986025002101). A run that breaks a limit counts below every run that keeps "
        "them all."
    ),
    "friedman": (
        "- All {optimizers} optimizers together: Friedman's test ({method}), and Nemenyi's "
        "critical difference of average ranks (J. Demsar, 2006, JMLR 7)."
    ),
}
#: The same as in CITATION.cff, and the engine.
CITED = (
    "the p2p-der-toolkit developers: p2p-der-toolkit, version {version}.",
    "B. Stalin: Optimized integration of distributed energy resources for P2P energy trading in "
    "distribution networks using the COS. IJERST 4(1), 22-29, 2026, doi 10.63458/ijerst.v4i1.148 "
    "(the model).",
    "R. C. Dugan and T. E. McDermott: An open source platform for collaborating on smart grid "
    "research. IEEE PES General Meeting, 2011, doi 10.1109/PES.2011.6039829 (OpenDSS).",
)
