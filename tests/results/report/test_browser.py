"""The report in a real browser: headless Chromium, where it is installed."""

import json
import shutil

import pandas as pd
import pytest
from helpers import chromium
from helpers.drawings import put

from toolkit.commands import simulate_and_store
from toolkit.inputs import study_files
from toolkit.results.report import write_report

pytestmark = pytest.mark.skipif(
    chromium.found() is None,
    reason="no Chromium: apt-get install chromium, to see the report in a browser",
)

NASTY = "<script>alert(1)</script></title></style>\"'&"
#: Messages of the browser that mean something is wrong.
TROUBLE = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
#: Elements whose own text has too little contrast against what is behind it (WCAG 2, 4.5 to 1).
PALE = """
(() => {
  const rgba = (text) => text.match(/[\\d.]+/g).map(Number);
  const linear = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const found = rgba(getComputedStyle(at).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
  };
  const own = (element) => [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  return [...document.body.querySelectorAll("*:not(script)")].filter(own).map((element) => {
    const two = [light(rgba(getComputedStyle(element).color)), light(behind(element))];
    return [(Math.max(...two) + 0.05) / (Math.min(...two) + 0.05), element.outerHTML.slice(0, 80)];
  }).filter(([ratio]) => !(ratio >= 4.5));
})()
"""


@pytest.fixture(scope="module")
def page():
    with chromium.page() as opened:
        yield opened


@pytest.fixture(params=[390, 1440])
def shown(request, page, reported):
    page.size(request.param)
    page.scheme("light")
    page.open((reported / "report.html").as_uri())
    return page


def asked_for(page):
    """Return the addresses the page asked for, its own and data in itself left out."""
    sent = [event["request"]["url"] for event in page.told("Network.requestWillBeSent")]
    own = page.run("location.href")
    return [address for address in sent if not address.startswith(("data:", own))]


def test_report_is_small(reported):
    assert (reported / "report.html").stat().st_size < 5_000_000


def test_nothing_is_wrong_and_nothing_asked_for_outside_the_page(shown):
    assert shown.told(*TROUBLE) == []
    assert asked_for(shown) == []


def test_the_watch_for_trouble_sees_an_error_and_a_request(page, tmp_path):
    bad = tmp_path / "bad.html"
    bad.write_text("<img src='nowhere.png'><script>console.error(1); missing()</script>")
    page.send("Page.navigate", url="about:blank")
    page.events.clear()
    page.send("Page.navigate", url=bad.as_uri())
    while page.run("document.readyState") != "complete" or not asked_for(page):
        pass
    assert {"Runtime.exceptionThrown", "Runtime.consoleAPICalled"} <= {
        event["method"] for event in page.events
    }
    assert asked_for(page)[0].endswith("nowhere.png")


def test_page_is_no_wider_than_the_screen(shown):
    assert shown.run("document.documentElement.scrollWidth <= innerWidth")
    assert shown.run("innerWidth") in (390, 1440)


def test_every_figure_is_there_with_words_for_it(shown):
    images = shown.run("[...document.images].map(i => [i.naturalWidth, i.width, i.alt])")
    assert len(images) >= 9
    for natural, width, alt in images:
        assert natural > 0
        assert width >= 300
        assert len(alt) > 40


def test_figures_look_their_width_and_no_text_leaves_a_card(shown):
    cut = "[...document.querySelectorAll('p, h1, h2, dd, dt, figcaption')]"
    assert shown.run(f"{cut}.filter(e => e.scrollWidth > e.clientWidth + 1).length") == 0


def test_what_goes_on_to_the_right_says_so(page, reported):
    page.size(390)
    page.open((reported / "report.html").as_uri())
    wide = "document.querySelector('#cases-table1 .wide')"
    hinted = f"getComputedStyle({wide}.nextElementSibling).display"
    page.run("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    assert page.run(hinted) == "block"
    page.run(f"{wide}.scrollLeft = 1e6; new Promise((done) => setTimeout(done, 100))")
    assert page.run(hinted) == "none"


def columns(page, table, column):
    """Return the text of one column of a table."""
    rows = f"[...document.querySelector('{table} table').tBodies[0].rows]"
    return page.run(f"{rows}.map(row => row.cells[{column}].textContent)")


def test_a_table_is_sorted_from_the_keyboard(shown):
    table = "#cases-table1"
    before = [float(text.replace(",", "")) for text in columns(shown, table, 2)]
    shown.run(f"document.querySelector('{table} th:nth-child(3) button').focus()")
    shown.press("Enter", 13)
    rising = [float(text.replace(",", "")) for text in columns(shown, table, 2)]
    assert rising == sorted(before)
    header = f"document.querySelector('{table} th:nth-child(3)').getAttribute('aria-sort')"
    assert shown.run(header) == "ascending"
    shown.press("Enter", 13)
    assert [float(text.replace(",", "")) for text in columns(shown, table, 2)] == rising[::-1]
    assert shown.run(header) == "descending"


def test_tab_leads_to_the_skip_link_first_and_enter_follows_it(shown):
    shown.press("Tab", 9)
    assert shown.run("document.activeElement.className") == "skip"
    shown.press("Enter", 13)
    assert shown.run("document.activeElement.id") == "answer"


def test_a_table_is_copied_as_lines_and_tabs(shown):
    assert shown.run("document.querySelectorAll('table').length") == shown.run(
        "document.querySelectorAll('table button.copy').length"
    )
    shown.run(
        "window.held = ''; navigator.clipboard.writeText = async (text) => { window.held = text; };"
        "document.querySelector('#cases-table1 button.copy').click()"
    )
    lines = [line.split("\t") for line in shown.run("window.held").split("\n")]
    assert lines[0][:3] == ["case", "evaluations", "traded, kWh"]
    assert lines[1][0] == "base"
    assert len({len(line) for line in lines}) == 1
    assert shown.run("document.getElementById('told').textContent").startswith("Copied: Every case")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(page, reported, scheme):
    page.size(1440)
    page.scheme(scheme)
    page.open((reported / "report.html").as_uri())
    page.run("hoursReady")
    ground = page.run("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") is (scheme == "light")
    assert page.run(PALE) == []
    page.run("document.querySelector('.about').style.color = 'var(--line)'")
    assert len(page.run(PALE)) == 1


def test_report_prints(shown):
    held = shown.send("Page.printToPDF", printBackground=True)["data"]
    assert held.startswith("JVBERi0")  # %PDF-
    assert len(held) > 50_000


def test_without_scripts_everything_still_reads(page, reported):
    page.send("Emulation.setScriptExecutionDisabled", value=True)
    try:
        page.open((reported / "report.html").as_uri())
        assert page.run("document.querySelectorAll('button').length") == 0
        assert page.run("document.querySelectorAll('td').length") > 50
    finally:
        page.send("Emulation.setScriptExecutionDisabled", value=False)


def test_no_name_of_a_users_file_runs(page, reported, tmp_path):
    """In the page, in its title, in alt texts and inside the figures."""
    folder = tmp_path / "results"
    shutil.copytree(reported, folder)
    for name in ("buses", "units", "lines"):
        path = folder / "cases" / "base" / f"{name}.csv"
        frame = pd.read_csv(path, dtype=str)
        for column in {"bus", "unit", "line"} & set(frame):
            frame[column] = NASTY + frame[column]
        frame.to_csv(path, index=False)
    path = folder / "cases" / "base" / "plan.json"
    plan = json.loads(path.read_text(encoding="utf-8"))
    for unit in plan["units"]:
        unit["name"], unit["bus"] = NASTY + unit["name"], NASTY + unit["bus"]
    path.write_text(json.dumps(plan), encoding="utf-8")
    network = json.loads((folder / "network.json").read_text(encoding="utf-8"))
    network["feeder"], network["head"] = NASTY, NASTY + network["head"]
    network["buses"] = [{**bus, "name": NASTY + bus["name"]} for bus in network["buses"]]
    network["branches"] = [
        {key: NASTY + end if key != "name" else end for key, end in branch.items()}
        for branch in network["branches"]
    ]
    (folder / "network.json").write_text(json.dumps(network), encoding="utf-8")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(
        json.dumps({**manifest, "command": NASTY, "optimizers": [NASTY]}), encoding="utf-8"
    )
    summary = pd.read_csv(folder / "summary.csv").head(1)
    summary.to_csv(folder / "summary.csv", index=False)
    put(folder)
    write_report(folder)
    page.open((folder / "report.html").as_uri())
    assert page.told(*TROUBLE, "Page.javascriptDialogOpening") == []
    assert asked_for(page) == []
    assert page.run("document.scripts.length") == 2  # the data is one that never runs
    assert page.run("document.images.length") >= 6
    assert NASTY in page.run("document.querySelector('.about').textContent")
    assert page.run("document.documentElement.scrollWidth <= innerWidth")


def test_report_of_the_base_case_opens(page, tmp_path):
    folder = tmp_path / "results"
    simulate_and_store(study_files.load("ieee12"), None, folder, "toolkit simulate")
    put(folder)
    write_report(folder)
    page.open((folder / "report.html").as_uri())
    assert page.told(*TROUBLE) == []
    assert page.run("document.querySelectorAll('.fact').length") == 3
    assert page.run("document.images.length") == 9
