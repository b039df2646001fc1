"""The report: one file that needs nothing else, says what the folder holds, and trusts no name."""

import base64
import hashlib
import html
import json
import re
import shutil
from html.parser import HTMLParser

import pandas as pd
import pytest
from helpers.drawings import LONG

from toolkit.commands import simulate_and_store
from toolkit.errors import InputError
from toolkit.inputs import study_files
from toolkit.results import paper_tables, wording
from toolkit.results.figures import FIGURES
from toolkit.results.figures.groups import best_plan, groups_of
from toolkit.results.report import html_tables, write_report
from toolkit.results.report.findings import findings
from toolkit.results.report.money import bills_section
from toolkit.results.report.study_facts import study_facts, unit_table
from toolkit.results.store import read_results

NASTY = "<script>alert(1)</script>&\"'"
VOID = {"meta", "img", "link", "br", "hr", "input"}


class Reader(HTMLParser):
    """Collects tags with their attributes and the text, and checks that every tag is closed."""

    def __init__(self):
        super().__init__()
        self.tags, self.text, self.open = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read(folder):
    reader = Reader()
    reader.feed((folder / "report.html").read_text(encoding="utf-8"))
    assert reader.open == []
    return reader


def answer(folder):
    text = (folder / "report.html").read_text(encoding="utf-8")
    return html.unescape(re.search(r'<p class="answer">(.*?)</p>', text, re.DOTALL)[1])


def warned(folder):
    text = (folder / "report.html").read_text(encoding="utf-8")
    return [html.unescape(line) for line in re.findall(r'<p class="warning">(.*?)</p>', text)]


@pytest.fixture
def copied(reported, tmp_path):
    folder = tmp_path / "results"
    shutil.copytree(reported, folder)
    return folder


def test_report_asks_the_network_for_nothing(reported):
    text = (reported / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"https?:|url\(|@import", text)
    tags = read(reported).tags
    assert not {tag for tag, _ in tags} & {"iframe", "object", "form"}
    assert all(a["src"].startswith("data:") for _, a in tags if "src" in a)
    assert all(a["href"].startswith(("#", "data:")) for _, a in tags if "href" in a)


def test_report_lets_no_script_run_but_its_own(reported):
    text = (reported / "report.html").read_text(encoding="utf-8")
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    metas = [attributes for tag, attributes in read(reported).tags if tag == "meta"]
    (policy,) = [a["content"] for a in metas if a.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == f"'sha256-{digest}'"
    assert rules["img-src"] == "data:"


def test_contents_lead_to_every_section_and_headings_are_in_order(reported):
    tags = read(reported).tags
    targets = [a["href"][1:] for tag, a in tags if tag == "a" and a["href"].startswith("#")]
    sections = [a["id"] for tag, a in tags if tag == "section"]
    assert targets == sections
    assert sections[:4] == ["answer", "hours", "asked", "tables"]
    ids = [a["id"] for _, a in tags if "id" in a]
    assert len(set(ids)) == len(ids)
    headings = [tag for tag, _ in tags if re.fullmatch(r"h\d", tag)]
    # of the part that one can play with the bus chosen has a heading below
    assert headings == ["h1", "h2", "h2", "h3", *["h2"] * (len(sections) - 2)]


def test_tables_have_captions_and_every_header_its_scope(reported):
    tags = read(reported).tags
    count = sum(tag == "table" for tag, _ in tags)
    assert count == sum(tag == "caption" for tag, _ in tags) >= 7
    assert all(a["scope"] in ("col", "row") for tag, a in tags if tag == "th")
    header = html_tables.paper(read_results(reported).tables, "day")[0].header
    assert header[:3] == ["case", "off-peak, kWh/h", "off-peak paper, kWh/h"]


def test_what_was_asked_is_said_in_words(reported):
    text = read(reported).text
    assert "ieee12, 12 buses, 11 of them with load (the prosumers), 11 lines" in " ".join(text)
    assert "random, cheetah: 2 runs each of 25 evaluations, seeds 1 to 2" in text
    assert any(t.startswith("0.95 to 1.05 pu at every bus") for t in text)
    held = read_results(reported)
    (row, *_) = unit_table(held, groups_of(held)[0]).rows
    assert row == ["pv1", "PV", "5", "75 kW", "0 to 150 kW", "every bus with load"]


def test_units_of_a_study_of_its_own_are_said_in_words(other_results):
    held = read_results(other_results)
    rows = unit_table(held, groups_of(held)[0]).rows
    assert {row[5] for row in rows} == {"2, 4, 6, 8, 9, 11, 12"}
    low, high = held.study.fleet.scale
    assert (low, high) == (0.0, 3.0)
    assert rows[0][4] == "0 to 225 kW"
    assert study_facts(held, groups_of(held)[0])["Time"].startswith("48 steps of 30 min")


def test_report_holds_every_figure_with_words_for_it(reported):
    images = [attributes for tag, attributes in read(reported).tags if tag == "img"]
    drawn = [stem for stem in FIGURES if (reported / "figures" / f"{stem}.svg").is_file()]
    # Two optimizers have no ranks, and a day has neither months nor hours of a year.
    assert set(FIGURES) - set(drawn) == {"figure8_ranks", *LONG}
    results = read_results(reported)
    groups = groups_of(results)
    said = findings(results, groups, best_plan(results, groups))
    assert said.keys() == FIGURES.keys()
    expected = {f"{stem}.svg": f"{FIGURES[stem]}. {said[stem]}" for stem in drawn}
    files = {(reported / "figures" / name).read_bytes(): alt for name, alt in expected.items()}
    held = {decoded(image["src"]): image["alt"] for image in images}
    assert held.keys() == files.keys()
    for content, alt in held.items():
        assert alt == files[content]


def test_bills_are_those_of_the_folder(reported):
    results = read_results(reported)
    groups = groups_of(results)
    shown = best_plan(results, groups)
    section = bills_section(results, groups, shown)
    community, bills = section.tables
    held = results.community.set_index("case")
    assert [row[0] for row in community.rows] == [group.title for group in groups]
    for row, group in zip(community.rows, groups, strict=True):
        assert row[3] == f"{held.loc[group.median.name, 'saving']:,.2f}"
    day = shown.median.bills[shown.median.bills["period"] == "day"]
    assert [row[0] for row in bills.rows] == list(day["bus"])
    assert bills.rows[0][5] == f"{day['bill_alone'].iloc[0]:,.2f}"
    assert section.title in read(reported).text
    assert {row[7] for row in bills.rows} <= set(read(reported).text)


def test_a_folder_from_before_there_were_bills_is_reported_without(copied):
    (copied / "community.csv").unlink()
    for path in (copied / "cases").glob("*/*.csv"):
        if path.name in ("bills.csv", "trades.csv"):
            path.unlink()
    write_report(copied)
    assert "Bills" not in read(copied).text


def decoded(source):
    return base64.b64decode(source.removeprefix("data:image/svg+xml;base64,"))


def test_findings_hold_the_numbers_of_the_folder(reported):
    results = read_results(reported)
    groups = groups_of(results)
    said = findings(results, groups, groups[0])
    buses = results.cases["base"].buses
    worst = buses.loc[buses["v_min_pu"].idxmin()]
    place = f"{worst['v_min_pu']:.4f} pu at bus {worst['bus']} at {worst['step'] - 1:02d}:00"
    assert f"Base case: lowest {place}" in said["figure9_voltage_map"]
    assert said["figure1_one_line"].endswith(f"lowest voltage {place}.")
    lines = results.cases["base"].lines
    assert f"at most {lines['loading_pct'].max():.0f} % at line." in said["figure11_loading"]
    assert said["figure10_charge"].startswith("Base case: ")


def test_report_holds_the_tables_ours_and_published(reported):
    text = read(reported).text
    tidy = pd.read_csv(reported / "tables.csv", keep_default_na=False)
    numbers = tidy.assign(published=pd.to_numeric(tidy["published"], errors="coerce"))
    for table in paper_tables.text_tables(numbers):
        assert table.title in text
        assert any("paper" in name for name in text)
        for row in table.rows:
            assert set(row) <= set(text)


def test_report_holds_the_statistics_and_says_what_they_mean(reported):
    text = read(reported).text
    results = read_results(reported)
    for table in (wording.statistics_table(results.statistics), wording.pairs_table(results.pairs)):
        assert table.title in text
        for row in table.rows:
            assert set(row) <= set(text)
    said = wording.sentences(results.pairs, results.friedman)
    assert said[-1].startswith("random and cheetah: no significant difference at n = 2")
    assert set(said) <= set(text)


def test_a_folder_from_before_there_were_statistics_is_reported_without(copied):
    for name in ("statistics", "pairs", "targets"):
        (copied / f"{name}.csv").unlink()
    write_report(copied)
    assert "Comparison" not in read(copied).text


def test_report_holds_every_case_and_where_it_comes_from(reported):
    text = read(reported).text
    results = read_results(reported)
    for case, traded in zip(results.summary["case"], results.summary["traded_kwh"], strict=True):
        assert case in text
        assert f"{traded:,.1f}" in text
    assert results.manifest["study_hash"] in text
    assert set(results.manifest["versions"].values()) <= set(text)


def test_answer_speaks_of_the_best_plan_found_and_of_the_median_runs_beside_it(reported):
    base, *others = groups_of(read_results(reported))
    summary = pd.read_csv(reported / "summary.csv").iloc[1:]
    best = summary.sort_values(["violation", "traded_kwh"], ascending=[True, False]).iloc[0]
    said = answer(reported)
    assert said.startswith(f"With the best plan found, {best['case']},")
    assert f"trade {best['traded_kwh']:,.0f} kWh" in said
    assert f"against {base.row['traded_kwh']:,.0f} kWh" in said
    assert said.count(". ") == 0
    text = read(reported).text
    facts = [f"{best['traded_kwh']:,.0f} kWh", f"{best['v_min_pu']:.4f} pu"]
    assert set(facts) <= set(text)
    beside = next(line for line in text if line.startswith("Energy traded: "))
    for group in others:
        told = f"{group.row['traded_kwh']:,.0f} kWh in the median of 2 runs of {group.name}"
        assert told in beside


def test_answer_prefers_a_plan_that_keeps_the_limits_and_says_when_none_does(copied):
    summary = pd.read_csv(copied / "summary.csv")
    best = summary["case"][summary["traded_kwh"].idxmax()]
    broken = summary["case"] == best
    summary.loc[broken, ["violation", "feasible"]] = [0.2, False]
    summary.to_csv(copied / "summary.csv", index=False)
    write_report(copied)
    assert f"plan found, {best}," not in answer(copied)
    summary[["violation", "feasible"]] = [0.2, False]
    summary.to_csv(copied / "summary.csv", index=False)
    write_report(copied)
    assert "at least one limit is broken" in answer(copied)
    assert warned(copied)[0].startswith("No plan shown keeps every limit")


def test_answer_says_which_limit_is_broken(copied):
    summary = pd.read_csv(copied / "summary.csv").astype({"broken": object})
    summary[["violation", "feasible", "broken"]] = [0.2, False, "voltage 0.93 pu at bus 9"]
    summary.to_csv(copied / "summary.csv", index=False)
    write_report(copied)
    assert answer(copied).endswith("at least one limit is broken: voltage 0.93 pu at bus 9.")


def test_a_search_that_left_no_plan_says_so_first(copied):
    summary = pd.read_csv(copied / "summary.csv").head(1)
    summary.to_csv(copied / "summary.csv", index=False)
    for name in ("statistics", "pairs", "targets"):
        (copied / f"{name}.csv").unlink()
    write_report(copied)
    assert warned(copied) == ["No plan was found: the figures are those of the base case."]


def test_report_escapes_every_name(copied):
    """A plug-in, a feeder or a command line may be called anything."""
    short = NASTY.replace("/", "")  # a case is a folder, whose name holds no slash
    old = "random-seed1"
    (copied / "cases" / old).rename(copied / "cases" / f"{short}-seed1")
    summary = pd.read_csv(copied / "summary.csv").replace({old: f"{short}-seed1", "random": short})
    summary.to_csv(copied / "summary.csv", index=False)
    for name in ("tables.csv", "statistics.csv", "pairs.csv", "targets.csv"):
        frame = pd.read_csv(copied / name).replace("random", short, regex=True)
        frame.to_csv(copied / name, index=False)
    for name, change in (
        ("manifest.json", {"command": NASTY, "optimizers": [NASTY], "status": NASTY}),
        ("network.json", {"feeder": NASTY}),
    ):
        held = json.loads((copied / name).read_text(encoding="utf-8"))
        (copied / name).write_text(json.dumps({**held, **change}), encoding="utf-8")
    write_report(copied)
    text = (copied / "report.html").read_text(encoding="utf-8")
    assert text.count("<script") == 2  # the page's own, and its data, which never runs
    assert html.escape(NASTY).replace("&quot;", "&#34;").replace("&#x27;", "&#39;") in text
    assert f"{short}-seed1" in read(copied).text


def test_report_says_when_a_run_was_interrupted(copied):
    manifest = json.loads((copied / "manifest.json").read_text(encoding="utf-8"))
    manifest["status"] = "interrupted"
    (copied / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    write_report(copied)
    assert warned(copied) == ["This run was interrupted: the figures are those found until then."]


def test_report_of_the_base_case_alone_and_without_figures(tmp_path):
    folder = tmp_path / "results"
    simulate_and_store(study_files.load("ieee12"), None, folder, "toolkit simulate")
    write_report(folder)
    assert answer(folder).startswith("As declared, the feeder's units let neighbours trade 1,6")
    assert not any(tag == "img" for tag, _ in read(folder).tags)
    assert warned(folder) == []
    assert "Search" not in read(folder).text
    assert not list(folder.glob("*.partial"))


def test_no_results_folder_no_report(tmp_path):
    with pytest.raises(InputError, match="no results folder"):
        write_report(tmp_path)
    assert list(tmp_path.iterdir()) == []
