"""Tables for a paper: what they hold, that TeX sets every name as it stands, and workbooks."""

import io
import re
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

from toolkit.common import extras
from toolkit.errors import InputError
from toolkit.results.printed.excel import to_excel
from toolkit.results.printed.latex import escaped, to_latex
from toolkit.results.printed.numbers import p_value
from toolkit.results.printed.paper_table import PaperTable
from toolkit.results.printed.tables import tables_of
from toolkit.results.store import read_results


@pytest.fixture(scope="module")
def results(ieee12_results):
    return read_results(ieee12_results)


def test_the_summary_has_base_best_and_every_median_run(results):
    rows = tables_of(results)["summary"].rows
    assert [row[0].partition(" (")[0] for row in rows] == [
        "base case",
        "best plan",
        "random",
        "cheetah",
    ]
    kept = results.summary[results.summary["case"] != "base"].sort_values(
        ["violation", "traded_kwh"], ascending=[True, False]
    )
    assert rows[1][1] == f"{kept['traded_kwh'].iloc[0]:,.1f}"


def test_the_plan_has_each_unit_with_its_sizes(results):
    table = tables_of(results, ["plan"])["plan"]
    assert table.header == [
        *("unit", "kind", "bus", "power, kW", "energy, kWh", "vehicles"),
    ]
    optimizer, seed = re.search(r"best plan \((.*), seed (\d+)\)$", table.title).groups()
    case = f"{optimizer}-seed{seed}"
    units = {u["name"]: u for u in results.cases[case].plan["units"]}
    for name, _, bus, kw, kwh, vehicles in table.rows:
        unit = units[name]
        assert (bus, kw) == (unit["bus"], f"{unit['kw']:,.1f}")
        assert kwh == (f"{unit['kwh']:,.1f}" if unit["kwh"] else "-")
        assert vehicles == (str(unit["vehicles"]) if unit["kind"] == "bev" else "-")


def test_statistics_have_the_figures_of_the_report(results):
    row = tables_of(results)["statistics"].rows[0]
    assert row[1] == f"{results.statistics['median_kwh'].iloc[0]:,.1f}"


def test_a_table_that_is_not_there_names_those_that_are(results):
    with pytest.raises(InputError, match=r"unknown table 'plans'\. Did you mean 'plan'"):
        results.to_latex("plans")
    alone = replace(results, statistics=results.statistics.iloc[:0])
    with pytest.raises(InputError, match=r"table 'pairs': none in .*; there are summary, plan"):
        alone.to_latex("pairs")


#: A table as strange as names can be.
ODD = PaperTable(
    "100 % of a_b & c",
    ["case", "traded, kWh", "p", "effect"],
    [
        ["[x] $a_1^2$ {\\input{/etc/passwd}}", "-1,662.7", "< 0.001", "-"],
        ["*a--b ~#%|", "0.5", "1.2e-05", "large"],
        ["b\x1b[31m\u202e", "-", "1", "small"],
    ],
)


def test_quartiles_are_numbers_of_their_own_in_a_workbook_and_money_has_its_currency(results):
    tariffs = results.study.tariffs.model_copy(update={"currency": "USD"})
    summary = results.summary.assign(annual_cost=1.5)
    study = results.study.model_copy(update={"tariffs": tariffs})
    book = openpyxl.load_workbook(
        io.BytesIO(to_excel(replace(results, study=study, summary=summary)))
    )
    header, first = ([cell.value for cell in row] for row in book["statistics"]["A2":"F3"])
    assert header[1:] == [
        *("median (kWh)", "lower quartile (kWh)", "upper quartile (kWh)", "IQR (kWh)", "best (kWh)")
    ]
    row = results.statistics.iloc[0]
    ends = ["lower_quartile_kwh", "upper_quartile_kwh", "iqr_kwh"]
    assert first[2:5] == pytest.approx([row[name] for name in ends], abs=0.051)
    every = [cell.value for cell in book["every case"][2]]
    assert "annual_cost (USD)" in every
    assert not any("money" in name for name in every)


@pytest.mark.parametrize(
    ("p", "told"), [(0.0625, "0.063"), (0.0615, "0.062"), (0.0009, "< 0.001"), (1.0, "1.000")]
)
def test_halves_of_p_are_rounded_up(p, told):
    assert p_value(p) == told


def test_every_sign_that_tex_obeys_is_escaped():
    assert escaped("a_b & 5 % $x$ #1 {y} ^ ~ \\z") == (
        r"a\_b \& 5 \% \$x\$ \#1 \{y\} \textasciicircum{} \textasciitilde{} \textbackslash{}z"
    )
    assert escaped("p < 0.001 --- ``x''") == (
        r"p \textless{} 0.001 -{}-{}- \textasciigrave{}\textasciigrave{}x'{}'"
    )


def test_a_table_is_balanced_and_holds_no_command_but_ours():
    text = to_latex({"odd": ODD})
    assert text.count(r"\begin{") == text.count(r"\end{") == 2
    bare = re.sub(r"\\[{}\\]", "", text)
    assert bare.count("{") == bare.count("}")
    known = {"usepackage", "begin", "end", "centering", "caption", "label", "toprule", "midrule"}
    known |= {"bottomrule", "textbackslash", "textasciicircum", "textasciitilde", "textbar"}
    known |= {"textless", "fontsize", "selectfont", "setlength", "tabcolsep"}
    assert set(re.findall(r"\\([a-z]+)", re.sub(r"\\\\", "", text))) <= known
    lines = text.splitlines()
    assert lines[0] == r"% needs \usepackage{booktabs}"
    assert r"\begin{tabular}{@{}lrrl@{}}" in lines
    assert r"case & traded (kWh) & p & effect \\" in lines
    rows = lines[lines.index(r"\midrule") + 1 : lines.index(r"\bottomrule")]
    assert all(len(re.findall(r"(?<!\\)&", row)) == 3 for row in rows)
    assert rows[0].startswith("{}[x] ")
    assert rows[0].endswith(r" & $-$1,662.7 & \textless{} 0.001 & -- \\")
    assert rows[1].startswith("{}*a-{}-b")
    assert "1.2e$-$05" in rows[1]
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", text)


def test_many_rows_break_over_pages():
    many = PaperTable("Units", ["unit", "kW"], [[f"pv{i}", "1.0"] for i in range(60)])
    text = to_latex({"plan": many})
    assert text.count(r"\begin{table}") == 2
    assert "part 1 of 2" in text
    wide = to_latex({"plan": many}, 7.16)
    assert wide.startswith("% needs \\usepackage{booktabs} and {longtable}\n")
    assert r"\begin{longtable}{@{}lr@{}}" in wide
    assert text.count("pv") == wide.count("pv") == 60


def test_a_workbook_has_numbers_as_numbers_and_no_formula(results):
    odd = results.summary.assign(broken=results.summary["broken"].map(lambda _: "=1+1"))
    changed = replace(results, summary=odd)
    content = to_excel(changed)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["summary", "statistics", "pairs", "plan", "every case"]
    shown = [[cell.value for cell in row] for row in book["summary"].iter_rows()]
    assert shown[1][:3] == ["case", "traded (kWh)", "to load (kWh)"]
    assert shown[2][1] == pytest.approx(results.summary["traded_kwh"].iloc[0], abs=0.05)
    assert book["summary"]["B3"].number_format == "#,##0.0"
    every = pd.read_excel(io.BytesIO(content), sheet_name="every case", header=1)
    held = [float(f"{kwh:.16g}") for kwh in results.summary["traded_kwh"]]  # as workbooks do
    assert every["traded_kwh (kWh)"].tolist() == held
    assert all(c.data_type == "s" for c in book["every case"]["A"][1:])
    assert "=1+1" in {c.value for row in book["every case"] for c in row if c.data_type == "s"}
    assert to_excel(changed) == content


def test_without_openpyxl_the_message_names_the_command(results, monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(extras, "import_module", missing)
    says = (
        r"workbooks are written by openpyxl, which is not .*pip install 'p2p-der-toolkit\[excel\]'"
    )
    with pytest.raises(InputError, match=says):
        to_excel(results)
