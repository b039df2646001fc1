"""The columns of what is written about several results folders together."""

from __future__ import annotations

from toolkit.results.column import Column, words

#: diff.csv: two results folders beside each other.
DIFF = (
    words(
        "part",
        "overview: what each is; study, search, files, versions: what was asked differently; plan: "
        "units by bus and kind; best, base: figures of the best plan and of the base case; "
        "optimizers: what is sought, of median runs",
    ),
    words("item", "field, unit, figure or optimizer"),
    words("unit", "unit of both numbers"),
    Column("a", "", "the number in A; blank where it is text, or where A has none"),
    Column("b", "", "the same in B"),
    Column("difference", "", "b - a"),
    Column("difference_pct", "%", "the difference over the amount of a; blank where a is 0"),
    words("text_a", "what A has where it is no figure"),
    words("text_b", "the same of B"),
)
#: cases.csv: several results folders beside each other, a row for each figure.
CASES = (
    words("folder", "the results folder"),
    words("study", "name of its study"),
    words("feeder", "name of its feeder"),
    words("plan", "best: its best plan; base: its base case; bound: proven for what is sought"),
    words("case", "as in summary.csv; blank of a bound"),
    words("item", "what the figure is; of each plan what is sought comes first"),
    words("unit", "its unit"),
    Column("value", "", "the figure"),
)
