"""The report: one file that needs nothing else, says what the folder holds, and trusts no name."""

import base64
import html
import json
import re
import shutil
from html.parser import HTMLParser

import pandas as pd
import pytest

from toolkit import study, tables, verdicts
from toolkit.commands import simulate_and_store
from toolkit.errors import InputError
from toolkit.figures import FIGURES, draw_folder
from toolkit.figures.groups import groups_of
from toolkit.report import write_report
from toolkit.store import read_results

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


@pytest.fixture(scope="module")
def reported(ieee12_results, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reported") / "results"
    shutil.copytree(ieee12_results, folder)
    draw_folder(folder)
    write_report(folder)
    return folder


@pytest.fixture
def copied(reported, tmp_path):
    folder = tmp_path / "results"
    shutil.copytree(reported, folder)
    return folder


def test_report_asks_the_network_for_nothing(reported):
    text = (reported / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"https?:|url\(|@import", text)
    tags = read(reported).tags
    assert not {tag for tag, _ in tags} & {"script", "link", "iframe", "object", "form", "a"}
    assert all(a["src"].startswith("data:") for _, a in tags if "src" in a)


def test_report_holds_every_figure_with_words_for_it(reported):
    images = [attributes for tag, attributes in read(reported).tags if tag == "img"]
    drawn = [stem for stem in FIGURES if (reported / "figures" / f"{stem}.svg").is_file()]
    assert set(FIGURES) - set(drawn) == {"figure8_ranks"}  # two optimizers have no ranks
    assert [image["alt"] for image in images] == [FIGURES[stem] for stem in drawn]
    for image, stem in zip(images, drawn, strict=True):
        held = base64.b64decode(image["src"].removeprefix("data:image/svg+xml;base64,"))
        assert held == (reported / "figures" / f"{stem}.svg").read_bytes()


def test_report_holds_the_tables_ours_and_published(reported):
    text = read(reported).text
    tidy = pd.read_csv(reported / "tables.csv", keep_default_na=False)
    numbers = tidy.assign(published=pd.to_numeric(tidy["published"], errors="coerce"))
    for layout in tables.layouts(numbers):
        assert layout.title in text
        assert "paper" in layout.header
        for row in layout.rows:
            assert set(row) <= set(text)


def test_report_holds_the_statistics_and_says_what_they_mean(reported):
    text = read(reported).text
    results = read_results(reported)
    for layout in (verdicts.layout(results.statistics), verdicts.pairs_layout(results.pairs)):
        assert layout.title in text
        for row in layout.rows:
            assert set(row) <= set(text)
    said = verdicts.sentences(results.pairs, results.friedman)
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


def test_answer_speaks_of_the_optimizer_that_does_best(reported):
    base, *others = groups_of(read_results(reported))
    best = max(others, key=lambda g: (-g.row["violation"], g.row["traded_kwh"]))
    said = answer(reported)
    assert f"the median of 2 runs of {best.name}," in said
    assert f"trade {best.row['traded_kwh']:,.0f} kWh" in said
    assert f"in the base case it is {base.row['traded_kwh']:,.0f} kWh" in said
    facts = [f"{best.row['traded_kwh']:,.0f} kWh", f"{best.row['v_min_pu']:.4f} pu"]
    assert set(facts) <= set(read(reported).text)


def test_answer_prefers_a_plan_that_keeps_the_limits_and_says_when_none_does(copied):
    summary = pd.read_csv(copied / "summary.csv")
    best = max(groups_of(read_results(copied))[1:], key=lambda g: g.row["traded_kwh"]).name
    broken = summary["optimizer"] == best
    summary.loc[broken, ["violation", "feasible"]] = [0.2, False]
    summary.to_csv(copied / "summary.csv", index=False)
    write_report(copied)
    assert f"runs of {best}," not in answer(copied)
    summary[["violation", "feasible"]] = [0.2, False]
    summary.to_csv(copied / "summary.csv", index=False)
    write_report(copied)
    assert "at least one limit is broken" in answer(copied)


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
    assert "<script" not in text
    assert html.escape(NASTY).replace("&quot;", "&#34;").replace("&#x27;", "&#39;") in text
    assert f"{short}-seed1" in read(copied).text


def test_report_says_when_a_run_was_interrupted(copied):
    manifest = json.loads((copied / "manifest.json").read_text(encoding="utf-8"))
    manifest["status"] = "interrupted"
    (copied / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    write_report(copied)
    assert any("This run is interrupted" in text for text in read(copied).text)


def test_report_of_the_base_case_alone_and_without_figures(tmp_path):
    folder = tmp_path / "results"
    simulate_and_store(study.load("ieee12"), None, folder, "toolkit simulate")
    write_report(folder)
    assert answer(folder).startswith("As declared, the feeder's units let neighbours trade 1,6")
    assert not any(tag == "img" for tag, _ in read(folder).tags)
    assert not list(folder.glob("*.partial"))


def test_no_results_folder_no_report(tmp_path):
    with pytest.raises(InputError, match="no results folder"):
        write_report(tmp_path)
    assert list(tmp_path.iterdir()) == []
