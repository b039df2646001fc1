// Lines over the hours of a day, with a mark at the hour shown; a click goes to another hour.

// Returns a new element; of SVG where it goes into a drawing.
function made(parent, name, attributes = {}, text = "") {
  const element = document.createElementNS(parent.namespaceURI, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.textContent = text;
  parent.append(element);
  return element;
}

const FORMATS = [0, 1, 2, 3, 4, 5, 6].map((digits) => new Intl.NumberFormat("en", {
  minimumFractionDigits: digits, maximumFractionDigits: digits,
}));

function written(value, decimals) {
  if (!Number.isFinite(value)) return "\u2013";
  const shown = Math.abs(value) < 0.5 * 10 ** -decimals ? 0 : value;
  return FORMATS[Math.min(decimals, 6)].format(shown);
}

// Returns round numbers that span two values, about four of them.
function ticks(low, high) {
  const rough = (high - low) / 4 || 1;
  const ten = 10 ** Math.floor(Math.log10(rough));
  const step = ten * [1, 2, 5, 10].find((times) => times * ten >= rough * 0.999);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-6); k * step <= high + step * 1e-6; k += 1) {
    found.push(k * step);
  }
  return { found, decimals: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}

// The least and the most of what a chart shows, with a little room around.
function reach(lines, limits, fromZero) {
  const known = [...lines.flatMap((line) => line.values), ...limits].filter(Number.isFinite);
  let [low, high] = [Math.min(...known), Math.max(...known)];
  if (!known.length) [low, high] = [0, 1];
  if (fromZero) [low, high] = [Math.min(low, 0), Math.max(high, 0)];
  const room = (high - low || Math.abs(high) || 1) * 0.06;
  return [fromZero && low === 0 ? 0 : low - room, fromZero && high === 0 ? 0 : high + room];
}

class Chart {
  // host: a figure of the page; pick: is told the step of the day that is clicked.
  constructor(host, pick) {
    this.host = host;
    this.svg = host.querySelector("svg");
    this.legend = host.querySelector("ul");
    this.pick = pick;
    this.step = 0;
    this.svg.addEventListener("pointermove", (event) => this.mark(this.under(event), true));
    this.svg.addEventListener("pointerleave", () => this.mark(this.step));
    this.svg.addEventListener("click", (event) => this.pick(this.under(event)));
  }

  under(event) {
    const box = this.svg.getBoundingClientRect();
    const share = ((event.clientX - box.left) / box.width * this.width - this.left) / this.wide;
    return Math.max(0, Math.min(this.steps - 1, Math.floor(share * this.steps)));
  }

  // shown: { title, unit, decimals, lines: [{ name, values, look }], limits, zero, hours }
  draw(shown) {
    this.shown = shown;
    this.width = Math.max(this.host.clientWidth, 260);
    const [high, top, bottom] = [180, 10, 24];
    this.steps = shown.lines[0].values.length;
    const [low, most] = reach(shown.lines, shown.limits, shown.zero);
    const marks = ticks(low, most);
    this.left = 14 + 7 * Math.max(...marks.found.map((n) => written(n, marks.decimals).length));
    this.wide = this.width - this.left - 22;
    this.y = (value) => top + (most - value) / (most - low || 1) * (high - top - bottom);
    this.x = (step) => this.left + (step + 0.5) / this.steps * this.wide;
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${high}`);
    this.svg.replaceChildren();
    this.axes(marks, high - bottom);
    shown.lines.forEach((line, i) => this.line(line, i));
    this.cursor = made(this.svg, "path", { class: "cursor" });
    this.bottom = high - bottom;
    this.svg.setAttribute("aria-label", this.summary());
    this.list();
  }

  axes(marks, floor) {
    for (const value of marks.found) {
      const y = this.y(value);
      const kind = value === 0 ? "zero" : "grid";
      made(this.svg, "path", { class: kind, d: `M${this.left} ${y}H${this.left + this.wide}` });
      const place = { x: this.left - 6, y: y + 4, "text-anchor": "end" };
      made(this.svg, "text", place, written(value, marks.decimals));
    }
    const hours = this.shown.hours;
    const each = [1, 2, 3, 4, 6, 12, 24, 48].find((n) => hours / n * 42 <= this.wide) || 96;
    for (let hour = 0; hour <= hours + 1e-9; hour += each) {
      const x = this.left + hour / hours * this.wide;
      made(this.svg, "text", { x, y: floor + 16, "text-anchor": "middle" }, `${hour}:00`);
    }
    for (const limit of this.shown.limits) {
      const d = `M${this.left} ${this.y(limit)}H${this.left + this.wide}`;
      made(this.svg, "path", { class: "limit", d });
    }
  }

  line(line, i) {
    let d = "";
    line.values.forEach((value, step) => {
      const pen = d && Number.isFinite(line.values[step - 1]) ? "L" : "M";
      if (!Number.isFinite(value)) return;
      d += `${pen}${this.x(step).toFixed(1)} ${this.y(value).toFixed(1)}`;
    });
    const drawn = made(this.svg, "path", { class: `series dash${i % 4}`, d });
    drawn.style.stroke = line.colour;
  }

  summary() {
    const told = this.shown.lines.map((line) => {
      const known = line.values.filter(Number.isFinite);
      if (!known.length) return "";
      const ends = [Math.min(...known), Math.max(...known)];
      return `${line.name} ${ends.map((n) => written(n, this.shown.decimals)).join(" to ")}`;
    });
    return `${this.shown.title}, ${this.shown.unit}: ${told.filter(Boolean).join("; ")}`;
  }

  list() {
    this.legend.replaceChildren();
    this.numbers = this.shown.lines.map((line, i) => {
      const item = made(this.legend, "li");
      const swatch = made(item, "span", { class: `swatch dash${i % 4}`, "aria-hidden": "true" });
      swatch.style.color = line.colour;
      made(item, "span", {}, `${line.name} `);
      return made(item, "b");
    });
    if (this.shown.limits.length) {
      const item = made(this.legend, "li");
      made(item, "span", { class: "swatch dash1 limit", "aria-hidden": "true" });
      made(item, "span", {}, `limits ${this.shown.limits.join(" and ")}`);
    }
    this.mark(this.step);
  }

  // Puts the mark at a step and writes the values there into the legend.
  mark(step, passing = false) {
    if (!this.shown) return;
    if (!passing) this.step = step;
    this.cursor.setAttribute("d", `M${this.x(step)} 6V${this.bottom}`);
    this.shown.lines.forEach((line, i) => {
      const value = written(line.values[step], this.shown.decimals);
      this.numbers[i].textContent = `${value} ${this.shown.unit}`;
    });
  }
}
