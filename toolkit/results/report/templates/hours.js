// The part of the page that one can play with: what is chosen, and everything that follows it.

const FRAME_MS = 700;
const MOST_ROWS = 60;
const INK = "var(--ink)";
const BLUE = "var(--mark)";
const RED = "var(--broken)";

class Hours {
  constructor(section, data) {
    this.data = data;
    this.part = (name) => section.querySelector(`#hours-${name}`);
    section.querySelector("h2").after(this.part("form").content);
    this.map = new FeederMap(this.part("map"), data);
    this.starts = data.days.map((_, i) => data.days.slice(0, i).reduce((sum, d) => sum + d[1], 0));
    const pick = (step) => this.goTo(this.starts[this.day] + step);
    this.charts = Object.fromEntries(
      ["power", "volts", "bus-power", "bus-volts", "bus-charge"].map(
        (name) => [name, new Chart(this.part(name), pick)]));
    [this.chosen, this.focus, this.day, this.step] = [-1, -1, 0, 0];
    this.offer();
    this.key();
  }

  // Fills the choices, and leaves out those where there is nothing to choose.
  offer() {
    const { data } = this;
    data.cases.forEach((held, i) => {
      const told = held.note ? `${held.name}: ${held.note}` : held.name;
      const text = held.note === "base case" ? held.note : told;
      made(this.part("case"), "option", { value: i }, text);
    });
    for (const name of data.buses) made(this.part("buses"), "option", { value: name });
    this.part("layout").parentNode.hidden = !data.map;
    this.part("days").hidden = data.days.length < 2;
    this.part("day").max = data.days.length - 1;
    const [days, cases] = data.left_out;
    const paired = data.paired
      ? ` The settlement by ${data.mechanism} pairs them in its own way: see who trades with whom.`
      : "";
    const left = [[days, "days"], [cases, "cases"]].filter(([count]) => count)
      .map(([count, what]) => `${count} more ${what}`);
    const more = left.length ? ` The results folder holds ${left.join(" and ")}.` : "";
    const placed = data.guessed
      ? ` On the map ${data.guessed} buses without coordinates stand around their neighbours.` : "";
    this.part("said").textContent =
      `In energy every buyer has its share of every sale.${paired}${placed}${more}`;
  }

  // What colours, widths and marks mean.
  key() {
    const key = this.part("key");
    const [low, high, most] = this.data.limits;
    const volts = made(key, "span", { class: "scale" });
    made(volts, "span", {}, `voltage ${low}`);
    for (const colour of VOLTS) made(volts, "i").style.background = colour;
    made(volts, "span", {}, `${high} pu`);
    made(key, "span", {}, "\u00d7 beyond a limit");
    const loads = made(key, "span", { class: "scale" });
    made(loads, "span", {}, "loading 0");
    LOADED.concat(2).forEach((_, i) => made(loads, "i", { class: `bar bar${i}` }));
    made(loads, "span", {}, `over ${most} %`);
    const kinds = new Set(this.data.cases.flatMap((held) => held.units.map((unit) => unit.kind)));
    const shapes = this.map.svg.cloneNode(false);
    for (const { name } of [...shapes.attributes]) shapes.removeAttribute(name);
    for (const kind of kinds) {
      const item = made(key, "span", { class: "scale" });
      const mark = item.appendChild(shapes.cloneNode(false));
      for (const [name, value] of [["viewBox", "-8 -8 16 16"], ["aria-hidden", "true"]]) {
        mark.setAttribute(name, value);
      }
      const { colour, title, mark: outline } = this.data.kinds[kind];
      made(mark, "path", { class: "unit", d: placed(outline, 0, 0, 5.5) }).style.fill = colour;
      made(item, "span", {}, title);
    }
  }

  async use(index) {
    this.held = this.data.cases[index];
    this.held.series = this.held.series || await unpacked(this.held);
    this.series = this.held.series;
    this.map.stand(this.held.units);
    this.reading = new Reading(this.data, this.held, this.series, this.map.at);
    const far = this.held.units.map((unit) => unit.bus).find((bus) => bus >= 0);
    if (this.chosen < 0) this.chosen = this.named(this.held.nearest) ?? far ?? this.data.head;
    this.rows = {
      units: this.blank("units", Math.min(MOST_ROWS, this.held.units.length)),
      pairs: this.blank("pairs", LARGEST + 1),
      lines: this.blank("lines", Math.min(LARGEST, this.data.lines.length)),
    };
    this.goTo(this.held.opening, true);
  }

  // The bus that a text about the nearest limit begins with.
  named(text) {
    const found = this.data.buses.findIndex((name) => text.startsWith(`bus ${name} at `));
    return found < 0 ? undefined : found;
  }

  goTo(step, anew = false) {
    this.step = step;
    const day = this.starts.findLastIndex((start) => start <= step);
    const [name, steps] = this.data.days[day];
    if (day !== this.day || anew) {
      this.day = day;
      this.part("day").value = day;
      this.part("day").setAttribute("aria-valuetext", name);
      this.part("hour").max = steps - 1;
      this.drawDay();
    }
    const within = step - this.starts[day];
    const minutes = Math.round(within * this.data.step_h * 60);
    const two = (n) => String(n).padStart(2, "0");
    this.time = `${name ? `${name}, ` : ""}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
    this.part("hour").value = within;
    this.part("hour").setAttribute("aria-valuetext", this.time);
    this.part("clock").textContent = this.time;
    for (const chart of Object.values(this.charts)) chart.mark(within);
    this.drawHour();
  }

  choose(bus) {
    this.chosen = bus;
    this.map.places.show(bus);
    this.drawBus();
    this.drawHour();
  }

  // What is drawn of the feeder and its tables at this hour.
  drawHour() {
    const { series, step } = this;
    const all = (name) => series[`all.${name}`].at(step, 0);
    const worst = this.reading.loaded(this.step)[0];
    const most = worst
      ? `, highest loading ${written(worst[1], 1)} % (${this.data.lines[worst[0]]})`
      : "";
    const how = this.held.beyond ? "Furthest beyond a limit" : "Nearest a limit";
    const near = step === this.held.opening ? ` ${how} here: ${this.held.nearest}.` : "";
    this.part("now").textContent = `Load ${written(all("load_kw"), 1)} kW, `
      + `traded ${written(all("traded_kwh"), 1)} kWh, import ${written(all("import_kwh"), 1)} kWh, `
      + `export ${written(all("export_kwh"), 1)} kWh, losses ${written(all("loss_kw"), 2)} kW; `
      + `voltages ${written(all("v_min_pu"), 4)}${this.reading.where(step)} to `
      + `${written(all("v_max_pu"), 4)} pu${most}.${near}`;
    this.drawMap();
    this.fill();
    if (this.chosen < 0) return;
    this.part("bus-now").textContent = this.reading.bus(step, this.chosen, true);
  }

  drawMap() {
    const shown = this.part("trades").checked ? this.reading.bows(this.step) : [];
    this.map.draw({
      series: this.series, step: this.step, chosen: this.chosen, focus: this.focus, pairs: shown,
    });
  }

  blank(name, rows) {
    const body = this.part(name).querySelector("tbody");
    const header = this.part(name).querySelectorAll("thead th");
    body.replaceChildren();
    return Array.from({ length: rows }, () => {
      const row = made(body, "tr");
      return [...header].map((cell, i) =>
        made(row, i ? "td" : "th", { class: cell.className, ...(i ? {} : { scope: "row" }) }));
    });
  }

  fill() {
    const { series, step, data } = this;
    const put = (cells, texts) => cells.forEach((cell, i) => {
      if (cell.textContent !== texts[i]) cell.textContent = texts[i];
      cell.parentNode.hidden = !texts[0];
    });
    this.rows.units.forEach((cells, i) => {
      const unit = this.held.units[i];
      const stored = series["units.soc_kwh"].at(step, i) / unit.kwh;
      put(cells, [unit.name, data.kinds[unit.kind].word, data.buses[unit.bus] ?? "",
        written(series["units.p_kw"].at(step, i), 1),
        unit.kwh > 0 ? written(100 * stored, 0) : "",
        written(series["units.sell_kwh"].at(step, i), 1)]);
    });
    const pairs = this.reading.pairs(this.step);
    this.part("pairs").toggleAttribute("data-empty", !pairs.length);
    const sales = pairs.map(([from, to, kwh]) =>
      [this.reading.party(from), this.reading.party(to), written(kwh, 2)]);
    const rest = this.reading.untold(this.step, pairs);
    if (rest >= 0.005) sales.push(["all others", "", written(rest, 2)]);
    this.rows.pairs.forEach((cells, i) => put(cells, sales[i] || ["", "", ""]));
    const lines = this.reading.loaded(this.step);
    this.rows.lines.forEach((cells, i) => {
      const one = (name) => written(series[`lines.${name}`].at(step, lines[i][0]), 1);
      put(cells, lines[i]
        ? [data.lines[lines[i][0]], one("loading_pct"), one("p_kw"), one("i_a")]
        : ["", "", "", ""]);
    });
  }

  // The charts of the day: of the feeder, and of the bus chosen.
  drawDay() {
    const all = (name) => this.course(`all.${name}`);
    const kinds = Object.entries(this.data.kinds).filter(([kind]) => this.series[`all.${kind}_kw`]);
    const units = kinds.map(([kind, { title, colour }]) =>
      ({ name: title, colour, values: all(`${kind}_kw`) })).filter(moving);
    const hour = (values) => values.map((kwh) => kwh / this.data.step_h);
    this.draw("power", "kW", 1, [
      { name: "load", colour: INK, values: all("load_kw") },
      { name: "traded", colour: BLUE, values: hour(all("traded_kwh")) },
      { name: "import", colour: RED, values: hour(all("import_kwh")) },
      ...units,
    ], { zero: true });
    this.draw("volts", "pu", 4, [
      { name: "highest", colour: BLUE, values: all("v_max_pu") },
      { name: "lowest", colour: RED, values: all("v_min_pu") },
    ], { limits: this.data.limits.slice(0, 2) });
    this.drawBus();
  }

  drawBus() {
    const bus = this.chosen;
    this.part("bus").hidden = bus < 0;
    if (bus < 0) return;
    this.part("bus-title").textContent = `Bus ${this.data.buses[bus]}`;
    this.part("bus-now").textContent = this.reading.bus(this.step, bus, true);
    const at = this.map.at.get(bus) || [];
    const units = at.map((i) => {
      const { name, kind } = this.held.units[i];
      const { colour } = this.data.kinds[kind];
      return { name, colour, values: this.course("units.p_kw", i), stored: i };
    });
    this.draw("bus-power", "kW", 1, [
      { name: "load", colour: INK, values: this.course("buses.load_kw", bus) },
      { name: "net", colour: BLUE, values: this.course("buses.net_kw", bus) },
      ...units,
    ], { zero: true });
    const [high, low] = ["v_max_pu", "v_min_pu"].map((name) => this.course(`buses.${name}`, bus));
    this.draw("bus-volts", "pu", 4, this.reading.onePhase(bus)
      ? [{ name: "voltage", colour: BLUE, values: high }]
      : [{ name: "highest", colour: BLUE, values: high },
        { name: "lowest", colour: RED, values: low }], { limits: this.data.limits.slice(0, 2) });
    const stores = units.filter((unit) => this.held.units[unit.stored].kwh > 0);
    this.part("bus-charge").hidden = !stores.length;
    if (!stores.length) return;
    this.draw("bus-charge", "%", 0, stores.map(({ name, colour, stored }) => {
      const full = this.held.units[stored].kwh;
      const values = this.course("units.soc_kwh", stored).map((kwh) => 100 * kwh / full);
      return { name, colour, values };
    }), { zero: true });
  }

  course(name, thing = 0) {
    return this.reading.course(name, thing, this.starts[this.day], this.data.days[this.day][1]);
  }

  draw(name, unit, decimals, lines, { limits = [], zero = false }) {
    const chart = this.charts[name];
    const hours = lines[0].values.length * this.data.step_h;
    const title = this.part(name).querySelector("figcaption").textContent;
    chart.step = this.step - this.starts[this.day];
    chart.draw({ title, unit, decimals, lines, limits, zero, hours });
  }
}

function moving(line) {
  return line.values.some((value) => Math.abs(value) > 0);
}
