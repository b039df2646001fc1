"""What values tell of themselves at a prompt and in a notebook: short, escaped, still, alike."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pandas as pd
import pytest

from toolkit.common.shown import Shown
from toolkit.inputs import study_files
from toolkit.results.figures.groups import best_plan, groups_of
from toolkit.results.report.answer import answer_of
from toolkit.results.report.html_tables import HtmlTable
from toolkit.results.report.small_map import MOST_BUSES, small_map
from toolkit.results.report.telling import HTML_ROWS, Telling
from toolkit.results.store import read_results

#: Elements that act, or load something.
ACTING = {"script", "img", "iframe", "link", "object", "embed", "image", "use", "a", "form"}
HOSTILE = '<script>alert("x")</script>&\u202e'


class Elements(HTMLParser):
    """The names and attributes of elements, and whether each that opens also closes."""

    def __init__(self, text):
        super().__init__()
        self.names, self.attributes, self.open = set(), set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def found(ieee12_results):
    return read_results(ieee12_results)


def many(results, count):
    """Return results with so many cases, all but the base case by long names."""
    run, row = results.cases["cheetah-seed1"], results.summary.iloc[-1:]
    names = [f"{'x' * 60}{i}-seed{i}" for i in range(count)]
    rows = [row.assign(case=name, optimizer=name[:-1]) for name in names]
    cases = {name: replace(run, name=name) for name in names}
    return replace(
        results,
        summary=pd.concat([results.summary, *rows], ignore_index=True),
        cases={**results.cases, **cases},
    )


def test_the_answer_is_first_and_the_folder_last(found):
    groups = groups_of(found)
    shown = best_plan(found, groups)
    answer = answer_of(found, groups, shown)
    first, *middle, last = repr(found).splitlines()
    assert first == answer.sentence
    assert last.startswith("Results of study ieee12, complete: 5 cases (base, random-seed1,")
    assert last.endswith(str(found.folder))
    biggest = answer.tables[0].rows[0]
    row = next(line for line in middle if line.split()[0] == biggest[0])
    assert " ".join(row.split()) == " ".join(biggest)


def test_text_is_short_whatever_it_is_about(found):
    large = many(found, 150)
    names = " and ".join(["a reason of many words"] * 500)
    large.manifest["notices"] = [names] * 50
    for value in (found, large, *found.cases.values(), found.study):
        assert 100 < len(repr(value)) < 2000
    assert repr(large).splitlines()[-1].endswith(str(found.folder))
    study = found.study.model_copy(update={"fleet": found.study.fleet.model_copy()})
    wide = study_files.parse(
        (
            'name = "wide"\nfeeder = "ieee12"\n[fleet]\nbuses = ['
            + ", ".join(f'"{i}"' for i in range(2000))
            + "]\n"
        ).encode(),
        "wide.toml",
    )
    assert repr(study) == repr(found.study)
    assert repr(wide).startswith("Study(name='wide', feeder='ieee12'")
    assert len(repr(wide)) < 2000


def test_a_study_shows_what_it_changes():
    assert repr(study_files.load("ieee12").model_copy(update={"name": "b"})).startswith(
        "Study(name='b', feeder='ieee12'"
    )


def test_html_acts_on_nothing_loads_nothing_and_is_small(found):
    text = found._repr_html_()
    seen = Elements(text)
    assert not seen.open
    assert not seen.names & ACTING
    assert {"svg", "table", "style", "title"} <= seen.names
    assert not [name for name in seen.attributes if name.startswith("on") or name == "href"]
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|url\(|@import", text)
    assert len(text.encode()) < 300_000
    assert "Units of the plan" in text
    assert "in the base case" in text


def test_names_of_strangers_are_text(found):
    network = {**found.network, "feeder": HOSTILE}
    buses = [
        {**bus, "name": HOSTILE if bus["name"] == "5" else bus["name"]} for bus in network["buses"]
    ]
    ends = {"bus1": "bus1", "bus2": "bus2"}
    branches = [
        {**b, **{key: HOSTILE if b[key] == "5" else b[key] for key in ends}}
        for b in network["branches"]
    ]
    strange = replace(found, network={**network, "buses": buses, "branches": branches})
    text = strange._repr_html_()
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "\u202e" not in text + repr(strange)
    table = HtmlTable(HOSTILE, [HOSTILE, "b"], [[HOSTILE, "1"]])
    told = Telling((HOSTILE,), HOSTILE, [table])
    assert "<script" not in told.html()
    assert "\u202e" not in told.text()


def test_the_map_has_a_mark_for_every_unit_at_its_bus(found):
    groups = groups_of(found)
    shown = best_plan(found, groups)
    svg = ElementTree.fromstring(str(small_map(found, shown)))
    space = "{http://www.w3.org/2000/svg}"
    titles = [mark.text for mark in svg.iter(f"{space}title")]
    units = [u for u in shown.median.plan["units"] if u["kw"] >= 0.05]
    assert len(titles) == len(units)
    assert {t.split(":")[0] for t in titles} == {u["name"] for u in units}
    for unit in units:
        told = next(t for t in titles if t.startswith(f"{unit['name']}:"))
        assert told.endswith(f"bus {unit['bus']}")
    texts = {text.text for text in svg.iter(f"{space}text")}
    assert {bus["name"] for bus in found.network["buses"]} <= texts
    _, _, wide, high = map(float, svg.attrib["viewBox"].split())
    for mark in svg.iter(f"{space}path"):
        for x, y in re.findall(r"[ML](-?\d+) (-?\d+)", mark.attrib["d"]):
            if "transform" not in mark.attrib:
                assert 0 <= float(x) <= wide
                assert 0 <= float(y) <= high


def test_a_feeder_too_large_has_no_map_but_its_answer(found):
    bus = found.network["buses"][-1]
    more = [{**bus, "name": f"more{i}"} for i in range(MOST_BUSES)]
    huge = replace(found, network={**found.network, "buses": [*found.network["buses"], *more]})
    text = huge._repr_html_()
    assert "<svg" not in text
    assert repr(found).splitlines()[0] in text.replace("&#39;", "'")


def test_tables_of_many_rows_are_cut_with_a_word():
    rows = [[f"r{i}", str(i)] for i in range(500)]
    told = Telling(("Answer.",), "where", [HtmlTable("T", ["name", "n"], rows)])
    assert told.text().splitlines()[0] == "Answer."
    assert "  ... 492 more" in told.text().splitlines()
    assert f"T: the first {HTML_ROWS} of 500 rows" in told.html()
    assert "r39" in told.html()
    assert "r40" not in told.html()


def test_looking_at_a_value_never_fails(found):
    class Odd(Shown):
        _told_by = "toolkit.no_such_module"

    assert repr(Odd()).startswith("Odd, of which nothing can be told: ")
    assert Odd()._repr_html_() is None
    broken = replace(found, summary=found.summary.iloc[:0])
    assert repr(broken).startswith("Results, of which nothing can be told: ")
    assert broken._repr_html_() is None


def test_results_without_a_search_and_interrupted_ones_say_so(found):
    alone = replace(
        found,
        summary=found.summary[found.summary["case"] == "base"],
        cases={"base": found.cases["base"]},
        manifest={**found.manifest, "status": "interrupted"},
    )
    assert repr(alone).startswith("As declared, the feeder's units let neighbours trade")
    assert "This run was interrupted" in repr(alone)
    assert "<svg" in alone._repr_html_()
