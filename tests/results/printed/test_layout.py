"""Tables that fit: measured from the LaTeX itself with the letters of Computer Modern."""

import re
from dataclasses import replace

import pandas as pd
import pytest
from matplotlib import get_data_path
from matplotlib.ft2font import FT2Font

from toolkit.results import wording
from toolkit.results.printed import metrics
from toolkit.results.printed.latex import escaped, to_latex
from toolkit.results.printed.paper_table import PaperTable
from toolkit.results.printed.tables import tables_of
from toolkit.results.store import read_results

#: Points of TeX in an inch, the size of tables, and how much wider cmr8 is than cmr10 as small.
INCH, SIZE, SMALL = 72.27, 8.0, 17.0 / 16.0
#: What stands in LaTeX for what is drawn, in thousandths where the font lacks it.
DRAWN = {"$-$": 778, "--": 500, "\\_": 361, "\\textless{}": 778, "\\%": 834, "\\&": 778}


@pytest.fixture(scope="module")
def font():
    found = FT2Font(f"{get_data_path()}/fonts/ttf/cmr10.ttf")
    found.set_size(1000, 72)
    return found


def advance(font, sign):
    return font.load_char(ord(sign)).linearHoriAdvance / 65536.0


def drawn(font, cell):
    """Return how wide a cell is, points: what TeX obeys is replaced, the rest is measured."""
    cell, thousandths = cell.replace("\\raggedright ", "").replace("{}", ""), 0.0
    for command, width in DRAWN.items():
        command = command.replace("{}", "")
        thousandths += width * cell.count(command)
        cell = cell.replace(command, "")
    return (thousandths + sum(advance(font, sign) for sign in cell)) * SMALL * SIZE / 1000.0


def tabulars(text):
    """Yield each tabular: its environment, columns, and rows of cells."""
    pattern = r"\\begin{(table\*?)}.*?\\begin{tabular}{@{}(.*?)@{}}\n(.*?)\\end{tabular}"
    for place, columns, body in re.findall(pattern, text, re.DOTALL):
        rows = [line[: -len(r" \\")] for line in body.splitlines() if line.endswith(r"\\")]
        cells = [re.split(r"(?<!\\) & ", f" {row} ") for row in rows]
        yield (
            place,
            re.findall(r"p{[\d.]+pt}|[lr]", columns),
            [[c.strip() for c in r] for r in cells],
        )


def inches(font, columns, rows):
    """Return how wide a tabular is: columns with three points on either side, but at its edges."""
    assert all(len(row) == len(columns) for row in rows)
    total = 6.0 * (len(columns) - 1)
    for i, kind in enumerate(columns):
        widest = max(drawn(font, row[i]) for row in rows)
        if kind.startswith("p"):
            words = [w for row in rows for w in row[i].replace("\\raggedright ", "").split(" ")]
            assert max(drawn(font, w) for w in words) <= float(kind[2:-3]) + 0.01
            widest = float(kind[2:-3])
        total += widest
    return total / INCH


def check(font, text, width):
    """Hold every table of a text to a column, or to a page where it takes both columns."""
    found = [*tabulars(text)]
    for place, columns, rows in found:
        measured = inches(font, columns, rows)
        assert measured <= (7.16 if place == "table*" and width < 5.0 else width) + 1e-3
    for name in ("table", "table*", "tabular", "parbox"):
        opened = text.count(rf"\begin{{{name}}}")
        assert opened == text.count(rf"\end{{{name}}}")
    bare = re.sub(r"\\[{}]", "", text)
    assert bare.count("{") == bare.count("}")
    return found


@pytest.fixture(scope="module")
def results(ieee12_results):
    return read_results(ieee12_results)


def test_the_widths_of_signs_are_those_of_computer_modern(font):
    ours = {s: w for s, w in metrics.WIDTHS.items() if s not in '<>_{}|\\"'}
    assert ours.keys() | {*'<>_{}|\\"'} == {chr(code) for code in range(32, 127)}
    off = {sign: width - advance(font, sign) for sign, width in ours.items()}
    assert all(-1.0 <= more <= 5.0 for more in off.values()), off


@pytest.mark.parametrize("width", [3.0, 3.5, 6.0, 7.16])
def test_every_table_of_a_comparison_fits(results, font, width):
    text = results.to_latex(width=width)
    found = check(font, text, width)
    assert len(found) == 4
    told = [float(inch) for inch in re.findall(r"^% ([\d.]+) in wide", text, re.MULTILINE)]
    measured = [inches(font, columns, rows) for _, columns, rows in found]
    assert told == pytest.approx(measured, abs=0.08)
    if width == 3.5:
        assert {place for place, *_ in found} == {"table"}


def test_a_table_too_wide_for_a_column_takes_both(font):
    header = ["case", *(f"quantity{i}, kWh" for i in range(9))]
    rows = [[f"optimizer {i}", *[f"-{i},234.5"] * 9] for i in range(14)]
    found = check(font, to_latex({"wide": PaperTable("T", header, rows)}, 3.5), 3.5)
    assert [place for place, *_ in found] == ["table*"]


def test_a_table_of_few_rows_and_many_columns_is_turned(font):
    header = ["case", *(f"quantity{i}, kWh" for i in range(9))]
    table = PaperTable(
        "T", header, [["base case", *["1.0"] * 9], ["best (ga, seed 2)", *["-2.0"] * 9]]
    )
    ((place, _, rows),) = check(font, to_latex({"t": table}, 3.5), 3.5)
    assert place == "table"
    assert rows[:4] == [
        ["", "", "best"],
        ["", "", "(ga,"],
        ["", "base", "seed"],
        ["", "case", "2)"],
    ]
    assert rows[4] == ["quantity0 (kWh)", "1.0", "$-$2.0"]


def test_spare_columns_become_a_note_where_all_rows_agree():
    header, rows = ["case", "x, kWh", "runs"], [["a", "1.0", "3"], ["b", "2.0", "3"]]
    table = PaperTable(
        "T",
        header,
        [["n" * 36, *row[1:]] for row in rows],
        notes=["runs: one for each of the seeds."],
        spare={"runs": "Runs: {}."},
    )
    text = to_latex({"t": table}, 3.0)
    assert "Runs: 3." in text
    assert "seeds" not in text
    other = replace(table, rows=[table.rows[0], [*table.rows[1][:2], "2"]])
    assert "Runs: " not in to_latex({"t": other}, 3.0)
    assert "runs: one for each of the seeds." in to_latex({"t": other}, 3.0)


def test_friedman_and_pairs_say_which_p_and_alpha(results):
    names = ["a", "b_1", "c"]
    statistics = pd.concat([results.statistics.iloc[:1]] * 3).assign(
        optimizer=names, average_rank=[2.0, 1.25, 2.75]
    )
    pair = {"n": 4, "median_difference_kwh": -1234.56, "p": 0.25, "a12": 0.5, "effect": "small"}
    both = [("a", "b_1", 0.5), ("a", "c", 0.7), ("b_1", "c", 0.0004)]
    pairs = pd.DataFrame(
        [
            {**pair, "optimizer_a": a, "optimizer_b": b, "p_holm": 0.75, "p_nemenyi": p}
            for a, b, p in both
        ]
    )
    row = {"optimizers": 3, "seeds": 4, "chi2": 4.5, "p": 0.125, "method": "exact"}
    friedman = pd.DataFrame([row | {"critical_difference": 1.657}])
    made = tables_of(replace(results, statistics=statistics, pairs=pairs, friedman=friedman))
    ranks = made["friedman"]
    assert ranks.rows == [
        ["b_1", "1.25", "-", "-"],
        ["a", "2.00", "0.75", "0.500"],
        ["c", "2.75", "1.50", "< 0.001"],
    ]
    told = " ".join(ranks.notes)
    assert "Friedman's test (exact): chi-squared 4.50, 2 degrees of freedom, p = 0.13." in told
    assert "further apart than 1.66 differ significantly (Nemenyi, alpha = 0.05)" in told
    assert made["pairs"].rows[0][1:5] == ["4", "-1,234.6", "0.250", "0.750"]
    of_pairs = " ".join(made["pairs"].notes)
    assert "corrected for 3 pairs, significant up to alpha = 0.05" in of_pairs
    assert "Difference: median over seeds of the first less the second." in of_pairs
    (few,) = wording.too_few(pairs)
    assert few.startswith("With 4 seeds no pair can come out significant by Wilcoxon's test: ")
    assert made["pairs"].notes[-1] == ranks.notes[-1] == few
    enough = replace(results, statistics=statistics, pairs=pairs.assign(n=7), friedman=friedman)
    assert all("no pair can" not in note for note in tables_of(enough)["pairs"].notes)
    assert escaped("b_1") in to_latex(made)


def test_the_same_quantity_has_the_same_decimals_in_every_table(results):
    made = tables_of(results)
    cells = [row[1] for row in made["summary"].rows] + [row[1] for row in made["statistics"].rows]
    assert {len(cell.partition(".")[2]) for cell in cells} == {1}
