"""The part of the page that one can play with, in headless Chromium, held against the CSV files."""

import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest
from helpers import chromium

from toolkit.results import report
from toolkit.results.report import hours, write_report
from toolkit.results.report.environment import TEMPLATES
from toolkit.results.report.packing import packed

pytestmark = pytest.mark.skipif(
    chromium.found() is None,
    reason="no Chromium: apt-get install chromium, to see the report in a browser",
)
TROUBLE = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
#: Milliseconds from a move of the slider until everything is drawn: the third quickest of nine, for
#: other work on the machine only ever adds to them.
SLIDER_MS = """
(async () => {
  await hoursReady;
  const slider = document.getElementById("hours-hour");
  const taken = [];
  for (let i = 0; i < 9; i += 1) {
    const start = performance.now();
    slider.value = i;
    slider.dispatchEvent(new Event("input"));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    taken.push(performance.now() - start);
  }
  return taken.sort((a, b) => a - b)[2];
})()
"""
#: The table of an hour as numbers and names, hour by hour, and what is drawn at 19:00.
EVERY_HOUR = """
(async () => {
  await hoursReady;
  const part = (name) => document.getElementById(`hours-${name}`);
  const to = (i) => { part("hour").value = i; part("hour").dispatchEvent(new Event("input")); };
  const told = () => [...part("pairs").querySelectorAll("tbody tr")].filter((row) => !row.hidden)
    .map((row) => [...row.cells].map((cell) => cell.textContent));
  const found = [];
  for (let i = 0; i < 24; i += 1) { to(i); found.push(told()); }
  to(19);
  part("trades").click();
  part("find").value = "11";
  part("find").dispatchEvent(new Event("change"));
  const bows = document.querySelector("#hours-map .trades").getAttribute("d");
  return [found, (bows.match(/Q/g) || []).length, part("bus-now").textContent];
})()
"""


@pytest.fixture(scope="module")
def page():
    with chromium.page() as opened:
        yield opened


@pytest.fixture(params=[390, 1440])
def shown(request, page, reported):
    page.size(request.param)
    page.open((reported / "report.html").as_uri())
    page.run("hoursReady")
    page.run("document.getElementById('hours').scrollIntoView()")
    yield page
    assert page.told(*TROUBLE) == []
    sent = [event["request"]["url"] for event in page.told("Network.requestWillBeSent")]
    assert [url for url in sent if not url.startswith(("data:", page.run("location.href")))] == []


def text(page, name):
    return page.run(f"document.getElementById('hours-{name}').textContent")


def number(word):
    return float(word.replace(",", ""))


def test_buttons_have_room_of_their_own_beside_the_map(shown):
    below = "document.getElementById('hours-map').getBoundingClientRect().top"
    above = "document.querySelector('.zoom').getBoundingClientRect().bottom"
    assert shown.run(f"{above} <= {below}")


def rows(page, name):
    found = f"[...document.querySelectorAll('#hours-{name} tbody tr')].filter(r => !r.hidden)"
    return page.run(f"{found}.map(row => [...row.cells].map(cell => cell.textContent))")


def case_of(page, reported):
    """The case shown, as its tables, and the step, from 1."""
    data = page.run("document.getElementById('hours-data').textContent")
    index = int(page.run("document.getElementById('hours-case').value"))
    folder = reported / "cases" / json.loads(data)["cases"][index]["name"]
    tables = {name: pd.read_csv(folder / f"{name}.csv") for name in ("buses", "units", "lines")}
    tables["hourly"] = pd.read_csv(folder / "hourly.csv")
    step = int(page.run("document.getElementById('hours-hour').value")) + 1
    return {name: table[table["step"] == step] for name, table in tables.items()}, step


def check(page, reported):
    """Hold every figure that the page shows at its hour against the files of the case."""
    tables, step = case_of(page, reported)
    assert text(page, "clock") == f"{step - 1:02d}:00"
    hour = tables["hourly"].iloc[0]
    shown = [number(n) for n in re.findall(r"[\d,.]*\d", re.sub(r"\(.*?\)", "", text(page, "now")))]
    names = ("load_kw", "traded_kwh", "import_kwh", "export_kwh", "loss_kw", "v_min_pu", "v_max_pu")
    for value, name in zip(shown, names, strict=False):
        assert value == pytest.approx(hour[name], abs=0.06 if name not in names[4:] else 0.006), (
            name
        )
    units = tables["units"].set_index("unit")
    for unit, _, bus, kw, _, sold in rows(page, "units"):
        assert bus == str(units.loc[unit, "bus"])
        assert number(kw) == pytest.approx(units.loc[unit, "p_kw"], abs=0.06)
        assert number(sold) == pytest.approx(units.loc[unit, "sell_kwh"], abs=0.06)
    lines = tables["lines"].set_index("line")
    loaded = rows(page, "lines")
    most = lines["loading_pct"].nlargest(len(loaded))
    assert [number(row[1]) for row in loaded] == pytest.approx(most.tolist(), abs=0.06)
    for line, _, kw, amps in loaded:
        assert number(kw) == pytest.approx(lines.loc[line, "p_kw"], abs=0.06)
        assert number(amps) == pytest.approx(lines.loc[line, "i_a"], abs=0.06)
    buses = tables["buses"].assign(bus=tables["buses"]["bus"].astype(str)).set_index("bus")
    pairs = rows(page, "pairs")
    assert sum(number(row[2]) for row in pairs) == pytest.approx(hour["traded_kwh"], abs=0.06)
    for seller, buyer, kwh in pairs:
        if not buyer:
            continue
        share = buses.loc[buyer, "buy_kwh"] / buses["buy_kwh"].sum()
        assert number(kwh) == pytest.approx(buses.loc[seller, "sell_kwh"] * share, abs=0.006)
    return buses


def place(page, bus):
    """Where a bus is on the screen: the place of its name on the map, which is 17 px below it."""
    return page.run(
        f"(() => {{ const all = [...document.querySelectorAll('#hours-map text')];"
        f"const r = all.find(t => t.textContent === '{bus}').getBoundingClientRect();"
        "return [r.x + r.width / 2, r.bottom - 20]; })()"
    )


def mouse(page, kind, x, y, buttons=0):
    button = "left" if buttons or kind == "mouseReleased" else "none"
    sent = {"type": kind, "x": x, "y": y, "button": button, "buttons": buttons, "clickCount": 1}
    page.send("Input.dispatchMouseEvent", **sent)


def test_it_opens_with_the_best_plan_at_the_hour_nearest_a_limit(shown, reported):
    check(shown, reported)
    assert "best plan found" in shown.run(
        "document.querySelector('#hours-case option').textContent"
    )
    assert "Nearest a limit here: " in text(shown, "now")
    assert shown.run("document.documentElement.scrollWidth <= innerWidth")


def test_the_slider_dragged_to_an_hour_shows_its_figures(shown, reported):
    slider = "document.getElementById('hours-hour')"
    box = shown.run(f"(r => [r.x, r.y, r.width, r.height])({slider}.getBoundingClientRect())")
    at = int(shown.run(f"{slider}.value"))
    x, y = box[0] + 8 + (box[2] - 16) * at / 23, box[1] + box[3] / 2
    mouse(shown, "mousePressed", x, y, 1)
    mouse(shown, "mouseMoved", box[0] + 8 + (box[2] - 16) * 3 / 23, y, 1)
    mouse(shown, "mouseReleased", box[0] + 8 + (box[2] - 16) * 3 / 23, y)
    assert shown.run(f"{slider}.value") == "3"
    check(shown, reported)


def test_the_slider_goes_on_by_a_key(shown, reported):
    shown.run("document.getElementById('hours-hour').focus()")
    before = int(shown.run("document.getElementById('hours-hour').value"))
    shown.press("ArrowLeft", 37)
    assert int(shown.run("document.getElementById('hours-hour').value")) == before - 1
    check(shown, reported)


def test_another_case_shows_its_own_figures(shown, reported):
    last = shown.run("document.querySelectorAll('#hours-case option').length") - 1
    shown.run(
        f"document.getElementById('hours-case').value = {last};"
        "document.getElementById('hours-case').dispatchEvent(new Event('change'))"
    )
    shown.run("new Promise(done => setTimeout(done, 50))")
    assert shown.run("document.getElementById('hours-case').selectedOptions[0].text") == "base case"
    check(shown, reported)


def test_a_bus_tells_its_values_and_a_click_opens_its_day(shown, reported):
    buses = check(shown, reported)
    x, y = place(shown, "7")
    mouse(shown, "mouseMoved", x, y)
    told = text(shown, "tip")
    assert told.startswith("bus 7: ")
    assert number(re.search(r"([\d.]+) pu", told)[1]) == pytest.approx(
        buses.loc["7", "v_min_pu"], abs=6e-5
    )
    assert f"load {buses.loc['7', 'load_kw']:.1f} kW" in told
    mouse(shown, "mousePressed", x, y, 1)
    mouse(shown, "mouseReleased", x, y)
    assert text(shown, "bus-title") == "Bus 7"
    assert f"load {buses.loc['7', 'load_kw']:.1f} kW" in text(shown, "bus-power")
    label = "document.querySelector('#hours-bus-volts svg').getAttribute('aria-label')"
    assert shown.run(label).startswith("Voltage, pu: voltage ")


def test_a_line_tells_which_way_power_flows(shown, reported):
    tables, _ = case_of(shown, reported)
    (x1, y1), (x2, y2) = place(shown, "8"), place(shown, "9")
    mouse(shown, "mouseMoved", (x1 + x2) / 2, (y1 + y2) / 2)
    line = tables["lines"].set_index("line").loc["line.l8_9"]
    way = "from bus 8 to bus 9" if line["p_kw"] >= 0 else "from bus 9 to bus 8"
    told = f"line.l8_9: {abs(line['p_kw']):.1f} kW {way}, {line['i_a']:.1f} A, "
    assert text(shown, "tip") == f"{told}{line['loading_pct']:.1f} % loaded"


def test_the_map_is_read_and_moved_from_the_keyboard(shown):
    shown.run("document.getElementById('hours-all').focus()")
    shown.run("document.getElementById('hours-trades').focus()")
    shown.run("document.getElementById('hours-map').focus({ focusVisible: true })")
    first = text(shown, "tip")
    assert first.startswith("bus ")
    shown.press("ArrowLeft", 37)
    second = text(shown, "tip")
    assert second.startswith("bus ")
    assert second != first
    shown.press("Enter", 13)
    assert text(shown, "bus-title").lower() == second.partition(":")[0]
    before = place(shown, "6")
    shown.press("+", 187)
    assert place(shown, second.split()[1].rstrip(":"))
    shown.press("0", 48)
    assert place(shown, "6") == before


def test_play_goes_from_hour_to_hour_until_stopped(shown, reported):
    play = "document.getElementById('hours-play')"
    before = int(shown.run("document.getElementById('hours-hour').value"))
    shown.run(f"{play}.click()")
    assert shown.run(f"{play}.textContent") == "Stop"
    assert int(shown.run("document.getElementById('hours-hour').value")) == (before + 1) % 24
    shown.run(f"{play}.click()")
    assert shown.run(f"{play}.textContent") == "Play"
    check(shown, reported)


def test_the_one_line_layout_and_the_largest_trades_are_drawn(shown):
    before = place(shown, "2")
    shown.run(
        "document.getElementById('hours-layout').value = 'tree';"
        "document.getElementById('hours-layout').dispatchEvent(new Event('change'));"
        "document.getElementById('hours-trades').click()"
    )
    assert place(shown, "2") != before
    bows = shown.run("document.querySelector('#hours-map .trades').getAttribute('d')")
    assert bows.count("Q") == sum(bool(buyer) for _, buyer, _ in rows(shown, "pairs"))


def test_a_day_and_an_hour_of_several_days(page, two_days, tmp_path):
    folder = tmp_path / "results"
    shutil.copytree(two_days, folder)
    write_report(folder)
    page.open((folder / "report.html").as_uri())
    page.run("hoursReady")
    page.run(
        "const [d, h] = ['day', 'hour'].map(n => document.getElementById(`hours-${n}`));"
        "d.value = 1; d.dispatchEvent(new Event('input'));"
        "h.value = 5; h.dispatchEvent(new Event('input'))"
    )
    assert text(page, "clock") == "day 182, 05:00"
    load = pd.read_csv(folder / "cases" / "base" / "hourly.csv")["load_kw"][24 + 5]
    assert text(page, "now").startswith(f"Load {load:,.1f} kW")
    assert page.told(*TROUBLE) == []


def test_the_pages_table_of_every_hour_sums_to_what_was_traded(page, owned):
    write_report(owned)
    page.open((owned / "report.html").as_uri())
    every, bows, bus = page.run(EVERY_HOUR)
    traded = pd.read_csv(owned / "cases" / "base" / "hourly.csv")["traded_kwh"]
    sums = [sum(float(kwh.replace(",", "")) for _, _, kwh in rows) for rows in every]
    assert sums == pytest.approx(traded.tolist(), abs=0.05)
    pairs = [row for row in every[19] if row[1]]
    assert {seller for seller, _, _ in pairs} == {"Stadtwerke"}
    # wt1 at bus 6 and wt2 at bus 12 sell; to their own buses nothing is drawn.
    assert bows == sum(2 - (buyer in ("6", "12")) for _, buyer, _ in pairs)
    assert "(from Stadtwerke " in bus


def large(held):
    """The data of a page, its feeder grown to 3,000 buses in a tree, its figures made up."""
    count, rng = 3000, np.random.default_rng(1)
    parents = [int(rng.integers(max(0, i - 40), i)) for i in range(1, count)]
    places = [[50_000, 50_000]]
    for parent in parents:
        places.append([places[parent][axis] + int(rng.integers(-1500, 1500)) for axis in (0, 1)])
    flat = np.clip(places, 0, 100_000).reshape(-1).tolist()
    shape = {"bus": (24, count), "line": (24, count - 1)}
    series = {f"buses.{n}": rng.normal(1.0, 0.01, shape["bus"]) for n in hours.SHOWN["buses"][1]}
    series |= {f"lines.{n}": rng.normal(50.0, 30.0, shape["line"]) for n in hours.SHOWN["lines"][1]}
    series |= {f"all.{n}": rng.normal(1.0, 0.01, (24, 1)) for n in hours.OF_ALL}
    done = packed(series)
    case = {**held["cases"][0], "units": [], "parts": done.parts, "data": done.data}
    names = [str(i) for i in range(count)]
    feeder = {"buses": names, "lines": names[1:], "loads": [1] * count, "bends": [0] * (count - 1)}
    ends = [i for pair in zip(parents, range(1, count), strict=True) for i in pair]
    return {**held, **feeder, "ends": ends, "map": flat, "tree": flat, "cases": [case]}


def test_three_thousand_buses_follow_the_slider_within_a_tenth_of_a_second(
    page, reported, tmp_path
):
    text = (reported / "report.html").read_text(encoding="utf-8")
    start = text.index('id="hours-data">') + len('id="hours-data">')
    end = text.index("</script>", start)
    data = str(hours.as_json(large(json.loads(text[start:end]))))
    grown = tmp_path / "large.html"
    grown.write_text(text[:start] + data + text[end:], encoding="utf-8")
    page.size(1440)
    page.open(grown.as_uri())
    assert page.run(SLIDER_MS) < 100.0
    assert page.told(*TROUBLE) == []


#: What no script of the page may do: write markup from text, run text, or leave the page.
FORBIDDEN = r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|Function\(|fetch\(|XMLHttp"


@pytest.mark.parametrize("name", report.SCRIPTS)
def test_scripts_are_short_and_never_make_markup_of_text(name):
    lines = (TEMPLATES / f"{name}.js").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 300
    assert max(map(len, lines)) <= 100
    assert not re.search(FORBIDDEN, "\n".join(lines))
    ends = [i for i, line in enumerate(lines) if re.fullmatch(r"(  )?}", line)]
    assert max(np.diff([0, *ends]), default=0) <= 52
