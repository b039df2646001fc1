"""The folder of a front: what it was asked, in ``front.json``, and the folders of its points."""

from __future__ import annotations

from toolkit.commands.many.folder import Kind

EXTREMES, POINTS, SEVERAL = PARTS = ("extremes", "points", "several")
TABLE, VOLUMES = TABLES = ("front.csv", "hypervolume.csv")
#: What says whether hypervolumes of optimizers differ; there where several ran with several seeds.
PAIRS, FRIEDMAN = "hypervolume_pairs.csv", "hypervolume_friedman.csv"
FRONT = Kind(
    "front",
    asked="goals",
    differs="study, goals, points, budget, runs, seed or optimizer",
    tables=(*TABLES, PAIRS, FRIEDMAN),
    parts=PARTS,
)
